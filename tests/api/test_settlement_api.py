"""Money over HTTP: it comes in, stands in suspense, is claimed for an instalment, and settles the contract."""

from tests.support.contracting import days_ahead, receipt, sale


def two_instalments(made):
    plan = [
        {"due_on": days_ahead(made.house, 1), "amount_fen": 40_000_000},
        {"due_on": days_ahead(made.house, 90), "amount_fen": 60_000_000},
    ]
    assert made.post(made.office, "instalments", {"instalments": plan}).status_code == 200
    return made


def balances(client):
    return {one["purpose"]: one["balance_fen"] for one in client.get("/v1/balances").json()}


def test_money_received_stands_in_suspense_until_it_is_claimed(house):
    made = sale(house).signed()

    received = made.receive(100_000_000)
    before = balances(made.finance)
    claimed = made.claim(received["id"]).json()

    assert before == {"bank": 100_000_000, "suspense": 100_000_000, "seller_payable": 0, "sale_proceeds": 0}
    assert claimed["in_suspense_fen"] == 0
    assert balances(made.finance)["sale_proceeds"] == 100_000_000
    assert balances(made.finance)["suspense"] == 0


def test_the_last_instalment_settles_the_contract(house):
    made = two_instalments(sale(house)).signed()

    first = made.claim(made.receive(40_000_000)["id"], seq=1)
    assert first.status_code == 201
    assert made.get()["state"] == "performing"
    assert made.claim(made.receive(60_000_000)["id"], seq=2).status_code == 201

    contract = made.get()
    assert contract["state"] == "completed"
    assert contract["settled_on"] is not None
    assert contract["paid_fen"] == contract["price_fen"]


def test_the_exchange_receives_for_the_seller_and_owes_him(house):
    made = sale(house).signed()
    exchange = house.exchange("finance")

    received = made.receive(100_000_000, finance=exchange)
    assert made.claim(received["id"], finance=exchange).status_code == 201

    assert balances(made.finance)["seller_payable"] == 100_000_000
    assert made.get()["state"] == "completed"


def test_a_short_payment_leaves_the_instalment_open_and_an_overpayment_stays_in_suspense(house):
    made = two_instalments(sale(house)).signed()

    short = made.claim(made.receive(30_000_000)["id"], seq=1).json()
    over = made.claim(made.receive(15_000_000)["id"], seq=1).json()

    assert short["in_suspense_fen"] == 0
    assert over["in_suspense_fen"] == 5_000_000
    assert made.get()["instalments"][0]["paid_fen"] == 40_000_000
    assert made.claim(over["id"], seq=2).json()["in_suspense_fen"] == 0
    assert made.get()["instalments"][1]["paid_fen"] == 5_000_000


def test_an_amount_beyond_receipt_or_instalment_is_refused_and_nothing_moves(house):
    made = two_instalments(sale(house)).signed()
    received = made.receive(50_000_000)

    answer = made.claim(received["id"], seq=1, fen=40_000_001)

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/claim-too-large"
    assert answer.json()["open_fen"] == 40_000_000
    assert made.get()["paid_fen"] == 0


def test_a_receipt_is_not_claimed_beyond_its_end_nor_an_instalment_paid_twice(house):
    made = two_instalments(sale(house)).signed()
    received = made.receive(40_000_000)
    made.claim(received["id"], seq=1)

    assert made.claim(received["id"], seq=2).json()["type"] == "/problems/nothing-left"
    again = made.receive(1)
    assert made.claim(again["id"], seq=1).json()["type"] == "/problems/instalment-paid"


def test_a_draft_takes_no_money__civil_code_502(house):
    made = sale(house)
    received = made.receive(100_000_000)

    answer = made.claim(received["id"])

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/payment-step-closed"
    assert answer.json()["article"] == "民法典 arts 502, 846"
    assert balances(made.finance)["suspense"] == 100_000_000


def test_a_bank_reference_is_recorded_once_an_account(house):
    made, other = sale(house), sale(house)
    body = receipt(house, 100)

    assert made.finance.post("/v1/receipts", json=body).status_code == 201
    assert made.finance.post("/v1/receipts", json=body).json()["type"] == "/problems/receipt-known"
    assert other.finance.post("/v1/receipts", json=body).status_code == 201
    assert balances(made.finance)["suspense"] == 100


def test_no_receipt_comes_from_the_future(house):
    made = sale(house)

    answer = made.finance.post("/v1/receipts", json=receipt(house, 1, received_on=days_ahead(house, 1)))

    assert answer.json()["type"] == "/problems/receipt-in-future"


def test_anothers_receipt_and_anothers_instalment_are_not_found(house):
    made, other = sale(house).signed(), sale(house).signed()
    received = made.receive(100)
    instalment = other.get()["instalments"][0]["id"]

    theirs = other.finance.post(f"/v1/receipts/{received['id']}/claim", json={"instalment_id": instalment})
    mine = made.finance.post(f"/v1/receipts/{received['id']}/claim", json={"instalment_id": instalment})

    assert (theirs.status_code, mine.status_code) == (404, 404)
    assert other.finance.get(f"/v1/receipts/{received['id']}").status_code == 404


def test_only_finance_people_touch_money(house):
    made = sale(house).signed()
    received = made.receive(100)

    assert made.office.post("/v1/receipts", json=receipt(house, 1)).status_code == 403
    assert made.claim(received["id"], finance=made.office).status_code == 403
    assert made.office.get(f"/v1/receipts/{received['id']}").status_code == 404
    assert made.office.get("/v1/balances").status_code == 403


def test_a_receipt_of_no_fen_or_of_a_fraction_is_malformed(house):
    finance = house.act("finance")

    for amount in (0, -1, 1.5, "100", True, 10**13 + 1):
        assert finance.post("/v1/receipts", json=receipt(house, amount)).status_code == 422
    assert balances(finance)["bank"] == 0


def test_each_receipt_carries_its_share_of_the_technology_value(house):
    made = two_instalments(sale(house)).signed()
    made.claim(made.receive(40_000_000)["id"], seq=1)
    address = f"/v1/contracts/{made.contract_id}/receipts"

    before = made.office.get(address).json()
    made.registered()
    made.claim(made.receive(60_000_000)["id"], seq=2)
    after = made.office.get(address).json()

    assert [one["technology_income_fen"] for one in before] == [None]
    assert [one["technology_income_fen"] for one in after] == [36_000_000, 54_000_000]
    assert made.buyer.get(address).status_code == 404
