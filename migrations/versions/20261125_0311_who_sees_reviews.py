"""Who sees what of the review desk, what it tells the exchange, its rule, and the parts taken over from before it."""

from alembic import op

from kernel.db.rls import enable_row_policies, grant, row_policy
from kernel.db.seeds import SeedRule, seed_rules, unseed_rules

revision = "valuation_02_seen"
down_revision = "valuation_02"
branch_labels = None
depends_on = None

RULES = [
    SeedRule(
        "valuation.reviewing",
        {
            "human_decision_working_days": 10,
            "anchoring_pairs_min": 20,
            "report_units_min": 3,
            "sources": {
                "human_decision_working_days": "个人信息保护法 arts 24, 50 give a right and no number of days; "
                "GB/T 35273-2020 8.7 asks for an answer within thirty days (memory): ten working days stay within it",
                "anchoring_pairs_min": "below twenty first judgements in a group a median says little; counted and not told",
                "report_units_min": "统计法 art 25: nothing that identifies a single unit; as for the public statistics",
            },
        },
        "days, pairs, organisations",
        "个人信息保护法 arts 24, 50; 浙政办发〔2025〕27号 item 13; sources by member in the document",
        confidence="design",
    )
]

ACTOR = "market_actor_organisation()"
PERSON = "market_actor_person()"
STAFF = "(SELECT market_actor_in_exchange())"
TABLES = (
    "realised_price",
    "human_decision",
    "third_party_review",
    "review_invitation",
    "valuation_review",
    "price_sight",
    "valuation_part",
)

SEEN_BEFORE = f"""owner_id = {ACTOR} OR EXISTS (SELECT FROM valuation_view v
    WHERE v.valuation_id = valuation.id AND v.person_id = {PERSON})"""
SEEN_NOW = f"""{SEEN_BEFORE} OR EXISTS (SELECT FROM review_invitation i
    WHERE i.valuation_id = valuation.id AND i.organisation_id = {ACTOR} AND i.withdrawn_at IS NULL)"""

# The owner does not see who works for the organisation it invites. It is told yes or no, and no name.
COMPLETER_IN = """
CREATE FUNCTION valuation_completer_in(which uuid, in_organisation uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$ SELECT EXISTS (
  SELECT FROM valuation_part p JOIN membership m ON m.person_id = p.person_id AND m.ended_at IS NULL
   WHERE p.valuation_id = which AND p.capacity = 'completer' AND m.organisation_id = in_organisation) $$"""

# An auctioneer announces a lot whose estimate he may not see; whether its benchmark was signed off must be known there.
SIGN_OFF = """
CREATE FUNCTION valuation_sign_off(which uuid) RETURNS SETOF valuation_review
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$ SELECT r.* FROM valuation_review r
       WHERE r.valuation_id = which AND r.verdict IN ('accept', 'override')
         AND (r.owner_id = market_actor_organisation() OR market_actor_in_exchange())
       ORDER BY r.ordinal DESC LIMIT 1 $$"""
THIRD_PARTIES = """
CREATE FUNCTION valuation_third_parties(which uuid) RETURNS SETOF third_party_review
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$ SELECT r.* FROM third_party_review r
       WHERE r.valuation_id = which
         AND (r.owner_id = market_actor_organisation() OR market_actor_in_exchange())
       ORDER BY r.reviewed_at, r.id $$"""

# One price a valuation: the first arm's-length contract that followed it.
COMPARED = """
CREATE VIEW valuation_compared WITH (security_invoker = true) AS
SELECT v.id, v.owner_id, v.subject ->> 'kind' AS kind, v.subject ->> 'trade' AS trade, v.valued_at,
       v.price AS model_price, v.low AS model_low, v.high AS model_high,
       h.price AS human_price, h.low AS human_low, h.high AS human_high, z.price AS realised
  FROM valuation v
  LEFT JOIN LATERAL (
    SELECT r.price, r.low, r.high FROM valuation_review r
     WHERE r.valuation_id = v.id AND r.verdict IN ('accept', 'override') ORDER BY r.ordinal DESC LIMIT 1) h ON true
  LEFT JOIN LATERAL (
    SELECT p.price FROM realised_price p
     WHERE p.valuation_id = v.id AND p.arms_length ORDER BY p.agreed_on, p.contract_id LIMIT 1) z ON true
 WHERE h.price IS NOT NULL OR h.low IS NOT NULL OR z.price IS NOT NULL"""

# A person's first judgement of a valuation that had a price.
JUDGED = """
CREATE VIEW valuation_judged WITH (security_invoker = true) AS
SELECT DISTINCT ON (r.valuation_id, r.reviewer_id)
       r.valuation_id, r.owner_id, r.reviewer_id, r.price AS human_price, r.low AS human_low, r.high AS human_high,
       r.model_price, r.shown_before, r.reviewed_at, z.price AS realised
  FROM valuation_review r
  LEFT JOIN LATERAL (
    SELECT p.price FROM realised_price p
     WHERE p.valuation_id = r.valuation_id AND p.arms_length ORDER BY p.agreed_on, p.contract_id LIMIT 1) z ON true
 WHERE r.model_price IS NOT NULL
 ORDER BY r.valuation_id, r.reviewer_id, r.ordinal"""


def _for_the_exchange(view: str) -> str:
    """The same rows for the exchange's staff, and for the worker behind the command line; for nobody else any."""
    return f"""
CREATE FUNCTION {view}_all() RETURNS SETOF {view}
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
AS $$ SELECT * FROM {view} WHERE market_actor_in_exchange() OR current_setting('role') = 'market_worker' $$"""


FUNCTIONS = (
    "valuation_completer_in(uuid, uuid)",
    "valuation_sign_off(uuid)",
    "valuation_third_parties(uuid)",
    "valuation_compared_all()",
    "valuation_judged_all()",
)


def upgrade() -> None:
    for statement in (COMPLETER_IN, SIGN_OFF, THIRD_PARTIES, COMPARED, JUDGED):
        op.execute(statement)
    for view in ("valuation_compared", "valuation_judged"):
        op.execute(_for_the_exchange(view))
        grant(op, view, web="SELECT", worker="SELECT")
    for function in FUNCTIONS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO market_web, market_worker")
    _policies()
    _take_parts_over()
    seed_rules(op, RULES)


def downgrade() -> None:
    unseed_rules(op, RULES)
    _see_valuations(SEEN_BEFORE)
    _drop_policies()
    for view in ("valuation_compared", "valuation_judged"):
        op.execute(f"DROP FUNCTION {view}_all()")
        op.execute(f"DROP VIEW {view}")
    for function in FUNCTIONS[:3]:
        op.execute(f"DROP FUNCTION {function}")


def _drop_policies() -> None:
    """A policy that reads another table stands in the way of dropping it: all go before the tables do."""
    for table in TABLES:
        found = op.get_bind().exec_driver_sql("SELECT policyname FROM pg_policies WHERE tablename = %s", (table,))
        for (name,) in found.all():
            op.execute(f'DROP POLICY "{name}" ON "{table}"')
        op.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')


def _policies() -> None:
    for table in TABLES:
        enable_row_policies(op, table)
    visible = "EXISTS (SELECT FROM valuation v WHERE v.id = {table}.valuation_id)"
    owner_or_invited = f"{ACTOR} IN (owner_id, organisation_id)"
    mine = f"person_id = {PERSON}"

    row_policy(
        op, "valuation_part", name="see", command="SELECT", using=f"{mine} OR valuation_may_be_given(valuation_id)"
    )
    row_policy(op, "valuation_part", name="give", command="INSERT", using="valuation_may_be_given(valuation_id)")
    row_policy(op, "price_sight", name="see", command="SELECT", using=mine)
    row_policy(op, "price_sight", name="add", command="INSERT", using=mine)

    seen = visible.format(table="valuation_review")
    by_me = f"reviewer_id = {PERSON} AND organisation_id = {ACTOR} AND {seen}"
    row_policy(op, "valuation_review", name="see", command="SELECT", using=seen)
    row_policy(op, "valuation_review", name="write", command="INSERT", using=by_me)

    row_policy(op, "review_invitation", name="see", command="SELECT", using=owner_or_invited)
    row_policy(op, "review_invitation", name="update", command="UPDATE", using=owner_or_invited)
    inviting = f"owner_id = {ACTOR} AND valuation_may_be_given(valuation_id)"
    row_policy(op, "review_invitation", name="invite", command="INSERT", using=inviting)

    seen = visible.format(table="third_party_review")
    invited = f"""signed_by = {PERSON} AND organisation_id = {ACTOR} AND EXISTS (SELECT FROM review_invitation i
        WHERE i.id = third_party_review.invitation_id AND i.valuation_id = third_party_review.valuation_id
          AND i.organisation_id = {ACTOR} AND i.withdrawn_at IS NULL)"""
    row_policy(op, "third_party_review", name="see", command="SELECT", using=seen)
    row_policy(op, "third_party_review", name="sign", command="INSERT", using=invited)

    seen = visible.format(table="human_decision")
    row_policy(op, "human_decision", name="see", command="SELECT", using=seen)
    row_policy(op, "human_decision", name="move", command="UPDATE", using=seen)
    row_policy(op, "human_decision", name="ask", command="INSERT", using=f"owner_id = {ACTOR} AND asked_by = {PERSON}")

    engaged = f"""EXISTS (SELECT FROM valuation_part p JOIN valuation v ON v.id = p.valuation_id
        WHERE v.result_id = realised_price.result_id AND p.person_id = {PERSON}
          AND p.capacity = 'engaged' AND p.organisation_id = {ACTOR})"""
    row_policy(op, "realised_price", name="see", command="SELECT", using=f"owner_id = {ACTOR} OR {engaged}")
    _see_valuations(SEEN_NOW)


def _see_valuations(using: str) -> None:
    op.execute('DROP POLICY "valuation_web_see" ON valuation')
    row_policy(op, "valuation", name="see", command="SELECT", using=using)


def _take_parts_over() -> None:
    """Whoever was engaged, or had completed a result, before this migration has his part in the valuations made since."""
    op.execute(
        """INSERT INTO valuation_part (id, valuation_id, person_id, capacity, organisation_id, since)
           SELECT gen_random_uuid(), v.id, g.person_id, 'engaged', g.organisation_id, g.granted_at
             FROM valuation v JOIN result_grant g ON g.result_id = v.result_id
           UNION ALL
           SELECT DISTINCT ON (v.id, c.person_id) gen_random_uuid(), v.id, c.person_id, 'completer', NULL::uuid, v.valued_at
             FROM valuation v JOIN result_completer c ON c.result_id = v.result_id WHERE c.person_id IS NOT NULL"""
    )
