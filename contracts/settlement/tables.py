"""The books: accounts, transfers, entries; bank receipts and the claims that give them a meaning. All but receipts only grow."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contracts.settlement.ledger import Purpose, Side, TransferKind
from kernel.db import Base, enum_column
from kernel.ids import ContractId, InstalmentId, OrganisationId, PersonId, ReceiptId, TransferId
from kernel.money import Money


class LedgerAccount(Base):
    """An account by party and purpose. Append-only."""

    __tablename__ = "ledger_account"
    __table_args__ = (UniqueConstraint("organisation_id", "purpose"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    purpose: Mapped[Purpose] = mapped_column(enum_column(Purpose, "purpose"))
    opened_at: Mapped[datetime]


class LedgerTransfer(Base):
    """A posting: its legs are entries, its document says why. Append-only; a mistake is answered by a reversal."""

    __tablename__ = "ledger_transfer"
    __table_args__ = (
        CheckConstraint("document <> ''", name="document"),
        CheckConstraint("legs >= 2", name="legs"),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reverses"),
        Index(None, "document_id"),
    )

    id: Mapped[TransferId] = mapped_column(primary_key=True)
    kind: Mapped[TransferKind] = mapped_column(enum_column(TransferKind, "kind"))
    holder_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    """On whose bank account the money lies."""
    document: Mapped[str]
    """What a book-keeper would write in the margin: the bank's reference, the contract's number."""
    document_id: Mapped[UUID]
    legs: Mapped[int] = mapped_column(SmallInteger)
    """How many entries belong to it: no entry can be added later without the database noticing."""
    reverses_id: Mapped[TransferId | None] = mapped_column(ForeignKey("ledger_transfer.id"), unique=True)
    posted_by: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"))
    posted_at: Mapped[datetime]


class LedgerEntry(Base):
    """One leg of a transfer. Append-only; the database checks at commit that debits equal credits."""

    __tablename__ = "ledger_entry"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"), Index(None, "account_id"))

    transfer_id: Mapped[TransferId] = mapped_column(ForeignKey("ledger_transfer.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_account.id"))
    side: Mapped[Side] = mapped_column(enum_column(Side, "side"))
    amount: Mapped[Money]


class BankReceipt(Base):
    """An incoming bank transfer (对公转账) on the account of the exchange or of a seller's unit."""

    __tablename__ = "bank_receipt"
    __table_args__ = (
        UniqueConstraint("holder_id", "bank_reference"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("claimed >= 0 AND claimed <= amount", name="claimed"),
    )

    id: Mapped[ReceiptId] = mapped_column(primary_key=True)
    holder_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    amount: Mapped[Money]
    claimed: Mapped[Money]
    payer_name: Mapped[str]
    payer_account: Mapped[str]
    bank_reference: Mapped[str]
    received_on: Mapped[date]
    recorded_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    transfer_id: Mapped[TransferId] = mapped_column(ForeignKey("ledger_transfer.id"), unique=True)


class ReceiptClaim(Base):
    """到账认领: so much of a receipt was for that instalment. Append-only."""

    __tablename__ = "receipt_claim"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        UniqueConstraint("receipt_id", "seq"),
        Index(None, "contract_id"),
        Index(None, "instalment_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    receipt_id: Mapped[ReceiptId] = mapped_column(ForeignKey("bank_receipt.id"))
    seq: Mapped[int] = mapped_column(Integer)
    instalment_id: Mapped[InstalmentId] = mapped_column(ForeignKey("instalment.id"))
    contract_id: Mapped[ContractId] = mapped_column(ForeignKey("contract.id"))
    holder_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    seller_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    amount: Mapped[Money]
    received_on: Mapped[date]
    claimed_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    claimed_at: Mapped[datetime]
    transfer_id: Mapped[TransferId] = mapped_column(ForeignKey("ledger_transfer.id"), unique=True)
