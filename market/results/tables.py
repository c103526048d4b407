"""The register of results: what each is, who made it, and who besides its owner may see it before it is published."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, SmallInteger, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kernel.db import Base, enum_column
from kernel.ids import OrganisationId, PersonId, ResultId
from market.results.kinds import PlanSource, Priority, ResultKind
from market.results.states import ResultState
from parties.kinds import Regime


class Result(Base):
    """A result (成果) of one owner. `number` is the application number in canonical form, with its check digit."""

    __tablename__ = "result"
    __table_args__ = (
        # One right is offered by one owner; a withdrawn registration frees the number.
        Index("uq_result_number_alive", "number", unique=True, postgresql_where=text("state <> 'withdrawn'")),
        Index("ix_result_search", "search", postgresql_using="gin"),
        Index(None, "owner_id"),
        CheckConstraint(
            "(kind IN ('invention', 'utility_model', 'design', 'application')) = (number IS NOT NULL)",
            name="number_of_patents",
        ),
        CheckConstraint("tech_field ~ '^(0[1-9]|1[01])$'", name="tech_field"),
        CheckConstraint("trl IS NULL OR trl BETWEEN 1 AND 9", name="trl"),
        CheckConstraint("NOT secret OR state IN ('registered', 'withdrawn')", name="secret_is_never_public"),
        CheckConstraint("(state IN ('published', 'transferred')) <= (published_at IS NOT NULL)", name="published_at"),
        CheckConstraint("fiscally_funded OR plan_source = '05'", name="plan_source"),
    )

    id: Mapped[ResultId] = mapped_column(primary_key=True)
    owner_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    registered_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    title: Mapped[str]
    summary: Mapped[str]
    kind: Mapped[ResultKind] = mapped_column(enum_column(ResultKind, "kind"))
    number: Mapped[str | None]
    filed_on: Mapped[date | None]
    tech_field: Mapped[str]
    ipc: Mapped[str | None]
    trl: Mapped[int | None] = mapped_column(SmallInteger)
    fiscally_funded: Mapped[bool]
    plan_source: Mapped[PlanSource] = mapped_column(enum_column(PlanSource, "plan_source_code"))
    secret: Mapped[bool]
    co_owners: Mapped[list[Any]]
    """Names of those who own it with the owner; empty for a sole owner."""
    co_owners_consent: Mapped[bool]
    regime: Mapped[Regime] = mapped_column(enum_column(Regime, "regime"))
    state: Mapped[ResultState] = mapped_column(enum_column(ResultState, "state"))
    registered_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    search: Mapped[Any] = mapped_column(TSVECTOR)
    """Title, number and summary cut into words; kept by the command that writes the row."""

    completers: Mapped[list[ResultCompleter]] = relationship(order_by="ResultCompleter.ordinal", lazy="selectin")


class ResultCompleter(Base):
    """A completer (成果完成人) with the share in basis points and the right to buy on equal terms (民法典 art 847)."""

    __tablename__ = "result_completer"
    __table_args__ = (
        CheckConstraint("share_bp BETWEEN 1 AND 10000", name="share_bp"),
        CheckConstraint("ordinal BETWEEN 1 AND 100", name="ordinal"),
    )

    result_id: Mapped[ResultId] = mapped_column(ForeignKey("result.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str]
    person_id: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"), index=True)
    share_bp: Mapped[int] = mapped_column(Integer)
    priority: Mapped[Priority] = mapped_column(enum_column(Priority, "priority"))
    priority_at: Mapped[datetime | None]


class ResultGrant(Base):
    """A technology manager or an appraiser whom the owner lets see a result and its listings before they are public.

    A person acts in one organisation: the grant is to that person there.
    """

    __tablename__ = "result_grant"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["membership.organisation_id", "membership.person_id"],
        ),
        Index(None, "person_id"),
    )

    result_id: Mapped[ResultId] = mapped_column(ForeignKey("result.id"), primary_key=True)
    organisation_id: Mapped[OrganisationId] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(primary_key=True)
    granted_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime]
