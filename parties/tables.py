"""Organisations, people and what they hold: roles, keys, sign-in sessions, invitations, affiliations."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db.base import Base, enum_column
from kernel.ids import AffiliationId, ApiKeyId, InvitationId, OrganisationId, PersonId, SessionId
from kernel.money import Money
from parties.control import Relation
from parties.kinds import EnterpriseSize, OrganisationKind, Regime
from parties.roles import EXCHANGE_ROLES, ORGANISATION_ROLES, Role
from parties.states import OrganisationState


def _size_column() -> Enum:
    return enum_column(EnterpriseSize, "size")


def _all_of(column: str, roles: frozenset[Role]) -> str:
    return f"{column} <@ ARRAY[{', '.join(repr(role.value) for role in sorted(roles))}]::text[]"


class PartyType(Base):
    """交易主体类型: the party type codes of the registration system, versioned so that the official list can replace them."""

    __tablename__ = "party_type"
    __table_args__ = (
        CheckConstraint("code ~ '^[0-9]{3}$'", name="code"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="period"),
        CheckConstraint("confidence IN ('verified', 'memory', 'design')", name="confidence"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    parent: Mapped[str | None]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    source: Mapped[str]
    confidence: Mapped[str]


class SizeThreshold(Base):
    """大中小微 lower limits of one measure in one industry: a class is reached when every measure of the industry reaches it.

    `micro` has no lower limit. Staff in people, revenue and assets in fen.
    """

    __tablename__ = "size_threshold"
    __table_args__ = (
        CheckConstraint("measure IN ('staff', 'revenue', 'assets')", name="measure"),
        CheckConstraint("0 < small_from AND small_from < medium_from AND medium_from < large_from", name="ascending"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="period"),
        CheckConstraint("confidence IN ('verified', 'memory', 'design')", name="confidence"),
    )

    industry: Mapped[str] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    small_from: Mapped[int] = mapped_column(BigInteger)
    medium_from: Mapped[int] = mapped_column(BigInteger)
    large_from: Mapped[int] = mapped_column(BigInteger)
    industry_zh: Mapped[str]
    source: Mapped[str]
    confidence: Mapped[str]


class Organisation(Base):
    """A university, enterprise, appraiser, association, authority, or the exchange itself."""

    __tablename__ = "organisation"
    __table_args__ = (
        # What memberships point at, so that the roles open in a kind can be checked by the database.
        UniqueConstraint("id", "kind"),
        # A rejected application frees its code for the true owner.
        Index("uq_organisation_uscc_in_use", "uscc", unique=True, postgresql_where=text("state <> 'rejected'")),
        Index("uq_organisation_one_exchange", "kind", unique=True, postgresql_where=text("kind = 'exchange'")),
        Index(None, "name_skeleton"),
        CheckConstraint("uscc ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'", name="uscc"),
        CheckConstraint("region_code ~ '^[0-9]{6}$'", name="region_code"),
        CheckConstraint("party_type_code ~ '^[0-9]{3}$'", name="party_type_code"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 200", name="name"),
        CheckConstraint("NOT is_gov_run OR regime <> 'PRIVATE'", name="gov_run_is_not_private"),
        CheckConstraint("size IS NULL OR kind = 'enterprise'", name="only_enterprises_have_a_size"),
        CheckConstraint("state <> 'verified' OR verified_at IS NOT NULL", name="verified_at_some_time"),
    )

    id: Mapped[OrganisationId] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_skeleton: Mapped[str]
    uscc: Mapped[str]
    kind: Mapped[OrganisationKind] = mapped_column(enum_column(OrganisationKind, "kind"))
    regime: Mapped[Regime] = mapped_column(enum_column(Regime, "regime"))
    is_gov_run: Mapped[bool]
    region_code: Mapped[str]
    party_type_code: Mapped[str]
    size: Mapped[EnterpriseSize | None] = mapped_column(_size_column())
    state: Mapped[OrganisationState] = mapped_column(enum_column(OrganisationState, "state"))
    state_reason: Mapped[str | None]
    registered_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id", use_alter=True))
    evidence_sha256: Mapped[str | None]


class BankAccount(Base):
    """Where an organisation is paid. Apart from the organisation, so that a row policy can hide it."""

    __tablename__ = "bank_account"
    __table_args__ = (CheckConstraint("number ~ '^[0-9]{8,30}$'", name="number"),)

    organisation_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    holder: Mapped[str]
    bank: Mapped[str]
    number: Mapped[str]
    updated_at: Mapped[datetime]


class SizeDeclaration(Base):
    """中小企业声明函: the figures an enterprise declares and the class they give under the standard of that day. Append-only."""

    __tablename__ = "size_declaration"
    __table_args__ = (
        Index(None, "organisation_id"),
        CheckConstraint("staff >= 0", name="staff"),
        CheckConstraint("revenue >= 0", name="revenue"),
        CheckConstraint("assets >= 0", name="assets"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    industry: Mapped[str]
    staff: Mapped[int] = mapped_column(Integer)
    revenue: Mapped[Money]
    assets: Mapped[Money | None]
    size: Mapped[EnterpriseSize] = mapped_column(_size_column())
    standard: Mapped[str]
    evidence: Mapped[str]
    evidence_sha256: Mapped[str | None]
    declared_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    declared_at: Mapped[datetime]


class Person(Base):
    """A natural person with one account, whatever the organisations. The password stands elsewhere."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("email_key = lower(email_key)", name="email_key"),)

    id: Mapped[PersonId] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Password(Base):
    """The Argon2id hash of a person's password. Visible to nobody but the person."""

    __tablename__ = "password"

    person_id: Mapped[PersonId] = mapped_column(ForeignKey("person.id"), primary_key=True)
    hash: Mapped[str]
    changed_at: Mapped[datetime]


class Membership(Base):
    """A person belongs to an organisation and holds roles there; taken up again in the same row after an end."""

    __tablename__ = "membership"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "organisation_kind"],
            ["organisation.id", "organisation.kind"],
            name="fk_membership_organisation",
        ),
        Index(None, "person_id"),
        CheckConstraint("cardinality(roles) > 0", name="some_role"),
        CheckConstraint(
            f"CASE WHEN organisation_kind = 'exchange' THEN {_all_of('roles', EXCHANGE_ROLES)}"
            f" ELSE {_all_of('roles', ORGANISATION_ROLES)} END",
            name="roles_open_here",
        ),
    )

    organisation_id: Mapped[OrganisationId] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("person.id"), primary_key=True)
    organisation_kind: Mapped[OrganisationKind] = mapped_column(enum_column(OrganisationKind, "organisation_kind"))
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ApiKey(Base):
    """A key of a person in an organisation: only the SHA-256 of the secret is kept."""

    __tablename__ = "api_key"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["membership.organisation_id", "membership.person_id"],
            name="fk_api_key_membership",
        ),
        Index("ix_api_key_holder", "organisation_id", "person_id"),
        CheckConstraint("octet_length(secret_sha256) = 32", name="secret_sha256"),
        CheckConstraint("cardinality(roles) > 0", name="some_role"),
        CheckConstraint("expires_at > created_at", name="expires"),
    )

    id: Mapped[ApiKeyId] = mapped_column(primary_key=True)
    organisation_id: Mapped[OrganisationId]
    person_id: Mapped[PersonId]
    name: Mapped[str]
    hint: Mapped[str]
    """The public beginning and the last four characters, to tell keys apart."""
    secret_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    may_write: Mapped[bool]
    livemode: Mapped[bool]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    last_used_from: Mapped[str | None]


class SignInSession(Base):
    """A browser that a person has signed in with: only the SHA-256 of the cookie is kept."""

    __tablename__ = "sign_in_session"
    __table_args__ = (
        Index(None, "person_id"),
        CheckConstraint("octet_length(token_sha256) = 32", name="token_sha256"),
        CheckConstraint("expires_at > created_at", name="expires"),
    )

    id: Mapped[SessionId] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[OrganisationId | None] = mapped_column(ForeignKey("organisation.id"))
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str]
    agent: Mapped[str]


class SignInAttempt(Base):
    """A failed attempt to sign in, under hashes of account and address; kept for a day."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_account", "account_sha256", "address_sha256", "failed_at"),
        Index("ix_sign_in_attempt_address", "address_sha256", "failed_at"),
        Index("ix_sign_in_attempt_failed_at", "failed_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    address_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    failed_at: Mapped[datetime]


class Invitation(Base):
    """An organisation asks a person in: single use, expires, only the SHA-256 of the token is kept."""

    __tablename__ = "invitation"
    __table_args__ = (
        Index(None, "organisation_id"),
        CheckConstraint("octet_length(token_sha256) = 32", name="token_sha256"),
        CheckConstraint("cardinality(roles) > 0", name="some_role"),
        CheckConstraint("num_nonnulls(accepted_at, withdrawn_at) < 2", name="accepted_or_withdrawn"),
    )

    id: Mapped[InvitationId] = mapped_column(primary_key=True)
    organisation_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    email: Mapped[str]
    email_key: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    invited_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]


class PasswordReset(Base):
    """Somebody asked to reset the password of an address. Whether anybody has that address is found out later, out of sight."""

    __tablename__ = "password_reset"
    __table_args__ = (
        Index("ix_password_reset_email_key", "email_key", "asked_at"),
        Index("ix_password_reset_address", "address_sha256", "asked_at"),
        Index("ix_password_reset_asked_at", "asked_at"),
        CheckConstraint("octet_length(token_sha256) = 32", name="token_sha256"),
        CheckConstraint("(person_id IS NULL) = (token_sha256 IS NULL)", name="token_for_a_person"),
        CheckConstraint("used_at IS NULL OR person_id IS NOT NULL", name="used_by_a_person"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email_key: Mapped[str]
    address_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    person_id: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"))
    token_sha256: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    used_at: Mapped[datetime | None]


class Mail(Base):
    """An e-mail waiting to be sent; its text is taken out once it is."""

    __tablename__ = "mail_outbox"
    __table_args__ = (
        Index(None, "queued_at", postgresql_where=text("sent_at IS NULL")),
        CheckConstraint("(sent_at IS NULL) = (body IS NOT NULL)", name="text_until_sent"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str | None]
    queued_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class Affiliation(Base):
    """A declared relation between two organisations, over time. Never taken out; an operator may end it."""

    __tablename__ = "affiliation"
    __table_args__ = (
        Index(None, "first_id"),
        Index(None, "second_id"),
        CheckConstraint("first_id <> second_id", name="two_organisations"),
        # Relations that hold both ways are kept one way round only.
        CheckConstraint("relation = 'control' OR first_id < second_id", name="ordered"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="period"),
    )

    id: Mapped[AffiliationId] = mapped_column(primary_key=True)
    first_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    second_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    relation: Mapped[Relation] = mapped_column(enum_column(Relation, "relation"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    evidence: Mapped[str]
    declared_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    declared_for: Mapped[OrganisationId] = mapped_column(ForeignKey("organisation.id"))
    declared_at: Mapped[datetime]
    confirmed_by: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    ended_by: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"))
