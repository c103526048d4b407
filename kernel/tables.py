"""The kernel's own tables: events and their delivery, audit and seals, stored answers, market time, trading rules."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db.base import Base
from kernel.ids import EventId, OrganisationId, PersonId


class EventRow(Base):
    """Something that happened, written in the transaction in which it happened. Append-only."""

    __tablename__ = "event"

    id: Mapped[EventId] = mapped_column(primary_key=True)
    name: Mapped[str]
    payload: Mapped[dict[str, Any]]
    happened_at: Mapped[datetime]


class OutboxRow(Base):
    """An event that still has to be turned into jobs; the dispatcher takes the row out."""

    __tablename__ = "outbox"

    event_id: Mapped[EventId] = mapped_column(ForeignKey("event.id"), primary_key=True)


class HandledRow(Base):
    """A handler has done its part for an event: written in the handler's own transaction. Append-only."""

    __tablename__ = "event_handled"

    event_id: Mapped[EventId] = mapped_column(ForeignKey("event.id"), primary_key=True)
    handler: Mapped[str] = mapped_column(primary_key=True)
    handled_at: Mapped[datetime]


class AuditRow(Base):
    """Who did what, when, with the hash of before and after. Append-only; it carries its own hash, the sealer chains."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "kind", "object_id"), Index(None, "person_id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    happened_at: Mapped[datetime]
    person_id: Mapped[PersonId | None]
    organisation_id: Mapped[OrganisationId | None]
    action: Mapped[str]
    kind: Mapped[str]
    object_id: Mapped[str]
    before_sha256: Mapped[str | None]
    after_sha256: Mapped[str | None]
    reason: Mapped[str | None]
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_sha256: Mapped[str]
    # The transaction that wrote the row: the sealer orders only what no running transaction can still come before.
    written_by: Mapped[int] = mapped_column(BigInteger, server_default=text("pg_current_xact_id()::text::bigint"))


class AuditLeaf(Base):
    """The place of an audit row in the sealed order: `seq` counts from 0 without gaps. Append-only."""

    __tablename__ = "audit_leaf"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("audit_entry.id"), unique=True)
    leaf_sha256: Mapped[str]


class AuditSeal(Base):
    """A signed checkpoint over the first `size` audit rows (C2SP tlog-checkpoint). Append-only."""

    __tablename__ = "audit_seal"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[str]
    range: Mapped[list[Any]]
    checkpoint: Mapped[str]
    sealed_at: Mapped[datetime]


class StoredAnswer(Base):
    """The first answer to an Idempotency-Key, stored in the transaction of the work itself."""

    __tablename__ = "stored_answer"

    person_id: Mapped[PersonId] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    status: Mapped[int] = mapped_column(Integer)
    media_type: Mapped[str]
    headers: Mapped[dict[str, Any]]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    stored_at: Mapped[datetime]


class MarketClock(Base):
    """The one row of market time: how far it runs ahead of the database's clock, and where that is allowed."""

    __tablename__ = "market_clock"
    __table_args__ = (
        CheckConstraint("one", name="one_row"),
        CheckConstraint("ahead >= interval '0'", name="never_behind"),
        CheckConstraint("environment <> 'production' OR ahead = interval '0'", name="true_time_in_production"),
        CheckConstraint("environment IN ('production', 'demo', 'test')", name="environment"),
    )

    one: Mapped[bool] = mapped_column(primary_key=True)
    ahead: Mapped[Any] = mapped_column(Interval)
    environment: Mapped[str]


class TradingRule(Base):
    """A number or text of the rules, with its source and how sure we are; a change is a new version, never an edit."""

    __tablename__ = "trading_rule"
    __table_args__ = (
        CheckConstraint("confidence IN ('verified', 'memory', 'design')", name="confidence"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="period"),
        CheckConstraint("jsonb_typeof(value) IN ('number', 'string', 'boolean', 'array', 'object')", name="value"),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    regime: Mapped[str] = mapped_column(primary_key=True)
    """GOV_UNIT, SOE, PRIVATE, or ANY."""
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)
    unit: Mapped[str]
    source: Mapped[str] = mapped_column(Text)
    confidence: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
