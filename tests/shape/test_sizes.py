"""Rooms stay readable: files open by saying what they are for, and neither files nor functions outgrow a reader."""

import ast
import statistics
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("kernel", "parties", "market", "valuation", "auctions", "contracts", "app", "migrations")
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
FILE_LINES_MAX, FILE_LINES_MEDIAN_MAX = 400, 120
FUNCTION_LINES_MAX, FUNCTION_LINES_MEDIAN_MAX = 60, 8


def _functions(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of code: the docstring is for reading, not for counting."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno - body[0].lineno + 1) if body else 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_opens_with_its_purpose_and_stays_under_four_hundred_lines(path):
    source = path.read_text()

    assert ast.get_docstring(ast.parse(source)), "the first line says what the file is for"
    if "versions" not in path.parts:  # a migration is history: it is read once, top to bottom
        assert source.count("\n") <= FILE_LINES_MAX


def test_no_function_outgrows_a_screen():
    long = [
        f"{path.relative_to(ROOT)}:{function.name} has {_lines(function)} lines"
        for path in FILES
        if "versions" not in path.parts
        for function in _functions(path)
        if _lines(function) > FUNCTION_LINES_MAX
    ]

    assert long == []


def test_the_middle_file_and_the_middle_function_are_short():
    files = [path for path in FILES if path.name != "__init__.py"]
    functions = [_lines(function) for path in files for function in _functions(path)]

    assert statistics.median(path.read_text().count("\n") for path in files) <= FILE_LINES_MEDIAN_MAX
    assert statistics.median(functions) <= FUNCTION_LINES_MEDIAN_MAX


def test_only_the_settings_read_the_environment_and_nobody_else_reads_the_clock():
    allowed_environment = {"app/settings.py"}
    allowed_clock = {"kernel/http/unit.py"}
    found = []
    for path in FILES:
        name, source = str(path.relative_to(ROOT)), path.read_text()
        if name.split("/")[0] != "app":
            if name not in allowed_environment and ("os.environ" in source or "getenv(" in source):
                found.append(f"{name} reads the environment")
            if name not in allowed_clock and any(
                call in source for call in ("datetime.now(", "time.time(", "date.today(")
            ):
                found.append(f"{name} reads the clock")

    assert found == []


def test_no_test_borrows_from_another_test_file():
    borrowed = [
        f"{path.relative_to(ROOT)} imports {node.module}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module and ".test_" in f".{node.module}"
    ]

    assert borrowed == [], "what two tests need stands in tests/support"
