"""Appraisal as a price basis: of an agreed sale, with its notice, and what a report must be to carry a price."""

from datetime import timedelta

from kernel.invariants import check_all
from tests.support.desk import AGREED, REPORT, Desk, ok, refused, slug


def report(desk, **changes):
    today = desk.house.now().date()
    dates = {
        "base_date": (today - timedelta(days=30)).isoformat(),
        "valid_until": (today + timedelta(days=300)).isoformat(),
    }
    return REPORT | dates | {"result_id": desk.result_id, "report_no": "浙评报字〔2026〕100号"} | changes


def recorded(desk, **changes):
    return ok(desk.office.post("/v1/appraisals", json=report(desk, **changes)), 201)["id"]


def draft(desk, appraisal, **changes):
    terms = AGREED | {"basis": "appraisal", "appraisal_id": appraisal, "price_fen": 60_000_000, "floor_fen": 55_000_000}
    return desk.office.post("/v1/listings", json={"result_id": desk.result_id} | terms | changes)


def test_an_agreed_sale_on_an_appraisal_runs_its_notice__zhejiang_17(house):
    desk = Desk(house).registered()
    desk.listing_id = ok(draft(desk, recorded(desk, filing_no="备2026-7")), 201)["id"]
    desk.decided().published()
    desk.agreed_with(desk.buyer(), 58_000_000)

    unnoticed = desk.refuse("deal")
    notice = desk.noticed()
    house.move(days=20)
    deal = desk.do("deal", status=201)

    assert slug(unnoticed) == "notice-missing"
    assert desk.get()["inside"]["benchmark_fen"] == 60_000_000
    assert ok(house.client.get(f"/v1/notices/{notice}"))["content"]["basis"] == "appraisal"
    assert (deal["mode"], deal["basis"]) == ("agreed", "appraisal")
    contract = desk.contract()
    assert (contract["mode"], contract["basis"]) == ("agreed", "appraisal")
    with house.database.session("owner") as session:
        assert check_all(session) == []


def test_the_agency_itself_puts_its_report_on_file_once_it_is_engaged(house):
    desk = Desk(house).registered()
    agency = house.organisation(kind="appraiser", uscc="91330100799655058B")
    appraiser = house.act("appraiser", organisation=agency)

    strange = appraiser.post("/v1/appraisals", json=report(desk))
    engaged = {"organisation_id": str(agency), "person_id": str(appraiser.person_id)}
    ok(desk.office.post(f"/v1/results/{desk.result_id}/engagements", json=engaged), 201)
    made = ok(appraiser.post("/v1/appraisals", json=report(desk)), 201)

    assert strange.status_code == 404
    assert ok(desk.office.get(f"/v1/appraisals/{made['id']}"))["value_fen"] == 60_000_000
    assert desk.buyer().get(f"/v1/appraisals/{made['id']}").status_code == 404


def test_a_report_with_one_method_or_one_signer_is_refused__appraisal_law_26_27_28(house):
    desk = Desk(house).registered()

    one_method = refused(desk.office.post("/v1/appraisals", json=report(desk, methods=["cost"])))
    one_signer = refused(desk.office.post("/v1/appraisals", json=report(desk, signers=["张评估"])))

    assert slug(one_method) == "too-few-methods" and one_method["article"] == "资产评估法 art 26"
    assert slug(one_signer) == "too-few-signers" and one_signer["article"] == "资产评估法 arts 27-28"


def test_a_report_for_another_purpose_or_result_carries_no_price__appraisal_law_32(house):
    desk = Desk(house).registered()
    for_licence = recorded(desk, purpose="licence", report_no="浙评报字〔2026〕101号")
    of_other = recorded(desk.registered(), report_no="浙评报字〔2026〕102号")
    desk.registered()

    other_result = refused(draft(desk, of_other))
    desk.result_id = ok(desk.office.get(f"/v1/appraisals/{for_licence}"))["result_id"]
    other_purpose = refused(draft(desk, for_licence))

    assert slug(other_result) == "appraisal-of-other-result"
    assert slug(other_purpose) == "purpose-differs" and other_purpose["article"] == "资产评估法 art 32"


def test_a_report_that_expires_before_the_deal_carries_no_price__appraisal_law_32(house):
    desk = Desk(house).registered()
    soon = (house.now().date() + timedelta(days=10)).isoformat()
    desk.listing_id = ok(draft(desk, recorded(desk, valid_until=soon)), 201)["id"]
    desk.decided().published()
    desk.agreed_with(desk.buyer(), 58_000_000)
    desk.noticed()
    house.move(days=20)

    assert slug(desk.refuse("deal")) == "appraisal-expired"


def test_the_same_report_is_not_recorded_twice(house):
    desk = Desk(house).registered()
    recorded(desk)

    assert slug(refused(desk.office.post("/v1/appraisals", json=report(desk)))) == "report-known"
