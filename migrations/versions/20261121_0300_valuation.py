"""Valuation: imports, past transactions, model runs, valuations and who was given sight of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from kernel.db.rls import append_only, enable_row_policies, grant, row_policy
from kernel.db.seeds import SeedRule, seed_rules, unseed_rules

revision = "valuation_01"
down_revision = "parties_01"
branch_labels = None
depends_on = None

KINDS = (
    "invention",
    "utility_model",
    "design",
    "software",
    "layout_design",
    "plant_variety",
    "new_drug",
    "know_how",
)
TRADES = ("transfer", "licence", "equity")
PRICE_TYPES = ("deal", "ask", "appraisal")
GRADES = ("A", "B", "C", "D", "G")

RULES = [
    SeedRule(
        "valuation.evidence",
        {
            "deals_for_price_min": 30,
            "deals_for_range_min": 9,
            "asks_for_range_min": 30,
            "range_ratio_max": 10,
            "ask_discount_bp": 0,
            "generated_allowed": True,
            "sources": {
                "deals_for_price_min": "practice of transfer offices: fewer than 30 comparable deals give no price (样本不足，不予估价)",
                "deals_for_range_min": "split conformal prediction: a 90 % range needs nine calibration packages",
                "asks_for_range_min": "as for deals; asks only: 挂牌价参考，非价值",
                "range_ratio_max": "P90/P10 above ten: appraisal or auction is advised instead of a price",
                "ask_discount_bp": "no pair of an ask and a deal of one result is known: an ask is an upper bound, not discounted",
                "generated_allowed": "generated reference data for trying out, labelled wherever they show; switch off in production",
            },
        },
        "evidence",
        "practice of technology transfer offices; sources by member in the document",
        confidence="design",
    )
]

ACTOR = "market_actor_organisation()"
PERSON = "market_actor_person()"
OWN_OR_GIVEN = f"""owner_id = {ACTOR} OR EXISTS (SELECT FROM valuation_view v
    WHERE v.valuation_id = valuation.id AND v.person_id = {PERSON})"""

# With the owner's rights, or the policies of the two tables would ask each other without end.
MAY_GIVE = """
CREATE FUNCTION valuation_may_be_given(which uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$ SELECT EXISTS (SELECT FROM valuation WHERE id = which
      AND (owner_id = market_actor_organisation() OR asked_by = market_actor_person())) $$"""


def _checked(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _instant(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def upgrade() -> None:
    _imports()
    _transactions()
    _runs()
    _valuations()
    _views()
    seed_rules(op, RULES)


def _imports() -> None:
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_stored", sa.Integer(), nullable=False),
        sa.Column("rows_known", sa.Integer(), nullable=False),
        sa.Column("rows_repeated", sa.Integer(), nullable=False),
        sa.Column("rows_rejected", sa.Integer(), nullable=False),
        _instant("imported_at"),
        sa.CheckConstraint(
            "rows_read = rows_stored + rows_known + rows_repeated + rows_rejected", name="every_row_counted"
        ),
        sa.CheckConstraint("rows_stored > 0", name="brought_something"),
    )
    append_only(op, "import_batch", "worker")
    grant(op, "import_batch", web="SELECT", read="SELECT")


def _transactions() -> None:
    op.create_table(
        "past_transaction",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column(
            "import_id",
            sa.Uuid(),
            sa.ForeignKey("import_batch.id", deferrable=True, initially="DEFERRED"),
            nullable=True,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("application_number", sa.Text()),
        sa.Column("kind", _checked("kind", KINDS), nullable=False),
        sa.Column("filed_on", sa.Date()),
        sa.Column("filed_year", sa.SmallInteger()),
        sa.Column("tech_field", sa.Text()),
        sa.Column("trade", _checked("trade", TRADES), nullable=False),
        sa.Column("licence_kind", sa.Text()),
        sa.Column("price_type", _checked("price_type", PRICE_TYPES), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("dealt_on", sa.Date(), nullable=False),
        sa.Column("package_key", sa.Text(), nullable=False),
        sa.Column("package_size", sa.Integer(), nullable=False),
        sa.Column("related_party", sa.Boolean(), nullable=False),
        sa.Column("generated", sa.Boolean(), nullable=False),
        _instant("recorded_at"),
        sa.CheckConstraint("price > 0 AND price <= 10000000000000", name="price"),
        sa.CheckConstraint("package_size BETWEEN 1 AND 10000", name="package_size"),
        sa.CheckConstraint("filed_year IS NULL OR filed_year BETWEEN 1985 AND 2199", name="filed_year"),
        sa.CheckConstraint("char_length(title) <= 300", name="title_length"),
        sa.CheckConstraint("source IN ('file', 'contract')", name="source"),
    )
    op.create_index("uq_past_transaction_source_source_id", "past_transaction", ["source", "source_id"], unique=True)
    segment = ["kind", "trade", "price_type", "dealt_on"]
    op.create_index("ix_past_transaction_segment", "past_transaction", segment)
    op.create_index("ix_past_transaction_package_key", "past_transaction", ["package_key"])
    op.create_index("ix_past_transaction_import_id", "past_transaction", ["import_id"])
    append_only(op, "past_transaction", "worker")
    grant(op, "past_transaction", web="SELECT")


def _runs() -> None:
    op.create_table(
        "model_run",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("model_id", sa.Text(), nullable=False, unique=True),
        sa.Column("data_hash", sa.Text(), nullable=False),
        sa.Column("artefact", sa.LargeBinary(), nullable=False),
        sa.Column("artefact_sha256", sa.Text(), nullable=False),
        sa.Column("manifest", JSONB(), nullable=False),
        _instant("trained_at"),
    )
    op.create_index("ix_model_run_trained_at", "model_run", ["trained_at"])
    append_only(op, "model_run", "worker")
    grant(op, "model_run", web="SELECT")


def _valuations() -> None:
    op.create_table(
        "valuation",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("asked_by", sa.Uuid(), sa.ForeignKey("person.id")),
        sa.Column("run_id", sa.Uuid(), sa.ForeignKey("model_run.id")),
        sa.Column("subject", JSONB(), nullable=False),
        sa.Column("grade", _checked("grade", GRADES), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("price", sa.BigInteger()),
        sa.Column("low", sa.BigInteger()),
        sa.Column("high", sa.BigInteger()),
        sa.Column("level_bp", sa.SmallInteger()),
        sa.Column("rests_on_generated", sa.Boolean(), nullable=False),
        sa.Column("evidence", JSONB(), nullable=False),
        sa.Column("explanation", JSONB(), nullable=False),
        sa.Column("comparables", JSONB(), nullable=False),
        _instant("valued_at"),
        sa.CheckConstraint(
            "(low IS NULL) = (high IS NULL) AND (low IS NULL) = (level_bp IS NULL)", name="range_is_whole"
        ),
        sa.CheckConstraint("low IS NULL OR (low > 0 AND low <= high)", name="range_order"),
        sa.CheckConstraint("price IS NULL OR (low <= price AND price <= high)", name="price_in_range"),
        sa.CheckConstraint("(price IS NULL) = (reason IS NOT NULL)", name="no_price_has_a_reason"),
    )
    op.create_index("ix_valuation_result_id", "valuation", ["result_id"])
    op.create_index("ix_valuation_owner_id", "valuation", ["owner_id"])
    append_only(op, "valuation", "web", "worker")


def _views() -> None:
    op.create_table(
        "valuation_view",
        sa.Column("valuation_id", sa.Uuid(), sa.ForeignKey("valuation.id"), primary_key=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), primary_key=True),
        _instant("granted_at"),
    )
    append_only(op, "valuation_view", "web", "worker")
    op.execute(MAY_GIVE)
    enable_row_policies(op, "valuation")
    row_policy(op, "valuation", name="see", command="SELECT", using=OWN_OR_GIVEN)
    row_policy(op, "valuation", name="make", command="INSERT", using="true")
    enable_row_policies(op, "valuation_view")
    seen = f"person_id = {PERSON} OR valuation_may_be_given(valuation_id)"
    row_policy(op, "valuation_view", name="see", command="SELECT", using=seen)
    row_policy(op, "valuation_view", name="give", command="INSERT", using="valuation_may_be_given(valuation_id)")


def downgrade() -> None:
    unseed_rules(op, RULES)
    op.execute('DROP POLICY "valuation_web_see" ON valuation')
    op.drop_table("valuation_view")
    op.execute("DROP FUNCTION valuation_may_be_given(uuid)")
    for table in ("valuation", "model_run", "past_transaction", "import_batch"):
        op.drop_table(table)
