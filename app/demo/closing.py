"""From a deal to money and a registration number: what both sides, finance and the transfer office do with every contract."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from app.demo.actors import Actor

SHANGHAI = timezone(timedelta(hours=8))
_serial = itertools.count(1)


@dataclass(frozen=True)
class Seller:
    """Who acts for the university: they hold different roles, and none signs for two steps."""

    completer: Actor
    office: Actor
    approver: Actor
    finance: Actor


@dataclass(frozen=True)
class Buyer:
    """Who acts for a firm: one buys and signs, another checks what was signed."""

    buyer: Actor
    second: Actor


@dataclass(frozen=True)
class Exchange:
    """The exchange's own staff."""

    operator: Actor
    auctioneer: Actor
    registrar: Actor
    finance: Actor
    statistician: Actor
    supervisor: Actor
    manager: Actor


def today(actor: Actor) -> date:
    """The day in Shanghai by market time."""
    return datetime.fromisoformat(actor.get("/v1/clock")["now"]).astimezone(SHANGHAI).date()


def move(exchange: Exchange, **by: float) -> None:
    """Let waiting periods pass: the operator moves market time, the rules stay."""
    exchange.operator.post("/v1/clock/advance", seconds=int(timedelta(**by).total_seconds()))


def move_past(exchange: Exchange, instant: str) -> None:
    """Let time pass until a minute after an instant: a period may end later than its days, if the last is a holiday."""
    now = datetime.fromisoformat(exchange.operator.get("/v1/clock")["now"])
    move(exchange, seconds=(datetime.fromisoformat(instant) - now).total_seconds() + 60)


def scan_of(text: str) -> str:
    """The hash of a stamped scan; the demo has no scanner, so the text stands for the paper."""
    return hashlib.sha256(text.encode()).hexdigest()


def sign(contract_id: str, seller: Seller, buyer: Buyer) -> None:
    """Both sides record the stamped scan, and on each side a second person checks it."""
    scan = scan_of(f"contract {contract_id}")
    pairs = (("seller", seller.office, seller.approver), ("buyer", buyer.buyer, buyer.second))
    for side, first, second in pairs:
        name = first.name
        first.post(f"/v1/contracts/{contract_id}/signatures", side=side, scan_sha256=scan, signed_by_name=name)
        second.post(f"/v1/contracts/{contract_id}/signatures/{side}/check", scan_sha256=scan)


def pay(contract_id: str, seller: Seller, payer: str) -> None:
    """Every instalment arrives by bank transfer, and finance claims it (财务到账认领)."""
    for instalment in seller.finance.get(f"/v1/contracts/{contract_id}")["instalments"]:
        receipt = seller.finance.post(
            "/v1/receipts",
            amount_fen=instalment["amount_fen"],
            payer_name=payer,
            payer_account="330301040009999",
            bank_reference=f"DEMO{next(_serial):08d}",
            received_on=today(seller.finance).isoformat(),
        )
        seller.finance.post(f"/v1/receipts/{receipt['id']}/claim", instalment_id=instalment["id"])


def register(contract_id: str, exchange: Exchange, seller: Seller, *, technology_bp: int = 10_000) -> dict[str, Any]:
    """The transfer office applies; what the registration office decided is entered back: its number and three amounts."""
    seller.office.post(f"/v1/contracts/{contract_id}/registration/application")
    price = seller.office.get(f"/v1/contracts/{contract_id}")["price_fen"]
    technology = price * technology_bp // 10_000
    answer: dict[str, Any] = exchange.registrar.post(
        f"/v1/contracts/{contract_id}/registration",
        number=f"{today(exchange.registrar):%Y}3303{next(_serial):08d}",
        contract_value_fen=price,
        technology_value_fen=technology,
        technology_income_fen=technology,
        registered_on=today(exchange.registrar).isoformat(),
    )
    return answer


def complete(contract_id: str, exchange: Exchange, seller: Seller, buyer: Buyer, *, parts: int = 1) -> dict[str, Any]:
    """A contract from draft to registered and paid. Returns the contract as its seller sees it."""
    if parts > 1:
        _agree_instalments(contract_id, seller, parts)
    sign(contract_id, seller, buyer)
    register(contract_id, exchange, seller)
    pay(contract_id, seller, buyer.buyer.name)
    contract: dict[str, Any] = seller.office.get(f"/v1/contracts/{contract_id}")
    return contract


def _agree_instalments(contract_id: str, seller: Seller, parts: int) -> None:
    """Equal parts, the odd fen in the first, a month apart."""
    price = seller.office.get(f"/v1/contracts/{contract_id}")["price_fen"]
    amounts = [price // parts + (price % parts if part == 0 else 0) for part in range(parts)]
    begin = today(seller.office)
    plan = [
        {"amount_fen": amount, "due_on": (begin + timedelta(days=10 + 30 * part)).isoformat()}
        for part, amount in enumerate(amounts)
    ]
    seller.office.post(f"/v1/contracts/{contract_id}/instalments", instalments=plan)
