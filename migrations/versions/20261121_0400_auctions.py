"""Auctions: lots with their rules, reserves, bidders, bid books, awards and confirmations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from kernel.db.rls import append_only, enable_row_policies, grant, row_policy
from kernel.db.seeds import SeedRule, seed_rules, unseed_rules

revision = "auctions_01"
down_revision = "valuation_01"
branch_labels = None
depends_on = None

_COMMON = {
    "format": "english",
    "instant": "receipt",
    "exhibition_days": 2,
    "notice_days": 7,
    "window_seconds": 300,
    "extension_seconds": 300,
    "extensions_max": None,
    "overtime_minutes_max": None,
    "deposit_bp_max": 2000,
    "leader_may_raise": "with_reserve",
    "registration_until": "end",
}
_COMMON_SOURCES = {
    "window_seconds": "法释〔2016〕18号 art 20, taken over as the default",
    "extension_seconds": "法释〔2016〕18号 art 20, taken over as the default",
    "instant": "法释〔2016〕18号 art 20",
    "deposit_bp_max": "法释〔2016〕18号 art 17, taken over as the default",
    "leader_may_raise": "拍卖法 art 36: a bid stands until a higher one; a lone bidder may have to raise to a hidden reserve",
}
RULES = [
    SeedRule(
        "auction.session.auction_law",
        {
            **_COMMON,
            "legal_basis": "auction_law",
            "open_minutes_min": 1,
            "sources": {**_COMMON_SOURCES, "notice_days": "拍卖法 art 45", "exhibition_days": "拍卖法 art 48"},
        },
        "rules of a session",
        "拍卖法 (2015); sources by member in the document",
        confidence="verified",
    ),
    SeedRule(
        "auction.session.exchange_bidding",
        {
            **_COMMON,
            "legal_basis": "exchange_bidding",
            "open_minutes_min": 10,
            "sources": {
                **_COMMON_SOURCES,
                "notice_days": "platform rule, after 拍卖法 art 45",
                "exhibition_days": "platform rule, after 拍卖法 art 48",
                "open_minutes_min": "platform rule: two extension windows; 法释〔2016〕18号 art 20 advises 24 hours",
            },
        },
        "rules of a session",
        "platform rule for online bidding; sources by member in the document",
        confidence="design",
    ),
]

LOT_STATES = (
    "announced",
    "open",
    "extended",
    "suspended",
    "closed",
    "sold",
    "below_reserve",
    "no_bids",
    "confirmed",
    "defaulted",
    "withdrawn",
    "cancelled",
)
DEPOSIT_STATES = ("required", "waived", "paid", "locked", "released", "applied", "forfeited")
ENTRY_KINDS = ("opened", "bid", "refusal", "suspended", "resumed", "closed")
# Terms and rules are copied once: no role of a process may change them after the announcement.
CHANGING = (
    "state, ends_at, hard_end, last_at, suspended_at, public_reason, bidders, entries, bids, extensions, highest, leader,"
    " book_range"
)
DEPOSIT_COLUMNS = "deposit_state, deposit_paid_at, bank_reference"

ACTOR = "market_actor_organisation()"
IN_EXCHANGE = "(SELECT market_actor_in_exchange())"
# The seller learns who won, after the close, and nothing about the others (拍卖法 art 21).
SELLER_OF_WINNER = f"""EXISTS (SELECT FROM lot_award a JOIN lot l ON l.id = a.lot_id
    WHERE a.lot_id = lot_registration.lot_id AND a.winner = lot_registration.number AND l.seller_id = {ACTOR})"""
# The reserve is the seller's secret until the lot is sold (拍卖法 art 28); operators and administrators are nobody here.
SELLER_OR_SOLD = f"""EXISTS (SELECT FROM lot l WHERE l.id = lot_reserve.lot_id
    AND (l.seller_id = {ACTOR} OR l.state IN ('sold', 'confirmed', 'defaulted')))"""


def _checked(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _lot()
    _reserve_and_bars()
    _registrations()
    _book()
    _awards()
    seed_rules(op, RULES)


def _lot() -> None:
    op.create_table(
        "lot",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("legal_basis", _checked("legal_basis", ("auction_law", "exchange_bidding")), nullable=False),
        sa.Column("state", _checked("state", LOT_STATES), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("deposit", sa.BigInteger(), nullable=False),
        sa.Column("reserve_commitment", sa.Text()),
        _instant("opens_at"),
        _instant("planned_end"),
        _instant("ends_at"),
        _instant("hard_end", nullable=True),
        _instant("exhibition_from"),
        _instant("exhibition_until"),
        sa.Column("defects_disclosed", sa.Text(), nullable=False),
        sa.Column("rules", JSONB(), nullable=False),
        _instant("announced_at"),
        _instant("last_at"),
        _instant("suspended_at", nullable=True),
        sa.Column("public_reason", sa.Text()),
        sa.Column("bidders", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("bids", sa.Integer(), nullable=False),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("highest", sa.BigInteger()),
        sa.Column("leader", sa.Integer()),
        sa.Column("book_range", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("id", "start"),
        sa.CheckConstraint("start > 0 AND step > 0 AND deposit >= 0", name="amounts"),
        sa.CheckConstraint("opens_at < planned_end AND planned_end <= ends_at", name="end_never_moves_back"),
        sa.CheckConstraint("hard_end IS NULL OR ends_at <= hard_end", name="hard_end"),
        sa.CheckConstraint("highest >= start", name="highest"),
        sa.CheckConstraint("(bids = 0) = (highest IS NULL) AND (bids = 0) = (leader IS NULL)", name="leader"),
        sa.CheckConstraint("(state = 'suspended') = (suspended_at IS NOT NULL)", name="suspended_at"),
        sa.CheckConstraint("bids >= 0 AND extensions >= 0 AND bidders >= 0 AND entries >= bids", name="counts"),
    )
    op.create_index("ix_lot_seller_id", "lot", ["seller_id"])
    running = sa.text("state IN ('announced', 'open', 'extended', 'suspended')")
    op.create_index("uq_lot_subject_id_running", "lot", ["subject_id"], unique=True, postgresql_where=running)
    ticking = sa.text("state IN ('announced', 'open', 'extended')")
    op.create_index("ix_lot_due", "lot", ["ends_at"], postgresql_where=ticking)
    grant(
        op,
        "lot",
        web=f"SELECT, INSERT, UPDATE ({CHANGING}, reserve_commitment)",
        worker=f"SELECT, UPDATE ({CHANGING})",
        read="SELECT",
    )


def _reserve_and_bars() -> None:
    op.create_table(
        "lot_reserve",
        sa.Column("lot_id", sa.Uuid(), primary_key=True),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("reserve", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lot_id", "start"], ["lot.id", "lot.start"]),
        sa.CheckConstraint("reserve >= start", name="not_below_start"),
    )
    append_only(op, "lot_reserve", "web")
    grant(op, "lot_reserve", worker="SELECT")
    enable_row_policies(op, "lot_reserve")
    row_policy(op, "lot_reserve", name="seller_or_sold", command="SELECT", using=SELLER_OR_SOLD)
    row_policy(op, "lot_reserve", name="lodge", command="INSERT", using="true")
    op.create_table(
        "lot_bar",
        sa.Column("lot_id", sa.Uuid(), sa.ForeignKey("lot.id"), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), primary_key=True),
    )
    append_only(op, "lot_bar", "web")
    grant(op, "lot_bar", worker="SELECT")
    enable_row_policies(op, "lot_bar")
    row_policy(op, "lot_bar", command="SELECT", using=f"organisation_id = {ACTOR} OR {IN_EXCHANGE}")
    row_policy(op, "lot_bar", name="announce", command="INSERT", using="true")


def _registrations() -> None:
    op.create_table(
        "lot_registration",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("lot_id", sa.Uuid(), sa.ForeignKey("lot.id"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("conflicts", sa.Text(), nullable=False),
        _instant("registered_at"),
        sa.Column("registered_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("deposit", sa.BigInteger(), nullable=False),
        sa.Column("deposit_state", _checked("deposit_state", DEPOSIT_STATES), nullable=False),
        _instant("deposit_paid_at", nullable=True),
        sa.Column("bank_reference", sa.Text(), unique=True),
        sa.UniqueConstraint("lot_id", "organisation_id"),
        sa.UniqueConstraint("lot_id", "number"),
        sa.CheckConstraint("number > 0", name="number"),
        sa.CheckConstraint("deposit >= 0", name="deposit"),
        sa.CheckConstraint(
            "(deposit_state IN ('required', 'waived')) = (deposit_paid_at IS NULL)", name="deposit_paid_at"
        ),
        sa.CheckConstraint("(deposit_paid_at IS NULL) = (bank_reference IS NULL)", name="bank_reference_of_payment"),
    )
    op.create_index("ix_lot_registration_organisation_id", "lot_registration", ["organisation_id"])
    grant(
        op,
        "lot_registration",
        web=f"SELECT, INSERT, UPDATE ({DEPOSIT_COLUMNS})",
        # The worker carries over those who have qualified before, in the room above.
        worker=f"SELECT, INSERT, UPDATE ({DEPOSIT_COLUMNS})",
    )
    enable_row_policies(op, "lot_registration")


def _book() -> None:
    op.create_table(
        "bid_book",
        sa.Column("lot_id", sa.Uuid(), sa.ForeignKey("lot.id"), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kind", _checked("kind", ENTRY_KINDS), nullable=False),
        _instant("at"),
        _instant("ends_at"),
        sa.Column("bidder", sa.Integer()),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("reason", sa.Text()),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["lot_id", "bidder"], ["lot_registration.lot_id", "lot_registration.number"]),
        sa.CheckConstraint("seq > 0", name="seq"),
        sa.CheckConstraint(
            "CASE WHEN kind IN ('bid', 'refusal') THEN num_nonnulls(bidder, amount) = 2"
            " ELSE num_nonnulls(bidder, amount) = 0 END",
            name="bidder_and_amount",
        ),
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.CheckConstraint("kind <> 'bid' OR at < ends_at", name="bid_before_the_end"),
        sa.CheckConstraint("octet_length(leaf) = 32", name="leaf"),
    )
    append_only(op, "bid_book", "web", "worker")
    grant(op, "bid_book", read="SELECT")


def _awards() -> None:
    op.create_table(
        "lot_award",
        sa.Column("lot_id", sa.Uuid(), sa.ForeignKey("lot.id"), primary_key=True),
        sa.Column("winning_seq", sa.Integer(), nullable=False),
        sa.Column("winner", sa.Integer(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        _instant("awarded_at"),
        sa.ForeignKeyConstraint(["lot_id", "winning_seq"], ["bid_book.lot_id", "bid_book.seq"]),
        sa.ForeignKeyConstraint(["lot_id", "winner"], ["lot_registration.lot_id", "lot_registration.number"]),
        sa.CheckConstraint("price > 0", name="price"),
    )
    append_only(op, "lot_award", "worker")
    grant(op, "lot_award", web="SELECT", read="SELECT")
    op.create_table(
        "lot_confirmation",
        sa.Column("lot_id", sa.Uuid(), sa.ForeignKey("lot_award.lot_id"), primary_key=True),
        sa.Column("serial", sa.Integer(), sa.Identity(always=True), nullable=False, unique=True),
        sa.Column("minutes", sa.Text(), nullable=False),
        _instant("confirmed_at"),
        sa.Column("confirmed_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
    )
    append_only(op, "lot_confirmation", "web")
    grant(op, "lot_confirmation", worker="SELECT")
    # After the awards, which one of the policies looks at.
    visible = f"organisation_id = {ACTOR} OR {IN_EXCHANGE} OR {SELLER_OF_WINNER}"
    row_policy(op, "lot_registration", name="see", command="SELECT", using=visible)
    row_policy(op, "lot_registration", name="register", command="INSERT", using=f"organisation_id = {ACTOR}")
    row_policy(op, "lot_registration", name="deposit", command="UPDATE", using=IN_EXCHANGE)


def downgrade() -> None:
    unseed_rules(op, RULES)
    op.drop_table("lot_confirmation")
    op.execute('DROP POLICY "lot_registration_web_see" ON lot_registration')
    for table in ("lot_award", "bid_book", "lot_registration", "lot_bar", "lot_reserve", "lot"):
        op.drop_table(table)
