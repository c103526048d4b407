"""State machines and the documents agree: the diagrams in the docs are printed from the tables."""

import re
from pathlib import Path

from app.documents import machines_page
from app.wiring import load_everything
from kernel.states import MACHINES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "states.md"


def test_the_diagrams_in_the_docs_are_those_of_the_tables():
    load_everything()

    assert MACHINES
    assert PAGE.read_text() == machines_page(), "run: market docs"


def test_a_changed_table_is_noticed():
    load_everything()
    name, machine = next(iter(sorted(MACHINES.items())))
    (before, action), after = next(iter(machine.table.items()))
    line = f"    {before.value} --> {after.value}: {action.value}"

    changed = re.sub(re.escape(line) + "\n", "", PAGE.read_text(), count=1)

    assert line in PAGE.read_text(), name
    assert changed != machines_page()
