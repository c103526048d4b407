"""The kernel: actor functions, market time, events, audit, stored answers, trading rules, and the job queue's schema."""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects.postgresql import JSONB

from kernel.db.rls import append_only, grant

revision = "kernel_01"
down_revision = None
branch_labels = None
depends_on = None

ACTOR = """
CREATE FUNCTION market_actor_{name}() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('market.{name}', true), '')::uuid $$"""

NOW = """
CREATE FUNCTION market_now() RETURNS timestamptz LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public
AS $$ SELECT clock_timestamp() + ahead FROM market_clock $$"""

# Fixed search path and owner's rights: roles may ask to move time, only the function may do it, and only outside production.
ADVANCE = """
CREATE FUNCTION market_clock_advance(by_how_much interval) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public
AS $$
BEGIN
  IF by_how_much < interval '0' THEN RAISE EXCEPTION 'market time never goes back'; END IF;
  UPDATE market_clock SET ahead = ahead + by_how_much WHERE environment IN ('demo', 'test');
  IF NOT FOUND THEN RAISE EXCEPTION 'market time is moved only in a demo or test environment'; END IF;
  RETURN market_now();
END $$"""


def upgrade() -> None:
    for role in ("web", "desk", "worker", "read"):
        op.execute(f"GRANT USAGE ON SCHEMA public TO market_{role}")
    for name in ("person", "organisation"):
        op.execute(ACTOR.format(name=name))
    _clock()
    _events()
    _audit()
    _answers_and_rules()
    _jobs()


def _clock() -> None:
    op.create_table(
        "market_clock",
        sa.Column("one", sa.Boolean(), primary_key=True),
        sa.Column("ahead", sa.Interval(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.CheckConstraint("one", name="one_row"),
        sa.CheckConstraint("ahead >= interval '0'", name="never_behind"),
        sa.CheckConstraint("environment <> 'production' OR ahead = interval '0'", name="true_time_in_production"),
        sa.CheckConstraint("environment IN ('production', 'demo', 'test')", name="environment"),
    )
    op.execute("INSERT INTO market_clock VALUES (true, interval '0', 'production')")
    op.execute(NOW)
    op.execute(ADVANCE)
    grant(op, "market_clock", web="SELECT", worker="SELECT", read="SELECT")


def _events() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", JSONB(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table("outbox", sa.Column("event_id", sa.Uuid(), sa.ForeignKey("event.id"), primary_key=True))
    op.create_table(
        "event_handled",
        sa.Column("event_id", sa.Uuid(), sa.ForeignKey("event.id"), primary_key=True),
        sa.Column("handler", sa.Text(), primary_key=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=False),
    )
    append_only(op, "event", "web", "desk", "worker")
    append_only(op, "event_handled", "worker")
    grant(op, "outbox", web="SELECT, INSERT", desk="SELECT, INSERT", worker="SELECT, INSERT, UPDATE, DELETE")


def _audit() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("before_sha256", sa.Text()),
        sa.Column("after_sha256", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_sha256", sa.Text(), nullable=False),
        sa.Column(
            "written_by", sa.BigInteger(), server_default=sa.text("pg_current_xact_id()::text::bigint"), nullable=False
        ),
    )
    op.create_index(op.f("ix_audit_entry_kind_audit_entry_object_id"), "audit_entry", ["kind", "object_id"])
    op.create_index(op.f("ix_audit_entry_person_id"), "audit_entry", ["person_id"])
    op.create_table(
        "audit_leaf",
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("entry_id", sa.BigInteger(), sa.ForeignKey("audit_entry.id"), nullable=False, unique=True),
        sa.Column("leaf_sha256", sa.Text(), nullable=False),
    )
    op.create_table(
        "audit_seal",
        sa.Column("size", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("range", JSONB(), nullable=False),
        sa.Column("checkpoint", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
    )
    append_only(op, "audit_entry", "web", "desk", "worker")
    append_only(op, "audit_leaf", "worker")
    append_only(op, "audit_seal", "worker")
    grant(op, "audit_leaf", web="SELECT", read="SELECT")
    grant(op, "audit_seal", web="SELECT", read="SELECT")
    grant(op, "audit_entry", read="SELECT")


def _answers_and_rules() -> None:
    op.create_table(
        "stored_answer",
        sa.Column("person_id", sa.Uuid(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("headers", JSONB(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
    )
    grant(op, "stored_answer", web="SELECT, INSERT", desk="SELECT, INSERT", worker="SELECT, UPDATE, DELETE")
    op.execute("ALTER TABLE stored_answer ENABLE ROW LEVEL SECURITY")
    own = "person_id = market_actor_person()"
    op.execute(
        f"CREATE POLICY stored_answer_own ON stored_answer TO market_web, market_desk USING ({own}) WITH CHECK ({own})"
    )
    op.execute("CREATE POLICY stored_answer_old ON stored_answer TO market_worker USING (true)")
    op.create_table(
        "trading_rule",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("regime", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("value", JSONB(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.CheckConstraint("confidence IN ('verified', 'memory', 'design')", name="confidence"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="period"),
        sa.CheckConstraint("jsonb_typeof(value) IN ('number', 'string', 'boolean', 'array', 'object')", name="value"),
    )
    for role in ("web", "desk", "worker", "read"):
        op.execute(f"GRANT SELECT ON trading_rule TO market_{role}")


def _jobs() -> None:
    """The queue's own tables, in a schema of their own; workers poll, so its notify triggers are taken off (they cost)."""
    op.execute("CREATE SCHEMA jobs")
    op.execute("SET LOCAL search_path = jobs, public")
    # The driver's own cursor: the script holds many statements and per cent signs.
    op.get_bind().connection.cursor().execute(SchemaManager.get_schema())
    for trigger in ("inserted", "aborted"):
        op.execute(f"DROP TRIGGER procrastinate_jobs_notify_queue_job_{trigger}_v1 ON jobs.procrastinate_jobs")
    op.execute("SET LOCAL search_path = public")
    op.execute("GRANT USAGE ON SCHEMA jobs TO market_worker")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO market_worker")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA jobs TO market_worker")


def downgrade() -> None:
    op.execute("DROP SCHEMA jobs CASCADE")
    for table in ("trading_rule", "stored_answer", "audit_seal", "audit_leaf", "audit_entry"):
        op.drop_table(table)
    for table in ("event_handled", "outbox", "event"):
        op.drop_table(table)
    op.execute("DROP FUNCTION market_clock_advance(interval)")
    op.execute("DROP FUNCTION market_now()")
    op.drop_table("market_clock")
    for name in ("person", "organisation"):
        op.execute(f"DROP FUNCTION market_actor_{name}()")
    for role in ("web", "desk", "worker", "read"):
        op.execute(f"REVOKE USAGE ON SCHEMA public FROM market_{role}")
