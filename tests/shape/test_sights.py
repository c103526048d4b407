"""Nobody is shown a valuation's price off the record: whatever draws one opens it through the review desk."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("valuation", "market", "app/web")
DRAWN_BLIND = {
    "valuation/reviewing/queries/judging.py:reviewable",
    "valuation/reviewing/commands/seeing.py:open_valuation",
    "valuation/reviewing/routes/third_parties.py:list_invitations",
}
"""Where a valuation is read and nothing of its price is drawn, or the reading is recorded."""
READS = {("queries", "valuation"), ("valuations", "valuation")}
SHAPES = {"shape", "waterfall_svg"}
RECORDS = {"open_valuation", "seen", "first_seen"}


def _functions(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node


def _calls(function: ast.FunctionDef):
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            yield node.func


def _reads(function: ast.FunctionDef) -> bool:
    """It fetches a valuation by its id, past the record."""
    return any(
        isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name) and (call.value.id, call.attr) in READS
        for call in _calls(function)
    )


def _name(call: ast.expr) -> str:
    return call.attr if isinstance(call, ast.Attribute) else call.id if isinstance(call, ast.Name) else ""


def _files():
    return [path for place in PLACES for path in sorted((ROOT / place).rglob("*.py"))]


def test_whoever_fetches_a_valuation_for_somebody_records_that_it_was_seen():
    loose = [
        name
        for path in _files()
        for function in _functions(path)
        if _reads(function)
        and (name := f"{path.relative_to(ROOT)}:{function.name}") not in DRAWN_BLIND
        and not RECORDS & {_name(call) for call in _calls(function)}
    ]

    assert loose == [], "use valuation.reviewing.commands.open_valuation"


def _draws(path: Path) -> set[str]:
    """The names under which a file may draw a price: those it imports from where valuations are shaped and pictured."""
    return {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module in ("valuation.schemas", "valuation.picturing")
        for alias in node.names
        if alias.name in SHAPES
    }


def test_whoever_puts_a_valuation_on_the_wire_records_that_it_was_seen():
    drawing = {path: names for path in _files() if (names := _draws(path))}
    loose = [
        f"{path.relative_to(ROOT)}:{function.name}"
        for path, names in drawing.items()
        for function in _functions(path)
        if names & {_name(call) for call in _calls(function)}
        and not RECORDS & {_name(call) for call in _calls(function)}
    ]

    assert len(drawing) >= 3
    assert loose == [], "use valuation.reviewing.commands.seen"


def test_the_check_notices_a_loose_read():
    loose = ast.parse("def show(db, actor, number):\n    return shape(queries.valuation(db, actor, number), None)\n")

    (function,) = [node for node in ast.walk(loose) if isinstance(node, ast.FunctionDef)]

    assert _reads(function) and SHAPES & {_name(call) for call in _calls(function)}
