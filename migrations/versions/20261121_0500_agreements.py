"""Contracts: the contract with its parties, plan, signatures, registration, costs, and the licence it grants."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from kernel.db.rls import append_only, enable_row_policies, grant, row_policy
from kernel.db.seeds import SeedRule, seed_rules, unseed_rules

revision = "contracts_00"
down_revision = "auctions_01"
branch_labels = None
depends_on = None

RULES = [
    SeedRule(
        "contracts.lump_sum_days",
        30,
        "days",
        "保障中小企业款项支付条例 2025 art 9: thirty days from delivery, taken as the default where the parties set no date",
        "design",
    ),
]

ACTOR = "market_actor_organisation()"
IN_EXCHANGE = f"EXISTS (SELECT FROM organisation o WHERE o.id = {ACTOR} AND o.kind = 'exchange')"
OF_VISIBLE_CONTRACT = "EXISTS (SELECT FROM contract c WHERE c.id = {table}.contract_id)"

TABLES = (
    "contract_cost",
    "licence",
    "contract_registration",
    "contract_signature",
    "instalment",
    "contract_party",
    "contract",
)

# One sequence a year, made when the year's first contract is: a rolled back draft leaves a gap and blocks nobody.
NEXT_NUMBER = """
CREATE FUNCTION next_contract_number(year integer) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public
AS $$
DECLARE numbers text := format('contract_number_%s', year);
BEGIN
  IF year NOT BETWEEN 2000 AND 2999 THEN RAISE EXCEPTION 'no contract numbers for the year %', year; END IF;
  IF to_regclass(numbers) IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtextextended(numbers, 0));
    EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I', numbers);
  END IF;
  RETURN format('JSHT-%s-%s', year, lpad(nextval(numbers::regclass)::text, 6, '0'));
END $$"""

# A party does not see licences given to others; the conflict rule must see their kinds and dates, and no names.
LICENCES_IN_FORCE = """
CREATE FUNCTION licences_in_force(of_result uuid)
RETURNS TABLE (id uuid, kind text, starts_on date, ends_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$ SELECT id, kind::text, starts_on, ends_on FROM licence WHERE result_id = of_result AND ended_on IS NULL $$"""

TRANSFERRED = """
CREATE FUNCTION result_is_transferred(of_result uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$ SELECT EXISTS (SELECT FROM contract c WHERE c.result_id = of_result
                     AND c.way IN ('transfer', 'equity') AND c.state NOT IN ('draft', 'cancelled')) $$"""

# The facts of a contract are what both sides signed: they do not change afterwards, by whatever road.
TERMS_STAND = """
CREATE FUNCTION contract_terms_stand() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
  IF OLD.state <> 'draft' AND (
    (NEW.number, NEW.deal_id, NEW.seller_id, NEW.buyer_id, NEW.result_id, NEW.way, NEW.price, NEW.mode, NEW.basis, NEW.plan)
    IS DISTINCT FROM
    (OLD.number, OLD.deal_id, OLD.seller_id, OLD.buyer_id, OLD.result_id, OLD.way, OLD.price, OLD.mode, OLD.basis, OLD.plan)
    OR (NEW.licence_kind, NEW.licence_ends_on, NEW.territory) IS DISTINCT FROM
       (OLD.licence_kind, OLD.licence_ends_on, OLD.territory))
  THEN RAISE EXCEPTION 'the terms of a signed contract do not change'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_contract_terms_stand';
  END IF;
  RETURN NEW;
END $$"""


def upgrade() -> None:
    _contract()
    _parties_and_plan()
    _signature_and_registration()
    _licence()
    _costs()
    seed_rules(op, RULES)


def downgrade() -> None:
    unseed_rules(op, RULES)
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION next_contract_number(integer)")
    op.execute("DROP FUNCTION licences_in_force(uuid)")
    op.execute("DROP FUNCTION result_is_transferred(uuid)")
    op.execute("DROP FUNCTION contract_terms_stand()")
    op.execute(
        r"""DO $$ DECLARE numbers record; BEGIN
        FOR numbers IN SELECT relname FROM pg_class WHERE relkind = 'S' AND relname ~ '^contract_number_\d{4}$'
        LOOP EXECUTE format('DROP SEQUENCE %I', numbers.relname); END LOOP; END $$"""
    )


def _text(name: str, nullable: bool = False, unique: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable, unique=unique)


def _id(name: str = "id", nullable: bool = False, key: bool = False, unique: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable, primary_key=key or name == "id", unique=unique)


def _to(name: str, target: str, nullable: bool = False, key: bool = False, unique: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(target), nullable=nullable, primary_key=key, unique=unique)


def _at(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _day(name: str, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _fen(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _int(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _one_of(name: str, *values: str, nullable: bool = False, key: bool = False) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
    return sa.Column(name, kind, nullable=nullable, primary_key=key)


def _ck(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=name)


def _index(table: str, *columns: str, where: str | None = None, unique: str = "") -> None:
    name = unique or op.f("ix_" + "_".join(f"{table}_{column}" for column in columns))
    op.create_index(name, table, list(columns), unique=bool(unique), postgresql_where=sa.text(where) if where else None)


def _contract() -> None:
    op.create_table(
        "contract",
        _id(),
        _text("number", unique=True),
        _id("deal_id", unique=True),
        _text("title"),
        _id("result_id"),
        _to("seller_id", "organisation.id"),
        _to("buyer_id", "organisation.id"),
        _text("way"),
        _one_of("licence_kind", "exclusive", "sole", "ordinary", nullable=True),
        _day("licence_ends_on"),
        _text("territory", True),
        _text("contract_type"),
        _fen("price"),
        _text("mode"),
        _text("basis"),
        sa.Column("related_party", sa.Boolean(), nullable=False),
        _text("tech_field"),
        _text("ip_kind"),
        sa.Column("application_numbers", JSONB(), nullable=False),
        _day("patent_expires_on"),
        _text("plan_source"),
        _id("valuation_id", True),
        _fen("estimated", True),
        _fen("list_price", True),
        _id("notice_id", True),
        _id("trial_id", True),
        _day("agreed_on", False),
        _one_of("state", "draft", "signed", "effective", "performing", "completed", "cancelled"),
        _one_of("registration_state", "none", "reg_applied", "registered", "not_registered", "reg_cancelled"),
        _int("plan"),
        _at("drafted_at"),
        _day("signed_on"),
        _day("effective_on"),
        _day("settled_on"),
        _day("cancelled_on"),
        _ck("price", "price > 0"),
        _ck("two_parties", "seller_id <> buyer_id"),
        _ck("way", "way IN ('transfer', 'licence', 'equity')"),
        _ck("licence_kind_of_licences", "(way = 'licence') = (licence_kind IS NOT NULL)"),
        _ck("mode", "mode IN ('agreed', 'listed', 'auction', 'trial', 'external')"),
        _ck("basis", "basis IN ('agreement', 'appraisal', 'ai_estimate_reviewed', 'market')"),
        _ck("trial_of_trial_mode", "mode <> 'trial' OR trial_id IS NOT NULL"),
        _ck(
            "licence_within_patent",
            "licence_ends_on IS NULL OR patent_expires_on IS NULL OR licence_ends_on <= patent_expires_on",
        ),
        _ck("signed_on", "state IN ('draft', 'cancelled') OR (signed_on IS NOT NULL AND effective_on IS NOT NULL)"),
        _ck("settled_on", "(state = 'completed') = (settled_on IS NOT NULL)"),
    )
    sold = "way IN ('transfer', 'equity') AND state NOT IN ('draft', 'cancelled')"
    _index("contract", "result_id", where=sold, unique="uq_contract_one_transfer")
    for column in ("seller_id", "buyer_id", "result_id"):
        _index("contract", column)
    grant(op, "contract", web="SELECT, INSERT, UPDATE", worker="SELECT, INSERT, UPDATE", read="SELECT")
    enable_row_policies(op, "contract", full=("worker", "read"))
    row_policy(op, "contract", using=f"seller_id = {ACTOR} OR buyer_id = {ACTOR} OR {IN_EXCHANGE}")
    op.execute(NEXT_NUMBER)
    op.execute(TRANSFERRED)
    op.execute(TERMS_STAND)
    op.execute(
        "CREATE TRIGGER contract_terms_stand BEFORE UPDATE ON contract FOR EACH ROW EXECUTE FUNCTION contract_terms_stand()"
    )


def _belongs_to_contract(table: str, rights: str) -> None:
    grant(op, table, web=rights, worker=rights, read="SELECT")
    enable_row_policies(op, table, full=("worker", "read"))
    row_policy(op, table, using=OF_VISIBLE_CONTRACT.format(table=table))


def _parties_and_plan() -> None:
    op.create_table(
        "contract_party",
        _to("contract_id", "contract.id", key=True),
        _one_of("side", "seller", "buyer", key=True),
        _to("organisation_id", "organisation.id"),
        _text("name"),
        _text("uscc"),
        _text("region_code"),
        _text("party_type_code"),
        _text("kind"),
        _text("regime"),
        sa.Column("is_gov_run", sa.Boolean(), nullable=False),
        _text("size", True),
        _ck("region_code", "region_code ~ '^[0-9]{6}$'"),
    )
    _belongs_to_contract("contract_party", "SELECT, INSERT, UPDATE")
    op.create_table(
        "instalment",
        _id(),
        _to("contract_id", "contract.id"),
        _int("plan"),
        _int("seq"),
        _day("due_on", False),
        _fen("amount"),
        _fen("paid"),
        _day("paid_on"),
        sa.UniqueConstraint("contract_id", "plan", "seq"),
        _ck("amount", "amount > 0"),
        _ck("paid", "paid >= 0 AND paid <= amount"),
        _ck("seq", "seq BETWEEN 1 AND 240"),
        _ck("paid_on", "(paid_on IS NOT NULL) = (paid = amount)"),
    )
    _belongs_to_contract("instalment", "SELECT, INSERT, UPDATE")


def _signature_and_registration() -> None:
    op.create_table(
        "contract_signature",
        _id(),
        _to("contract_id", "contract.id"),
        _one_of("side", "seller", "buyer"),
        _one_of("state", "recorded", "checked", "refused"),
        _text("scan_sha256"),
        _text("signed_by_name"),
        _to("recorded_by", "person.id"),
        _at("recorded_at"),
        _to("checked_by", "person.id", True),
        _at("checked_at", True),
        _ck("scan_sha256", "scan_sha256 ~ '^[0-9a-f]{64}$'"),
        _ck("two_persons", "checked_by IS NULL OR checked_by <> recorded_by"),
        _ck("checked_by", "(state = 'recorded') = (checked_by IS NULL)"),
        _ck("checked_at", "(checked_by IS NULL) = (checked_at IS NULL)"),
    )
    one_a_side = "uq_contract_signature_one_a_side"
    _index("contract_signature", "contract_id", "side", where="state <> 'refused'", unique=one_a_side)
    _belongs_to_contract("contract_signature", "SELECT, INSERT, UPDATE")
    op.create_table(
        "contract_registration",
        _id(),
        _to("contract_id", "contract.id"),
        _text("number", unique=True),
        _fen("contract_value"),
        _fen("technology_value"),
        _fen("technology_income"),
        _day("registered_on", False),
        _to("entered_by", "person.id"),
        _at("entered_at"),
        _day("changed_on"),
        _day("cancelled_on"),
        _text("cancel_reason", True),
        _ck("number", "number ~ '^([0-9]{14}|[0-9]{16})$'"),
        _ck("contract_value", "contract_value > 0"),
        _ck("technology_value", "technology_value BETWEEN 0 AND contract_value"),
        _ck("technology_income", "technology_income BETWEEN 0 AND technology_value"),
    )
    one_alive = "uq_contract_registration_one_alive"
    _index("contract_registration", "contract_id", where="cancelled_on IS NULL", unique=one_alive)
    _belongs_to_contract("contract_registration", "SELECT, INSERT, UPDATE")


def _licence() -> None:
    op.create_table(
        "licence",
        _id(),
        _to("contract_id", "contract.id", unique=True),
        _id("result_id"),
        _to("licensor_id", "organisation.id"),
        _to("licensee_id", "organisation.id"),
        _one_of("kind", "exclusive", "sole", "ordinary"),
        _text("territory"),
        _day("starts_on", False),
        _day("ends_on"),
        _day("filing_due_on"),
        _day("filed_on"),
        _text("filing_number", True),
        _day("ended_on"),
        _ck("term", "ends_on IS NULL OR ends_on >= starts_on"),
        _ck("filing", "filed_on IS NULL OR filing_number IS NOT NULL"),
    )
    closed = "kind IN ('exclusive', 'sole') AND ended_on IS NULL"
    _index("licence", "result_id", where=closed, unique="uq_licence_one_closed_kind")
    _index("licence", "result_id")
    _belongs_to_contract("licence", "SELECT, INSERT, UPDATE")
    op.execute(LICENCES_IN_FORCE)


def _costs() -> None:
    op.create_table(
        "contract_cost",
        _id(),
        _to("contract_id", "contract.id"),
        _int("seq"),
        _fen("cost"),
        _fen("fiscal"),
        _fen("tax"),
        _to("stated_by", "person.id"),
        _at("stated_at"),
        sa.UniqueConstraint("contract_id", "seq"),
        _ck("amounts", "cost >= 0 AND fiscal >= 0 AND fiscal <= cost AND tax >= 0"),
    )
    append_only(op, "contract_cost")
    grant(op, "contract_cost", read="SELECT")
    enable_row_policies(op, "contract_cost", full=("worker", "read"))
    # What a unit spent is no business of the other side.
    own = f"EXISTS (SELECT FROM contract c WHERE c.id = contract_cost.contract_id AND (c.seller_id = {ACTOR} OR {IN_EXCHANGE}))"
    row_policy(op, "contract_cost", using=own)
