"""Generated documents: the state diagrams, printed from the machines' own tables."""

from pathlib import Path

from app.wiring import load_everything
from kernel.states import MACHINES

DOCS = Path(__file__).resolve().parent.parent / "docs"
HEAD = """# State machines 状态机

Printed from the tables in the code by `market docs`; a test compares this page with them. A state column has no other
door than its machine: a step that is not drawn here is refused with 409 and the list of steps that are open.
"""


def machines_page() -> str:
    """The page with every machine's diagram, in order of name."""
    load_everything()
    parts = [f"## {name}\n\n```mermaid\n{machine.mermaid()}```\n" for name, machine in sorted(MACHINES.items())]
    return HEAD + "\n" + "\n".join(parts)


def write() -> Path:
    """Write the page again."""
    page = DOCS / "states.md"
    page.write_text(machines_page())
    return page
