"""What happens on a listing: offers, interests, notices, objections, deals; who sees what, and the trading rules of the market."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from kernel.db.rls import enable_row_policies, grant, row_policy
from kernel.db.seeds import SeedRule, seed_rules, unseed_rules

revision = "market_01"
down_revision = "market_00"
branch_labels = None
depends_on = None

ZHEJIANG = "浙江省促进科技成果转化条例"
SOE_2025 = "国资发产权规〔2025〕17号"
JUDICIAL = "法释〔2016〕18号"
RULES = [
    SeedRule("market.modes", ["agreed", "listed", "auction"], "modes", f"促进科技成果转化法 art 18; {ZHEJIANG} art 17"),
    SeedRule(
        "market.modes",
        ["listed", "auction"],
        "modes",
        "企业国有资产交易监督管理办法 (国务院国资委 财政部令第32号) art 48: intellectual property is sold in public",
        "memory",
        regime="SOE",
    ),
    SeedRule("market.benchmark_modes", ["listed", "auction"], "modes", f"{ZHEJIANG} art 17 ¶3"),
    SeedRule(
        "market.benchmark_modes", [], "modes", "a private seller owes nobody a benchmark", "design", regime="PRIVATE"
    ),
    SeedRule("price.appraisal_required", False, "yes or no", "财政部令第100号 arts 39(3), 40; 条例 art 17"),
    SeedRule("price.appraisal_required", True, "yes or no", "企业国有资产法 art 47", "memory", regime="SOE"),
    SeedRule(
        "notice.days", 0, "natural days", f"{ZHEJIANG} art 17 speaks of bodies set up by government only", "design"
    ),
    SeedRule("notice.days", 15, "natural days", f"{ZHEJIANG} art 17", regime="GOV_UNIT"),
    SeedRule("listing.working_days_min", 5, "working days", "exchange practice", "memory"),
    SeedRule("listing.working_days_min", 20, "working days", SOE_2025, regime="SOE"),
    SeedRule("listing.working_days_max", 60, "working days", "a listing is not an open end", "design"),
    SeedRule("listing.extension_working_days", 5, "working days", "exchange practice", "memory"),
    SeedRule("listing.extensions_max", 3, "times", "exchange practice: a maximum set by rule", "design"),
    SeedRule("listing.conditions_need_approval", False, "yes or no", "exchange practice", "memory"),
    SeedRule("listing.conditions_need_approval", True, "yes or no", SOE_2025, regime="SOE"),
    SeedRule("deposit.bp_min", 500, "basis points of the price", f"{JUDICIAL} art 17, by analogy", "design"),
    SeedRule("deposit.bp_max", 2000, "basis points of the price", f"{JUDICIAL} art 17, by analogy", "design"),
    SeedRule(
        "deposit.bp_max", 3000, "basis points of the price", "32号令 and exchange practice", "memory", regime="SOE"
    ),
    SeedRule("price.cut_bp_max", 2000, "basis points of the price before", f"{JUDICIAL} art 26, by analogy", "design"),
    SeedRule("price.approval_below_bp", 0, "basis points of the benchmark", "条例 art 17 sets no floor", "design"),
    SeedRule("price.approval_below_bp", 9000, "basis points of the benchmark", SOE_2025, regime="SOE"),
    SeedRule(
        "offer.days_max", 90, "natural days", "民法典 art 481 leaves the time to the offer; ours is bounded", "design"
    ),
    SeedRule("bidding.open_hours", 24, "hours", f"{JUDICIAL} art 20, taken over as the default"),
    SeedRule("bidding.step_bp", 100, "basis points of the start price", "exchange practice", "memory"),
    SeedRule("appraisal.validity_months", 12, "months", "资产评估 practice: a year from the base date", "memory"),
]

MODES = ("agreed", "listed", "auction")
BASES = ("agreement", "appraisal", "ai_estimate_reviewed")
TABLES = ("deal", "objection", "notice", "interest", "offer")
GUARDED = (*TABLES, "listing", "decision", "appraisal")

ACTOR = "market_actor_organisation()"
STAFF = "(SELECT market_actor_in_exchange())"

# The seller does not see who works for the buyer; the related-party mark must know. It is told yes or no, and no name.
COMPLETER_IN = """
CREATE FUNCTION market_completer_in(of_result uuid, in_organisation uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$ SELECT EXISTS (
  SELECT FROM result_completer c JOIN membership m ON m.person_id = c.person_id AND m.ended_at IS NULL
   WHERE c.result_id = of_result AND m.organisation_id = in_organisation) $$"""

# What the public has read and hashed does not change, by whatever road.
PAGE_STANDS = """
CREATE FUNCTION notice_page_stands() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  IF OLD.content IS NOT NULL AND (
    (NEW.content, NEW.content_sha256, NEW.price, NEW.transferee_id, NEW.way, NEW.starts_at, NEW.ends_on, NEW.ends_at, NEW.days)
    IS DISTINCT FROM
    (OLD.content, OLD.content_sha256, OLD.price, OLD.transferee_id, OLD.way, OLD.starts_at, OLD.ends_on, OLD.ends_at, OLD.days))
  THEN RAISE EXCEPTION 'the page of a published notice does not change'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_notice_page_stands';
  END IF;
  RETURN NEW;
END $$"""


def upgrade() -> None:
    _offers()
    _interests()
    _notices()
    _deals()
    op.execute(COMPLETER_IN)
    # A buyer registered on a listing becomes a bidder of its lot without registering again: the worker carries him over.
    op.execute("GRANT INSERT ON lot_registration TO market_worker")
    _policies()
    seed_rules(op, RULES)


def downgrade() -> None:
    unseed_rules(op, RULES)
    op.execute("REVOKE INSERT ON lot_registration FROM market_worker")
    op.execute("DROP FUNCTION market_completer_in(uuid, uuid)")
    for table in GUARDED:
        for (name,) in op.get_bind().execute(
            sa.text("SELECT policyname FROM pg_policies WHERE tablename = :table"), {"table": table}
        ):
            op.execute(f'DROP POLICY "{name}" ON "{table}"')
        op.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION notice_page_stands()")


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


def _offers() -> None:
    op.create_table(
        "offer",
        _id("id", key=True),
        _id("listing_id", "listing.id"),
        _id("seller_id", "organisation.id"),
        _id("buyer_id", "organisation.id"),
        _one_of("side", ("buyer", "seller")),
        _id("answers_id", "offer.id", nullable=True),
        _fen("price"),
        _text("payment_terms"),
        _text("note"),
        _flag("firm"),
        _flag("related_declared"),
        _text("related_note"),
        _at("expires_at"),
        _one_of("state", ("standing", "countered", "accepted", "rejected", "withdrawn", "expired", "lapsed")),
        _id("made_by", "person.id"),
        _at("made_at"),
        _id("answered_by", "person.id", nullable=True),
        _at("answered_at", nullable=True),
        _check("price > 0 AND price <= 10000000000000", "price"),
        _check("expires_at > made_at", "expires_at"),
        _check("seller_id <> buyer_id", "two_parties"),
    )
    standing, accepted = sa.text("state = 'standing'"), sa.text("state = 'accepted'")
    pair = ["listing_id", "buyer_id"]
    op.create_index("uq_offer_one_standing", "offer", pair, unique=True, postgresql_where=standing)
    op.create_index("uq_offer_one_accepted", "offer", ["listing_id"], unique=True, postgresql_where=accepted)
    op.create_index("ix_offer_due", "offer", ["expires_at"], postgresql_where=standing)
    op.create_index("ix_offer_listing_id", "offer", ["listing_id"])
    op.create_index("ix_offer_buyer_id", "offer", ["buyer_id"])
    # What was offered stays what it was; only its fate is written later.
    fate = "state, answered_by, answered_at"
    grant(op, "offer", web=f"SELECT, INSERT, UPDATE ({fate})", worker=f"SELECT, UPDATE ({fate})")


def _interests() -> None:
    op.create_table(
        "interest",
        _id("id", key=True),
        _id("listing_id", "listing.id"),
        _number("period"),
        _id("seller_id", "organisation.id"),
        _id("buyer_id", "organisation.id"),
        _fen("price"),
        _fen("deposit"),
        _text("bank_reference", nullable=True),
        _at("deposit_paid_at", nullable=True),
        _id("deposit_recorded_by", "person.id", nullable=True),
        _one_of("state", ("registered", "qualified", "chosen", "carried", "released", "lapsed", "withdrawn")),
        _id("lot_registration_id", "lot_registration.id", nullable=True),
        _id("registered_by", "person.id"),
        _at("registered_at"),
        sa.UniqueConstraint("listing_id", "period", "buyer_id"),
        sa.UniqueConstraint("bank_reference"),
        _check("price > 0 AND deposit >= 0", "amounts"),
        _check("num_nonnulls(deposit_paid_at, bank_reference, deposit_recorded_by) IN (0, 3)", "deposit_paid"),
        _check("seller_id <> buyer_id", "two_parties"),
    )
    op.create_index("ix_interest_buyer_id", "interest", ["buyer_id"])
    fate = "state, bank_reference, deposit_paid_at, deposit_recorded_by, lot_registration_id"
    grant(op, "interest", web=f"SELECT, INSERT, UPDATE ({fate})", worker=f"SELECT, UPDATE ({fate})")


def _notices() -> None:
    op.create_table(
        "notice",
        _id("id", key=True),
        _id("listing_id", "listing.id", nullable=True),
        _id("trial_id", "trial.id", nullable=True),
        _id("offer_id", "offer.id", nullable=True),
        _id("result_id", "result.id"),
        _id("owner_id", "organisation.id"),
        _id("transferee_id", "organisation.id"),
        _text("title"),
        _text("way"),
        _text("licence_kind", nullable=True),
        _fen("price"),
        _flag("related_party"),
        _text("related_note"),
        _text("unit_url", nullable=True),
        _text("market_url", nullable=True),
        _text("objection_contact", nullable=True),
        sa.Column("content", JSONB(none_as_null=True)),
        _text("content_sha256", nullable=True),
        _text("rule_version", nullable=True),
        _number("days"),
        _at("starts_at", nullable=True),
        _day("ends_on", nullable=True),
        _at("ends_at", nullable=True),
        _one_of("state", ("draft", "running", "objected", "closed", "withdrawn", "superseded")),
        _at("created_at"),
        _at("closed_at", nullable=True),
        sa.UniqueConstraint("trial_id"),
        _check("(listing_id IS NULL) <> (trial_id IS NULL)", "one_subject"),
        _check("price > 0", "price"),
        _check("state IN ('draft', 'superseded') OR content IS NOT NULL", "page_is_frozen"),
        _check("(content IS NULL) = (content_sha256 IS NULL)", "page_is_hashed"),
        _check("(content IS NULL) = (ends_at IS NULL)", "page_has_an_end"),
        _check("ends_at IS NULL OR ends_at >= starts_at + days * interval '1 day'", "days_are_whole"),
        _check("state <> 'closed' OR closed_at >= ends_at", "closed_after_its_end"),
    )
    live, running = sa.text("state IN ('running', 'objected', 'closed')"), sa.text("state = 'running'")
    op.create_index("uq_notice_one_live_a_listing", "notice", ["listing_id"], unique=True, postgresql_where=live)
    op.create_index("ix_notice_due", "notice", ["ends_at"], postgresql_where=running)
    op.create_index("ix_notice_owner_id", "notice", ["owner_id"])
    op.execute(PAGE_STANDS)
    op.execute(
        "CREATE TRIGGER notice_page_stands BEFORE UPDATE ON notice FOR EACH ROW EXECUTE FUNCTION notice_page_stands()"
    )
    grant(op, "notice", web="SELECT, INSERT, UPDATE", worker="SELECT, INSERT, UPDATE", read="SELECT")
    op.create_table(
        "objection",
        _id("id", key=True),
        _id("notice_id", "notice.id"),
        _id("owner_id", "organisation.id"),
        _id("objector_id", "person.id"),
        _id("organisation_id", "organisation.id", nullable=True),
        _text("reason"),
        _text("evidence"),
        _text("evidence_sha256", nullable=True),
        _at("received_at"),
        _one_of("state", ("received", "upheld", "rejected", "moot")),
        _text("decision", nullable=True),
        _id("decided_by", "person.id", nullable=True),
        _at("decided_at", nullable=True),
        _check("(state IN ('upheld', 'rejected')) = (decided_by IS NOT NULL)", "decided_by"),
        _check("evidence_sha256 IS NULL OR evidence_sha256 ~ '^[0-9a-f]{64}$'", "evidence_sha256"),
    )
    received = sa.text("state = 'received'")
    pair = ["notice_id", "objector_id"]
    op.create_index("uq_objection_one_open_a_person", "objection", pair, unique=True, postgresql_where=received)
    op.create_index("ix_objection_notice_id", "objection", ["notice_id"])
    fate = "state, decision, decided_by, decided_at"
    grant(op, "objection", web=f"SELECT, INSERT, UPDATE ({fate})", worker=f"SELECT, UPDATE ({fate})")


def _deals() -> None:
    op.create_table(
        "deal",
        _id("id", key=True),
        _id("listing_id", "listing.id"),
        _id("result_id", "result.id"),
        _id("seller_id", "organisation.id"),
        _id("buyer_id", "organisation.id"),
        _fen("price"),
        _one_of("mode", MODES),
        _one_of("basis", BASES),
        _flag("related_party"),
        _id("offer_id", "offer.id", nullable=True),
        _id("notice_id", "notice.id", nullable=True),
        _id("lot_id", "lot.id", nullable=True),
        _id("contract_id", "contract.id"),
        _one_of("state", ("made", "signed", "settled", "cancelled")),
        _at("made_at"),
        sa.UniqueConstraint("listing_id"),
        sa.UniqueConstraint("contract_id"),
        _check("price > 0", "price"),
        _check("seller_id <> buyer_id", "two_parties"),
        _check("(mode = 'auction') <= (lot_id IS NOT NULL)", "lot_of_auctions"),
    )
    for column in ("seller_id", "buyer_id", "result_id"):
        op.create_index(f"ix_deal_{column}", "deal", [column])
    grant(op, "deal", web="SELECT, INSERT", worker="SELECT, INSERT, UPDATE (state)")


def _policies() -> None:
    for table in ("listing", "decision", "offer", "interest", "objection", "appraisal", "deal"):
        enable_row_policies(op, table)
    engaged = (
        "EXISTS (SELECT FROM result_grant g WHERE g.result_id = {table}.result_id"
        f" AND g.organisation_id = {ACTOR} AND g.person_id = market_actor_person())"
    )
    # A draft is its owner's; what is public may be locked by anybody who acts on it, or periods could not be kept.
    public = "state NOT IN ('draft', 'in_decision', 'approved')"
    listing = f"owner_id = {ACTOR} OR {public} OR {STAFF} OR {engaged.format(table='listing')}"
    row_policy(op, "listing", using=listing)
    row_policy(op, "decision", using="EXISTS (SELECT FROM listing l WHERE l.id = decision.listing_id)")
    row_policy(op, "offer", using=f"{ACTOR} IN (seller_id, buyer_id)")
    row_policy(op, "interest", using=f"{ACTOR} IN (seller_id, buyer_id) OR {STAFF}")
    party = f"objector_id = market_actor_person() OR owner_id = {ACTOR} OR {STAFF}"
    row_policy(op, "objection", using=party)
    row_policy(op, "appraisal", using=f"{ACTOR} IN (owner_id, recorded_for)")
    row_policy(op, "deal", using=f"{ACTOR} IN (seller_id, buyer_id) OR {STAFF}")
