"""The review desk: parts in a valuation, who saw its price, reviews, third parties, human decisions, realised prices."""

import sqlalchemy as sa
from alembic import op

from kernel.db.rls import append_only, grant

revision = "valuation_02"
down_revision = "valuation_03"
branch_labels = None
depends_on = None

TABLES = (
    "realised_price",
    "human_decision",
    "third_party_review",
    "review_invitation",
    "valuation_review",
    "price_sight",
    "valuation_part",
)


def upgrade() -> None:
    _parts()
    _sights()
    _reviews()
    _invitations()
    _third_party_reviews()
    _human_decisions()
    _realised_prices()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _id(name: str, target: str | None = None, *, nullable: bool = False, key: bool = False) -> sa.Column:
    links = [sa.ForeignKey(target)] if target else []
    return sa.Column(name, sa.Uuid(), *links, nullable=nullable, primary_key=key)


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=False)


def _fen(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _one_of(column: str, name: str, values: tuple[str, ...]) -> sa.Column:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
    return sa.Column(column, kind, nullable=False)


def _check(condition: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=name)


def _of_valuation() -> list[sa.Column]:
    return [_id("valuation_id", "valuation.id")]


def _range() -> sa.CheckConstraint:
    return _check("(low IS NULL) = (high IS NULL) AND (low IS NULL OR (low > 0 AND low <= high))", "range")


def _parts() -> None:
    op.create_table(
        "valuation_part",
        _id("id", key=True),
        *_of_valuation(),
        _id("person_id", "person.id"),
        _one_of("capacity", "capacity", ("engaged", "completer")),
        _id("organisation_id", "organisation.id", nullable=True),
        _at("since"),
        _check("(capacity = 'engaged') = (organisation_id IS NOT NULL)", "engaged_somewhere"),
    )
    op.create_index(
        "uq_valuation_part",
        "valuation_part",
        ["valuation_id", "person_id", "capacity", "organisation_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("ix_valuation_part_person_id", "valuation_part", ["person_id"])
    append_only(op, "valuation_part")


def _sights() -> None:
    op.create_table(
        "price_sight",
        _id("valuation_id", "valuation.id", key=True),
        _id("person_id", "person.id", key=True),
        _id("result_id"),
        _at("first_seen_at"),
    )
    op.create_index("ix_price_sight_person_id_result_id", "price_sight", ["person_id", "result_id"])
    append_only(op, "price_sight")


def _reviews() -> None:
    op.create_table(
        "valuation_review",
        _id("id", key=True),
        *_of_valuation(),
        _id("result_id"),
        _id("owner_id", "organisation.id"),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        _id("reviewer_id", "person.id"),
        _id("organisation_id", "organisation.id"),
        _one_of("verdict", "verdict", ("accept", "override", "own_price")),
        _fen("price"),
        _fen("low"),
        _fen("high"),
        _text("reason"),
        _flag("shown_before"),
        _fen("model_price"),
        _fen("model_low"),
        _fen("model_high"),
        _flag("rests_on_generated"),
        _at("reviewed_at"),
        sa.UniqueConstraint("valuation_id", "ordinal"),
        _check("ordinal > 0", "ordinal"),
        _range(),
        _check("price IS NULL OR (price > 0 AND (low IS NULL OR (low <= price AND price <= high)))", "price"),
        _check("price IS NOT NULL OR low IS NOT NULL", "figure"),
        _check("verdict = 'override' OR price IS NOT NULL", "price_unless_override"),
        _check("verdict <> 'override' OR btrim(reason) <> ''", "override_has_a_reason"),
        _check(
            "verdict <> 'accept' OR coalesce(price = model_price, price BETWEEN model_low AND model_high, false)",
            "acceptance_is_the_models",
        ),
    )
    op.create_index("ix_valuation_review_owner_id", "valuation_review", ["owner_id"])
    op.create_index("ix_valuation_review_reviewer_id", "valuation_review", ["reviewer_id"])
    append_only(op, "valuation_review")


def _invitations() -> None:
    op.create_table(
        "review_invitation",
        _id("id", key=True),
        *_of_valuation(),
        _id("result_id"),
        _id("owner_id", "organisation.id"),
        _id("organisation_id", "organisation.id"),
        _id("invited_by", "person.id"),
        _at("invited_at"),
        _at("withdrawn_at", nullable=True),
        _check("organisation_id <> owner_id", "not_oneself"),
    )
    op.create_index(
        "uq_review_invitation_standing",
        "review_invitation",
        ["valuation_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index("ix_review_invitation_organisation_id", "review_invitation", ["organisation_id"])
    grant(op, "review_invitation", web="SELECT, INSERT, UPDATE (withdrawn_at)", worker="SELECT")


def _third_party_reviews() -> None:
    op.create_table(
        "third_party_review",
        _id("id", key=True),
        *_of_valuation(),
        _id("invitation_id", "review_invitation.id"),
        _id("owner_id", "organisation.id"),
        _id("organisation_id", "organisation.id"),
        _id("signed_by", "person.id"),
        _flag("agrees"),
        _fen("low"),
        _fen("high"),
        *(_text(name) for name in ("opinion", "qualification", "file_sha256", "document", "document_sha256")),
        _text("signature"),
        _text("key_id"),
        _at("reviewed_at"),
        _at("signed_at"),
        sa.UniqueConstraint("valuation_id", "organisation_id"),
        _check("organisation_id <> owner_id", "not_oneself"),
        _range(),
        _check("agrees OR low IS NOT NULL", "dissent_has_a_range"),
        _check("btrim(opinion) <> '' AND btrim(qualification) <> ''", "words"),
        _check("file_sha256 ~ '^[0-9a-f]{64}$' AND document_sha256 ~ '^[0-9a-f]{64}$'", "sha256"),
        _check("signature ~ '^[0-9a-f]{128}$' AND key_id ~ '^[0-9a-f]{16}$'", "signature"),
    )
    op.create_index("ix_third_party_review_owner_id", "third_party_review", ["owner_id"])
    append_only(op, "third_party_review", "web")
    grant(op, "third_party_review", worker="SELECT")


def _human_decisions() -> None:
    op.create_table(
        "human_decision",
        _id("id", key=True),
        *_of_valuation(),
        _id("result_id"),
        _id("owner_id", "organisation.id"),
        _one_of("state", "state", ("requested", "open", "decided", "withdrawn")),
        _text("grounds"),
        _id("asked_by", "person.id"),
        _at("asked_at"),
        _at("due_at"),
        _text("rule_version"),
        _id("taken_by", "person.id", nullable=True),
        _at("taken_at", nullable=True),
        _at("decided_at", nullable=True),
        _id("review_id", "valuation_review.id", nullable=True),
        _at("withdrawn_at", nullable=True),
        _check("(taken_by IS NULL) = (taken_at IS NULL)", "taken"),
        _check("(state = 'decided') = (review_id IS NOT NULL)", "decided_by_a_review"),
        _check("(state = 'decided') = (decided_at IS NOT NULL)", "decided_at"),
        _check("state NOT IN ('open', 'decided') OR taken_by IS NOT NULL", "taken_before_decided"),
        _check("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", "withdrawn_at"),
        _check("btrim(grounds) <> ''", "grounds"),
    )
    waiting = sa.text("state IN ('requested', 'open')")
    op.create_index(
        "uq_human_decision_one_waiting", "human_decision", ["valuation_id"], unique=True, postgresql_where=waiting
    )
    op.create_index("ix_human_decision_owner_id", "human_decision", ["owner_id"])
    fate = "state, taken_by, taken_at, decided_at, review_id, withdrawn_at"
    grant(op, "human_decision", web=f"SELECT, INSERT, UPDATE ({fate})", worker="SELECT")


def _realised_prices() -> None:
    op.create_table(
        "realised_price",
        _id("contract_id", key=True),
        _id("valuation_id", "valuation.id", nullable=True),
        _id("result_id"),
        _id("owner_id", "organisation.id"),
        _text("trade"),
        _fen("price", nullable=False),
        _flag("arms_length"),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        _at("recorded_at"),
        _check("price > 0", "price"),
    )
    for column in ("valuation_id", "result_id", "owner_id"):
        op.create_index(f"ix_realised_price_{column}", "realised_price", [column])
    append_only(op, "realised_price", "worker")
    grant(op, "realised_price", web="SELECT")
