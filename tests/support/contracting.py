"""Contracts for tests: a university sells to a firm, both sign by stamped scan, the bank pays, the registry decides."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from contracts.agreements import commands as agreements
from contracts.agreements.facts import DealFacts
from contracts.licences import commands as licences
from contracts.licences.terms import PoolTerms
from kernel.calendar import local_date
from kernel.db import market_now
from kernel.ids import ResultId
from kernel.money import Money
from tests.support.house import Client, House

SCAN = {"seller": "a" * 64, "buyer": "b" * 64}
_serial = itertools.count(1)


@dataclass
class Sale:
    """A drafted contract and the people who can act on it."""

    house: House
    contract_id: UUID
    deal_id: UUID
    price: Money
    seller_id: Any
    buyer_id: Any

    @cached_property
    def office(self) -> Client:
        """The seller's transfer office."""
        return self.house.act("transfer_office", organisation=self.seller_id)

    @cached_property
    def approver(self) -> Client:
        """Somebody else of the seller's who may sign."""
        return self.house.act("unit_approver", organisation=self.seller_id)

    @cached_property
    def finance(self) -> Client:
        """The seller's finance people."""
        return self.house.act("finance", organisation=self.seller_id)

    @cached_property
    def buyer(self) -> Client:
        """The buyer's own hand."""
        return self.house.act("buyer", organisation=self.buyer_id)

    @cached_property
    def second_buyer(self) -> Client:
        """The buyer's other hand."""
        return self.house.act("buyer", organisation=self.buyer_id)

    def get(self, client: Client | None = None) -> dict[str, Any]:
        """The contract as a client sees it, by default the seller's office."""
        answer = (client or self.office).get(f"/v1/contracts/{self.contract_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
        """A POST under the contract's address."""
        return client.post(f"/v1/contracts/{self.contract_id}/{path}", json=body)

    def sign(self, side: str) -> Any:
        """One person records a side's scan, a second checks it; answers the check."""
        first, second = (self.office, self.approver) if side == "seller" else (self.buyer, self.second_buyer)
        recorded = self.post(first, "signatures", scan(side))
        assert recorded.status_code == 201, recorded.text
        return self.post(second, f"signatures/{side}/check", {"scan_sha256": SCAN[side]})

    def signed(self) -> Sale:
        """Both sides have signed."""
        for side in ("seller", "buyer"):
            answer = self.sign(side)
            assert answer.status_code == 200, answer.text
        return self

    def receive(self, fen: int, finance: Client | None = None, **fields: Any) -> dict[str, Any]:
        """Money comes in on an account, by default the seller's."""
        answer = (finance or self.finance).post("/v1/receipts", json=receipt(self.house, fen, **fields))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def claim(self, receipt_id: str, *, seq: int = 1, fen: int | None = None, finance: Client | None = None) -> Any:
        """Claim a receipt for an instalment."""
        instalment = self.get()["instalments"][seq - 1]["id"]
        body = {"instalment_id": instalment} | ({} if fen is None else {"amount_fen": fen})
        return (finance or self.finance).post(f"/v1/receipts/{receipt_id}/claim", json=body)

    def paid(self) -> Sale:
        """Every instalment is paid in full."""
        for one in self.get()["instalments"]:
            answer = self.claim(self.receive(one["amount_fen"])["id"], seq=one["seq"])
            assert answer.status_code == 201, answer.text
        return self

    def registered(self, **fields: Any) -> Sale:
        """The registry has registered the contract."""
        answer = self.post(self.office, "registration", registration(self.house, self.price, **fields))
        assert answer.status_code == 201, answer.text
        return self


def scan(side: str, **fields: Any) -> dict[str, Any]:
    """The body of a recorded signature."""
    return {"side": side, "scan_sha256": SCAN.get(side, "c" * 64), "signed_by_name": "王某某"} | fields


def receipt(house: House, fen: int, **fields: Any) -> dict[str, Any]:
    """The body of a bank receipt of today."""
    body = {
        "amount_fen": fen,
        "payer_name": "温州某某科技有限公司",
        "payer_account": "6222000011112222333",
        "bank_reference": f"BANK{next(_serial):010d}",
        "received_on": local_date(house.now()).isoformat(),
    }
    return body | fields


def registration(house: House, price: Money, **fields: Any) -> dict[str, Any]:
    """The body of a registration of today, nine tenths of the price being technology."""
    body = {
        "number": f"{20263303_00000000 + next(_serial):016d}",
        "contract_value_fen": price.fen,
        "technology_value_fen": price.share(9_000).fen,
        "technology_income_fen": 0,
        "registered_on": local_date(house.now()).isoformat(),
    }
    return body | fields


def deal(**fields: Any) -> DealFacts:
    """A deal of today, by default the agreed sale of an invention."""
    facts = {
        "deal_id": uuid4(),
        "title": "一种光伏逆变器的散热结构",
        "result_id": uuid4(),
        "way": "transfer",
        "price": Money.yuan(1_000_000),
        "mode": "agreed",
        "basis": "agreement",
        "tech_field": "06",
        "ip_kind": "invention",
        "application_numbers": ("202011537776.9",),
        "patent_expires_on": date(2040, 12, 22),
    }
    return DealFacts(**(facts | fields))


def sale(house: House, *, seller: Any = None, buyer: Any = None, **fields: Any) -> Sale:
    """A contract drafted from a deal between a university and a firm, with people on both sides."""
    seller = seller or house.organisation()
    buyer = buyer or house.organisation(kind="enterprise", size="small")
    with house.database.session("worker") as session:
        now = market_now(session)
        facts = deal(**{"seller_id": seller, "buyer_id": buyer, "agreed_on": local_date(now)} | fields)
        contract = agreements.draft(session, facts=facts, now=now)
        contract_id = contract.id
    return Sale(house, contract_id, facts.deal_id, facts.price, seller, buyer)


def pool_entry(house: House, owner: Any, **fields: Any) -> str:
    """A result of the owner in the pool; answers the entry's id."""
    terms = {
        "result_id": ResultId(uuid4()),
        "owner_id": owner,
        "title": "便携式水质快速检测仪",
        "summary": "现场十分钟出结果。",
        "trl": 6,
        "ceiling": Money.yuan(80_000),
        "licence_kind": "ordinary",
        "tech_field": "07",
        "ip_kind": "invention",
        "patent_expires_on": date(2040, 1, 1),
    }
    with house.database.session("worker") as session:
        entry = licences.pool(session, entry=PoolTerms(**(terms | fields)), now=market_now(session))
        return str(entry.id)


def days_ahead(house: House, days: int) -> str:
    """A day so many days from today, as text."""
    return (local_date(house.now()) + timedelta(days=days)).isoformat()
