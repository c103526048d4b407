"""Affiliations on a real database: who may declare, confirm and end them, and what follows."""

from datetime import date, timedelta

import pytest

from kernel.errors import MissingRole, NotFound
from parties import errors, queries
from parties.commands import affiliations
from parties.commands.affiliations import Declared
from parties.control import Relation
from tests.support import people as made

SINCE = date(2020, 1, 1)


@pytest.fixture
def homes(session):
    return [made.make_organisation(session, kind="enterprise").id for _ in range(4)]


@pytest.fixture
def today(session):
    return made.today(session)


def declare(session, first, second, *, actor, relation=Relation.CONTROL, **period):
    declared = Declared(first, second, relation, period.get("starts_on", SINCE), period.get("ends_on"), "企业公示系统")
    return affiliations.declare(session, declared=declared, actor=actor, now=made.market_now(session))


def test_an_operators_word_holds_at_once_and_through_chains(session, homes, today):
    a, b, c, d = homes
    operator = made.operator_of(session, made.the_exchange(session))
    for first, second in ((a, b), (b, c), (a, d)):
        declare(session, first, second, actor=operator)

    assert queries.are_affiliated(session, c, d, on=today)
    assert queries.are_affiliated(session, d, c, on=today)
    assert not queries.are_affiliated(session, c, d, on=SINCE - timedelta(days=1))


def test_same_controllers_are_found_through_their_subsidiaries(session, homes, today):
    a, b, c, d = homes
    operator = made.operator_of(session, made.the_exchange(session))
    declare(session, b, a, actor=operator, relation=Relation.SAME_CONTROLLER)
    declare(session, a, c, actor=operator)
    declare(session, b, d, actor=operator)

    assert queries.are_affiliated(session, c, d, on=today)


def test_close_relations_reach_the_groups_on_both_sides(session, homes, today):
    a, b, c, d = homes
    operator = made.operator_of(session, made.the_exchange(session))
    declare(session, a, b, actor=operator, relation=Relation.CLOSE_RELATION)
    declare(session, a, c, actor=operator)
    declare(session, b, d, actor=operator)

    assert queries.are_affiliated(session, c, d, on=today)
    assert queries.are_affiliated(session, a, d, on=today)


def test_anybody_may_ask_about_strangers(session, homes, today):
    a, b, c, _ = homes
    declare(session, a, b, actor=made.operator_of(session, made.the_exchange(session)))

    made.admin_of(session, c)

    assert queries.are_affiliated(session, a, b, on=today)


def test_a_party_cannot_bar_two_strangers_from_each_other(session, homes, today):
    a, b, c, _ = homes
    declare(session, a, b, actor=made.admin_of(session, a))
    declare(session, a, c, actor=made.admin_of(session, a))

    assert queries.are_affiliated(session, a, b, on=today)
    assert not queries.are_affiliated(session, b, c, on=today)


def test_the_other_side_confirms_and_then_chains_hold(session, homes, today):
    a, b, c, _ = homes
    rows = [declare(session, a, other, actor=made.admin_of(session, a)) for other in (b, c)]

    for row, other in zip(rows, (b, c), strict=True):
        admin = made.admin_of(session, other)
        affiliations.confirm(session, affiliation_id=row.id, actor=admin, now=made.market_now(session))
        session.flush()

    assert queries.are_affiliated(session, b, c, on=today)
    with pytest.raises(errors.AlreadyConfirmed):
        affiliations.confirm(session, affiliation_id=rows[1].id, actor=admin, now=made.market_now(session))


def test_nobody_is_witness_to_their_own_word(session, homes):
    a, b, _, _ = homes
    admin = made.admin_of(session, a)
    row = declare(session, a, b, actor=admin)

    with pytest.raises(MissingRole):
        affiliations.confirm(session, affiliation_id=row.id, actor=admin, now=made.market_now(session))


def test_only_the_exchange_ends_an_affiliation(session, homes, today):
    a, b, _, _ = homes
    admin = made.admin_of(session, a)
    row = declare(session, a, b, actor=admin)
    settled = {"affiliation_id": row.id, "ends_on": today, "reason": "股权已转让", "now": made.market_now(session)}

    with pytest.raises(MissingRole):
        affiliations.end(session, actor=admin, **settled)
    affiliations.end(session, actor=made.operator_of(session, made.the_exchange(session)), **settled)

    assert queries.are_affiliated(session, a, b, on=today)
    assert not queries.are_affiliated(session, a, b, on=today + timedelta(days=1))


def test_a_third_party_declares_nothing_and_sees_nothing(session, homes):
    a, b, c, _ = homes
    row = declare(session, a, b, actor=made.admin_of(session, a))
    stranger = made.admin_of(session, c)

    with pytest.raises(NotFound):
        declare(session, a, b, actor=stranger)
    with pytest.raises(NotFound):
        affiliations.confirm(session, affiliation_id=row.id, actor=stranger, now=made.market_now(session))


@pytest.mark.parametrize(
    ("period", "refusal"),
    [({"starts_on": date(2026, 1, 2), "ends_on": date(2026, 1, 1)}, errors.PeriodNotValid)],
)
def test_a_period_does_not_end_before_it_begins(session, homes, period, refusal):
    with pytest.raises(refusal):
        declare(session, homes[0], homes[1], actor=made.admin_of(session, homes[0]), **period)


def test_an_organisation_is_not_declared_affiliated_to_itself(session, homes):
    with pytest.raises(errors.AffiliatedToItself):
        declare(session, homes[0], homes[0], actor=made.admin_of(session, homes[0]))


def test_everybody_belongs_to_itself(session, homes, today):
    assert queries.are_affiliated(session, homes[0], homes[0], on=today)
