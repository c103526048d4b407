"""Contracts in the database: drafted once, seen by their parties only, never changed after signing; exclusives never double."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from contracts.agreements import commands
from contracts.agreements.errors import AlreadyDrafted, LicenceOutlivesPatent
from contracts.agreements.tables import Contract, Licence
from kernel.db import market_now
from kernel.db.session import act_as
from kernel.events import EVENT_TYPES
from kernel.money import Money
from kernel.tables import EventRow
from tests.support.contracting import SCAN, deal, sale, scan


def events(house, name):
    with house.database.session("owner") as session:
        return [row.payload for row in session.execute(select(EventRow).where(EventRow.name == name)).scalars()]


def test_a_deal_drafts_one_contract(house):
    made = sale(house)

    with house.database.session("worker") as session:
        first = session.get_one(Contract, made.contract_id)
        facts = deal(
            deal_id=first.deal_id, seller_id=first.seller_id, buyer_id=first.buyer_id, agreed_on=first.agreed_on
        )
        with pytest.raises(AlreadyDrafted):
            commands.draft(session, facts=facts, now=market_now(session))


def test_a_licence_beyond_the_patents_life_is_not_even_drafted__civil_code_865(house):
    with pytest.raises(LicenceOutlivesPatent):
        sale(house, way="licence", licence_ends_on=date(2041, 1, 1))


def test_numbers_run_by_the_year_and_a_draft_that_fails_leaves_a_gap(house):
    number = text("SELECT next_contract_number(:year)")
    with house.database.session("worker") as session:
        first = session.execute(number, {"year": 2031}).scalar_one()
    with house.database.session("worker") as session:
        lost = session.execute(number, {"year": 2031}).scalar_one()
        session.rollback()
    with house.database.session("worker") as session:
        next_one = session.execute(number, {"year": 2031}).scalar_one()
        other_year = session.execute(number, {"year": 2032}).scalar_one()

    assert [first, lost, next_one] == [f"JSHT-2031-{count:06d}" for count in (1, 2, 3)]
    assert other_year == "JSHT-2032-000001"


def test_a_party_is_copied_as_it_was_at_signing(house):
    made = sale(house)
    rename = text("UPDATE organisation SET name = :name, region_code = :region WHERE id = :id")
    contract = made.get()
    buyer_id = contract["buyer_id"] if "buyer_id" in contract else contract["parties"][1]["organisation_id"]
    with house.database.session("owner") as session:
        session.execute(rename, {"name": "签订时的名称", "region": "330381", "id": buyer_id})
    made.signed()
    with house.database.session("owner") as session:
        session.execute(rename, {"name": "后来的名称", "region": "110101", "id": buyer_id})

    buyer = made.get()["parties"][1]

    assert (buyer["name"], buyer["region_code"]) == ("签订时的名称", "330381")


def test_the_database_shows_a_contract_to_its_parties_and_the_exchange_only(house):
    made = sale(house)
    stranger, exchange = house.act("buyer"), house.exchange("registrar")

    def seen(organisation):
        with house.database.session("web") as session:
            act_as(session, person=None, organisation=organisation)
            return [
                session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
                for table in ("contract", "contract_party", "instalment")
            ]

    assert seen(made.office.organisation_id) == [1, 2, 1]
    assert seen(made.buyer.organisation_id) == [1, 2, 1]
    assert seen(exchange.organisation_id) == [1, 2, 1]
    assert seen(stranger.organisation_id) == seen(None) == [0, 0, 0]


@pytest.mark.parametrize("change", ["price = price - 1", "plan = plan + 1", "basis = 'market'"])
def test_the_terms_of_a_signed_contract_do_not_change_by_any_road(house, change):
    made = sale(house).signed()

    with pytest.raises(DBAPIError, match="do not change"), house.database.session("owner") as session:
        session.execute(text(f"UPDATE contract SET {change} WHERE id = :id"), {"id": made.contract_id})


def test_two_exclusives_signed_at_the_same_moment_make_one_licence(house):
    seller, result = house.organisation(), uuid4()
    made = [sale(house, seller=seller, result_id=result, way="licence", licence_kind="exclusive") for _ in range(4)]
    registrar = house.exchange("registrar")
    for one in made:
        one.sign("seller")
        one.post(one.buyer, "signatures", scan("buyer"))

    def check(one):
        return one.post(registrar, "signatures/buyer/check", {"scan_sha256": SCAN["buyer"]}).status_code

    with ThreadPoolExecutor(4) as hands:
        answers = sorted(hands.map(check, made))

    assert answers == [200, 409, 409, 409]
    with house.database.session("owner") as session:
        assert len(session.execute(select(Licence)).scalars().all()) == 1
    assert sorted(one.get()["state"] for one in made) == ["draft", "draft", "draft", "effective"]


def test_what_happens_to_a_contract_is_told_once_each(house):
    made = sale(house, price=Money(123)).signed().registered().paid()

    (signed,), (registered,), (settled,) = (
        events(house, name) for name in ("contract-signed", "contract-registered", "contract-settled")
    )

    assert signed["deal_id"] == registered["deal_id"] == settled["deal_id"] == str(made.deal_id)
    assert settled["price"] == {"fen": 123}
    assert settled["related_party"] is False
    assert settled["mode"] == "agreed"
    assert {"contract-signed", "contract-settled", "trial-agreed", "trial-converted"} <= set(EVENT_TYPES)


def test_nobody_transfers_or_licenses_what_he_has_transferred__patent_law_10(house):
    seller, result = house.organisation(), uuid4()
    sale(house, seller=seller, result_id=result).signed()
    again = sale(house, seller=seller, result_id=result)
    licence = sale(house, seller=seller, result_id=result, way="licence")

    for second in (again, licence):
        second.sign("seller")
        answer = second.sign("buyer")
        assert answer.json()["type"] == "/problems/already-transferred"
        assert second.get()["state"] == "draft"


def test_a_deal_that_falls_through_takes_its_draft_with_it(house):
    made = sale(house)
    with house.database.session("worker") as session:
        now = market_now(session)
        commands.call_off(session, deal_id=made.deal_id, reason="竞得人违约", now=now)
        again = commands.call_off(session, deal_id=made.deal_id, reason="竞得人违约", now=now)

    assert again is None
    assert made.get()["state"] == "cancelled"
    assert made.post(made.office, "signatures", scan("seller")).status_code == 409
    assert len(events(house, "contract-cancelled")) == 1
