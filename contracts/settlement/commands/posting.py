"""Post a transfer to the books: the legs are checked here, and by the database again at commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from contracts.settlement.ledger import Account, Leg, TransferKind, check_balanced, reversed_legs
from contracts.settlement.tables import LedgerAccount, LedgerEntry, LedgerTransfer
from kernel.ids import OrganisationId, PersonId, TransferId, new_id


def post(
    session: Session,
    *,
    kind: TransferKind,
    holder_id: OrganisationId,
    legs: Sequence[Leg],
    document: str,
    document_id: UUID,
    posted_by: PersonId | None,
    now: datetime,
    reverses_id: TransferId | None = None,
) -> LedgerTransfer:
    """Write a balanced transfer and the document it rests on. Raises Unbalanced."""
    check_balanced(legs)
    transfer = LedgerTransfer(
        id=TransferId(new_id()),
        kind=kind,
        holder_id=holder_id,
        document=document,
        document_id=document_id,
        legs=len(legs),
        reverses_id=reverses_id,
        posted_by=posted_by,
        posted_at=now,
    )
    session.add(transfer)
    session.flush()
    for seq, leg in enumerate(legs, start=1):
        account_id = _account(session, leg.account, now)
        session.add(
            LedgerEntry(transfer_id=transfer.id, seq=seq, account_id=account_id, side=leg.side, amount=leg.amount)
        )
    session.flush()
    return transfer


def reverse(
    session: Session, *, transfer: LedgerTransfer, document: str, posted_by: PersonId | None, now: datetime
) -> LedgerTransfer:
    """Post the same legs the other way round; the database lets a transfer be reversed once."""
    rows = (
        select(LedgerEntry, LedgerAccount)
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        .where(LedgerEntry.transfer_id == transfer.id)
        .order_by(LedgerEntry.seq)
    )
    legs = [
        Leg(Account(account.purpose, account.organisation_id), entry.side, entry.amount)
        for entry, account in session.execute(rows)
    ]
    return post(
        session,
        kind=TransferKind.REVERSAL,
        holder_id=transfer.holder_id,
        legs=reversed_legs(legs),
        document=document,
        document_id=transfer.document_id,
        posted_by=posted_by,
        now=now,
        reverses_id=transfer.id,
    )


def _account(session: Session, account: Account, now: datetime) -> UUID:
    """The account's id; it is opened when first posted to, by whoever comes first."""
    row = {"id": uuid4(), "organisation_id": account.organisation_id, "purpose": account.purpose, "opened_at": now}
    session.execute(upsert(LedgerAccount).values(row).on_conflict_do_nothing())
    found = select(LedgerAccount.id).where(
        LedgerAccount.organisation_id == account.organisation_id, LedgerAccount.purpose == account.purpose
    )
    return session.execute(found).scalar_one()
