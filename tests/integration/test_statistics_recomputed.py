"""The official tables are the sum over contracts: counted anew in plain Python they are the same, to the fen."""

import random
from collections import defaultdict
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from contracts.statistics import commands, queries
from contracts.statistics.counting import CountedContract
from kernel.db import market_now
from kernel.errors import NotFound
from kernel.ids import ContractId, new_id
from kernel.money import FEN_MAX, Money
from tests.support.counting import counts
from tests.support.numbers import make_uscc

TODAY = date(2026, 11, 21)
KEYS = {
    "by_year": lambda one: str(one.counted_on.year),
    "by_type": lambda one: one.contract_type,
    "by_field": lambda one: one.tech_field,
    "by_mode": lambda one: one.mode,
    "by_basis": lambda one: one.basis,
    "totals": lambda one: "total",
}


def made_up(chance: random.Random, number: int) -> CountedContract:
    """A registered contract such as the registry might send."""
    value = chance.choice([1, 99, 10**6, FEN_MAX, chance.randrange(1, FEN_MAX)])
    return CountedContract(
        contract_id=ContractId(new_id()),
        registration_number=f"{number:016d}",
        counted_on=date(2024, 12, 30) + timedelta(days=chance.randrange(5)),
        contract_value=Money(value),
        technology_value=Money(chance.randrange(value + 1)),
        contract_type=chance.choice(["transfer.patent_right", "licence.patent", "service.general"]),
        tech_field=f"{chance.randrange(1, 12):02d}",
        ip_kind="invention",
        plan_source="05",
        mode=chance.choice(["agreed", "listed", "auction", "trial"]),
        basis=chance.choice(["agreement", "appraisal", "market"]),
        related_party=False,
        seller_unit=make_uscc(chance.randrange(4)),
        buyer_unit=make_uscc(10 + chance.randrange(6)),
        seller_region=chance.choice(["330302", "330106", "310115"]),
        buyer_region=chance.choice(["330381", "110108", "441900"]),
        seller_party_type="022",
        buyer_party_type="170",
    )


def by_hand(facts, key):
    """(contracts, contract value, technology value) by key, in plain Python."""
    sums = defaultdict(lambda: [0, 0, 0])
    for sign, one in facts:
        cell = sums[key(one)]
        for index, amount in enumerate((1, one.contract_value.fen, one.technology_value.fen)):
            cell[index] += sign * amount
    return {code: tuple(cell) for code, cell in sums.items() if any(cell)}


@pytest.mark.parametrize("seed", range(counts(200)))
def test_tables_equal_a_count_by_hand_with_changes_and_cancellations(db, seed):
    chance = random.Random(seed)
    facts = []
    with db.session("worker") as session:
        now = market_now(session)
        for number in range(40):
            one = made_up(chance, number)
            commands.count(session, counted=one, now=now)
            facts.append((1, one))
            if chance.random() < 0.3:
                day = one.counted_on + timedelta(days=chance.randrange(400))
                commands.take_back(session, contract_id=one.contract_id, counted_on=day, now=now)
                from dataclasses import replace

                facts.append((-1, replace(one, counted_on=day)))

    with db.session("read") as session:
        for name, key in KEYS.items():
            table = queries.table(session, name, year=None, on=TODAY, sees_all=True)
            shown = {c.code: (c.contracts, c.contract_value.fen, c.technology_value.fen) for c in table.cells}
            assert shown == by_hand(facts, key), name
            in_year = queries.table(session, name, year=2025, on=TODAY, sees_all=True)
            expected = by_hand([(sign, one) for sign, one in facts if one.counted_on.year == 2025], key)
            assert {c.code: c.contracts for c in in_year.cells} == {code: cell[0] for code, cell in expected.items()}


def test_sums_pass_what_a_bigint_holds(db):
    chance, number = random.Random(1), 10
    with db.session("worker") as session:
        one = made_up(chance, 1)
        commands.count(session, counted=one, now=market_now(session))
    with db.session("owner") as session:
        session.execute(text("ALTER TABLE statistics_fact DISABLE TRIGGER USER"))
        session.execute(text("UPDATE statistics_fact SET contract_value = 9000000000000000000, technology_value = 0"))
        columns = ", ".join(queries.StatisticsFact.__table__.columns.keys()[1:])
        session.execute(
            text(
                f"INSERT INTO statistics_fact SELECT gen_random_uuid(), {columns} FROM statistics_fact, generate_series(2, {number})"
            )
        )

    with db.session("read") as session:
        total = queries.table(session, "totals", year=None, on=TODAY, sees_all=True).total

    assert total.contract_value.fen == number * 9 * 10**18


def test_what_was_never_counted_is_not_taken_back(db):
    with pytest.raises(NotFound), db.session("worker") as session:
        commands.take_back(session, contract_id=ContractId(new_id()), counted_on=TODAY, now=market_now(session))


def test_the_public_total_is_hidden_where_it_would_tell_of_one_unit(db):
    with db.session("worker") as session:
        commands.count(session, counted=made_up(random.Random(3), 1), now=market_now(session))

    with db.session("read") as session:
        table = queries.table(session, "by_type", year=None, on=TODAY, sees_all=False)

    assert table.total.suppressed
    assert all(cell.suppressed for cell in table.cells)
