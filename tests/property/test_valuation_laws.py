"""Laws of the arithmetic of valuation: yuan close to the fen, prices are read exactly, ranges keep their promise."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeVar

import numpy as np
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kernel.money import FEN_MAX, Money
from tests.support.counting import counts
from valuation import features
from valuation.explaining import OVERRIDE, OWN_BARS, RECONCILIATION, allocate, explain, with_bar
from valuation.grouping import subtotals
from valuation.importing import cells
from valuation.importing.faults import BadCell
from valuation.intervals import half_width, packages_needed
from valuation.waterfall import printed

T = TypeVar("T")


def read_or_code(read: Callable[[], T]) -> T | str:
    """What was read, or the code of the fault."""
    try:
        return read()
    except BadCell as bad:
        return bad.code


PARTS = st.lists(st.floats(-2, 2), min_size=1, max_size=12)
FACTS = {"kind": "invention", "trade": "transfer", "scrutiny": "examined", "title": "甲"}
BASES = st.floats(math.log(50), math.log(5e9))


@settings(max_examples=counts(5_000))
@given(BASES, PARTS)
def test_amounts_close_to_the_fen_and_keep_their_sign(base_log: float, parts: list[float]) -> None:
    assume(math.log(1) <= base_log + math.fsum(parts) <= math.log(1e10))

    base, price, amounts = allocate(base_log, parts)

    assert base.fen + sum(one.fen for one in amounts) == price.fen
    assert price.fen == round(math.exp(base_log + math.fsum(parts)) * 100)
    for part, amount in zip(parts, amounts, strict=True):
        assert amount.fen * part >= 0 or abs(amount.fen) <= 1
    shown = printed(base, amounts)
    assert shown[0].fen + sum(one.fen for one in shown[1:-1]) == shown[-1].fen


NAMES = [*features.BY_NAME, *OWN_BARS]
SHARES = st.dictionaries(st.sampled_from(NAMES), st.floats(-1, 1), max_size=len(NAMES))


@settings(max_examples=counts(3_000), deadline=None)
@given(BASES, SHARES)
@example(14.0, {"scrutiny": 1e-9})  # too small to be told, and half a fen hangs on it
def test_bars_of_every_kind_close_and_their_groups_are_the_whole(base_log: float, parts: dict[str, float]) -> None:
    assume(math.log(1) <= base_log + math.fsum(parts.values()) <= math.log(1e10))

    base, reasons = explain(FACTS, base_log, parts, in_yuan=True)

    price = math.exp(base_log + math.fsum(parts.values()))
    kept = [one.to_json() for one in reasons]
    groups = subtotals(kept)
    assert sorted(name for one in groups for name in one["features"]) == sorted(one.feature for one in reasons)
    factors = math.prod(one["factor"] for one in groups)
    assert math.isclose(math.exp(base_log) * factors, price, rel_tol=1e-6)
    if base is not None:
        assert base.fen + sum(one["yuan_fen"] for one in groups) == round(price * 100)
        assert all(abs(one["yuan_fen"]) <= round(price * 100) for one in kept)


@settings(max_examples=counts(3_000), deadline=None)
@given(BASES, SHARES, st.integers(100, 10**12), st.sampled_from([RECONCILIATION, OVERRIDE]))
def test_any_price_set_afterwards_is_reached_to_the_fen(
    base_log: float, parts: dict[str, float], fen: int, name: str
) -> None:
    assume(math.log(1) <= base_log + math.fsum(parts.values()) <= math.log(1e10))
    base, reasons = explain(FACTS, base_log, parts, in_yuan=True)
    kept = {"base_log": base_log, "base_fen": base and base.fen, "withheld": False}

    found = with_bar(kept | {"contributions": [one.to_json() for one in reasons]}, name, Money(fen))

    amounts = [one["yuan_fen"] for one in found["contributions"]]
    if found["base_fen"] is None:
        assert amounts == [None] * len(amounts)
    else:
        assert found["base_fen"] + sum(amounts) == fen


@settings(max_examples=counts(5_000))
@given(BASES, st.floats(-1e-7, 1e-7), st.floats(-1, 1))
def test_where_price_and_base_are_nearly_equal_amounts_stay_sensible(base_log: float, rest: float, part: float) -> None:
    base, _, amounts = allocate(base_log, [part, rest - part])

    assert abs(amounts[0].fen - part * math.exp(base_log) * 100) <= 2 + 1e-6 * base.fen


@settings(max_examples=counts(5_000))
@given(st.integers(1, FEN_MAX), st.sampled_from(["fen", "yuan", "wan", "yi"]))
def test_every_price_in_fen_survives_being_written_in_any_unit(fen: int, unit: str) -> None:
    written = format(Decimal(fen) / cells.FEN_PER_UNIT[unit], "f")

    assert cells.price(written, unit).fen == fen


@settings(max_examples=counts(10_000))
@given(st.text(max_size=20), st.sampled_from(["yuan", "wan"]))
def test_any_text_is_a_price_or_a_named_fault(text: str, unit: str) -> None:
    found = read_or_code(lambda: cells.price(text, unit))

    assert found.startswith("price-") if isinstance(found, str) else 1 <= found.fen <= FEN_MAX


@settings(max_examples=counts(10_000))
@given(st.one_of(st.text(max_size=20), st.floats(), st.integers(), st.none(), st.booleans()))
def test_any_cell_is_a_day_or_a_named_fault(cell: cells.Cell) -> None:
    found = read_or_code(lambda: cells.day(cell))

    assert found == "date-not-a-date" or isinstance(found, date)


@settings(max_examples=counts(2_000))
@given(st.floats(0.5, 0.99))
def test_one_package_fewer_than_needed_promises_nothing(level: float) -> None:
    needed = packages_needed(level)

    half_width([1.0] * needed, level)
    assert math.ceil(round(needed * level, 9)) > needed - 1 or needed == 1


@settings(max_examples=counts(100))
@given(st.integers(9, 60), st.integers(0, 2**32 - 1))
def test_ranges_cover_what_they_promise_on_exchangeable_scores(packages: int, seed: int) -> None:
    scores = np.abs(np.random.default_rng(seed).normal(size=(400, packages + 1)))

    covered = [row[-1] <= half_width(list(row[:-1]), 0.9) for row in scores]

    # 400 draws: five standard deviations below 0.9.
    assert np.mean(covered) >= 0.825
