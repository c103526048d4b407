"""What the database itself keeps secret: reserves, who bids, and the past of a book."""

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import ProgrammingError

from auctions import commands
from auctions.errors import NoReserve
from auctions.reserves import commitment
from auctions.tables import Award, BookLine, Confirmation, Lot, LotBar, LotReserve, Registration
from kernel.errors import MissingRole, NotFound
from kernel.money import Money
from kernel.tables import AuditRow
from tests.support.auction_room import AuctionRoom

WAN = Money.wan
APPEND_ONLY = (BookLine, Award, Confirmation, LotBar, LotReserve)
CANARY = Money(77_777_713)


@pytest.fixture
def room(db):
    return AuctionRoom(db)


def rows_seen(room, actor, table):
    with room.acting(actor) as session:
        return session.execute(select(table)).scalars().all()


def test_before_the_sale_only_the_seller_reads_the_reserve__auction_law_28(room):
    seller = room.seller()
    lot = room.announce(seller, reserve=CANARY)

    assert [row.reserve for row in rows_seen(room, seller, LotReserve)] == [CANARY]
    for curious in (
        None,
        room.staff("operator", "admin"),
        room.staff("auctioneer"),
        room.actor("buyer"),
        room.seller(),
    ):
        assert rows_seen(room, curious, LotReserve) == []
    assert str(CANARY.fen) not in str(vars(room.lot(lot.id)))


@pytest.mark.parametrize("role", ["read", "desk"])
def test_other_roles_of_the_database_may_not_touch_reserves_and_bidders(room, role):
    room.announce(reserve=CANARY)

    for table in ("lot_reserve", "lot_registration", "lot_bar"):
        with pytest.raises(ProgrammingError, match="permission denied"), room.db.session(role) as session:
            session.execute(text(f"SELECT * FROM {table}"))


def test_a_reserve_leaves_no_trace_in_audit_rows_or_events(room):
    room.announce(reserve=CANARY)

    with room.db.session("owner") as session:
        for table in ("audit_entry", "event", "lot"):
            everything = session.execute(text(f"SELECT row_to_json(t)::text FROM {table} t")).scalars().all()
            assert everything
            assert not [row for row in everything if str(CANARY.fen) in row]


def test_every_reading_of_the_reserve_is_on_record(room):
    seller = room.seller()
    lot = room.announce(seller, reserve=CANARY)

    with room.acting(seller) as session:
        opened = commands.read_reserve(session, lot_id=lot.id, actor=seller, now=room.now())

    assert commitment(lot.id, opened.reserve, opened.salt) == lot.reserve_commitment
    with room.db.session("owner") as session:
        readings = select(AuditRow.person_id).where(AuditRow.action == "lot.read-reserve")
        assert session.execute(readings).scalars().all() == [seller.person_id]


def test_nobody_else_reads_the_reserve_by_command(room):
    lot = room.announce(reserve=CANARY)
    rival, operator = room.seller(), room.staff("operator")

    with room.acting(rival) as session, pytest.raises(NotFound):
        commands.read_reserve(session, lot_id=lot.id, actor=rival, now=room.now())
    with room.acting(operator) as session, pytest.raises(MissingRole):
        commands.read_reserve(session, lot_id=lot.id, actor=operator, now=room.now())


def test_a_lot_without_reserve_says_so_to_its_seller__auction_law_50(room):
    seller = room.seller()
    lot = room.announce(seller)

    with room.acting(seller) as session, pytest.raises(NoReserve):
        commands.read_reserve(session, lot_id=lot.id, actor=seller, now=room.now())


def test_bidders_are_numbers_to_everybody_but_themselves_and_the_exchange(room):
    seller = room.seller()
    lot = room.announce(seller)
    first, second = room.bidder(lot), room.bidder(lot)

    assert [row.organisation_id for row in rows_seen(room, first, Registration)] == [first.organisation_id]
    assert [row.organisation_id for row in rows_seen(room, second, Registration)] == [second.organisation_id]
    for stranger in (None, seller, room.actor("buyer")):
        assert rows_seen(room, stranger, Registration) == []
    assert len(rows_seen(room, room.staff("finance"), Registration)) == 2


def test_after_the_close_the_seller_learns_who_won_and_nobody_else__auction_law_21(room):
    seller = room.seller()
    lot = room.announce(seller)
    winner, loser = room.bidder(lot), room.bidder(lot)
    room.move_to(lot.opens_at)
    room.bid(lot, loser, WAN(20))
    room.bid(lot, winner, WAN(21))
    room.move_to(lot.ends_at)
    room.close_due()

    assert [row.organisation_id for row in rows_seen(room, seller, Registration)] == [winner.organisation_id]
    assert [row.organisation_id for row in rows_seen(room, loser, Registration)] == [loser.organisation_id]


def test_nobody_registers_in_the_name_of_another(room):
    lot = room.announce()
    bidder, victim = room.bidder(lot), room.actor("buyer")
    with room.acting(bidder) as session:
        mine = session.execute(select(Registration)).scalar_one()
    forged = {column.key: getattr(mine, column.key) for column in Registration.__table__.columns}
    forged |= {"id": victim.person_id, "organisation_id": victim.organisation_id, "number": 9, "bank_reference": "X"}

    with pytest.raises(ProgrammingError, match="row-level security"), room.acting(bidder) as session:
        session.execute(insert(Registration), [forged])


def test_a_bidder_cannot_mark_its_own_deposit_paid(room):
    lot = room.announce()
    bidder = room.bidder(lot, paid=False)

    with room.acting(bidder) as session:
        changed = session.execute(update(Registration).values(deposit_state="waived"))

    assert changed.rowcount == 0


@pytest.mark.parametrize("role", ["web", "worker", "desk", "read"])
def test_no_role_of_the_application_may_change_the_past(room, role):
    with room.db.session("owner") as session:
        for table in APPEND_ONLY:
            for right in ("UPDATE", "DELETE", "TRUNCATE"):
                held = session.execute(
                    text("SELECT has_any_column_privilege(:role, :table, :right)")
                    if right == "UPDATE"
                    else text("SELECT has_table_privilege(:role, :table, :right)"),
                    {"role": f"market_{role}", "table": table.__tablename__, "right": right},
                ).scalar_one()
                assert not held, f"{role} may {right} {table.__tablename__}"


@pytest.mark.parametrize("column", ["start", "step", "deposit", "rules", "seller_id", "opens_at", "planned_end"])
def test_terms_cannot_be_changed_after_the_announcement(room, column):
    room.announce()

    for role in ("web", "worker"):
        with pytest.raises(ProgrammingError, match="permission denied"), room.db.session(role) as session:
            session.execute(text(f"UPDATE lot SET {column} = {column}"))


def test_a_lot_row_never_names_a_bidder(room):
    lot = room.announce()
    bidder = room.bidder(lot)
    room.move_to(lot.opens_at)
    room.bid(lot, bidder, WAN(20))

    with room.db.session("owner") as session:
        for table in (Lot, BookLine):
            rows = session.execute(text(f"SELECT row_to_json(t)::text FROM {table.__tablename__} t")).scalars().all()
            assert rows and not [row for row in rows if str(bidder.organisation_id) in row]
