"""Laws of bulk valuation: any cell is read or named as a fault, and any facts get the answer that they get alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.bulk import POLICY, TODAY, models
from tests.support.counting import counts
from valuation import estimates, features
from valuation.bulk.checking import read_facts
from valuation.bulk.columns import Column, Layout
from valuation.bulk.estimating import estimate_all
from valuation.deals import Kind, Trade
from valuation.importing.faults import HINTS

CELLS = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.floats(),
    st.integers(-(2**40), 2**40),
    st.booleans(),
    st.dates(),
    st.datetimes(timezones=st.none() | st.timezones()),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.sampled_from(["invention", "发明", "transfer", "许可", "01", "H01M", "2020-02-29", "ZL2020101234567"]),
)
COLUMNS = [str(one) for one in Column]


@settings(max_examples=counts(10_000))
@given(st.lists(CELLS, min_size=len(COLUMNS), max_size=len(COLUMNS)), st.integers(1, 10**9))
def test_any_row_is_read_or_told_what_is_wrong_with_it(cells: list[Any], line: int) -> None:
    read = read_facts(Layout.of(COLUMNS), cells, line=line, today=TODAY)

    if isinstance(read, dict):
        features.frame([read])
        assert read["rights"] >= 1 and (read["remaining_life"] is None or read["remaining_life"] > -1)
    else:
        assert read and all(fault.line == line and fault.column in COLUMNS and fault.code in HINTS for fault in read)


FACTS = st.builds(
    features.facts,
    title=st.text(max_size=30),
    kind=st.sampled_from([one.value for one in Kind]),
    trade=st.sampled_from([one.value for one in Trade]),
    on=st.dates(date(2020, 1, 1), TODAY),
    filed_on=st.none() | st.dates(TODAY - timedelta(days=3_000), date(2020, 1, 1)),
    rights=st.integers(1, 10_000),
    tech_field=st.none() | st.sampled_from(["01", "03", "99"]),
    trl=st.none() | st.integers(1, 9),
)


@settings(max_examples=counts(300))
@given(st.lists(FACTS, min_size=1, max_size=20), st.data())
def test_a_row_among_many_gets_the_answer_it_gets_alone(asked: list[dict[str, Any]], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(asked) - 1))

    found, told = estimate_all(models(), asked, POLICY)[place]

    alone = estimates.estimate(models(), asked[place], POLICY)
    assert (found.grade, found.reason, found.range, found.withheld) == (
        alone.grade,
        alone.reason,
        alone.range,
        alone.withheld,
    )
    assert found.price == alone.price and (told is None) == (alone.reason == "too-little")
    factors = {one.feature: one.factor for one in alone.contributions}
    assert {one.feature: one.factor for one in found.contributions} == pytest.approx(factors, rel=1e-9)
