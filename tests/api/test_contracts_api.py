"""A contract over HTTP: planned, signed by two persons a side, in force, cancelled; hidden from strangers."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from tests.support.contracting import SCAN, days_ahead, sale, scan


def test_a_deal_drafts_a_technology_contract_with_one_lump_sum(house):
    contract = sale(house).get()

    assert contract["state"] == "draft"
    assert contract["contract_type"] == "transfer.patent_right"
    assert contract["contract_type_zh"] == "专利权转让"
    assert contract["number"].startswith("JSHT-")
    assert contract["price_capitals"] == "壹佰万元整"
    assert [one["amount_fen"] for one in contract["instalments"]] == [100_000_000]
    assert [party["side"] for party in contract["parties"]] == ["seller", "buyer"]


def test_an_ai_estimate_is_shown_to_the_sellers_people_only(house):
    from kernel.money import Money

    made = sale(house, estimated=Money.yuan(900_000), valuation_id=uuid4())

    assert made.get()["estimated_fen"] == 90_000_000
    assert made.get(made.buyer)["estimated_fen"] is None
    assert made.get(made.buyer)["valuation_id"] is None


def test_the_sellers_office_sets_instalments_that_sum_to_the_price__civil_code_846(house):
    made = sale(house)
    plan = [
        {"due_on": days_ahead(house, 10), "amount_fen": 30_000_000},
        {"due_on": days_ahead(house, 100), "amount_fen": 70_000_000},
    ]

    answer = made.post(made.office, "instalments", {"instalments": plan})

    assert answer.status_code == 200
    assert [one["amount_fen"] for one in answer.json()["instalments"]] == [30_000_000, 70_000_000]


def test_instalments_that_do_not_sum_are_refused_and_the_old_plan_stays(house):
    made = sale(house)

    answer = made.post(
        made.office, "instalments", {"instalments": [{"due_on": days_ahead(house, 1), "amount_fen": 99_999_999}]}
    )

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/plan-does-not-sum"
    assert answer.json()["article"] == "民法典 art 846"
    assert answer.json()["price_fen"] == 100_000_000
    assert [one["amount_fen"] for one in made.get()["instalments"]] == [100_000_000]


@pytest.mark.parametrize("number", [241, 10_000])
def test_ten_thousand_instalments_are_refused(house, number):
    made = sale(house)
    plan = [{"due_on": (date(2027, 1, 1) + timedelta(days=day)).isoformat(), "amount_fen": 1} for day in range(number)]

    answer = made.post(made.office, "instalments", {"instalments": plan})

    assert answer.status_code == (409 if number == 241 else 422)


def test_the_buyer_does_not_set_the_plan(house):
    made = sale(house)

    plan = {"instalments": [{"due_on": days_ahead(house, 1), "amount_fen": 100_000_000}]}

    assert made.post(made.buyer, "instalments", plan).status_code == 403
    assert made.post(made.approver, "instalments", plan).json()["type"] == "/problems/missing-role"


def test_the_contract_is_in_force_when_both_sides_have_signed__civil_code_490(house):
    made = sale(house)

    after_seller = made.sign("seller").json()
    after_buyer = made.sign("buyer").json()

    assert after_seller["state"] == "draft"
    assert after_buyer["state"] == "effective"
    assert after_buyer["signed_on"] == after_buyer["effective_on"] is not None


def test_a_second_person_checks_the_scan_and_it_must_be_the_same_scan(house):
    made = sale(house)
    made.post(made.office, "signatures", scan("seller"))

    by_himself = made.post(made.office, "signatures/seller/check", {"scan_sha256": SCAN["seller"]})
    another_scan = made.post(made.approver, "signatures/seller/check", {"scan_sha256": "c" * 64})

    assert by_himself.json()["type"] == "/problems/same-person-checks"
    assert another_scan.json()["type"] == "/problems/scan-differs"


def test_a_small_firms_scan_may_be_checked_by_the_exchange(house):
    made = sale(house)
    made.post(made.buyer, "signatures", scan("buyer"))

    answer = made.post(house.exchange("registrar"), "signatures/buyer/check", {"scan_sha256": SCAN["buyer"]})

    assert answer.status_code == 200


def test_a_refused_scan_leaves_room_for_a_better_one(house):
    made = sale(house)
    made.post(made.office, "signatures", scan("seller"))
    made.post(made.approver, "signatures/seller/check", {"scan_sha256": SCAN["seller"], "agrees": False})

    assert made.sign("seller").status_code == 200


def test_a_side_signs_once_and_only_for_itself(house):
    made = sale(house)
    made.post(made.office, "signatures", scan("seller"))

    assert made.post(made.office, "signatures", scan("seller")).json()["type"] == "/problems/already-signed"
    assert made.post(made.office, "signatures", scan("buyer")).json()["type"] == "/problems/not-your-side"


def test_what_a_side_has_signed_is_not_changed_by_the_other__civil_code_543(house):
    made = sale(house)
    made.post(made.buyer, "signatures", scan("buyer"))

    answer = made.post(
        made.office,
        "instalments",
        {"instalments": [{"due_on": days_ahead(house, 1), "amount_fen": 100_000_000}]},
    )

    assert answer.json()["type"] == "/problems/plan-already-signed"


def test_a_signed_contract_is_not_signed_again__civil_code_863(house):
    made = sale(house).signed()

    answer = made.post(made.office, "signatures", scan("seller"))

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/signing-step-closed"
    assert answer.json()["article"] == "民法典 art 863"
    assert answer.json()["state"] == "effective"


def test_a_stranger_finds_no_contract(house):
    made = sale(house)
    stranger = house.act("transfer_office", "buyer", "finance")

    assert stranger.get(f"/v1/contracts/{made.contract_id}").status_code == 404
    assert made.post(stranger, "signatures", scan("seller")).status_code == 404
    assert stranger.get("/v1/contracts").json()["items"] == []
    assert house.client.get(f"/v1/contracts/{made.contract_id}").status_code == 401


def test_the_exchanges_staff_see_contracts_and_their_reads_are_audited(house):
    made = sale(house)

    assert made.get(house.exchange("supervisor"))["id"] == str(made.contract_id)

    with house.database.session("owner") as session:
        from sqlalchemy import text

        reads = text("SELECT count(*) FROM audit_entry WHERE action = 'contract.read' AND object_id = :id")
        assert session.execute(reads, {"id": str(made.contract_id)}).scalar_one() == 1


def test_a_draft_is_cancelled_by_a_side_and_a_contract_in_force_by_the_exchange(house):
    draft, in_force = sale(house), sale(house).signed()

    assert draft.post(draft.buyer, "cancellation", {"reason": "资金未到位"}).json()["state"] == "cancelled"
    assert in_force.post(in_force.buyer, "cancellation", {"reason": "反悔"}).status_code == 403
    by_exchange = in_force.post(house.exchange("operator"), "cancellation", {"reason": "双方协议解除"})
    assert by_exchange.json()["state"] == "cancelled"


def test_unknown_fields_and_floats_are_malformed_and_change_nothing(house):
    made = sale(house)

    for body in (
        scan("seller") | {"state": "checked"},
        scan("seller", scan_sha256="A" * 64),
        scan("both"),
        scan("seller", signed_by_name=""),
    ):
        assert made.post(made.office, "signatures", body).status_code == 422
    plan = {"instalments": [{"due_on": "2026-13-01", "amount_fen": 1.5}]}
    assert made.post(made.office, "instalments", plan).status_code == 422
    assert made.get()["signatures"] == []


def test_a_repeated_key_signs_once_and_answers_the_same(house):
    made = sale(house)
    address, key = f"/v1/contracts/{made.contract_id}/signatures", {"Idempotency-Key": "sign-1"}

    first = made.office.post(address, json=scan("seller"), headers=key)
    second = made.office.post(address, json=scan("seller"), headers=key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert len(made.get()["signatures"]) == 1


def test_a_licence_contract_grants_a_licence_to_be_filed_in_three_months__patent_rules_15(house):
    made = sale(house, way="licence", licence_kind=None).signed()

    licence = made.get()["licence"]

    assert licence["kind"] == "ordinary"
    assert licence["ends_on"] == "2040-12-22"
    assert date.fromisoformat(licence["filing_due_on"]) > date.fromisoformat(licence["starts_on"])
    filed = made.post(
        made.office, "licence/filing", {"filing_number": "2026330000001", "filed_on": days_ahead(house, 0)}
    )
    assert filed.json()["filing_number"] == "2026330000001"


def test_a_licence_longer_than_the_patent_is_refused__civil_code_865(house):
    made = sale(house, way="licence", licence_kind="ordinary")

    answer = made.post(made.office, "licence-terms", {"ends_on": "2040-12-23"})

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/licence-outlives-patent"
    assert answer.json()["article"] == "民法典 art 865"


def test_two_exclusive_licences_of_one_result_are_refused_and_the_second_stays_unsigned(house):
    seller, result = house.organisation(), uuid4()
    sale(house, seller=seller, result_id=result, way="licence", licence_kind="exclusive").signed()
    second = sale(house, seller=seller, result_id=result, way="licence", licence_kind="exclusive")
    second.sign("seller")

    answer = second.sign("buyer")

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/licence-conflict"
    assert second.get()["state"] == "draft"


def test_an_ordinary_licence_is_refused_beside_an_exclusive_one_that_its_buyer_cannot_see(house):
    seller, result = house.organisation(), uuid4()
    sale(house, seller=seller, result_id=result, way="licence", licence_kind="exclusive").signed()
    second = sale(house, seller=seller, result_id=result, way="licence", licence_kind="ordinary")
    second.sign("seller")

    assert second.sign("buyer").json()["type"] == "/problems/licence-conflict"
