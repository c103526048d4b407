"""Appraisal moves into valuation and is completed: reports, files, weight sets, scorecards, working papers, indications."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from kernel.db.rls import append_only, enable_row_policies, grant, row_policy
from kernel.db.seeds import SeedRule, seed_rules, unseed_rules

revision = "valuation_03"
down_revision = "valuation_training_01"
branch_labels = None
depends_on = None

RULES = [
    SeedRule(
        "appraisal.retention_years",
        {"ordinary": 15, "statutory": 30},
        "years from the day of the report",
        "资产评估法 art 29: 评估档案 are kept 15 years, of statutory appraisal 30; counted from the day of the report",
    ),
    SeedRule(
        "valuation.reconciling",
        {
            "draws": 20_000,
            "correlation_bp": 5_000,
            "spread_min_bp": 1_500,
            "methods_for_price_min": 2,
            "months_max": 12,
            "sources": {
                "draws": "a P10 or P90 of 20,000 draws is within about one percent",
                "correlation_bp": "methods share their facts (technology, market, life): half of their error is taken as common",
                "spread_min_bp": "no method knows a value better than ±15 percent: a narrower range is widened before pooling",
                "methods_for_price_min": "资产评估法 art 26 by analogy: one method alone gives a range, unless it rests on enough deals",
                "months_max": "stated inputs grow old as appraisal reports do: a year from the base date",
            },
        },
        "pooling",
        "the market's own choice; sources by member in the document",
        "design",
    ),
]

ACTOR = "market_actor_organisation()"
PERSON = "market_actor_person()"
SCENES = ("licence_transfer", "finance", "reporting", "infringement", "management", "other")
METHODS = ("cost", "market", "income")
TABLES = ("indication", "working_paper", "scorecard", "weight_set", "appraisal_file")
TWO_METHODS = "jsonb_array_length(methods) >= 2"
ONE_WITH_REASON = "(jsonb_array_length(methods) = 1 AND one_method_reason IS NOT NULL)"


def upgrade() -> None:
    _reports()
    _files()
    _weights()
    _scorecards()
    _papers()
    _indications()
    _policies()
    seed_rules(op, RULES)


def downgrade() -> None:
    unseed_rules(op, RULES)
    for table in TABLES:
        op.drop_table(table)
    for check in ("two_methods", "registered_signers", "retained_until"):
        op.drop_constraint(op.f(f"ck_appraisal_{check}"), "appraisal", type_="check")
    for column in _added():
        op.drop_column("appraisal", column.name)
    # Not valid: a report with one method and its reason may be there, and stays.
    op.execute(f"ALTER TABLE appraisal ADD CONSTRAINT ck_appraisal_two_methods CHECK ({TWO_METHODS}) NOT VALID")
    op.create_foreign_key("fk_appraisal_result_id_result", "appraisal", "result", ["result_id"], ["id"])


def _id(name: str, target: str | None = None, *, nullable: bool = False, key: bool = False) -> sa.Column[Any]:
    links = [sa.ForeignKey(target)] if target else []
    return sa.Column(name, sa.Uuid(), *links, nullable=nullable, primary_key=key)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _fen(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _at(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, JSONB(), nullable=False)


def _small(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger(), nullable=nullable)


def _one_of(name: str, values: tuple[str, ...]) -> sa.Column[Any]:
    return sa.Column(
        name, sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40), nullable=False
    )


def _check(rule: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=name)


def _added() -> list[sa.Column[Any]]:
    return [
        _text("agency_filing_no", nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=True),
        _text("validity_rule", nullable=True),
        _text("one_method_reason", nullable=True),
        sa.Column("signer_numbers", JSONB(), nullable=True),
        sa.Column("statutory", sa.Boolean(), nullable=True),
        _text("assumptions", nullable=True),
        sa.Column("retained_until", sa.Date(), nullable=True),
    ]


FILLED = ("reported_on", "validity_rule", "signer_numbers", "statutory", "assumptions", "retained_until")


def _reports() -> None:
    """The register comes down from the market: it names a result by id only, as a valuation does."""
    op.drop_constraint("fk_appraisal_result_id_result", "appraisal", type_="foreignkey")
    op.drop_constraint(op.f("ck_appraisal_two_methods"), "appraisal", type_="check")
    for column in _added():
        op.add_column("appraisal", column)
    op.execute(
        """UPDATE appraisal SET reported_on = (recorded_at AT TIME ZONE 'Asia/Shanghai')::date,
             validity_rule = 'appraisal.validity_months ANY@1', signer_numbers = '[]'::jsonb, statutory = false, assumptions = '',
             one_method_reason = CASE WHEN jsonb_array_length(methods) < 2 THEN '登记时未保存理由 (the reason was not kept)' END,
             retained_until = ((recorded_at AT TIME ZONE 'Asia/Shanghai')::date + interval '15 years')::date"""
    )
    for name in FILLED:
        op.alter_column("appraisal", name, nullable=False)
    op.create_check_constraint("two_methods", "appraisal", f"{TWO_METHODS} OR {ONE_WITH_REASON}")
    op.create_check_constraint(
        "registered_signers", "appraisal", "NOT statutory OR jsonb_array_length(signer_numbers) >= 2"
    )
    op.create_check_constraint("retained_until", "appraisal", "retained_until > base_date")


def _files() -> None:
    op.create_table(
        "appraisal_file",
        _id("appraisal_id", "appraisal.id", key=True),
        _text("sha256"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        _text("media_type"),
        _id("received_by", "person.id"),
        _at("received_at"),
        _check("size > 0", "size"),
        _check("sha256 ~ '^[0-9a-f]{64}$'", "sha256"),
    )


def _weights() -> None:
    op.create_table(
        "weight_set",
        _id("id", key=True),
        _id("organisation_id", "organisation.id"),
        _one_of("scene", SCENES),
        sa.Column("version", sa.Integer(), nullable=False),
        _json("weights"),
        _text("source"),
        _id("created_by", "person.id"),
        _at("created_at"),
        sa.UniqueConstraint("organisation_id", "scene", "version"),
        _check("version > 0", "version"),
    )


def _scorecards() -> None:
    op.create_table(
        "scorecard",
        _id("id", key=True),
        _id("result_id"),
        _id("owner_id", "organisation.id"),
        _id("recorded_for", "organisation.id"),
        _id("recorded_by", "person.id"),
        _one_of("scene", SCENES),
        _text("standard_version"),
        _id("weight_set_id", "weight_set.id", nullable=True),
        _text("weight_set_version"),
        _json("weights"),
        _json("scores"),
        _small("legal", nullable=True),
        _small("technical", nullable=True),
        _small("economic", nullable=True),
        _small("total", nullable=True),
        _json("missing"),
        _json("statement"),
        _at("recorded_at"),
        *(_check(f"{name} BETWEEN 0 AND 10000", name) for name in ("total", "legal", "technical", "economic")),
        _check("jsonb_array_length(scores) > 0", "scores"),
    )
    op.create_index("ix_scorecard_result_id", "scorecard", ["result_id"])
    op.create_index("ix_scorecard_owner_id", "scorecard", ["owner_id"])


def _papers() -> None:
    op.create_table(
        "working_paper",
        _id("id", key=True),
        _id("organisation_id", "organisation.id"),
        _id("made_by", "person.id"),
        _one_of("method", METHODS),
        _text("subject"),
        sa.Column("base_date", sa.Date(), nullable=False),
        _fen("value"),
        _json("entry"),
        _json("outcome"),
        _text("practice_version"),
        _at("made_at"),
        _check("value > 0", "value"),
    )
    op.create_index("ix_working_paper_organisation_id", "working_paper", ["organisation_id"])


def _indications() -> None:
    op.create_table(
        "indication",
        _id("id", key=True),
        _id("result_id"),
        _id("owner_id", "organisation.id"),
        _id("recorded_for", "organisation.id"),
        _id("recorded_by", "person.id"),
        _one_of("method", METHODS),
        sa.Column("base_date", sa.Date(), nullable=False),
        _fen("low"),
        _fen("likely"),
        _fen("high"),
        _small("level_bp"),
        _json("entry"),
        _json("indication"),
        _json("outcome"),
        _at("recorded_at"),
        _check("0 < low AND low <= likely AND likely <= high", "range"),
        _check("method IN ('cost', 'income')", "stated_methods"),
    )
    op.create_index("ix_indication_result_id", "indication", ["result_id"])
    op.create_index("ix_indication_owner_id", "indication", ["owner_id"])


def _policies() -> None:
    for table in TABLES:
        append_only(op, table, "web")
        grant(op, table, worker="SELECT")
        enable_row_policies(op, table)
    # The report's own policy decides which reports one sees, and so which files.
    row_policy(op, "appraisal_file", using="EXISTS (SELECT FROM appraisal a WHERE a.id = appraisal_file.appraisal_id)")
    row_policy(op, "weight_set", using=f"organisation_id = {ACTOR}")
    row_policy(op, "working_paper", using=f"organisation_id = {ACTOR}")
    for table in ("scorecard", "indication"):
        engaged = (
            f"EXISTS (SELECT FROM result_grant g WHERE g.result_id = {table}.result_id"
            f" AND g.organisation_id = {ACTOR} AND g.person_id = {PERSON})"
        )
        row_policy(op, table, using=f"{ACTOR} IN (owner_id, recorded_for) OR {engaged}")
