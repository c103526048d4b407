"""A university with its people, buyers and the exchange, driving the listing desk over HTTP in tests."""

from __future__ import annotations

import itertools
from datetime import timedelta
from functools import cached_property
from typing import Any

from tests.support.house import Client, House
from tests.support.numbers import make_application_number

_serial = itertools.count(1)
MINUTES = "a" * 64
CHANNELS = {
    "unit_url": "https://kjc.unit.example/gs/1",
    "market_url": "https://market.example/notices/1",
    "objection_contact": "科研处 0577-86590000",
}
AGREED = {"mode": "agreed", "way": "transfer", "basis": "agreement", "price_fen": 50_000_000, "floor_fen": 40_000_000}
LISTED = {
    "mode": "listed",
    "way": "transfer",
    "basis": "agreement",
    "price_fen": 50_000_000,
    "floor_fen": 40_000_000,
    "benchmark_fen": 50_000_000,
    "deposit_fen": 5_000_000,
    "working_days": 5,
    "disclosures": "无已知瑕疵",
}
AUCTION = {
    "mode": "auction",
    "way": "transfer",
    "basis": "agreement",
    "price_fen": 50_000_000,
    "benchmark_fen": 50_000_000,
    "disclosures": "无已知瑕疵",
}
REPORT = {
    "agency": "浙江某某资产评估有限公司",
    "agency_uscc": "91330100799655058B",
    "purpose": "transfer",
    "value_type": "市场价值",
    "methods": ["cost", "income"],
    "signers": ["张评估", "李评估"],
    "value_fen": 60_000_000,
    "file_sha256": "b" * 64,
}


class Desk:
    """A seller with its transfer office, approver and completer; `regime` as of the organisation."""

    def __init__(self, house: House, *, kind: str = "university", **fields: Any) -> None:
        self.house = house
        self.home = house.organisation(kind=kind, **fields)
        self.office = house.act("transfer_office", organisation=self.home)
        self.completer = house.act("completer", organisation=self.home)
        self.listing_id = self.result_id = ""

    @cached_property
    def approver(self) -> Client:
        """Who approves the unit's decisions; there from when first wanted."""
        return self.house.act("unit_approver", organisation=self.home)

    def buyer(self, **fields: Any) -> Client:
        """Somebody who buys for a verified enterprise."""
        return self.house.act("buyer", organisation=self.house.organisation(kind="enterprise", **fields))

    def stated(self, **changes: Any) -> dict[str, Any]:
        """A result as it may be registered."""
        serial = next(_serial)
        stated = {
            "title": f"一种石墨烯锂电池负极材料的制备方法{serial}",
            "summary": "公开了一种以石墨烯包覆硅碳的负极材料及其制备方法。",
            "kind": "invention",
            "number": make_application_number(serial, year=2023),
            "filed_on": "2023-05-06",
            "tech_field": "05",
            "ipc": "H01M 4/36",
            "trl": 5,
            "completers": [
                {
                    "name": "王教授",
                    "person_id": str(self.completer.person_id),
                    "share_bp": 7000,
                    "priority": "waived",
                },
                {"name": "陈博士", "share_bp": 3000, "priority": "waived"},
            ],
        }
        return stated | changes

    def registered(self, **changes: Any) -> Desk:
        """A result is registered."""
        self.result_id = ok(self.completer.post("/v1/results", json=self.stated(**changes)), 201)["id"]
        return self

    def drafted(self, terms: dict[str, Any], **changes: Any) -> Desk:
        """A listing is drafted."""
        body = {"result_id": self.result_id} | terms | changes
        self.listing_id = ok(self.office.post("/v1/listings", json=body), 201)["id"]
        return self

    def decided(self, *before: tuple[Client, str]) -> Desk:
        """The draft is submitted and decided on; `before` are steps that come first."""
        state = self.do("submission")["state"]
        steps = [*before, (self.office, "transfer_office"), (self.approver, "unit_approval")]
        for client, step in steps if state == "in_decision" else []:
            ok(self.decide(client, step), 201)
        assert self.state() == "approved"
        return self

    def published(self) -> Desk:
        """The listing is open to the public."""
        self.do("publication")
        return self

    def decide(self, client: Client, step: str, **changes: Any) -> Any:
        """One step of the decision."""
        body = {"step": step, "opinion": "同意", "minutes_sha256": MINUTES} | changes
        return client.post(f"/v1/listings/{self.listing_id}/decisions", json=body)

    def do(self, what: str, body: dict[str, Any] | None = None, *, by: Client | None = None, status: int = 200) -> Any:
        """One step of the transfer office on the listing."""
        answer = (by or self.office).post(f"/v1/listings/{self.listing_id}/{what}", json=body)
        return ok(answer, status)

    def refuse(self, what: str, body: dict[str, Any] | None = None, *, by: Client | None = None) -> Any:
        """A step that the rules refuse: the problem document."""
        return refused((by or self.office).post(f"/v1/listings/{self.listing_id}/{what}", json=body))

    def offer_of(self, buyer: Client, price_fen: int, **changes: Any) -> str:
        """A buyer's offer."""
        body = {"price_fen": price_fen, "expires_at": self.later(days=10)} | changes
        return str(self.do("offers", body, by=buyer, status=201)["id"])

    def agreed_with(self, buyer: Client, price_fen: int = 48_000_000, **changes: Any) -> Desk:
        """An offer is made and accepted."""
        offer = self.offer_of(buyer, price_fen, **changes)
        ok(self.office.post(f"/v1/offers/{offer}/accept"))
        return self

    def noticed(self) -> str:
        """The public notice is up."""
        return str(self.do("notices", CHANNELS, status=201)["id"])

    def later(self, **by: float) -> str:
        """A moment from now, in market time."""
        return (self.house.now() + timedelta(**by)).isoformat()

    def get(self, client: Client | None = None) -> Any:
        """The listing as somebody sees it."""
        return ok((client or self.office).get(f"/v1/listings/{self.listing_id}"))

    def state(self) -> str:
        """Where the listing stands."""
        return str(self.get()["state"])

    def contract(self, client: Client | None = None) -> Any:
        """The contract that the listing ended in."""
        deal = self.get(client)["deal"]
        return ok((client or self.office).get(f"/v1/contracts/{deal['contract_id']}"))


def ok(answer: Any, status: int = 200) -> Any:
    """The answer's body; fails the test with the answer's text if it is another."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    return answer.json()


def refused(answer: Any, status: int = 409) -> Any:
    """The problem document of a refusal."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()


def slug(problem: dict[str, Any]) -> str:
    """Which problem it is."""
    return str(problem["type"]).removeprefix("/problems/")
