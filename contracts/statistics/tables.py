"""Versioned code tables, and the facts: one row a registered contract, corrections as further rows in their own period."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base
from kernel.ids import ContractId, FactId
from kernel.money import Money


class CodeEntry(Base):
    """A code of an official or house list, as it stood from one day to another, with where the list came from."""

    __tablename__ = "statistics_code"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="period"),)

    code_table: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    parent: Mapped[str | None]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    source_version: Mapped[str]


class StatisticsFact(Base):
    """What a registered contract adds to the figures of a period, or takes back. Append-only.

    `contracts` is +1 for a registration, −1 for a reversal; the amounts carry the same sign. A change is a reversal and a new
    registration, both counted on the day of the change. Contracts made elsewhere have no contract here (`source` external).
    """

    __tablename__ = "statistics_fact"
    __table_args__ = (
        CheckConstraint("contracts IN (-1, 1)", name="contracts"),
        CheckConstraint("contract_value * contracts > 0", name="contract_value_sign"),
        CheckConstraint("technology_value * contracts >= 0", name="technology_value_sign"),
        CheckConstraint("abs(technology_value) <= abs(contract_value)", name="technology_within_contract"),
        CheckConstraint("source IN ('platform', 'external')", name="source"),
        CheckConstraint("contract_id IS NOT NULL OR source = 'external'", name="platform_contract"),
        Index(None, "contract_id"),
        Index(None, "counted_on"),
    )

    id: Mapped[FactId] = mapped_column(primary_key=True)
    contract_id: Mapped[ContractId | None]
    source: Mapped[str]
    registration_number: Mapped[str]
    counted_on: Mapped[date]
    """The registration date, not the date of signing; for a correction, the day of the correction."""
    contracts: Mapped[int] = mapped_column(SmallInteger)
    contract_value: Mapped[Money]
    technology_value: Mapped[Money]
    contract_type: Mapped[str]
    tech_field: Mapped[str]
    ip_kind: Mapped[str]
    plan_source: Mapped[str]
    mode: Mapped[str]
    basis: Mapped[str]
    related_party: Mapped[bool]
    seller_unit: Mapped[str]
    buyer_unit: Mapped[str]
    """Unified social credit codes: a unit of disclosure control is an organisation, wherever its contract was made."""
    seller_region: Mapped[str]
    buyer_region: Mapped[str]
    seller_party_type: Mapped[str]
    buyer_party_type: Mapped[str]
    written_at: Mapped[datetime]
