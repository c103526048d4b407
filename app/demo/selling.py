"""Selling in each of the four modes, and licensing 先用后转: every step by the actor whose step it is, over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from app.demo.actors import Actor
from app.demo.cast import UNIVERSITY, Cast
from app.demo.closing import complete, move, move_past, scan_of, today
from app.demo.judging import sign_off
from app.demo.lots import CitedLot
from app.demo.summary import Sale, valuation_facts
from kernel.codes import application_check_digit
from kernel.money import Money

T = TypeVar("T")

WAIT_SECONDS_MAX = 60
CHANNELS = {
    "unit_url": "https://www.ouit.example.cn/notices",
    "market_url": "https://market.example.cn/notices",
    "objection_contact": "成果转化办公室 0577-0000000",
}


@dataclass(frozen=True)
class Offered:
    """A result that has been registered and valued."""

    id: str
    title: str
    valuation: dict[str, Any]


def sell_by_agreement(cast: Cast) -> Sale:
    """Agreed price: offer, counter-offer, acceptance, fifteen days of public notice, contract in three instalments."""
    university, firm = cast.university, cast.firms[0]
    result = offer_result(
        cast, "一种低能耗窑炉余热回收装置及其控制方法", kind="invention", field="06", serial=9_000_011
    )
    asked = Money.wan(60)
    listing = draft(
        cast,
        result,
        mode="agreed",
        way="transfer",
        basis="agreement",
        price_fen=asked.fen,
        floor_fen=asked.share(7500).fen,
    )
    too_early = university.office.refused(f"/v1/listings/{listing}/publication")
    approve(cast, listing)
    university.office.post(f"/v1/listings/{listing}/publication")
    until = in_days(university.office, 20)
    offer = firm.buyer.post(
        f"/v1/listings/{listing}/offers", price_fen=Money.wan(50).fen, expires_at=until, payment_terms="三期支付"
    )
    terms = {"price_fen": Money.wan(56).fen, "expires_at": until, "payment_terms": "三期支付"}
    counter = university.office.post(f"/v1/offers/{offer['id']}/counter", **terms)
    firm.buyer.post(f"/v1/offers/{counter['id']}/accept")
    notice = university.office.post(f"/v1/listings/{listing}/notices", **CHANNELS)
    hasty = university.office.refused(f"/v1/listings/{listing}/deal")
    move_past(cast.exchange, notice["ends_at"])
    wait_for(lambda: university.office.get(f"/v1/listings/{listing}")["state"] == "cleared")
    contract = conclude(cast, listing)
    return finish(
        cast, "agreed", result, asked, complete(contract, cast.exchange, university, firm, parts=3), [too_early, hasty]
    )


def sell_by_listing(cast: Cast) -> Sale:
    """Listing: a benchmark price from a signed-off estimate, five working days, one buyer with a deposit, the list price."""
    university, firm = cast.university, cast.firms[1]
    result = offer_result(
        cast, "一种基于视觉的柔性上下料机器人", kind="invention", field="03", serial=9_000_027, trade="licence"
    )
    price = Money.wan(88)
    terms = {"mode": "listed", "way": "licence", "licence_kind": "ordinary", "price_fen": price.fen}
    terms |= {"deposit_fen": price.share(1000).fen, "working_days": 5}
    basis, refused = benchmark(cast, result, terms, Money.wan(80))
    listing = draft(cast, result, **terms, **basis)
    approve(cast, listing)
    university.office.post(f"/v1/listings/{listing}/publication")
    interest = firm.buyer.post(f"/v1/listings/{listing}/interests")
    cast.exchange.finance.post(
        f"/v1/interests/{interest['id']}/deposit", amount_fen=price.share(1000).fen, bank_reference="DEMO-BZJ-LISTING"
    )
    move_past(cast.exchange, university.office.get(f"/v1/listings/{listing}")["period_ends_at"])
    wait_for(lambda: university.office.get(f"/v1/listings/{listing}")["state"] == "closed_1")
    contract = conclude(cast, listing)
    return finish(cast, "listed", result, price, complete(contract, cast.exchange, university, firm), refused)


def benchmark(
    cast: Cast, result: Offered, terms: dict[str, Any], amount: Money
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The basis of a benchmark price, and what was refused on the way: an estimate before anybody has signed it off.

    Where the model abstains there is no estimate to sign, and the price is agreed upon in the unit.
    """
    if result.valuation.get("low_fen") is None:
        return {"basis": "agreement", "benchmark_fen": amount.fen}, []
    basis = {"basis": "ai_estimate_reviewed", "valuation_id": result.valuation["id"]}
    unsigned = cast.university.office.refused("/v1/listings", result_id=result.id, **terms, **basis)
    sign_off(cast, result.valuation["id"], amount)
    return basis, [unsigned]


def sell_by_auction(cast: Cast, lot: CitedLot) -> Sale:
    """Auction: a cited lot replayed from its start price to its hammer price, with deposits, steps and a hidden reserve."""
    assert lot.start is not None and lot.final is not None
    university = cast.university
    result = offer_result(cast, lot.title, kind="know_how", field="07")
    deposit = lot.start.share(1000)
    listing = draft(
        cast,
        result,
        mode="auction",
        way="transfer",
        basis="agreement",
        price_fen=lot.start.fen,
        benchmark_fen=lot.start.fen,
        deposit_fen=deposit.fen,
    )
    approve(cast, listing)
    announced = university.office.post(
        f"/v1/listings/{listing}/lot",
        start_fen=lot.start.fen,
        step_fen=Money.wan(10).fen,
        reserve_fen=Money.wan(400).fen,
        deposit_fen=deposit.fen,
        opens_at=in_days(university.office, 9),
        ends_at=in_days(university.office, 10),
        defects="无权利瑕疵；技术资料以现状交付。",
    )
    number = announced["id"]
    for place, firm in enumerate(cast.firms):
        seat = firm.buyer.post(f"/v1/lots/{number}/registrations", conflicts="无")
        paid = {"amount_fen": deposit.fen, "bank_reference": f"DEMO-BZJ-{place}"}
        cast.exchange.finance.post(f"/v1/lots/{number}/registrations/{seat['id']}/deposit", **paid)
    move_past(cast.exchange, announced["opens_at"])
    refusal = _bid_up(cast, number, lot)
    move_past(cast.exchange, cast.exchange.auctioneer.get(f"/v1/lots/{number}")["ends_at"])
    wait_for(lambda: university.office.get(f"/v1/listings/{listing}")["state"] == "deal")
    cast.exchange.auctioneer.post(f"/v1/lots/{number}/confirmation", minutes="拍卖笔录：全程在线，过程无异议。")
    deal = university.office.get(f"/v1/listings/{listing}")["deal"]
    winner = next(firm for firm in cast.firms if firm.buyer.organisation_id == deal["buyer_id"])
    contract = complete(deal["contract_id"], cast.exchange, university, winner)
    return finish(cast, "auction", result, lot.start, contract, [refusal])


def _bid_up(cast: Cast, number: str, lot: CitedLot) -> dict[str, Any]:
    """The published bids 310, 350, …, 480 (万元), by three firms in turn; one bid too low on the way is refused."""
    assert lot.final is not None
    amounts = [*(Money.wan(wan) for wan in (310, 350, 370, 390, 410, 430, 450, 470)), lot.final]
    refusal: dict[str, Any] = {}
    for turn, amount in enumerate(amounts):
        bidder = cast.firms[turn % len(cast.firms)].buyer
        if turn == 2:
            refusal = bidder.refused(f"/v1/lots/{number}/bids", amount_fen=amounts[1].fen)
        bidder.post(f"/v1/lots/{number}/bids", amount_fen=amount.fen)
    return refusal


def sell_on_appraisal(cast: Cast, lot: CitedLot) -> Sale:
    """Appraisal as the basis of an agreed price: a report with two methods and two signers, then the notice."""
    assert lot.start is not None and lot.final is not None
    university, firm = cast.university, cast.firms[2]
    result = offer_result(
        cast, "鹦鹉人工繁殖巢箱", kind="invention", field="09", number="ZL200810027800.7", filed="2008-04-30"
    )
    who = {"organisation_id": cast.appraiser.organisation_id, "person_id": cast.appraiser.person_id}
    university.office.post(f"/v1/results/{result.id}/engagements", **who)
    report = _report(cast, result.id, lot.start)
    listing = draft(
        cast,
        result,
        mode="agreed",
        way="transfer",
        basis="appraisal",
        appraisal_id=report["id"],
        price_fen=lot.start.fen,
    )
    approve(cast, listing)
    university.office.post(f"/v1/listings/{listing}/publication")
    terms = {"price_fen": lot.final.fen, "expires_at": in_days(university.office, 20), "payment_terms": "一次总付"}
    offer = firm.buyer.post(f"/v1/listings/{listing}/offers", **terms)
    university.office.post(f"/v1/offers/{offer['id']}/accept")
    notice = university.office.post(f"/v1/listings/{listing}/notices", **CHANNELS)
    move_past(cast.exchange, notice["ends_at"])
    wait_for(lambda: university.office.get(f"/v1/listings/{listing}")["state"] == "cleared")
    contract = conclude(cast, listing)
    return finish(cast, "appraisal", result, lot.start, complete(contract, cast.exchange, university, firm))


def _report(cast: Cast, result_id: str, value: Money) -> dict[str, Any]:
    day = today(cast.appraiser)
    report: dict[str, Any] = cast.appraiser.post(
        "/v1/appraisals",
        result_id=result_id,
        agency="浙南知识产权评估有限公司（演示）",
        agency_uscc=cast.appraiser_uscc,
        report_no=f"浙南评报字〔{day:%Y}〕演示1号",
        purpose="transfer",
        value_type="市场价值",
        base_date=(day - timedelta(days=30)).isoformat(),
        valid_until=(day + timedelta(days=300)).isoformat(),
        methods=["market", "income"],
        signers=["赵评估师", "钱评估师"],
        value_fen=value.fen,
        file_sha256=scan_of("appraisal report"),
    )
    return report


def license_by_trial(cast: Cast) -> Sale:
    """先用后转: pool, confidentiality, terms with the price agreed beforehand, notice, free trial, conversion."""
    university, firm = cast.university, cast.firms[0]
    result = offer_result(cast, "一种耐高温窑炉用陶瓷纤维模块", kind="invention", field="05", serial=9_000_035)
    ceiling = Money.wan(30)
    pooled = university.office.post(
        f"/v1/results/{result.id}/pool", ceiling_fen=ceiling.fen, way="licence", licence_kind="ordinary"
    )
    asked = firm.buyer.post("/v1/trials", pool_entry_id=pooled["id"], purpose="窑炉保温层改造试用", place="温州")
    trial = asked["id"]
    university.office.post(f"/v1/trials/{trial}/nda", scan_sha256=scan_of("nda"))
    proposal = university.office.post(
        f"/v1/trials/{trial}/terms",
        conditions="免费试用；设备与调试费用由企业承担。",
        acceptance_criteria="炉壁外温下降不少于十五摄氏度，连续运行三个月。",
        way="licence",
        price_fen=Money.wan(28).fen,
        silence_effect="return",
        months=12,
    )
    firm.buyer.post(f"/v1/trials/{trial}/acceptance", terms=proposal["terms"])
    notice = wait_for(lambda: _notice_of_trial(university.office, trial))
    published = university.office.post(f"/v1/notices/{notice}/publication", **CHANNELS)
    move_past(cast.exchange, published["ends_at"])
    wait_for(lambda: university.office.get(f"/v1/trials/{trial}")["state"] == "trial")
    move(cast.exchange, days=120)
    firm.buyer.post(f"/v1/trials/{trial}/reports", text="炉壁外温下降二十一摄氏度，运行稳定。")
    greedy = firm.buyer.refused(f"/v1/trials/{trial}/conversion", way="licence", price_fen=ceiling.share(20_000).fen)
    contract = firm.buyer.post(f"/v1/trials/{trial}/conversion", way="licence", price_fen=Money.wan(28).fen)
    return finish(cast, "trial", result, None, complete(contract["id"], cast.exchange, university, firm), [greedy])


def _notice_of_trial(office: Actor, trial: str) -> str | None:
    for notice in office.get("/v1/notices", limit=100)["items"]:
        if notice["trial_id"] == trial:
            return str(notice["id"])
    return None


def offer_result(cast: Cast, title: str, *, kind: str, field: str, **how: Any) -> Offered:
    """Register a result with its completer's priority settled, and value it."""
    completer = cast.university.completer
    number = how.get("number") or (invented_number(how["serial"]) if "serial" in how else None)
    facts = {"number": number, "filed_on": how.get("filed", "2024-05-20")} if number else {}
    result = completer.post(
        "/v1/results",
        title=title,
        summary=f"{title}。{UNIVERSITY.name}的成果，用于演示。",
        kind=kind,
        tech_field=field,
        trl=7,
        completers=[
            {"name": completer.name, "person_id": completer.person_id, "share_bp": 10_000, "priority": "waived"}
        ],
        plan_source="05",
        **facts,
    )
    valued = cast.university.office.post(f"/v1/results/{result['id']}/valuations", trade=how.get("trade", "transfer"))
    return Offered(result["id"], title, valuation_facts(valued))


def draft(cast: Cast, result: Offered, **terms: Any) -> str:
    """The transfer office drafts the listing and hands it to the unit's decision."""
    office = cast.university.office
    listing = str(
        office.post("/v1/listings", result_id=result.id, disclosures="无质押、无在先许可、无争议。", **terms)["id"]
    )
    office.post(f"/v1/listings/{listing}/submission")
    return listing


def approve(cast: Cast, listing: str) -> None:
    """Each step of the decision chain by the person who holds its role, with the minutes' hash."""
    university = cast.university
    people = {
        "transfer_office": university.office,
        "unit_approver": university.approver,
        "technology_manager": cast.exchange.manager,
        "finance": university.finance,
        "completer": university.completer,
    }
    for decision in university.office.get(f"/v1/listings/{listing}/decisions"):
        if decision["state"] == "pending":
            people[decision["role"]].post(
                f"/v1/listings/{listing}/decisions",
                step=decision["step"],
                opinion="同意。",
                minutes_sha256=scan_of(f"minutes {listing} {decision['step']}"),
            )


def conclude(cast: Cast, listing: str) -> str:
    """Make the deal; returns its contract's id."""
    return str(cast.university.office.post(f"/v1/listings/{listing}/deal")["contract_id"])


def finish(
    cast: Cast,
    mode: str,
    result: Offered,
    asked: Money | None,
    contract: dict[str, Any],
    refusals: list[dict[str, Any]] | None = None,
) -> Sale:
    """State costs and taxes, ask what reward is due, and write the line of the summary."""
    finance, price = cast.university.finance, Money(contract["price_fen"])
    costs = {"cost_fen": price.share(600).fen, "tax_fen": price.share(400).fen}
    reward = finance.post(f"/v1/contracts/{contract['id']}/costs", **costs)
    return Sale(
        mode,
        result.title,
        result.valuation,
        asked.fen if asked else None,
        price.fen,
        contract["number"],
        contract["registration"]["number"],
        reward["reward_fen"],
        refusals or [],
    )


def wait_for(ask: Callable[[], T]) -> T:
    """Ask until the answer is yes: handlers and due work are done by the worker. Raises TimeoutError."""
    until = time.monotonic() + WAIT_SECONDS_MAX
    while time.monotonic() < until:
        if answer := ask():
            return answer
        time.sleep(0.1)
    raise TimeoutError("the worker did not do its part in time; see the demo's worker.log")


def in_days(actor: Actor, days: float) -> str:
    """The instant so many days from now, by market time."""
    now = datetime.fromisoformat(actor.get("/v1/clock")["now"])
    return (now + timedelta(days=days)).isoformat()


def invented_number(serial: int) -> str:
    """An application number of 2024 with a serial far beyond those given out, so that it is nobody's."""
    digits = f"20241{serial:07d}"
    return f"{digits}.{application_check_digit(digits)}"
