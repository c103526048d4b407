"""Valuation: the thresholds of the drift watch, and every look that the market has taken at a serving run."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from kernel.db.rls import append_only, grant
from kernel.db.seeds import SeedRule, seed_rules, unseed_rules

revision = "valuation_drift_01"
down_revision = "valuation_02_seen"
branch_labels = None
depends_on = None

RULES = [
    SeedRule(
        "valuation.drift",
        {
            "window_days": 90,
            "inputs_min": 50,
            "psi_max_bp": 2_500,
            "chance_bp": 100,
            "missing_change_max_bp": 2_000,
            "unseen_share_max_bp": 500,
            "realised_min": 10,
            "level_low_bp": 9_000,
            "level_high_bp": 11_000,
            "interval_level_bp": 9_000,
            "cusum_slack_bp": 5_000,
            "cusum_limit_bp": 50_000,
            "sources": {
                "window_days": "design: questions of the last quarter",
                "inputs_min": "design: below fifty questions the index mostly measures chance",
                "psi_max_bp": "Siddiqi 2006, Credit Risk Scorecards: an index above 0.25 is a major shift (0.10 a minor one)",
                "chance_bp": "Yurdakul & Naranjo 2020: the index has to exceed what chance gives, too; one in a hundred over all features",
                "missing_change_max_bp": "design: a fifth of the questions lack, or have, what training had, or lacked",
                "unseen_share_max_bp": "design: one question in twenty about a category that training has never met",
                "realised_min": "IAAO exposure drafts: ten sales; fewer say nothing",
                "level_low_bp": "IAAO Standard on Ratio Studies 2013 §9.1: level between 0.90 and 1.10",
                "level_high_bp": "IAAO Standard on Ratio Studies 2013 §9.1: level between 0.90 and 1.10",
                "interval_level_bp": "IAAO Standard on Ratio Studies 2013 §9.1: the interval decides, not the point",
                "cusum_slack_bp": "Montgomery, Introduction to Statistical Quality Control §9.1: k = 0.5 σ",
                "cusum_limit_bp": "Montgomery §9.1: h = 5 σ, a false alarm in about 465 deals",
            },
        },
        "thresholds",
        "模型监测通用阈值与 IAAO 标准，逐项来源见规则文本 / usual thresholds of model monitoring and the IAAO standard, sources by member",
        confidence="design",
    )
]


def upgrade() -> None:
    op.create_table(
        "model_watch",
        sa.Column("run_id", sa.Uuid(), sa.ForeignKey("model_run.id"), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("alarm", sa.Boolean(), nullable=False),
        sa.Column("report", JSONB(), nullable=False),
        sa.Column("watched_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_model_watch_watched_at", "model_watch", ["watched_at"])
    append_only(op, "model_watch", "worker")
    grant(op, "model_watch", web="SELECT", read="SELECT")
    seed_rules(op, RULES)


def downgrade() -> None:
    unseed_rules(op, RULES)
    op.drop_table("model_watch")
