"""What may be asked about money: receipts, claims and balances."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Numeric, case, cast, func, select
from sqlalchemy.orm import Session

from contracts.agreements import queries as agreements
from contracts.agreements.registering import income_of_receipts
from contracts.agreements.tables import Contract
from contracts.settlement.access import receipts_visible_to
from contracts.settlement.ledger import GROWS_BY, Purpose
from contracts.settlement.tables import LedgerAccount, LedgerEntry, ReceiptClaim
from kernel.ids import ContractId, OrganisationId, ReceiptId
from kernel.money import Money

__all__ = ["balance_of", "claims_of_contract", "claims_of_receipt", "receipts_visible_to", "technology_income"]


def claims_of_receipt(session: Session, receipt_id: ReceiptId) -> list[ReceiptClaim]:
    """What a receipt has been claimed for, in order."""
    rows = select(ReceiptClaim).where(ReceiptClaim.receipt_id == receipt_id).order_by(ReceiptClaim.seq)
    return list(session.execute(rows).scalars())


def claims_of_contract(session: Session, contract_id: ContractId) -> list[ReceiptClaim]:
    """What has been received on a contract, in order of arrival at the bank."""
    rows = select(ReceiptClaim).where(ReceiptClaim.contract_id == contract_id)
    ordered = rows.order_by(ReceiptClaim.received_on, ReceiptClaim.claimed_at, ReceiptClaim.id)
    return list(session.execute(ordered).scalars())


def technology_income(session: Session, contract: Contract, claims: Sequence[ReceiptClaim]) -> list[Money] | list[None]:
    """技术性收入 of each claim, by the amounts of the registration that stands; None before there is one."""
    registration = agreements.registration_of(session, contract.id)
    if registration is None or registration.cancelled_on is not None:
        return [None] * len(claims)
    return income_of_receipts(
        [claim.amount for claim in claims],
        contract_value=registration.contract_value,
        technology_value=registration.technology_value,
    )


def balance_of(session: Session, organisation_id: OrganisationId, purpose: Purpose) -> Money:
    """What stands on an account, positive on the side by which it grows."""
    amount = cast(LedgerEntry.amount, Numeric(24, 0))
    signed = case((LedgerEntry.side == GROWS_BY[purpose], amount), else_=-amount)
    rows = (
        select(func.sum(signed))
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        .where(LedgerAccount.organisation_id == organisation_id, LedgerAccount.purpose == purpose)
    )
    return Money(int(session.execute(rows).scalar_one() or 0))
