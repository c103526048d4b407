"""Whatever clerks do, in whatever order: the books balance and every promise of the audit holds."""

import random
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from contracts.agreements import commands as agreements
from contracts.agreements.plans import PlannedPayment
from contracts.agreements.tables import Contract, Instalment
from contracts.settlement import commands
from contracts.settlement.tables import BankReceipt, LedgerTransfer
from kernel.calendar import local_date
from kernel.db import market_now
from kernel.errors import Problem
from kernel.http.auth import Actor
from kernel.ids import ContractId
from kernel.invariants import check_all
from kernel.money import Money
from tests.support.contracting import deal
from tests.support.counting import counts
from tests.support.people import make_organisation, make_person, the_exchange

ROLES = frozenset({"finance", "transfer_office", "unit_approver", "buyer"})


@dataclass
class Clerks:
    """Two hands each of a seller, a buyer and the exchange."""

    seller: tuple[Actor, Actor]
    buyer: tuple[Actor, Actor]
    exchange: Actor


@pytest.fixture
def clerks(db):
    with db.session("owner") as session:
        seller, buyer = make_organisation(session).id, make_organisation(session, kind="enterprise").id
        exchange = the_exchange(session).id

        def hand(organisation, *roles):
            return Actor(make_person(session, organisation, roles).id, organisation, frozenset(roles))

        return Clerks(
            seller=tuple(hand(seller, "finance", "transfer_office") for _ in range(2)),
            buyer=tuple(hand(buyer, "buyer") for _ in range(2)),
            exchange=hand(exchange, "finance", "registrar"),
        )


def contract_of(session, clerks, chance, now):
    """A contract with a random plan, half of the time in force."""
    today = local_date(now)
    price = Money(chance.randrange(5, 10_000))
    seller, buyer = clerks.seller[0].organisation_id, clerks.buyer[0].organisation_id
    contract = agreements.draft(
        session, facts=deal(seller_id=seller, buyer_id=buyer, agreed_on=today, price=price), now=now
    )
    parts = price.split([chance.randrange(1, 9) for _ in range(chance.randrange(1, 4))])
    plan = [PlannedPayment(today.replace(year=today.year + n), part) for n, part in enumerate(parts) if part.fen]
    agreements.plan_payments(session, contract_id=contract.id, plan=plan, actor=clerks.seller[0], now=now)
    if chance.random() < 0.7:
        for side, (first, second) in (("seller", clerks.seller), ("buyer", clerks.buyer)):
            sign(session, contract.id, side, first, second, now)
    return contract.id


def sign(session, contract_id, side, first, second, now):
    from contracts.agreements.signing import PartySide

    common = {"contract_id": ContractId(contract_id), "side": PartySide(side), "scan_sha256": "a" * 64, "now": now}
    agreements.record_signature(session, **common, signed_by_name="甲", actor=first)
    agreements.check_signature(session, **common, agrees=True, actor=second)


def one_step(session, clerks, chance, now):
    """A receipt, a claim of a random size, or the reversal of a reversal-free posting that nobody used yet."""
    clerk = chance.choice([clerks.seller[0], clerks.exchange])
    if chance.random() < 0.4:
        return commands.record_receipt(
            session,
            amount=Money(chance.randrange(1, 8_000)),
            payer_name="付款方",
            payer_account="6222",
            bank_reference=str(chance.random()),
            received_on=local_date(now),
            actor=clerk,
            now=now,
        )
    receipts = (
        session.execute(select(BankReceipt.id).where(BankReceipt.holder_id == clerk.organisation_id)).scalars().all()
    )
    instalments = session.execute(select(Instalment.id)).scalars().all()
    if not receipts:
        return None
    amount = None if chance.random() < 0.5 else Money(chance.randrange(1, 5_000))
    return commands.claim_receipt(
        session,
        receipt_id=chance.choice(receipts),
        instalment_id=chance.choice(instalments),
        amount=amount,
        actor=clerk,
        now=now,
    )


@pytest.mark.parametrize("seed", range(counts(300)))
def test_the_books_hold_after_every_random_step(db, clerks, seed):
    chance = random.Random(seed)
    refused = 0
    with db.session("worker") as session:
        now = market_now(session)
        for _ in range(3):
            contract_of(session, clerks, chance, now)
    for _ in range(30):
        try:
            with db.session("worker") as session:
                one_step(session, clerks, chance, now)
        except Problem:
            refused += 1

    with db.session("owner") as session:
        assert check_all(session) == []
        assert session.query(LedgerTransfer).count() > 5
        assert {one.state.value for one in session.query(Contract)} & {"performing", "completed", "effective", "draft"}
    assert refused < 30
