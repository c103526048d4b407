"""The tables of the parties: organisations, people, roles, keys, sign-in, invitations, affiliations."""

import sqlalchemy as sa
from alembic import op

revision = "parties_00"
down_revision = "kernel_01"
branch_labels = None
depends_on = None

KINDS = ("university", "institute", "hospital", "enterprise", "appraiser", "association", "exchange", "government")
SIZES = ("micro", "small", "medium", "large")
SHA256 = "octet_length({}) = 32"

TABLES = (
    "affiliation",
    "mail_outbox",
    "password_reset",
    "invitation",
    "sign_in_attempt",
    "sign_in_session",
    "api_key",
    "membership",
    "password",
    "size_declaration",
    "bank_account",
    "person",
    "organisation",
    "size_threshold",
    "party_type",
)


def upgrade() -> None:
    _codes()
    _organisation()
    _person()
    _organisation_details()
    _membership()
    _keys_and_sessions()
    _invitations_and_resets()
    _affiliation()


def downgrade() -> None:
    op.drop_constraint("fk_organisation_verified_by_person", "organisation")
    for table in TABLES:
        op.drop_table(table)


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _at(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _to(name: str, target: str, nullable: bool = False, key: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(target), nullable=nullable, primary_key=key)


def _one_of(name: str, *values: str, nullable: bool = False) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
    return sa.Column(name, kind, nullable=nullable)


def _ck(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=name)


def _versioned() -> tuple[sa.CheckConstraint, sa.CheckConstraint]:
    return (
        _ck("period", "valid_to IS NULL OR valid_to > valid_from"),
        _ck("confidence", "confidence IN ('verified', 'memory', 'design')"),
    )


def _codes() -> None:
    op.create_table(
        "party_type",
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("valid_from", sa.Date(), primary_key=True),
        sa.Column("valid_to", sa.Date()),
        _text("parent", nullable=True),
        *(_text(name) for name in ("name_zh", "name_en", "source", "confidence")),
        _ck("code", "code ~ '^[0-9]{3}$'"),
        *_versioned(),
    )
    op.create_table(
        "size_threshold",
        sa.Column("industry", sa.Text(), primary_key=True),
        sa.Column("measure", sa.Text(), primary_key=True),
        sa.Column("valid_from", sa.Date(), primary_key=True),
        sa.Column("valid_to", sa.Date()),
        *(sa.Column(f"{size}_from", sa.BigInteger(), nullable=False) for size in SIZES[1:]),
        *(_text(name) for name in ("industry_zh", "source", "confidence")),
        _ck("measure", "measure IN ('staff', 'revenue', 'assets')"),
        _ck("ascending", "0 < small_from AND small_from < medium_from AND medium_from < large_from"),
        *_versioned(),
    )


def _organisation() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *(_text(name) for name in ("name", "name_skeleton", "uscc")),
        _one_of("kind", *KINDS),
        _one_of("regime", "GOV_UNIT", "SOE", "PRIVATE"),
        sa.Column("is_gov_run", sa.Boolean(), nullable=False),
        _text("region_code"),
        _text("party_type_code"),
        _one_of("size", *SIZES, nullable=True),
        _one_of("state", "pending", "verified", "suspended", "rejected"),
        _text("state_reason", nullable=True),
        _at("registered_at"),
        _at("verified_at", nullable=True),
        sa.Column("verified_by", sa.Uuid()),
        _text("evidence_sha256", nullable=True),
        sa.UniqueConstraint("id", "kind"),
        _ck("uscc", "uscc ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'"),
        _ck("region_code", "region_code ~ '^[0-9]{6}$'"),
        _ck("party_type_code", "party_type_code ~ '^[0-9]{3}$'"),
        _ck("name", "char_length(name) BETWEEN 1 AND 200"),
        _ck("gov_run_is_not_private", "NOT is_gov_run OR regime <> 'PRIVATE'"),
        _ck("only_enterprises_have_a_size", "size IS NULL OR kind = 'enterprise'"),
        _ck("verified_at_some_time", "state <> 'verified' OR verified_at IS NOT NULL"),
    )
    op.create_index("ix_organisation_name_skeleton", "organisation", ["name_skeleton"])
    op.create_index(
        "uq_organisation_uscc_in_use",
        "organisation",
        ["uscc"],
        unique=True,
        postgresql_where=sa.text("state <> 'rejected'"),
    )
    op.create_index(
        "uq_organisation_one_exchange",
        "organisation",
        ["kind"],
        unique=True,
        postgresql_where=sa.text("kind = 'exchange'"),
    )


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _text("name"),
        _text("email"),
        sa.Column("email_key", sa.Text(), nullable=False, unique=True),
        _at("created_at"),
        _at("disabled_at", nullable=True),
        _ck("email_key", "email_key = lower(email_key)"),
    )
    op.create_table("password", _to("person_id", "person.id", key=True), _text("hash"), _at("changed_at"))
    op.create_foreign_key("fk_organisation_verified_by_person", "organisation", "person", ["verified_by"], ["id"])


def _organisation_details() -> None:
    op.create_table(
        "bank_account",
        _to("organisation_id", "organisation.id", key=True),
        *(_text(name) for name in ("holder", "bank", "number")),
        _at("updated_at"),
        _ck("number", "number ~ '^[0-9]{8,30}$'"),
    )
    op.create_table(
        "size_declaration",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _to("organisation_id", "organisation.id"),
        _text("industry"),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("revenue", sa.BigInteger(), nullable=False),
        sa.Column("assets", sa.BigInteger()),
        _one_of("size", *SIZES),
        _text("standard"),
        _text("evidence"),
        _text("evidence_sha256", nullable=True),
        _to("declared_by", "person.id"),
        _at("declared_at"),
        *(_ck(name, f"{name} >= 0") for name in ("staff", "revenue", "assets")),
    )
    op.create_index("ix_size_declaration_organisation_id", "size_declaration", ["organisation_id"])


def _membership() -> None:
    exchange = "ARRAY['admin', 'auctioneer', 'finance', 'operator', 'registrar', 'statistician', 'supervisor']::text[]"
    elsewhere = (
        "ARRAY['admin', 'appraiser', 'buyer', 'completer', 'finance', 'technology_manager', 'transfer_office',"
        " 'unit_approver']::text[]"
    )
    op.create_table(
        "membership",
        sa.Column("organisation_id", sa.Uuid(), primary_key=True),
        _to("person_id", "person.id", key=True),
        _one_of("organisation_kind", *KINDS),
        sa.Column("roles", sa.ARRAY(sa.Text()), nullable=False),
        _at("since"),
        _at("ended_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "organisation_kind"],
            ["organisation.id", "organisation.kind"],
            name="fk_membership_organisation",
        ),
        _ck("some_role", "cardinality(roles) > 0"),
        _ck(
            "roles_open_here",
            f"CASE WHEN organisation_kind = 'exchange' THEN roles <@ {exchange} ELSE roles <@ {elsewhere} END",
        ),
    )
    op.create_index("ix_membership_person_id", "membership", ["person_id"])


def _keys_and_sessions() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        _text("name"),
        _text("hint"),
        sa.Column("secret_sha256", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("may_write", sa.Boolean(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        _at("created_at"),
        _at("expires_at"),
        _at("revoked_at", nullable=True),
        _at("last_used_at", nullable=True),
        _text("last_used_from", nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["membership.organisation_id", "membership.person_id"],
            name="fk_api_key_membership",
        ),
        _ck("secret_sha256", SHA256.format("secret_sha256")),
        _ck("some_role", "cardinality(roles) > 0"),
        _ck("expires", "expires_at > created_at"),
    )
    op.create_index("ix_api_key_holder", "api_key", ["organisation_id", "person_id"])
    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _to("person_id", "person.id"),
        _to("organisation_id", "organisation.id", nullable=True),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False, unique=True),
        *(_at(name) for name in ("created_at", "last_seen_at", "expires_at")),
        _at("ended_at", nullable=True),
        _text("address"),
        _text("agent"),
        _ck("token_sha256", SHA256.format("token_sha256")),
        _ck("expires", "expires_at > created_at"),
    )
    op.create_index("ix_sign_in_session_person_id", "sign_in_session", ["person_id"])
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("account_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("address_sha256", sa.LargeBinary(), nullable=False),
        _at("failed_at"),
    )
    op.create_index("ix_sign_in_attempt_account", "sign_in_attempt", ["account_sha256", "address_sha256", "failed_at"])
    op.create_index("ix_sign_in_attempt_address", "sign_in_attempt", ["address_sha256", "failed_at"])
    op.create_index("ix_sign_in_attempt_failed_at", "sign_in_attempt", ["failed_at"])


def _invitations_and_resets() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _to("organisation_id", "organisation.id"),
        _text("email"),
        _text("email_key"),
        sa.Column("roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False, unique=True),
        _to("invited_by", "person.id"),
        _at("invited_at"),
        _at("expires_at"),
        _at("accepted_at", nullable=True),
        _to("accepted_by", "person.id", nullable=True),
        _at("withdrawn_at", nullable=True),
        _ck("token_sha256", SHA256.format("token_sha256")),
        _ck("some_role", "cardinality(roles) > 0"),
        _ck("accepted_or_withdrawn", "num_nonnulls(accepted_at, withdrawn_at) < 2"),
    )
    op.create_index("ix_invitation_organisation_id", "invitation", ["organisation_id"])
    op.create_table(
        "password_reset",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _text("email_key"),
        sa.Column("address_sha256", sa.LargeBinary(), nullable=False),
        _at("asked_at"),
        _at("expires_at"),
        _to("person_id", "person.id", nullable=True),
        sa.Column("token_sha256", sa.LargeBinary(), unique=True),
        _at("used_at", nullable=True),
        _ck("token_sha256", SHA256.format("token_sha256")),
        _ck("token_for_a_person", "(person_id IS NULL) = (token_sha256 IS NULL)"),
        _ck("used_by_a_person", "used_at IS NULL OR person_id IS NOT NULL"),
    )
    op.create_index("ix_password_reset_email_key", "password_reset", ["email_key", "asked_at"])
    op.create_index("ix_password_reset_address", "password_reset", ["address_sha256", "asked_at"])
    op.create_index("ix_password_reset_asked_at", "password_reset", ["asked_at"])
    op.create_table(
        "mail_outbox",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _text("recipient"),
        _text("subject"),
        _text("body", nullable=True),
        _at("queued_at"),
        _at("sent_at", nullable=True),
        _ck("text_until_sent", "(sent_at IS NULL) = (body IS NOT NULL)"),
    )
    op.create_index(
        "ix_mail_outbox_queued_at", "mail_outbox", ["queued_at"], postgresql_where=sa.text("sent_at IS NULL")
    )


def _affiliation() -> None:
    op.create_table(
        "affiliation",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _to("first_id", "organisation.id"),
        _to("second_id", "organisation.id"),
        _one_of("relation", "control", "same_controller", "close_relation"),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date()),
        _text("evidence"),
        _to("declared_by", "person.id"),
        _to("declared_for", "organisation.id"),
        _at("declared_at"),
        _to("confirmed_by", "person.id", nullable=True),
        _at("confirmed_at", nullable=True),
        _to("ended_by", "person.id", nullable=True),
        _ck("two_organisations", "first_id <> second_id"),
        _ck("ordered", "relation = 'control' OR first_id < second_id"),
        _ck("period", "ends_on IS NULL OR ends_on >= starts_on"),
    )
    op.create_index("ix_affiliation_first_id", "affiliation", ["first_id"])
    op.create_index("ix_affiliation_second_id", "affiliation", ["second_id"])
