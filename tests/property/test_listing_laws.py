"""Laws of the listing desk that hold for every number: cuts, periods, chains, pages and words."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.calendar import WorkingCalendar, local_date
from kernel.money import FEN_MAX, Money
from market.listings import errors
from market.listings.deciding import Matter, Step, read_chain, steps_for, write_chain
from market.listings.interests import check_cut, outcome
from market.listings.noticing import page_sha256, period
from market.listings.terms import Basis, Mode, Way
from market.words import search_query, search_vector, words_of

CALENDAR = WorkingCalendar.shipped()
money = st.integers(1, FEN_MAX).map(Money)
instants = st.integers(0, 3 * 365 * 86_400).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
names = st.lists(st.from_regex("[a-z][a-z0-9_]{1,8}", fullmatch=True), min_size=1, max_size=8, unique=True)
matters = st.builds(Matter, st.sampled_from(Mode), st.sampled_from(Basis), st.sampled_from(Way), money)
steps = st.builds(
    Step,
    st.just("x"),
    st.sampled_from(("transfer_office", "unit_approver", "finance")),
    st.lists(st.sampled_from([one.value for one in Mode]), unique=True).map(tuple),
    st.lists(st.sampled_from([one.value for one in Basis]), unique=True).map(tuple),
    st.lists(st.sampled_from([one.value for one in Way]), unique=True).map(tuple),
    st.none() | money,
)


@st.composite
def chains(draw):
    return tuple(
        Step(name, one.role, one.modes, one.bases, one.ways, one.price_from)
        for name in draw(names)
        for one in [draw(steps)]
    )


@given(instants, st.integers(15, 60))
def test_a_notice_never_runs_shorter_than_its_days(put_up_at, days):
    runs = period(put_up_at, days, CALENDAR)

    assert runs.ends_at - put_up_at >= timedelta(days=days)
    assert runs.ends_on - local_date(put_up_at) >= timedelta(days=days)
    assert CALENDAR.is_working_day(runs.ends_on)


@given(money, st.integers(0, 9_999), money)
def test_a_cut_is_let_through_exactly_within_its_bounds(before, cut_bp_max, price):
    allowed = price <= before and price.fen * 10_000 >= before.fen * (10_000 - cut_bp_max)

    if allowed:
        check_cut(price, before=before, cut_bp_max=cut_bp_max)
    else:
        with pytest.raises(errors.CutTooDeep):
            check_cut(price, before=before, cut_bp_max=cut_bp_max)


@given(st.integers(0, 10_000))
def test_every_period_has_an_outcome(qualified):
    assert outcome(qualified).value == {0: "close-empty", 1: "close-with-one"}.get(qualified, "close-with-many")


@given(chains(), matters)
def test_the_steps_of_a_matter_are_those_of_the_chain_in_their_order(chain, matter):
    taken = steps_for(chain, matter)

    own = [step for step in taken if step.name != "ai_sign_off"]
    assert own == [step for step in chain if step in own]
    assert all(step in own for step in chain if step.always)
    assert (taken[:1] == own[:1]) == (matter.basis is not Basis.AI_ESTIMATE_REVIEWED)


@given(chains())
def test_a_chain_is_read_as_it_was_written(chain):
    assert read_chain(write_chain(chain)) == chain


@given(st.dictionaries(st.text(max_size=10), st.integers() | st.text(max_size=20), min_size=2))
def test_the_hash_of_a_page_does_not_depend_on_the_order_of_its_members(page):
    assert page_sha256(page) == page_sha256(dict(reversed(page.items())))


@given(st.text(max_size=300))
def test_words_hold_nothing_that_a_search_could_stumble_over(text):
    assert all(re.fullmatch("[0-9a-z.一-鿿-]{1,60}", word) for word in words_of(text))
    for vector in (search_vector(heading=text, body=text), search_query(text)):
        assert vector == "" or re.fullmatch(
            r"(?:'[^'\\ ]+'(?::\*|(?::[0-9]+[AD](?:,[0-9]+[AD])*))?(?: & | )?)+", vector
        )


@given(st.lists(st.sampled_from(["石墨烯", "电池", "水处理", "motor", "202310000001.5"]), min_size=1, max_size=6))
def test_every_word_of_a_text_is_a_word_of_its_index(parts):
    text = " ".join(parts)

    indexed = search_vector(heading=text, body="")

    assert all(f"'{word}':" in indexed for word in words_of(text))
