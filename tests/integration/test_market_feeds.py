"""What the market hears may come twice and in any order: what is done stays done."""

from datetime import timedelta
from uuid import UUID

import pytest

from auctions.events import LotSold, LotUnsold
from contracts.agreements.events import ContractCancelled, ContractSettled, ContractSigned
from contracts.agreements.tables import Contract
from kernel.db import market_now
from kernel.invariants import check_all
from market import feeds
from market.listings.tables import Deal
from tests.support.desk import AGREED, AUCTION, Desk


@pytest.fixture
def contract(house):
    """A private sale that has come to its contract."""
    desk = Desk(house, kind="enterprise", regime="PRIVATE").registered().drafted(AGREED).decided().published()
    desk.agreed_with(desk.buyer())
    deal = desk.do("deal", status=201)
    with house.database.session("owner") as session:
        return session.get_one(Contract, UUID(deal["contract_id"]))


def signed(contract):
    return ContractSigned(
        contract.id,
        contract.deal_id,
        contract.number,
        contract.seller_id,
        contract.buyer_id,
        contract.price,
        contract.way,
        contract.mode,
        contract.agreed_on,
    )


def settled(contract):
    return ContractSettled(
        contract.id,
        contract.deal_id,
        contract.seller_id,
        contract.buyer_id,
        contract.price,
        contract.way,
        contract.mode,
        contract.agreed_on,
        related_party=False,
    )


def hear(house, *told):
    for handler, event in told:
        with house.database.session("worker") as session:
            handler(session, event, market_now(session))


def state(house, contract):
    with house.database.session("owner") as session:
        return session.get_one(Deal, contract.deal_id).state.value


def test_settled_may_be_heard_before_signed_and_both_twice(house, contract):
    late = (feeds.note_signed, signed(contract))
    early = (feeds.learn_from_the_deal, settled(contract))

    hear(house, early, late, early, late)

    assert state(house, contract) == "settled"


def test_a_cancellation_heard_twice_is_one(house, contract):
    told = ContractCancelled(contract.id, contract.deal_id, contract.agreed_on)

    hear(house, (feeds.note_cancelled, told), (feeds.note_cancelled, told))

    assert state(house, contract) == "cancelled"


def test_a_contract_made_elsewhere_is_nobodys_deal(house, contract):
    unknown = signed(contract).__class__(**{**signed(contract).__dict__, "deal_id": contract.id})

    hear(house, (feeds.note_signed, unknown))

    assert state(house, contract) == "made"


def test_a_sale_heard_twice_or_of_another_lot_is_one_deal(house):
    desk = Desk(house).registered().drafted(AUCTION).decided()
    lot = desk.do("lot", {"step_fen": 1_000_000}, status=201)
    buyer = desk.buyer()
    ids = UUID(lot["id"]), UUID(desk.listing_id)
    sold = LotSold(*ids, UUID(str(desk.home)), UUID(str(buyer.organisation_id)), _price(lot), 3, 2)
    other = LotUnsold(UUID(desk.result_id), UUID(desk.listing_id), "no_bids")
    failed = LotUnsold(*ids, "no_bids")

    hear(house, (feeds.note_the_failure, other), (feeds.make_the_deal, sold), (feeds.make_the_deal, sold))
    hear(house, (feeds.note_the_failure, failed))

    assert desk.state() == "deal"
    assert len(desk.office.get("/v1/deals").json()["items"]) == 1


def _price(lot):
    from kernel.money import Money

    return Money(lot["start_fen"] + 10 * lot["step_fen"])


def test_an_offer_that_ran_out_while_nobody_looked_changes_nothing_else(house):
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    desk.offer_of(desk.buyer(), 45_000_000, expires_at=desk.later(days=1))
    standing = desk.offer_of(desk.buyer(), 45_000_000, expires_at=desk.later(days=3))

    house.move(seconds=timedelta(days=2).total_seconds())

    assert desk.office.get(f"/v1/offers/{standing}").json()["state"] == "standing"
    with house.database.session("owner") as session:
        assert check_all(session) == []
