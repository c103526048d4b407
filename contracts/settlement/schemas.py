"""Money received on the wire."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from contracts.settlement.ledger import Purpose
from contracts.settlement.tables import BankReceipt, ReceiptClaim
from kernel.http.fields import Day, FenIn, ShortText, Wire
from kernel.ids import ContractId, InstalmentId, OrganisationId, ReceiptId, TransferId


class RecordReceipt(Wire):
    """An incoming bank transfer, as the bank's statement shows it; the reference is unique on the account."""

    amount_fen: FenIn
    payer_name: ShortText
    payer_account: ShortText
    bank_reference: ShortText
    received_on: Day


class ClaimReceipt(Wire):
    """What the money was for. Without an amount: as much as the receipt has left and the instalment leaves open."""

    instalment_id: InstalmentId
    amount_fen: FenIn | None = None


class ClaimOut(Wire):
    """A part of a receipt and the instalment it paid."""

    id: UUID
    receipt_id: ReceiptId
    instalment_id: InstalmentId
    contract_id: ContractId
    amount_fen: int
    received_on: date
    transfer_id: TransferId

    @classmethod
    def of(cls, row: ReceiptClaim) -> ClaimOut:
        """From the row."""
        return cls(
            id=row.id,
            receipt_id=row.receipt_id,
            instalment_id=row.instalment_id,
            contract_id=row.contract_id,
            amount_fen=row.amount.fen,
            received_on=row.received_on,
            transfer_id=row.transfer_id,
        )


class ReceiptOut(Wire):
    """A receipt; what is not claimed stands in suspense."""

    id: ReceiptId
    holder_id: OrganisationId
    amount_fen: int
    claimed_fen: int
    in_suspense_fen: int
    payer_name: str
    payer_account: str
    bank_reference: str
    received_on: date
    transfer_id: TransferId
    claims: list[ClaimOut]

    @classmethod
    def of(cls, row: BankReceipt, claims: list[ReceiptClaim]) -> ReceiptOut:
        """From the rows."""
        return cls(
            id=row.id,
            holder_id=row.holder_id,
            amount_fen=row.amount.fen,
            claimed_fen=row.claimed.fen,
            in_suspense_fen=(row.amount - row.claimed).fen,
            payer_name=row.payer_name,
            payer_account=row.payer_account,
            bank_reference=row.bank_reference,
            received_on=row.received_on,
            transfer_id=row.transfer_id,
            claims=[ClaimOut.of(one) for one in claims],
        )


class ContractReceiptOut(Wire):
    """Money received on a contract, with the technology income (技术性收入) it carries (核定表).

    The income is null until the contract is registered.
    """

    receipt_id: ReceiptId
    instalment_id: InstalmentId
    amount_fen: int
    received_on: date
    technology_income_fen: int | None


class BalanceOut(Wire):
    """What stands on an account of the books, positive on the side by which it grows."""

    purpose: Purpose
    balance_fen: int
