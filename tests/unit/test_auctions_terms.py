"""What the law asks of a lot before it is announced, who may bid, and the documents of the rules."""

from datetime import UTC, datetime, timedelta

import pytest

from auctions.admission import Candidate, admit
from auctions.book import EntryKind, Line, as_entry, leaf_bytes, leaf_hash
from auctions.closing import Attempt, Resumed, Suspended
from auctions.errors import (
    AffiliateBarred,
    BiddingTooShort,
    DefectsNotDisclosed,
    DepositTooHigh,
    ExhibitionTooShort,
    NotAnAuctionHouse,
    NoticeTooShort,
    OwnLot,
    ReserveBelowStart,
    StaffCannotBid,
)
from auctions.phases import phase
from auctions.reserves import commitment
from auctions.rules import LegalBasis, read
from auctions.states import LotState
from auctions.terms import LotTerms, check, earliest_opening
from kernel.ids import LotId, OrganisationId, new_id
from kernel.money import Money
from tests.support.lots import ENDS, OPENS, session_document, session_rules

ANNOUNCED = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai
EARLIEST = datetime(2026, 11, 28, 16, 0, tzinfo=UTC)  # midnight between 28 and 29 November there
HOUR = timedelta(hours=1)
LOT = LotId(new_id())


def terms(**changes):
    facts = {
        "subject_id": new_id(),
        "seller_id": OrganisationId(new_id()),
        "title": "一种微生物肥料的制备方法",
        "legal_basis": LegalBasis.EXCHANGE_BIDDING,
        "start": Money.wan(20),
        "reserve": None,
        "step": Money.wan(1),
        "deposit": Money.wan(2),
        "opens_at": EARLIEST,
        "ends_at": EARLIEST + 24 * HOUR,
        "defects_disclosed": "未发现权利瑕疵",
    }
    return LotTerms(**facts | changes)


def announce(lot_terms, *, by_auction_house=False, **rules):
    check(lot_terms, session_rules(**rules), announced_at=ANNOUNCED, by_auction_house=by_auction_house)


def test_fair_terms_may_be_announced():
    announce(terms(reserve=Money.wan(25)))


def test_the_notice_runs_seven_whole_days_without_its_own_day_and_the_day_of_the_auction__auction_law_45():
    assert earliest_opening(session_rules(), ANNOUNCED) == EARLIEST

    with pytest.raises(NoticeTooShort) as refusal:
        announce(terms(opens_at=EARLIEST - timedelta(microseconds=1)))

    assert refusal.value.earliest == EARLIEST
    assert refusal.value.article == "拍卖法 art 45"


def test_the_notice_is_as_long_as_the_rules_of_the_session_say():
    announce(terms(opens_at=ANNOUNCED + 72 * HOUR, ends_at=ANNOUNCED + 80 * HOUR), notice_days=2)


def test_the_lot_is_shown_two_days__auction_law_48():
    opening = {"opens_at": EARLIEST, "exhibition_from": EARLIEST - 48 * HOUR}
    announce(terms(**opening, exhibition_until=EARLIEST))

    with pytest.raises(ExhibitionTooShort):
        announce(terms(**opening, exhibition_until=EARLIEST - HOUR))


def test_the_exhibition_is_before_the_auction__auction_law_48():
    with pytest.raises(ExhibitionTooShort):
        announce(terms(exhibition_until=EARLIEST + HOUR))


def test_an_exhibition_before_the_announcement_does_not_count():
    early = terms(exhibition_from=ANNOUNCED - 48 * HOUR, exhibition_until=ANNOUNCED + HOUR)

    with pytest.raises(ExhibitionTooShort):
        announce(early)


def test_defects_are_disclosed_or_said_to_be_none__auction_law_18_27():
    with pytest.raises(DefectsNotDisclosed):
        announce(terms(defects_disclosed="  "))


def test_only_an_auction_enterprise_holds_an_auction_under_the_auction_law__auction_law_10():
    under_the_law = terms(legal_basis=LegalBasis.AUCTION_LAW)

    with pytest.raises(NotAnAuctionHouse):
        announce(under_the_law)
    announce(under_the_law, by_auction_house=True)


def test_a_reserve_below_the_start_price_is_refused():
    with pytest.raises(ReserveBelowStart):
        announce(terms(reserve=Money.wan("19.99")))


def test_the_deposit_is_at_most_a_fifth_of_the_start_price__fashi_2016_18_art_17():
    announce(terms(deposit=Money.wan(4)))

    with pytest.raises(DepositTooHigh) as refusal:
        announce(terms(deposit=Money.wan(4) + Money(1)))

    assert refusal.value.maximum == Money.wan(4)


def test_bidding_stays_open_as_long_as_the_rules_ask_and_ends_after_it_begins():
    with pytest.raises(BiddingTooShort):
        announce(terms(ends_at=EARLIEST + timedelta(minutes=9)))
    with pytest.raises(BiddingTooShort):
        announce(terms(ends_at=EARLIEST - HOUR), open_minutes_min=0)


@pytest.mark.parametrize("nonsense", [{"step": Money(0)}, {"start": Money(-1)}, {"deposit": Money(-1)}])
def test_amounts_that_make_no_sense_are_no_terms(nonsense):
    with pytest.raises(ValueError, match="more than nothing"):
        terms(**nonsense)


def test_instants_without_a_zone_are_no_terms():
    with pytest.raises(ValueError, match="zone"):
        terms(opens_at=datetime(2026, 12, 1))  # noqa: DTZ001  # an instant without a zone is the point


SELLER, BUYER = OrganisationId(new_id()), OrganisationId(new_id())


def candidate(**facts):
    known = {"organisation_id": BUYER, "is_staff": False, "affiliated": False, "barred": False}
    return Candidate(**known | facts)


def test_a_stranger_to_the_seller_may_bid():
    admit(candidate(), seller_id=SELLER)


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        pytest.param({"organisation_id": SELLER, "affiliated": True}, OwnLot, id="seller__auction_law_30"),
        pytest.param({"is_staff": True}, StaffCannotBid, id="staff__auction_law_22"),
        pytest.param({"affiliated": True}, AffiliateBarred, id="affiliate"),
        pytest.param({"barred": True}, AffiliateBarred, id="barred"),
    ],
)
def test_these_may_not_bid(facts, refusal):
    with pytest.raises(refusal):
        admit(candidate(**facts), seller_id=SELLER)


def test_the_rules_of_a_session_are_read_back_from_their_document():
    rules = read(session_document(extensions_max=3, sources={"notice_days": "拍卖法 art 45"}))

    assert (rules.extensions_max, rules.window, rules.overtime) == (3, timedelta(minutes=5), None)


@pytest.mark.parametrize(
    "change",
    [{"notice_days": True}, {"notice_days": -1}, {"window_seconds": 1.5}, {"format": "dutch"}, {"surprise": 1}],
)
def test_a_document_that_is_not_the_rules_of_a_session_is_refused(change):
    with pytest.raises(ValueError):
        read(session_document(**change))


@pytest.mark.parametrize(
    ("written", "at", "seen"),
    [
        (LotState.ANNOUNCED, OPENS - HOUR, LotState.ANNOUNCED),
        (LotState.ANNOUNCED, OPENS, LotState.OPEN),
        (LotState.OPEN, ENDS, LotState.CLOSED),
        (LotState.EXTENDED, ENDS - HOUR, LotState.EXTENDED),
        (LotState.ANNOUNCED, ENDS, LotState.CLOSED),
        (LotState.SUSPENDED, ENDS, LotState.SUSPENDED),
        (LotState.SOLD, ENDS, LotState.SOLD),
    ],
)
def test_the_clock_says_more_than_what_is_written(written, at, seen):
    assert phase(written, opens_at=OPENS, ends_at=ENDS, at=at) == seen


def test_a_commitment_fixes_the_reserve_and_tells_nothing():
    salt = "ab" * 32

    assert commitment(LOT, Money(5), salt) == commitment(LOT, Money(5), salt)
    assert len({commitment(LOT, Money(5), salt), commitment(LOT, Money(6), salt), commitment(LOT, Money(5), "")}) == 3


def test_a_line_of_the_book_is_hashed_over_all_that_it_says():
    line = Line(LOT, 3, EntryKind.BID, OPENS, ENDS, bidder=7, amount=Money.wan(1))

    assert leaf_bytes(line) == (
        b'{"amount_fen":1000000,"at":"2026-12-01T01:00:00.000000+00:00","bidder":7,'
        b'"ends_at":"2026-12-01T03:00:00.000000+00:00","kind":"bid","lot":"' + str(LOT).encode() + b'",'
        b'"reason":null,"seq":3}'
    )
    assert len(leaf_hash(line)) == 32


def test_the_close_reads_bids_refusals_and_suspensions_from_the_book():
    def line(kind, **facts):
        return as_entry(Line(LOT, 1, kind, OPENS, ENDS, **facts))

    assert line(EntryKind.BID, bidder=1, amount=Money(5)) == Attempt(1, OPENS, 1, Money(5))
    assert line(EntryKind.REFUSAL, bidder=1, amount=Money(5), reason="bid-too-low") == Attempt(1, OPENS, 1, Money(5))
    assert (line(EntryKind.SUSPENDED), line(EntryKind.RESUMED)) == (Suspended(1, OPENS), Resumed(1, OPENS))
    assert line(EntryKind.OPENED) is None and line(EntryKind.CLOSED) is None
