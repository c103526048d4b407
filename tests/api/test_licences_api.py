"""先用后转 over HTTP: pool, intent, terms, trial, conversion, return; and the reward of a contract."""

from uuid import uuid4

from contracts.licences import commands
from kernel.db import market_now
from kernel.ids import NoticeId, TrialId
from kernel.money import Money
from tests.support.contracting import pool_entry, sale

TERMS = {
    "conditions": "免费试用，调试费用由使用方承担。",
    "acceptance_criteria": "检测误差不超过百分之五。",
    "way": "licence",
    "price_fen": 5_000_000,
    "months": 12,
}


class Trying:
    """An owner, a firm, and their trial."""

    def __init__(self, house, *, owner_kind="enterprise", **entry):
        self.house = house
        self.owner = house.organisation(kind=owner_kind)
        self.office = house.act("transfer_office", organisation=self.owner)
        self.firm = house.act("buyer", organisation=house.organisation(kind="enterprise", size="small"))
        self.entry = pool_entry(house, self.owner, **entry)

    def ask(self):
        body = {"pool_entry_id": self.entry, "purpose": "产线水质监测", "place": "温州市鹿城区"}
        answer = self.firm.post("/v1/trials", json=body)
        if answer.status_code == 201:
            self.id = answer.json()["id"]
        return answer

    def post(self, client, path, body=None):
        return client.post(f"/v1/trials/{self.id}/{path}", json=body)

    def get(self):
        return self.firm.get(f"/v1/trials/{self.id}").json()

    def agreed(self, **terms):
        assert self.ask().status_code == 201
        assert self.post(self.office, "nda", {"scan_sha256": "d" * 64}).status_code == 200
        proposed = self.post(self.office, "terms", TERMS | terms)
        assert proposed.status_code == 200, proposed.text
        accepted = self.post(self.firm, "acceptance", {"terms": proposed.json()["terms"]})
        assert accepted.status_code == 200, accepted.text
        return self


def test_the_pool_is_public_and_names_the_ceiling(house):
    trying = Trying(house)

    (entry,) = house.client.get("/v1/pool").json()["items"]

    assert entry["id"] == trying.entry
    assert entry["ceiling_fen"] == 8_000_000
    assert entry["term_months"] == 12
    assert entry["silence_effect"] == "return"
    assert "deal" not in entry


def test_a_trial_runs_from_intent_to_a_paid_contract(house):
    trying = Trying(house).agreed()
    assert trying.get()["state"] == "trial"
    trying.post(trying.firm, "reports", {"text": "第一个月运行稳定。"})
    house.move(days=30)

    answer = trying.post(trying.firm, "conversion", {"way": "licence", "price_fen": 5_000_000})

    assert answer.status_code == 201
    contract = answer.json()
    assert (contract["mode"], contract["trial_id"], contract["state"]) == ("trial", trying.id, "draft")
    assert contract["price_fen"] == 5_000_000
    assert contract["licence_kind"] == "ordinary"
    assert trying.get()["state"] == "converted"
    assert house.client.get("/v1/pool/conversions").json()["rate_bp"] == 10_000


def test_no_conversion_costs_more_than_was_agreed(house):
    trying = Trying(house).agreed()

    answer = trying.post(trying.firm, "conversion", {"way": "licence", "price_fen": 5_000_001})

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/conversion-above-ceiling"
    assert answer.json()["ceiling_fen"] == 5_000_000
    assert trying.get()["state"] == "trial"


def test_a_trial_converts_once__civil_code_638(house):
    trying = Trying(house).agreed()
    body = {"way": "licence", "price_fen": 5_000_000}
    assert trying.post(trying.office, "conversion", body).status_code == 201

    answer = trying.post(trying.firm, "conversion", body)

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/trial-step-closed"
    assert answer.json()["article"] == "民法典 arts 638–640"


def test_another_way_is_another_deal(house):
    trying = Trying(house).agreed()

    answer = trying.post(trying.firm, "conversion", {"way": "transfer", "price_fen": 1})

    assert answer.json()["type"] == "/problems/other-way-agreed"


def test_a_formula_needs_the_measured_gain_and_keeps_to_its_cap(house):
    trying = Trying(house).agreed(price_fen=1_000_000, gain_bp=500)

    without = trying.post(trying.firm, "conversion", {"way": "licence", "price_fen": 1_000_000})
    above = trying.post(
        trying.firm, "conversion", {"way": "licence", "price_fen": 2_000_001, "measured_gain_fen": 20_000_000}
    )
    within = trying.post(
        trying.firm, "conversion", {"way": "licence", "price_fen": 2_000_000, "measured_gain_fen": 20_000_000}
    )

    assert without.json()["type"] == "/problems/gain-not-measured"
    assert above.json()["ceiling_fen"] == 2_000_000
    assert within.status_code == 201


def test_no_trial_is_agreed_above_the_published_ceiling(house):
    trying = Trying(house)
    trying.ask()
    trying.post(trying.office, "nda", {"scan_sha256": "d" * 64})

    answer = trying.post(trying.office, "terms", TERMS | {"price_fen": 8_000_001})

    assert answer.json()["type"] == "/problems/price-above-pool"


def test_the_firm_accepts_the_terms_it_has_read__civil_code_478(house):
    trying = Trying(house)
    trying.ask()
    trying.post(trying.office, "nda", {"scan_sha256": "d" * 64})
    first = trying.post(trying.office, "terms", TERMS).json()["terms"]
    trying.post(trying.office, "terms", TERMS | {"price_fen": 6_000_000})

    answer = trying.post(trying.firm, "acceptance", {"terms": first})

    assert answer.json()["type"] == "/problems/no-terms-to-accept"


def test_silence_returns_the_result_where_that_is_agreed(house):
    trying = Trying(house).agreed()
    house.move(days=370)

    assert trying.get()["state"] == "expired"
    returned = trying.post(trying.firm, "return", {"deletion_certificate_sha256": "e" * 64})
    assert returned.json()["state"] == "returned"
    assert house.client.get("/v1/pool/conversions").json()["rate_bp"] == 0


def test_silence_buys_the_result_where_that_is_agreed__civil_code_638(house):
    trying = Trying(house).agreed(silence_effect="purchase")
    house.move(days=370)

    trial = trying.get()
    assert trial["state"] == "converted"
    contract = trying.firm.get(f"/v1/contracts/{trial['contract_id']}").json()
    assert (contract["state"], contract["price_fen"]) == ("draft", 5_000_000)


def test_a_government_units_trial_waits_for_its_public_notice__zhejiang_17(house):
    trying = Trying(house, owner_kind="university").agreed()
    waiting = trying.get()
    too_early = trying.post(trying.firm, "conversion", {"way": "licence", "price_fen": 1})

    with house.database.session("worker") as session:
        commands.notice_closed(
            session, trial_id=TrialId(trying.id), notice_id=NoticeId(uuid4()), now=market_now(session)
        )

    assert waiting["state"] == "publicity"
    assert too_early.json()["type"] == "/problems/trial-step-closed"
    assert trying.get()["state"] == "trial"


def test_a_firm_tries_a_result_once_at_a_time_and_never_its_own(house):
    trying = Trying(house)
    trying.ask()
    owner = house.act("buyer", organisation=trying.owner)

    again = trying.firm.post("/v1/trials", json={"pool_entry_id": trying.entry, "purpose": "同上", "place": "温州"})
    own = owner.post("/v1/trials", json={"pool_entry_id": trying.entry, "purpose": "自用", "place": "温州"})

    assert again.json()["type"] == "/problems/already-trying"
    assert own.json()["type"] == "/problems/own-result"


def test_a_stranger_finds_no_trial_and_each_side_keeps_to_its_part(house):
    trying = Trying(house)
    trying.ask()
    stranger = house.act("buyer", kind="enterprise")

    assert stranger.get(f"/v1/trials/{trying.id}").status_code == 404
    assert trying.post(stranger, "nda", {"scan_sha256": "d" * 64}).status_code == 404
    assert trying.post(trying.firm, "nda", {"scan_sha256": "d" * 64}).json()["type"] == "/problems/not-your-side"


def test_a_trial_is_refused_beside_an_exclusive_licence(house):
    owner, result = house.organisation(kind="enterprise"), uuid4()
    sale(house, seller=owner, result_id=result, way="licence", licence_kind="exclusive").signed()
    trying = Trying(house)
    trying.owner = owner
    trying.office = house.act("transfer_office", organisation=owner)
    trying.entry = pool_entry(house, owner, result_id=result)
    trying.ask()
    trying.post(trying.office, "nda", {"scan_sha256": "d" * 64})
    terms = trying.post(trying.office, "terms", TERMS).json()["terms"]

    assert trying.post(trying.firm, "acceptance", {"terms": terms}).json()["type"] == "/problems/licence-conflict"


def test_the_reward_is_due_by_receipt_with_its_articles__zhejiang_37_40(house):
    made = sale(house).signed()
    costs = {"cost_fen": 6_000_000, "fiscal_fen": 0, "tax_fen": 4_000_000}
    assert made.post(made.finance, "costs", costs).status_code == 201
    made.paid()

    reward = made.office.get(f"/v1/contracts/{made.contract_id}/reward").json()

    assert reward["regime"] == "zhejiang"
    assert "浙江省促进科技成果转化条例 art 37" in reward["articles"]
    assert reward["net_income_fen"] == 90_000_000
    assert reward["reward_fen"] == 63_000_000
    assert reward["main_contributors_fen"] == 44_100_000
    assert reward["transfer_staff_fen"] == 3_150_000
    (receipt,) = reward["by_receipt"]
    assert receipt["due_on"] > receipt["received_on"]


def test_fiscal_money_is_not_cost__zhejiang_37(house):
    made = sale(house).signed().paid()

    answer = made.post(made.finance, "costs", {"cost_fen": 10_000_000, "fiscal_fen": 10_000_000, "tax_fen": 0})

    assert answer.json()["reward_fen"] == 70_000_000


def test_the_reward_is_no_business_of_the_buyer_and_binds_no_private_seller(house):
    made = sale(house).signed().paid()
    private = sale(house, seller=house.organisation(kind="enterprise"), price=Money(100)).signed().paid()

    assert made.buyer.get(f"/v1/contracts/{made.contract_id}/reward").status_code == 404
    answer = private.office.get(f"/v1/contracts/{private.contract_id}/reward")
    assert answer.json()["type"] == "/problems/no-reward-due"
