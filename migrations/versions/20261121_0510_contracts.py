"""Money, trials and statistics: the ledger and its receipts, the pool and its trials, code tables and facts."""

import csv
from importlib.resources import files

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from kernel.db.rls import append_only, enable_row_policies, grant, row_policy
from kernel.db.seeds import SeedRule, seed_rules, unseed_rules

revision = "contracts_01"
down_revision = "contracts_00"
branch_labels = None
depends_on = None

RULES = [
    SeedRule("trials.term_months", 12, "months", "省科技厅 先用后转操作指引 2023: usual trial of one year"),
    SeedRule("trials.term_months_max", 24, "months", "practice: six to twenty-four months", "memory"),
    SeedRule(
        "statistics.cell_units_min",
        3,
        "organisations a side",
        "统计法 art 25: nothing that identifies a single unit; three is the usual threshold",
        "design",
    ),
]

ACTOR = "market_actor_organisation()"
IN_EXCHANGE = f"EXISTS (SELECT FROM organisation o WHERE o.id = {ACTOR} AND o.kind = 'exchange')"

TABLES = [
    "statistics_fact",
    "statistics_code",
    "trial_report",
    "trial",
    "pool_entry",
    "receipt_claim",
    "bank_receipt",
    "ledger_entry",
    "ledger_transfer",
    "ledger_account",
]

# The conversion rate is public, the trials behind it are not.
TRIALS_BY_STATE = """
CREATE FUNCTION trials_by_state() RETURNS TABLE (state text, trials bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$ SELECT t.state::text, count(*) FROM trial t GROUP BY 1 $$"""

# At commit, whatever the application believes: the legs of a transfer are all there and balance.
BALANCED = """
CREATE FUNCTION ledger_transfer_balances() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
AS $$
DECLARE
  checked uuid := CASE TG_TABLE_NAME WHEN 'ledger_transfer' THEN to_jsonb(NEW) ->> 'id'
                  ELSE to_jsonb(NEW) ->> 'transfer_id' END;
  difference numeric; entries integer; promised integer;
BEGIN
  SELECT coalesce(sum(CASE side WHEN 'debit' THEN amount ELSE -amount END), 0), count(*)
    INTO difference, entries FROM ledger_entry WHERE transfer_id = checked;
  SELECT legs INTO promised FROM ledger_transfer WHERE id = checked;
  IF difference <> 0 OR entries <> promised THEN
    RAISE EXCEPTION 'transfer % does not balance: difference % fen, % of % legs', checked, difference, entries, promised
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_ledger_transfer_balances';
  END IF;
  RETURN NULL;
END $$"""

HISTORY_STANDS = """
CREATE FUNCTION ledger_history_stands() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'what is posted is never changed; post a reversal'; END $$"""


def upgrade() -> None:
    _ledger()
    _receipts()
    _pool_and_trials()
    _statistics()
    seed_rules(op, RULES)


def downgrade() -> None:
    unseed_rules(op, RULES)
    for table in TABLES:
        op.drop_table(table)
    for function in ("trials_by_state", "ledger_transfer_balances", "ledger_history_stands"):
        op.execute(f"DROP FUNCTION {function}()")


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


def _ledger() -> None:
    op.create_table(
        "ledger_account",
        _id(),
        _to("organisation_id", "organisation.id"),
        _one_of("purpose", "bank", "suspense", "seller_payable", "sale_proceeds"),
        _at("opened_at"),
        sa.UniqueConstraint("organisation_id", "purpose"),
    )
    op.create_table(
        "ledger_transfer",
        _id(),
        _one_of("kind", "receipt", "claim", "reversal"),
        _to("holder_id", "organisation.id"),
        _text("document"),
        _id("document_id"),
        sa.Column("legs", sa.SmallInteger(), nullable=False),
        _to("reverses_id", "ledger_transfer.id", True, unique=True),
        _to("posted_by", "person.id", True),
        _at("posted_at"),
        _ck("document", "document <> ''"),
        _ck("legs", "legs >= 2"),
        _ck("reverses", "(kind = 'reversal') = (reverses_id IS NOT NULL)"),
    )
    _index("ledger_transfer", "document_id")
    op.create_table(
        "ledger_entry",
        _to("transfer_id", "ledger_transfer.id", key=True),
        sa.Column("seq", sa.SmallInteger(), primary_key=True),
        _to("account_id", "ledger_account.id"),
        _one_of("side", "debit", "credit"),
        _fen("amount"),
        _ck("amount", "amount > 0"),
    )
    _index("ledger_entry", "account_id")
    op.execute(BALANCED)
    op.execute(HISTORY_STANDS)
    for table in ("ledger_transfer", "ledger_entry"):
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {table}_balances AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION ledger_transfer_balances()"
        )
    for table in ("ledger_account", "ledger_transfer", "ledger_entry"):
        op.execute(
            f"CREATE TRIGGER {table}_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION ledger_history_stands()"
        )
        append_only(op, table)
        grant(op, table, read="SELECT")
        enable_row_policies(op, table, full=("worker", "read"))
    row_policy(op, "ledger_account", using=f"organisation_id = {ACTOR} OR {IN_EXCHANGE}")
    row_policy(op, "ledger_transfer", using=f"holder_id = {ACTOR} OR {IN_EXCHANGE}")
    # What stands on one's own account one sees, on whosever bank account the money lies.
    of_visible = "EXISTS (SELECT FROM ledger_transfer t WHERE t.id = ledger_entry.transfer_id)"
    own = f"EXISTS (SELECT FROM ledger_account a WHERE a.id = ledger_entry.account_id AND a.organisation_id = {ACTOR})"
    row_policy(op, "ledger_entry", using=f"{of_visible} OR {own}")


def _receipts() -> None:
    op.create_table(
        "bank_receipt",
        _id(),
        _to("holder_id", "organisation.id"),
        _fen("amount"),
        _fen("claimed"),
        _text("payer_name"),
        _text("payer_account"),
        _text("bank_reference"),
        _day("received_on", False),
        _to("recorded_by", "person.id"),
        _at("recorded_at"),
        _to("transfer_id", "ledger_transfer.id", unique=True),
        sa.UniqueConstraint("holder_id", "bank_reference"),
        _ck("amount", "amount > 0"),
        _ck("claimed", "claimed >= 0 AND claimed <= amount"),
    )
    op.create_table(
        "receipt_claim",
        _id(),
        _to("receipt_id", "bank_receipt.id"),
        _int("seq"),
        _to("instalment_id", "instalment.id"),
        _to("contract_id", "contract.id"),
        _to("holder_id", "organisation.id"),
        _to("seller_id", "organisation.id"),
        _fen("amount"),
        _day("received_on", False),
        _to("claimed_by", "person.id"),
        _at("claimed_at"),
        _to("transfer_id", "ledger_transfer.id", unique=True),
        sa.UniqueConstraint("receipt_id", "seq"),
        _ck("amount", "amount > 0"),
    )
    for column in ("contract_id", "instalment_id"):
        _index("receipt_claim", column)
    grant(op, "bank_receipt", web="SELECT, INSERT", worker="SELECT, INSERT", read="SELECT")
    for role in ("web", "worker"):
        op.execute(f"GRANT UPDATE (claimed) ON bank_receipt TO market_{role}")
    append_only(op, "receipt_claim")
    grant(op, "receipt_claim", read="SELECT")
    for table in ("bank_receipt", "receipt_claim"):
        enable_row_policies(op, table, full=("worker", "read"))
    row_policy(op, "bank_receipt", using=f"holder_id = {ACTOR} OR {IN_EXCHANGE}")
    # The seller sees what the exchange has received for his contracts.
    row_policy(op, "receipt_claim", using=f"holder_id = {ACTOR} OR seller_id = {ACTOR} OR {IN_EXCHANGE}")


def _pool_and_trials() -> None:
    op.create_table(
        "pool_entry",
        _id(),
        _id("result_id"),
        _to("owner_id", "organisation.id"),
        _text("title"),
        _text("summary"),
        sa.Column("trl", sa.SmallInteger()),
        _fen("ceiling"),
        _int("gain_bp"),
        _text("way"),
        _text("licence_kind", True),
        _int("term_months"),
        _one_of("silence_effect", "return", "purchase"),
        sa.Column("deal", JSONB(), nullable=False),
        _day("pooled_on", False),
        _day("withdrawn_on"),
        _ck("ceiling", "ceiling > 0"),
        _ck("gain_bp", "gain_bp BETWEEN 0 AND 10000"),
        _ck("trl", "trl IS NULL OR trl BETWEEN 1 AND 9"),
        _ck("term_months", "term_months BETWEEN 1 AND 60"),
        _ck("way", "way IN ('transfer', 'licence')"),
    )
    _index("pool_entry", "result_id", where="withdrawn_on IS NULL", unique="uq_pool_entry_one_a_result")
    grant(op, "pool_entry", web="SELECT, INSERT, UPDATE", worker="SELECT, INSERT, UPDATE", read="SELECT")
    enable_row_policies(op, "pool_entry", full=("worker", "read"))
    # The pool is public; what stands in it is the owner's word.
    row_policy(op, "pool_entry", name="see", command="SELECT", using="true")
    own = f"owner_id = {ACTOR} OR {IN_EXCHANGE}"
    row_policy(op, "pool_entry", name="enter", command="INSERT", using=own)
    row_policy(op, "pool_entry", name="withdraw", command="UPDATE", using=own)
    op.create_table(
        "trial",
        _id(),
        _to("pool_entry_id", "pool_entry.id"),
        _to("owner_id", "organisation.id"),
        _to("licensee_id", "organisation.id"),
        _text("licensee_size", True),
        _text("purpose"),
        _text("place"),
        _one_of(
            "state",
            *["intent", "nda_signed", "agreed", "publicity", "trial", "converted", "returned", "expired", "withdrawn"],
        ),
        _at("asked_at"),
        _text("nda_sha256", True),
        _int("terms"),
        _text("conditions", True),
        _text("acceptance_criteria", True),
        _text("way", True),
        _fen("price_base", True),
        _int("price_gain_bp", True),
        _fen("price_cap", True),
        _one_of("silence_effect", "return", "purchase", nullable=True),
        _int("months", True),
        _day("agreed_on"),
        _id("notice_id", True),
        _day("starts_on"),
        _day("ends_on"),
        _day("ended_on"),
        _text("deletion_certificate_sha256", True),
        _to("contract_id", "contract.id", True, unique=True),
        _ck("two_parties", "owner_id <> licensee_id"),
        _ck("converted", "(state = 'converted') = (contract_id IS NOT NULL)"),
        _ck("term", "ends_on IS NULL OR ends_on > starts_on"),
        _ck("began", "state NOT IN ('trial', 'converted', 'returned', 'expired') OR starts_on IS NOT NULL"),
        _ck("price_agreed", "state NOT IN ('agreed', 'publicity', 'trial') OR price_base IS NOT NULL"),
    )
    under_way = "state IN ('intent', 'nda_signed', 'agreed', 'publicity', 'trial')"
    _index("trial", "pool_entry_id", "licensee_id", where=under_way, unique="uq_trial_one_under_way")
    _index("trial", "owner_id")
    _index("trial", "licensee_id")
    _index("trial", "ends_on", where="state = 'trial'")
    grant(op, "trial", web="SELECT, INSERT, UPDATE", worker="SELECT, INSERT, UPDATE", read="SELECT")
    enable_row_policies(op, "trial", full=("worker", "read"))
    row_policy(op, "trial", using=f"owner_id = {ACTOR} OR licensee_id = {ACTOR} OR {IN_EXCHANGE}")
    op.execute(TRIALS_BY_STATE)
    op.create_table(
        "trial_report",
        _id(),
        _to("trial_id", "trial.id"),
        _int("seq"),
        _text("text"),
        _fen("measured_gain", True),
        _to("reported_by", "person.id"),
        _at("reported_at"),
        sa.UniqueConstraint("trial_id", "seq"),
    )
    append_only(op, "trial_report")
    grant(op, "trial_report", read="SELECT")
    enable_row_policies(op, "trial_report", full=("worker", "read"))
    row_policy(op, "trial_report", using="EXISTS (SELECT FROM trial t WHERE t.id = trial_report.trial_id)")


def _statistics() -> None:
    op.create_table(
        "statistics_code",
        sa.Column("code_table", sa.Text(), primary_key=True),
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("valid_from", sa.Date(), primary_key=True),
        _day("valid_to"),
        _text("parent", True),
        _text("name_zh"),
        _text("name_en"),
        _text("source_version"),
        _ck("period", "valid_to IS NULL OR valid_to > valid_from"),
    )
    op.create_table(
        "statistics_fact",
        _id(),
        _id("contract_id", True),
        _text("source"),
        _text("registration_number"),
        _day("counted_on", False),
        sa.Column("contracts", sa.SmallInteger(), nullable=False),
        _fen("contract_value"),
        _fen("technology_value"),
        *(_text(name) for name in ["contract_type", "tech_field", "ip_kind", "plan_source", "mode", "basis"]),
        sa.Column("related_party", sa.Boolean(), nullable=False),
        *(_text(f"{side}_{name}") for name in ("unit", "region", "party_type") for side in ("seller", "buyer")),
        _at("written_at"),
        _ck("contracts", "contracts IN (-1, 1)"),
        _ck("contract_value_sign", "contract_value * contracts > 0"),
        _ck("technology_value_sign", "technology_value * contracts >= 0"),
        _ck("technology_within_contract", "abs(technology_value) <= abs(contract_value)"),
        _ck("source", "source IN ('platform', 'external')"),
        _ck("platform_contract", "contract_id IS NOT NULL OR source = 'external'"),
    )
    _index("statistics_fact", "contract_id")
    _index("statistics_fact", "counted_on")
    # Facts carry no names but credit codes; what leaves the house are cells, and what the public sees of them is ruled.
    append_only(op, "statistics_fact")
    grant(op, "statistics_fact", read="SELECT")
    for role in ("web", "worker", "read"):
        op.execute(f"GRANT SELECT ON statistics_code TO market_{role}")
    _seed_codes()


def _seed_codes() -> None:
    text = files("contracts.statistics").joinpath("data/codes_01.csv").read_text("utf-8")
    rows = [{name: value or None for name, value in row.items()} for row in csv.DictReader(text.splitlines())]
    op.get_bind().execute(
        sa.text(
            """INSERT INTO statistics_code
                 (code_table, code, parent, name_zh, name_en, valid_from, valid_to, source_version)
               VALUES (:code_table, :code, :parent, :name_zh, :name_en,
                       cast(:valid_from AS date), cast(:valid_to AS date), :source_version)"""
        ),
        rows,
    )
