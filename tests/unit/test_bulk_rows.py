"""A row of a file to be valued: read as it stands, or told what is wrong with it; never guessed."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.support.bulk import TODAY, a_number
from valuation.bulk.checking import read_facts
from valuation.bulk.columns import Column, Layout
from valuation.importing.faults import HINTS, Fault


def read(**cells: Any) -> dict[str, Any] | list[Fault]:
    row = {"kind": "invention", "trade": "transfer", "title": "一种电机"} | cells
    return read_facts(Layout.of(list(row)), list(row.values()), line=7, today=TODAY)


def codes(**cells: Any) -> list[tuple[str, str]]:
    found = read(**cells)
    assert isinstance(found, list)
    return [(fault.column, fault.code) for fault in found]


def test_a_row_says_what_a_single_valuation_would_be_told() -> None:
    facts = read(
        kind="发明专利", trade="独占许可", filed_on=date(2020, 5, 6), rights=3, tech_field="电子信息", ipc="h01m 8/00", trl=6.0
    )  # fmt: skip

    assert isinstance(facts, dict)
    assert (facts["kind"], facts["trade"], facts["rights"], facts["trl"]) == ("invention", "licence", 3.0, 6.0)
    assert (facts["tech_field"], facts["ipc_section"], facts["remaining_life"]) == ("01", "H", 13.5)


def test_what_is_not_known_stays_unknown() -> None:
    facts = read(title=None, filed_on=None, rights=None, trl=None, ipc=None, tech_field=" ", on=None)

    assert isinstance(facts, dict)
    assert facts["rights"] == 1.0
    assert [facts[name] for name in ("remaining_life", "trl", "ipc_section", "tech_field", "is_method")] == [None] * 5


def test_a_patent_number_tells_kind_and_year() -> None:
    facts = read(kind=None, application_number=a_number(year=2020, kind="2"))

    assert isinstance(facts, dict)
    assert facts["kind"] == "utility_model" and facts["remaining_life"] == 3.6


def test_an_instant_is_a_day_in_china() -> None:
    late = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)

    assert read(filed_on=late) == read(filed_on=date(2026, 11, 21))


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"kind": "永动机"}, ("kind", "kind-unknown")),
        ({"kind": None}, ("kind", "kind-missing")),
        ({"kind": "design", "application_number": a_number()}, ("kind", "kind-contradicts-number")),
        ({"application_number": a_number()[:-1] + "?"}, ("application_number", "number-characters")),
        ({"application_number": a_number(year=2020), "filed_year": 2019}, ("filed_year", "year-contradicts-number")),
        ({"trade": None}, ("trade", "missing")),
        ({"trade": "gift"}, ("trade", "trade-unknown")),
        ({"rights": math.nan}, ("rights", "number-not-finite")),
        ({"rights": math.inf}, ("rights", "number-not-finite")),
        ({"rights": -1}, ("rights", "size-out-of-range")),
        ({"rights": 10**9}, ("rights", "size-out-of-range")),
        ({"rights": Decimal("2.5")}, ("rights", "size-out-of-range")),
        ({"rights": True}, ("rights", "size-out-of-range")),
        ({"trl": 0}, ("trl", "trl-out-of-range")),
        ({"trl": -math.inf}, ("trl", "number-not-finite")),
        ({"ipc": "1A"}, ("ipc", "ipc-unknown")),
        ({"title": "a\0b"}, ("title", "text-not-allowed")),
        ({"title": "长" * 301}, ("title", "text-too-long")),
        ({"abstract": "长" * 2_001}, ("abstract", "text-too-long")),
        ({"tech_field": "长" * 101}, ("tech_field", "text-too-long")),
        ({"on": TODAY + timedelta(days=1)}, ("on", "date-in-future")),
        ({"on": date(1985, 3, 31)}, ("on", "date-too-early")),
        ({"on": "soon"}, ("on", "date-not-a-date")),
        ({"on": math.nan}, ("on", "number-not-finite")),
        ({"filed_on": TODAY + timedelta(days=1)}, ("filed_on", "valued-before-filing")),
        ({"filed_year": 2150}, ("filed_year", "valued-before-filing")),
        ({"filed_year": 1700}, ("filed_year", "date-not-a-date")),
        ({"filed_on": date(2006, 11, 20)}, ("filed_on", "valued-after-expiry")),
        ({"filed_year": 2005}, ("filed_year", "valued-after-expiry")),
        ({"application_number": a_number(year=2005)}, ("application_number", "valued-after-expiry")),
    ],
    ids=lambda given: "-".join(given) if isinstance(given, tuple) else "",
)
def test_what_cannot_be_is_named_with_its_field(cells: dict[str, Any], fault: tuple[str, str]) -> None:
    assert fault in codes(**cells)


def test_every_fault_of_a_row_is_told_with_its_number_and_value() -> None:
    found = read(kind="x", trade="y", rights=-1)

    assert isinstance(found, list)
    assert [(one.line, one.column, one.value) for one in found] == [
        (7, "kind", "x"),
        (7, "trade", "y"),
        (7, "rights", "-1"),
    ]
    assert all(one.code in HINTS for one in found)


def test_a_right_lives_to_the_last_day_of_its_term__patent_law_42() -> None:
    assert isinstance(read(filed_on=date(2006, 11, 21)), dict)
    assert isinstance(read(filed_year=2006), dict)


def test_the_columns_of_the_help_are_the_columns_that_are_read() -> None:
    from valuation.bulk.columns import HELP

    assert set(HELP) == set(Column)
