"""The books in the database: they balance by the database's own check, only grow, and show nobody another's money."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from contracts.settlement import commands
from contracts.settlement.ledger import Purpose, TransferKind, receipt_legs
from contracts.settlement.queries import balance_of
from contracts.settlement.tables import LedgerEntry
from kernel.db import market_now
from kernel.db.session import act_as
from kernel.invariants import INVARIANTS, check_all
from kernel.money import Money
from tests.support.contracting import sale
from tests.support.people import make_organisation


def posted(db, amount: Money = Money(100)):
    """A receipt posted for a new organisation; answers organisation and transfer."""
    with db.session("owner") as session:
        holder = make_organisation(session, kind="enterprise").id
    with db.session("worker") as session:
        transfer = commands.post(
            session,
            kind=TransferKind.RECEIPT,
            holder_id=holder,
            legs=receipt_legs(holder, amount),
            document="银行回单 1",
            document_id=uuid4(),
            posted_by=None,
            now=market_now(session),
        )
    return holder, transfer


def test_the_database_refuses_a_transfer_that_does_not_balance(db):
    holder, transfer = posted(db)
    unbalanced = text(
        """WITH t AS (INSERT INTO ledger_transfer
             SELECT :new, kind, holder_id, document, document_id, legs, NULL, posted_by, posted_at
             FROM ledger_transfer WHERE id = :old RETURNING id)
           INSERT INTO ledger_entry SELECT :new, seq, account_id, side, amount + (seq = 1)::int
           FROM ledger_entry WHERE transfer_id = :old"""
    )

    with pytest.raises(DBAPIError, match="does not balance"), db.session("worker") as session:
        session.execute(unbalanced, {"new": uuid4(), "old": transfer.id})

    with db.session("worker") as session:
        assert balance_of(session, holder, Purpose.BANK) == Money(100)


def test_no_leg_is_added_to_a_transfer_later_even_in_balanced_pairs(db):
    _, transfer = posted(db)
    pair = text(
        "INSERT INTO ledger_entry SELECT transfer_id, seq + 2, account_id, side, amount FROM ledger_entry"
        " WHERE transfer_id = :id"
    )

    with pytest.raises(DBAPIError, match="4 of 2 legs"), db.session("worker") as session:
        session.execute(pair, {"id": transfer.id})


def test_a_transfer_without_legs_is_refused_at_commit(db):
    _, transfer = posted(db)
    copy = text(
        """INSERT INTO ledger_transfer SELECT :new, kind, holder_id, document, document_id, legs, NULL, posted_by, posted_at
           FROM ledger_transfer WHERE id = :old"""
    )

    with pytest.raises(DBAPIError, match="does not balance"), db.session("worker") as session:
        session.execute(copy, {"new": uuid4(), "old": transfer.id})


@pytest.mark.parametrize("role", ["web", "worker", "read"])
@pytest.mark.parametrize(
    "table", ["ledger_account", "ledger_transfer", "ledger_entry", "receipt_claim", "statistics_fact"]
)
def test_no_role_of_the_application_changes_or_takes_out_what_is_posted(db, role, table):
    for statement in (
        f"DELETE FROM {table}",
        f"UPDATE {table} SET {'id' if table != 'ledger_entry' else 'seq'} = NULL",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), db.session(role) as session:
            session.execute(text(statement))


def test_not_even_the_owner_of_the_tables_edits_history(db):
    posted(db)

    with pytest.raises(DBAPIError, match="post a reversal"), db.session("owner") as session:
        session.execute(text("UPDATE ledger_entry SET amount = amount + 1"))


def test_a_reversal_is_posted_once_and_brings_the_accounts_back(db):
    holder, transfer = posted(db)
    with db.session("worker") as session:
        commands.reverse(session, transfer=transfer, document="更正", posted_by=None, now=market_now(session))

    with db.session("worker") as session:
        assert balance_of(session, holder, Purpose.BANK) == balance_of(session, holder, Purpose.SUSPENSE) == Money(0)
    with pytest.raises(DBAPIError, match="uq_ledger_transfer_reverses_id"), db.session("worker") as session:
        commands.reverse(session, transfer=transfer, document="再更正", posted_by=None, now=market_now(session))


def test_nobody_sees_anothers_books(db):
    holder, _ = posted(db)
    other, _ = posted(db)

    with db.session("web") as session:
        act_as(session, person=None, organisation=other)
        assert balance_of(session, holder, Purpose.BANK) == Money(0)
        assert balance_of(session, other, Purpose.BANK) == Money(100)
        act_as(session, person=None, organisation=None)
        assert session.query(LedgerEntry).count() == 0


def test_one_receipt_claimed_by_ten_hands_at_once_moves_once(house):
    made = sale(house).signed()
    received = made.receive(100_000_000)
    instalment = made.get()["instalments"][0]["id"]

    def claim(_):
        body = {"instalment_id": instalment}
        return made.finance.post(f"/v1/receipts/{received['id']}/claim", json=body).status_code

    with ThreadPoolExecutor(10) as hands:
        answers = sorted(hands.map(claim, range(10)))

    assert answers == [201] + [409] * 9
    assert made.get()["paid_fen"] == 100_000_000


def test_every_promise_holds_after_a_contract_has_run_its_course(house):
    made = sale(house, way="licence").signed().registered().paid()
    made.receive(7)
    made.post(made.office, "registration/cancellation", {"reason": "更正"})

    with house.database.session("owner") as session:
        assert check_all(session) == []
    assert {"I1", "I10", "I11", "I15"} <= {number for number, _ in INVARIANTS}


@pytest.mark.parametrize(
    ("number", "damage"),
    [
        (
            "I1",
            "INSERT INTO ledger_transfer SELECT gen_random_uuid(), 'receipt', holder_id, 'x', document_id, 2, NULL,"
            " posted_by, posted_at FROM ledger_transfer LIMIT 1",
        ),
        ("I10", "UPDATE instalment SET paid = 1, paid_on = NULL"),
        ("I11", "UPDATE instalment SET amount = amount + 1, paid_on = NULL"),
        ("I13", "UPDATE contract_signature SET state = 'refused' WHERE side = 'buyer'"),
        ("I14", "DELETE FROM licence"),
        ("I15", "UPDATE contract_registration SET technology_value = technology_value - 1"),
        ("I16", "UPDATE bank_receipt SET claimed = claimed - 1"),
    ],
)
def test_the_audit_names_a_broken_promise(house, number, damage):
    sale(house, way="licence").signed().registered().paid()

    with house.database.session("owner") as session:
        session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        session.execute(text(damage))
        broken = {violation.number for violation in check_all(session)}
        session.rollback()

    assert number in broken
