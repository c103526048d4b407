"""From the deal to the money and back: signed, paid and registered, counted, and learnt from; trials of a public unit."""

from uuid import UUID

from sqlalchemy import select

from kernel.invariants import check_all
from kernel.money import Money
from tests.support.contracting import SCAN, Sale
from tests.support.desk import AGREED, CHANNELS, Desk, ok, slug
from valuation.tables import PastTransaction

TERMS = {
    "conditions": "免费试用，调试费用由使用方承担。",
    "acceptance_criteria": "检测误差不超过百分之五。",
    "way": "licence",
    "price_fen": 5_000_000,
    "months": 12,
}


def sold(house, **declared):
    """An agreed sale that has come to its contract."""
    desk = Desk(house).registered().drafted(AGREED).decided().published()
    buyer = desk.buyer()
    desk.agreed_with(buyer, **declared)
    desk.noticed()
    house.move(days=20)
    deal = desk.do("deal", status=201)
    sale = Sale(
        house,
        UUID(deal["contract_id"]),
        UUID(deal["id"]),
        Money(deal["price_fen"]),
        desk.home,
        buyer.organisation_id,
    )
    return desk, sale


def learnt(house):
    with house.database.session("owner") as session:
        rows = session.execute(select(PastTransaction).where(PastTransaction.source == "contract")).scalars()
        return [(row.price, row.kind.value, row.trade.value, row.price_type.value) for row in rows]


def test_a_settled_contract_at_arms_length_becomes_evidence_once(house):
    desk, sale = sold(house)
    sale.signed()
    house.drain()
    signed = desk.get()["deal"]["state"]
    sale.paid().registered()
    house.drain()
    house.drain()

    assert (signed, desk.get()["deal"]["state"]) == ("signed", "settled")
    assert learnt(house) == [(Money(48_000_000), "invention", "transfer", "deal")]
    contract = sale.get()
    assert contract["application_numbers"] == [ok(desk.office.get(f"/v1/results/{desk.result_id}"))["number"]]
    with house.database.session("owner") as session:
        assert check_all(session) == []


def test_a_sale_to_a_related_party_teaches_nothing(house):
    _desk, sale = sold(house, related_declared=True, related_note="同一实际控制人")
    sale.signed().paid()
    house.drain()

    assert learnt(house) == []


def test_a_cancelled_contract_gives_the_result_back(house):
    desk, sale = sold(house)

    ok(sale.post(sale.office, "cancellation", {"reason": "受让方放弃"}))
    house.drain()

    assert desk.get()["deal"]["state"] == "cancelled"
    assert ok(desk.office.get(f"/v1/results/{desk.result_id}"))["state"] == "published"
    desk.drafted(AGREED).decided()


def tried(house):
    """A public unit's pooled result, and a firm with which a trial is agreed."""
    desk = Desk(house).registered()
    pooled = {"ceiling_fen": 8_000_000, "licence_kind": "ordinary"}
    entry = ok(desk.office.post(f"/v1/results/{desk.result_id}/pool", json=pooled), 201)
    firm = desk.buyer(size="small")
    asked = {"pool_entry_id": entry["id"], "purpose": "产线检测", "place": "温州市"}
    trial = ok(firm.post("/v1/trials", json=asked), 201)["id"]
    ok(desk.office.post(f"/v1/trials/{trial}/nda", json={"scan_sha256": SCAN["seller"]}))
    terms = ok(desk.office.post(f"/v1/trials/{trial}/terms", json=TERMS))["terms"]
    ok(firm.post(f"/v1/trials/{trial}/acceptance", json={"terms": terms}))
    house.drain()
    (draft,) = ok(desk.office.get("/v1/notices?state=draft"))["items"]
    return desk, firm, trial, draft


def test_the_trial_of_a_public_units_result_begins_when_its_notice_has_closed__zhejiang_17(house):
    desk, firm, trial, draft = tried(house)
    hidden = house.client.get(f"/v1/notices/{draft['id']}")

    notice = ok(desk.office.post(f"/v1/notices/{draft['id']}/publication", json=CHANNELS))
    waiting = ok(firm.get(f"/v1/trials/{trial}"))["state"]
    house.move(days=20)
    running = ok(firm.get(f"/v1/trials/{trial}"))

    assert hidden.status_code == 404 and draft["trial_id"] == trial
    assert notice["content"]["price_fen"] == 5_000_000 and notice["days"] == 15
    assert (waiting, running["state"]) == ("publicity", "trial")
    ok(firm.post(f"/v1/trials/{trial}/conversion", json={"way": "licence", "price_fen": 5_000_000}), 201)
    with house.database.session("owner") as session:
        assert check_all(session) == []


def test_an_objection_to_a_trials_notice_calls_the_trial_off__zhejiang_17(house):
    desk, firm, trial, draft = tried(house)
    ok(desk.office.post(f"/v1/notices/{draft['id']}/publication", json=CHANNELS))
    path = f"/v1/notices/{draft['id']}/objections"
    objection = ok(desk.buyer().post(path, json={"reason": "权属有争议"}), 201)

    ok(desk.approver.post(f"/v1/objections/{objection['id']}/decision", json={"uphold": True, "decision": "属实"}))
    house.drain()

    assert ok(firm.get(f"/v1/trials/{trial}"))["state"] == "withdrawn"
    assert slug(desk.office.post(f"/v1/notices/{draft['id']}/publication", json=CHANNELS).json()) == "wrong-state"
