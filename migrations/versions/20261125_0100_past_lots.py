"""Past lots, sold and unsold, and the rule of what start-price guidance needs."""

import sqlalchemy as sa
from alembic import op

from kernel.db.rls import append_only, grant
from kernel.db.seeds import SeedRule, seed_rules, unseed_rules

revision = "valuation_lots_01"
down_revision = "market_01"
branch_labels = None
depends_on = None

TRADES = ("transfer", "licence", "equity")
OUTCOMES = ("sold", "no_bids", "below_reserve", "unsold")
REFERENCES = ("estimate", "appraisal", "benchmark")

RULES = [
    SeedRule(
        "valuation.start_price",
        {
            "lots_min": 30,
            "unsold_min": 10,
            "sold_min": 10,
            "ratio_spread_min": 0.2,
            "prior_log_odds": 0.0,
            "prior_log_odds_sd": 1.5,
            "prior_slope": 2.0,
            "prior_slope_sd": 2.0,
            "price_slope": 0.5,
            "price_weight": 0.05,
            "neighbours": 0.4,
            "level_bp": 9000,
            "draws": 500,
            "points": 15,
            "near_best_bp": 9500,
            "sale_min_bp": 5000,
            "sources": {
                "lots_min": "as for prices: fewer than thirty say nothing (样本不足，不予估价)",
                "unsold_min": "without unsold lots nothing tells when a start is too high; published lists show almost sold lots only",
                "sold_min": "the premium on the start is learnt from sold lots alone",
                "ratio_spread_min": "log ratio of start to reference between the 5 % and 95 % lots: nearly equal starts tell nothing of others",
                "prior_log_odds": "a sale at the reference price is as likely as not, give or take a factor of 4.5 in odds",
                "prior_slope": "log odds fall by 2 for each reference price added to the start, give or take 2; a slope below nought is not believed",
                "price_slope": "the price of a sale rises by half of what the start rises; it weighs as a spread of starts of a fifth of the reference",
                "neighbours": "starts within half as much again or a third less of each other tell of each other's prices",
                "level_bp": "ranges by the bootstrap over sessions",
                "near_best_bp": "starts that bring nearly as much as the best are all recommended",
                "sale_min_bp": "a start at which a sale is less likely than not is not recommended",
            },
        },
        "start price",
        "design; sources by member in the document",
        confidence="design",
    )
]


def _checked(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _fen(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "past_lot",
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
        sa.Column("session_name", sa.Text()),
        sa.Column("trade", _checked("trade", TRADES)),
        _fen("start"),
        sa.Column("outcome", _checked("outcome", OUTCOMES), nullable=False),
        _fen("final", nullable=True),
        _fen("reference", nullable=True),
        sa.Column("reference_kind", _checked("reference_kind", REFERENCES)),
        sa.Column("bidders", sa.Integer()),
        sa.Column("related_party", sa.Boolean(), nullable=False),
        sa.Column("closed_on", sa.Date()),
        sa.Column("source_url", sa.Text()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("start > 0 AND start <= 10000000000000", name="start"),
        sa.CheckConstraint("(outcome = 'sold') = (final IS NOT NULL)", name="sold_has_a_price"),
        sa.CheckConstraint("final >= start AND final <= 10000000000000", name="final_not_below_start"),
        sa.CheckConstraint("(reference IS NULL) = (reference_kind IS NULL)", name="reference_has_a_kind"),
        sa.CheckConstraint("reference > 0 AND reference <= 10000000000000", name="reference"),
        sa.CheckConstraint("bidders >= 0", name="bidders"),
        sa.CheckConstraint("char_length(title) <= 300", name="title_length"),
        sa.CheckConstraint("source IN ('file', 'lot')", name="source"),
        sa.CheckConstraint("(source = 'file') = (import_id IS NOT NULL)", name="import_of_files"),
    )
    op.create_index("uq_past_lot_source_source_id", "past_lot", ["source", "source_id"], unique=True)
    op.create_index("ix_past_lot_closed_on", "past_lot", ["closed_on"])
    op.create_index("ix_past_lot_import_id", "past_lot", ["import_id"])
    op.create_table(
        "past_lot_annulled",
        sa.Column("source", sa.Text(), primary_key=True),
        sa.Column("source_id", sa.Text(), primary_key=True),
        sa.Column("annulled_at", sa.DateTime(timezone=True), nullable=False),
    )
    for table in ("past_lot", "past_lot_annulled"):
        append_only(op, table, "worker")
        grant(op, table, web="SELECT")
    seed_rules(op, RULES)


def downgrade() -> None:
    unseed_rules(op, RULES)
    op.drop_table("past_lot_annulled")
    # Their imports would claim rows that are gone.
    op.execute("CREATE TEMP TABLE imports_of_lots ON COMMIT DROP AS SELECT DISTINCT import_id FROM past_lot")
    op.drop_table("past_lot")
    op.execute("DELETE FROM import_batch WHERE id IN (SELECT import_id FROM imports_of_lots)")
    op.execute("DROP TABLE imports_of_lots")
    # Deferred checks of these rows would stand in the way of dropping their table.
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
