"""The market's results and listings: completers, grants, decision chains, appraisal reports, listings, decisions."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from kernel.db.rls import append_only, grant

revision = "market_00"
down_revision = "contracts_01"
branch_labels = None
depends_on = None

OFFICE = {"name": "transfer_office", "role": "transfer_office"}
APPROVAL = {"name": "unit_approval", "role": "unit_approver"}
CHAINS = (
    ("GOV_UNIT", [OFFICE, APPROVAL], "条例 arts 17, 19; two steps until the unit lays down its own chain"),
    ("SOE", [OFFICE, APPROVAL], "32号令 art 48: by the enterprise's own decision procedure"),
    ("PRIVATE", [], "a private seller decides as it likes"),
)

MODES = ("agreed", "listed", "auction")
WAYS = ("transfer", "licence")
LICENCES = ("exclusive", "sole", "ordinary")
BASES = ("agreement", "appraisal", "ai_estimate_reviewed")
REGIMES = ("GOV_UNIT", "SOE", "PRIVATE")
LISTING_STATES = (
    *("draft", "in_decision", "approved", "open", "agreed", "notice", "cleared"),
    *("listed", "closed_0", "closed_1", "closed_n", "bidding", "unsold", "held", "deal", "withdrawn", "ended"),
)
KINDS = (
    *("invention", "utility_model", "design", "application"),
    *("software", "ic_layout", "plant_variety", "know_how", "biological_variety"),
)
TABLES = ("decision", "listing", "appraisal", "decision_chain", "result_grant", "result_completer", "result")


def upgrade() -> None:
    _results()
    _chains()
    _appraisals()
    _listings()
    _decisions()
    for regime, steps, source in CHAINS:
        op.get_bind().execute(
            sa.text(
                """INSERT INTO decision_chain (id, regime, version, steps, source, created_at)
                   VALUES (gen_random_uuid(), :regime, 1, cast(:steps AS jsonb), :source, TIMESTAMPTZ '2000-01-01 00:00+08')"""
            ),
            {"regime": regime, "steps": json.dumps(steps), "source": source},
        )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _id(name: str, target: str | None = None, *, nullable: bool = False, key: bool = False) -> sa.Column[Any]:
    links = [sa.ForeignKey(target)] if target else []
    return sa.Column(name, sa.Uuid(), *links, nullable=nullable, primary_key=key)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _fen(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _day(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _one_of(
    name: str, values: tuple[str, ...] | list[str], *, nullable: bool = False, check: str = ""
) -> sa.Column[Any]:
    kind = sa.Enum(*values, name=check or name, native_enum=False, create_constraint=True, length=40)
    return sa.Column(name, kind, nullable=nullable)


def _check(rule: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=name)


def _results() -> None:
    op.create_table(
        "result",
        _id("id", key=True),
        _id("owner_id", "organisation.id"),
        _id("registered_by", "person.id"),
        _text("title"),
        _text("summary"),
        _one_of("kind", KINDS),
        _text("number", nullable=True),
        _day("filed_on", nullable=True),
        _text("tech_field"),
        _text("ipc", nullable=True),
        sa.Column("trl", sa.SmallInteger()),
        _flag("fiscally_funded"),
        _one_of("plan_source", ("01", "02", "03", "04", "05"), check="plan_source_code"),
        _flag("secret"),
        sa.Column("co_owners", JSONB(), nullable=False),
        _flag("co_owners_consent"),
        _one_of("regime", REGIMES),
        _one_of("state", ("registered", "published", "transferred", "withdrawn")),
        _at("registered_at"),
        _at("published_at", nullable=True),
        sa.Column("search", TSVECTOR(), nullable=False),
        _check(
            "(kind IN ('invention', 'utility_model', 'design', 'application')) = (number IS NOT NULL)",
            "number_of_patents",
        ),
        _check("tech_field ~ '^(0[1-9]|1[01])$'", "tech_field"),
        _check("trl IS NULL OR trl BETWEEN 1 AND 9", "trl"),
        _check("NOT secret OR state IN ('registered', 'withdrawn')", "secret_is_never_public"),
        _check("(state IN ('published', 'transferred')) <= (published_at IS NOT NULL)", "published_at"),
        _check("fiscally_funded OR plan_source = '05'", "plan_source"),
    )
    alive = sa.text("state <> 'withdrawn'")
    op.create_index("uq_result_number_alive", "result", ["number"], unique=True, postgresql_where=alive)
    op.create_index("ix_result_search", "result", ["search"], postgresql_using="gin")
    op.create_index("ix_result_owner_id", "result", ["owner_id"])
    op.create_table(
        "result_completer",
        _id("result_id", "result.id", key=True),
        sa.Column("ordinal", sa.Integer(), primary_key=True),
        _text("name"),
        _id("person_id", "person.id", nullable=True),
        _number("share_bp"),
        _one_of("priority", ("open", "reserved", "waived")),
        _at("priority_at", nullable=True),
        _check("share_bp BETWEEN 1 AND 10000", "share_bp"),
        _check("ordinal BETWEEN 1 AND 100", "ordinal"),
    )
    op.create_index("ix_result_completer_person_id", "result_completer", ["person_id"])
    op.create_table(
        "result_grant",
        _id("result_id", "result.id", key=True),
        sa.Column("organisation_id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), primary_key=True),
        _id("granted_by", "person.id"),
        _at("granted_at"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"], ["membership.organisation_id", "membership.person_id"]
        ),
    )
    op.create_index("ix_result_grant_person_id", "result_grant", ["person_id"])
    grant(op, "result", web="SELECT, INSERT, UPDATE", worker="SELECT, UPDATE", read="SELECT")
    grant(op, "result_completer", web="SELECT, INSERT, UPDATE", worker="SELECT")
    grant(op, "result_grant", web="SELECT, INSERT", worker="SELECT")


def _chains() -> None:
    op.create_table(
        "decision_chain",
        _id("id", key=True),
        _id("organisation_id", "organisation.id", nullable=True),
        _one_of("regime", REGIMES),
        _number("version"),
        sa.Column("steps", JSONB(), nullable=False),
        _text("source"),
        _id("created_by", "person.id", nullable=True),
        _at("created_at"),
        sa.UniqueConstraint("organisation_id", "version"),
        _check("(organisation_id IS NULL) = (created_by IS NULL)", "made_by_somebody"),
        _check("jsonb_typeof(steps) = 'array'", "steps"),
    )
    default = sa.text("organisation_id IS NULL")
    op.create_index(
        "uq_decision_chain_default", "decision_chain", ["regime", "version"], unique=True, postgresql_where=default
    )
    append_only(op, "decision_chain", "web")
    grant(op, "decision_chain", worker="SELECT")


def _appraisals() -> None:
    op.create_table(
        "appraisal",
        _id("id", key=True),
        _id("result_id", "result.id"),
        _id("owner_id", "organisation.id"),
        _id("recorded_for", "organisation.id"),
        _id("recorded_by", "person.id"),
        _text("agency"),
        _text("agency_uscc"),
        _text("report_no"),
        _one_of("purpose", ("transfer", "licence", "equity")),
        _text("value_type"),
        _day("base_date"),
        _day("valid_until"),
        sa.Column("methods", JSONB(), nullable=False),
        sa.Column("signers", JSONB(), nullable=False),
        _fen("value"),
        _text("file_sha256"),
        _text("filing_no", nullable=True),
        _at("recorded_at"),
        sa.UniqueConstraint("agency_uscc", "report_no"),
        _check("value > 0", "value"),
        _check("base_date <= valid_until", "period"),
        _check("jsonb_array_length(methods) >= 2", "two_methods"),
        _check("jsonb_array_length(signers) >= 2", "two_signers"),
        _check("file_sha256 ~ '^[0-9a-f]{64}$'", "file_sha256"),
    )
    op.create_index("ix_appraisal_result_id", "appraisal", ["result_id"])
    append_only(op, "appraisal", "web")
    grant(op, "appraisal", worker="SELECT")


def _listings() -> None:
    op.create_table(
        "listing",
        _id("id", key=True),
        _id("result_id", "result.id"),
        _id("owner_id", "organisation.id"),
        _one_of("regime", REGIMES),
        _text("title"),
        _one_of("mode", MODES),
        _one_of("way", WAYS),
        _one_of("licence_kind", LICENCES, nullable=True),
        _one_of("basis", BASES),
        _fen("price"),
        _fen("floor"),
        _fen("benchmark", nullable=True),
        _id("valuation_id", "valuation.id", nullable=True),
        _id("appraisal_id", "appraisal.id", nullable=True),
        _text("payment_terms"),
        _fen("deposit"),
        _number("working_days", nullable=True),
        _text("conditions"),
        _text("conditions_reason"),
        _text("disclosures"),
        _text("approval_sha256", nullable=True),
        _one_of("state", LISTING_STATES),
        _number("round"),
        _id("chain_id", "decision_chain.id", nullable=True),
        _id("created_by", "person.id"),
        _at("created_at"),
        _at("approved_at", nullable=True),
        _at("published_at", nullable=True),
        _number("period"),
        _at("period_ends_at", nullable=True),
        _number("extensions"),
        _number("qualified", nullable=True),
        _id("transferee_id", "organisation.id", nullable=True),
        _fen("agreed_price", nullable=True),
        _at("agreed_at", nullable=True),
        _flag("related_party"),
        _text("related_note"),
        _id("lot_id", "lot.id", nullable=True),
        _text("reason", nullable=True),
        _check("0 < floor AND floor <= price AND price <= 10000000000000", "price"),
        _check("benchmark IS NULL OR benchmark > 0", "benchmark"),
        _check("deposit >= 0", "deposit"),
        _check("(way = 'licence') = (licence_kind IS NOT NULL)", "licence_kind_of_licences"),
        _check("basis <> 'appraisal' OR appraisal_id IS NOT NULL", "appraisal_shown"),
        _check("basis <> 'ai_estimate_reviewed' OR valuation_id IS NOT NULL", "valuation_shown"),
        _check("(mode = 'listed') = (working_days IS NOT NULL)", "period_of_listings"),
        _check("(agreed_price IS NULL) = (transferee_id IS NULL)", "transferee_and_price"),
        _check("agreed_price IS NULL OR agreed_price >= floor", "price_within_decision"),
        _check("state <> 'listed' OR period_ends_at IS NOT NULL", "listed_has_an_end"),
        _check("state NOT IN ('bidding', 'held') OR lot_id IS NOT NULL", "lot_of_bidding"),
    )
    live = sa.text("state NOT IN ('deal', 'withdrawn', 'ended')")
    op.create_index("uq_listing_one_live_a_result", "listing", ["result_id"], unique=True, postgresql_where=live)
    op.create_index("ix_listing_owner_id", "listing", ["owner_id"])
    op.create_index("ix_listing_transferee_id", "listing", ["transferee_id"])
    due = sa.text("state = 'listed'")
    op.create_index("ix_listing_period_due", "listing", ["period_ends_at"], postgresql_where=due)
    grant(op, "listing", web="SELECT, INSERT, UPDATE", worker="SELECT, UPDATE")


def _decisions() -> None:
    op.create_table(
        "decision",
        _id("id", key=True),
        _id("listing_id", "listing.id"),
        _number("round"),
        _number("ordinal"),
        _text("step"),
        _text("role"),
        _one_of("state", ("pending", "approved", "rejected", "void")),
        _text("opinion", nullable=True),
        _text("minutes_sha256", nullable=True),
        _id("decided_by", "person.id", nullable=True),
        _at("decided_at", nullable=True),
        sa.UniqueConstraint("listing_id", "round", "ordinal"),
        sa.UniqueConstraint("listing_id", "round", "decided_by"),
        _check(
            "(state IN ('approved', 'rejected')) <= (decided_by IS NOT NULL AND minutes_sha256 IS NOT NULL)", "minutes"
        ),
        _check("minutes_sha256 IS NULL OR minutes_sha256 ~ '^[0-9a-f]{64}$'", "minutes_sha256"),
    )
    grant(op, "decision", web="SELECT, INSERT", worker="SELECT")
    op.execute("GRANT UPDATE (state, opinion, minutes_sha256, decided_by, decided_at) ON decision TO market_web")
    op.execute("GRANT UPDATE (state) ON decision TO market_worker")
