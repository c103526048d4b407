"""Valuation: who sold to whom and abstracts of past transactions, unsold lots as bounds, which run serves."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from kernel.db.rls import append_only, grant

revision = "valuation_training_01"
down_revision = "valuation_lots_01"
branch_labels = None
depends_on = None

EVIDENCE = """
INSERT INTO trading_rule (name, regime, version, value, unit, source, confidence, valid_from, valid_to)
SELECT name, regime, 2, (value - 'ask_discount_bp') || jsonb_build_object(
    'ask_discount', jsonb_build_object('prior_bp', 1000, 'low_bp', 0, 'high_bp', 3500, 'pairs_min', 30),
    'seller_share_max_bp', 2000,
    'champion_packages_min', 9,
    'sources', ((value -> 'sources') - 'ask_discount_bp') || jsonb_build_object(
        'ask_discount', '挂牌价到成交价的折扣：尚无同一成果的挂牌—成交配对统计，取规则参数（设计）；国有转让低于评估价90%须书面批准，故以10%为中值，0–35%为敏感性范围',
        'seller_share_max_bp', 'design: one seller is at most a fifth of what a market teaches',
        'champion_packages_min', 'split conformal prediction needs nine packages; fewer later ones decide nothing')),
    unit, source, confidence, valid_from, valid_to
FROM trading_rule WHERE name = 'valuation.evidence' AND version = 1
"""

TYPES = ("deal", "ask", "appraisal", "unsold")


def upgrade() -> None:
    op.add_column("past_transaction", sa.Column("abstract", sa.Text(), nullable=False, server_default=""))
    op.add_column("past_transaction", sa.Column("seller", sa.Text()))
    op.add_column("past_transaction", sa.Column("buyer", sa.Text()))
    op.add_column("past_transaction", sa.Column("defaulted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("past_transaction", "abstract", server_default=None)
    op.alter_column("past_transaction", "defaulted", server_default=None)
    op.create_check_constraint("abstract_length", "past_transaction", "char_length(abstract) <= 2000")
    _checks(TYPES, ("file", "contract", "lot"))
    op.create_table(
        "model_promotion",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("run_id", sa.Uuid(), sa.ForeignKey("model_run.id"), nullable=False),
        sa.Column("promoted", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("facts", JSONB(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_model_promotion_decided_at", "model_promotion", ["decided_at"])
    append_only(op, "model_promotion", "worker")
    grant(op, "model_promotion", web="SELECT", read="SELECT")
    op.execute(
        "INSERT INTO model_promotion (id, run_id, promoted, why, facts, decided_at) "
        "SELECT gen_random_uuid(), id, true, 'served before promotions were kept', '{}', trained_at FROM model_run"
    )
    op.execute(text(EVIDENCE))


def downgrade() -> None:
    op.execute("DELETE FROM trading_rule WHERE name = 'valuation.evidence' AND version = 2")
    op.drop_table("model_promotion")
    op.execute("DELETE FROM past_transaction WHERE price_type = 'unsold' OR source = 'lot'")
    _checks(TYPES[:3], ("file", "contract"))
    op.drop_constraint("abstract_length", "past_transaction", type_="check")
    for column in ("defaulted", "buyer", "seller", "abstract"):
        op.drop_column("past_transaction", column)


def _checks(types: tuple[str, ...], sources: tuple[str, ...]) -> None:
    for name, column, values in (("price_type", "price_type", types), ("source", "source", sources)):
        listed = ", ".join(f"'{value}'" for value in values)
        op.drop_constraint(name, "past_transaction", type_="check")
        op.create_check_constraint(name, "past_transaction", f"{column} IN ({listed})")
