"""Valuation: why ranges that do not meet may be pooled, as somebody who looked at them has reviewed it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from kernel.db.rls import append_only, enable_row_policies, grant, row_policy

revision = "valuation_pooling_01"
down_revision = "valuation_drift_01"
branch_labels = None
depends_on = None

ACTOR = "market_actor_organisation()"
PERSON = "market_actor_person()"


def upgrade() -> None:
    op.create_table(
        "pooling_review",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("left_out", JSONB(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name="ck_pooling_review_reason"),
        sa.CheckConstraint(
            """left_out <@ '["market", "income", "cost", "appraisal"]'::jsonb""", name="ck_pooling_review_left_out"
        ),
    )
    op.create_index("ix_pooling_review_result_id", "pooling_review", ["result_id"])
    op.create_index("ix_pooling_review_owner_id", "pooling_review", ["owner_id"])
    append_only(op, "pooling_review", "web")
    grant(op, "pooling_review", worker="SELECT")
    enable_row_policies(op, "pooling_review")
    engaged = (
        "EXISTS (SELECT FROM result_grant g WHERE g.result_id = pooling_review.result_id"
        f" AND g.organisation_id = {ACTOR} AND g.person_id = {PERSON})"
    )
    row_policy(op, "pooling_review", using=f"{ACTOR} IN (owner_id, organisation_id) OR {engaged}")


def downgrade() -> None:
    op.drop_table("pooling_review")
