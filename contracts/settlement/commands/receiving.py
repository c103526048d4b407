"""Money by bank transfer: recorded when it comes in, then claimed for an instalment (财务到账认领)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contracts.agreements import commands as agreements
from contracts.agreements.plans import open_amount
from contracts.agreements.tables import Contract, Instalment
from contracts.settlement import claiming
from contracts.settlement.access import contracts_to_claim_for, receipts_visible_to
from contracts.settlement.commands.posting import post
from contracts.settlement.errors import ReceiptInFuture, ReceiptKnown
from contracts.settlement.ledger import TransferKind, claim_legs, receipt_legs
from contracts.settlement.tables import BankReceipt, ReceiptClaim
from kernel import audit
from kernel.calendar import local_date
from kernel.db import lock
from kernel.errors import NotFound
from kernel.http.auth import Actor
from kernel.ids import InstalmentId, ReceiptId, new_id
from kernel.money import ZERO, Money
from parties.roles import Role


def record_receipt(
    session: Session,
    *,
    amount: Money,
    payer_name: str,
    payer_account: str,
    bank_reference: str,
    received_on: date,
    actor: Actor,
    now: datetime,
) -> BankReceipt:
    """Record an incoming bank transfer on the account of the actor's organisation; until claimed it stands in suspense.

    Raises ReceiptKnown for a bank reference recorded before, ReceiptInFuture.
    """
    actor.must_have(Role.FINANCE)
    holder_id = actor.organisation()
    if received_on > local_date(now):
        raise ReceiptInFuture
    receipt_id = ReceiptId(new_id())
    transfer = post(
        session,
        kind=TransferKind.RECEIPT,
        holder_id=holder_id,
        legs=receipt_legs(holder_id, amount),
        document=f"银行回单 {bank_reference}",
        document_id=receipt_id,
        posted_by=actor.person_id,
        now=now,
    )
    receipt = BankReceipt(
        id=receipt_id,
        holder_id=holder_id,
        amount=amount,
        claimed=ZERO,
        payer_name=payer_name,
        payer_account=payer_account,
        bank_reference=bank_reference,
        received_on=received_on,
        recorded_by=actor.person_id,
        recorded_at=now,
        transfer_id=transfer.id,
    )
    _insert(session, receipt)
    _record(session, actor, "receipt.record", receipt, now)
    return receipt


def claim_receipt(
    session: Session,
    *,
    receipt_id: ReceiptId,
    instalment_id: InstalmentId,
    amount: Money | None,
    actor: Actor,
    now: datetime,
) -> ReceiptClaim:
    """Move money out of suspense to an instalment; the last instalment settles the contract.

    Without an amount: as much as the receipt has left and the instalment leaves open. Raises ClaimTooLarge, NothingLeft,
    InstalmentPaid, PaymentStepClosed; NotFound for another's receipt or an instalment the actor may not claim for.
    """
    actor.must_have(Role.FINANCE)
    receipt = lock(session, BankReceipt, receipt_id, within=receipts_visible_to(actor))
    instalment = session.get(Instalment, instalment_id)
    if instalment is None:
        raise NotFound
    contract = lock(session, Contract, instalment.contract_id, within=contracts_to_claim_for(session, actor))
    session.refresh(instalment)
    moved = claiming.amount_to_claim(
        amount, left=receipt.amount - receipt.claimed, open_=open_amount(instalment.amount, instalment.paid)
    )
    agreements.note_payment(
        session, contract=contract, instalment_id=instalment_id, amount=moved, paid_on=receipt.received_on, now=now
    )
    claim = _claim(session, receipt, contract, instalment_id, moved, actor, now)
    receipt.claimed += moved
    session.flush()
    _record(session, actor, "receipt.claim", receipt, now)
    return claim


def _claim(
    session: Session,
    receipt: BankReceipt,
    contract: Contract,
    instalment_id: InstalmentId,
    moved: Money,
    actor: Actor,
    now: datetime,
) -> ReceiptClaim:
    claim_id = uuid4()
    transfer = post(
        session,
        kind=TransferKind.CLAIM,
        holder_id=receipt.holder_id,
        legs=claim_legs(receipt.holder_id, contract.seller_id, moved),
        document=f"到账认领 {contract.number} ← {receipt.bank_reference}",
        document_id=claim_id,
        posted_by=actor.person_id,
        now=now,
    )
    before = select(func.count()).select_from(ReceiptClaim).where(ReceiptClaim.receipt_id == receipt.id)
    claim = ReceiptClaim(
        id=claim_id,
        receipt_id=receipt.id,
        seq=session.execute(before).scalar_one() + 1,
        instalment_id=instalment_id,
        contract_id=contract.id,
        holder_id=receipt.holder_id,
        seller_id=contract.seller_id,
        amount=moved,
        received_on=receipt.received_on,
        claimed_by=actor.person_id,
        claimed_at=now,
        transfer_id=transfer.id,
    )
    session.add(claim)
    session.flush()
    return claim


def _insert(session: Session, receipt: BankReceipt) -> None:
    try:
        with session.begin_nested():
            session.add(receipt)
    except IntegrityError as error:
        constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", "")
        if constraint == "uq_bank_receipt_holder_id_bank_reference":
            raise ReceiptKnown from None
        raise


def _record(session: Session, actor: Actor, action: str, receipt: BankReceipt, now: datetime) -> None:
    after = {"amount": receipt.amount, "claimed": receipt.claimed, "bank_reference": receipt.bank_reference}
    audit.record(session, actor=actor, action=action, kind="receipt", object_id=receipt.id, after=after, now=now)
