"""The comparison report on the command line: the figures of the interface, told to nobody who should not read them."""

import json
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from app import wiring
from app.cli import valuation as command
from tests.support.desk import ok
from tests.support.review_room import ReviewRoom


@pytest.fixture
def room(house):
    room = ReviewRoom(house)
    ok(room.review(room.manager(), "accept"), 201)
    return room


@pytest.fixture
def run(house, monkeypatch):
    @contextmanager
    def opened(_settings=None):
        yield house.database

    monkeypatch.setattr(wiring, "open_database", opened)
    return lambda *words: CliRunner().invoke(command.app, ["report", *words])


def test_the_report_on_the_command_line_is_that_of_the_interface(house, room, run):
    for other in (ReviewRoom(house), ReviewRoom(house)):
        ok(other.review(other.manager(), "override", price="40", reason="另有依据"), 201)
    operator = house.exchange("operator")

    printed, said = run("--json"), run()
    own = run("--organisation", str(room.desk.home))

    assert json.loads(printed.output) == ok(operator.get("/v1/valuations/report?scope=all"))
    assert said.exit_code == 0 and "3 valuations; human/model ×0.80 (|ln| 0.22, n 3)" in said.output
    assert "anchoring: not told, too few organisations" in said.output
    assert "invention, transfer: 1 valuations" in own.output and "anchoring: too few to say" in own.output


@pytest.mark.long
def test_the_report_refuses_what_is_no_id(run):
    answer = run("--organisation", "温州大学")

    assert answer.exit_code == 2 and "Traceback" not in answer.output


@pytest.mark.long
def test_too_few_organisations_are_not_told_on_the_command_line_either(house, room, run):
    assert "not told, fewer than 3 organisations" in run().output
