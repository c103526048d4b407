"""What is left standing after the demo's sales, so that a visitor finds a market in motion: a lot, a listing, a notice, a pool.

The technology manager's review desk is not empty either: these results wait to be priced, one of them for a decision.
"""

from __future__ import annotations

from app.demo.cast import Cast
from app.demo.closing import move_past
from app.demo.judging import ask_for_a_person
from app.demo.selling import CHANNELS, approve, draft, in_days, offer_result
from kernel.money import Money


def stock(cast: Cast) -> None:
    """Put four more results on offer, none of which is sold."""
    _open_lot(cast)
    _list(cast)
    _give_notice(cast)
    result = offer_result(cast, "一种电镀废水重金属在线监测方法", kind="invention", field="07", serial=9_000_069)
    pooled = {"ceiling_fen": Money.wan(20).fen, "way": "licence", "licence_kind": "ordinary"}
    cast.university.office.post(f"/v1/results/{result.id}/pool", **pooled)
    ask_for_a_person(cast, result.valuation["id"])


def _open_lot(cast: Cast) -> None:
    """A lot that takes bids for a month, with two bids on it."""
    office, start = cast.university.office, Money.wan(50)
    result = offer_result(cast, "一种眼镜片加硬镀膜工艺", kind="know_how", field="03")
    terms = {"mode": "auction", "way": "transfer", "basis": "agreement", "price_fen": start.fen}
    listing = draft(cast, result, **terms, benchmark_fen=start.fen, deposit_fen=start.share(1000).fen)
    approve(cast, listing)
    lot = office.post(
        f"/v1/listings/{listing}/lot",
        step_fen=Money.wan(2).fen,
        opens_at=in_days(office, 9),
        ends_at=in_days(office, 40),
        defects="无权利瑕疵。",
    )
    for place, firm in enumerate(cast.firms[:2]):
        seat = firm.buyer.post(f"/v1/lots/{lot['id']}/registrations", conflicts="无")
        paid = {"amount_fen": start.share(1000).fen, "bank_reference": f"DEMO-BZJ-OPEN-{place}"}
        cast.exchange.finance.post(f"/v1/lots/{lot['id']}/registrations/{seat['id']}/deposit", **paid)
    move_past(cast.exchange, lot["opens_at"])
    cast.firms[0].buyer.post(f"/v1/lots/{lot['id']}/bids", amount_fen=start.fen)
    cast.firms[1].buyer.post(f"/v1/lots/{lot['id']}/bids", amount_fen=Money.wan(54).fen)


def _list(cast: Cast) -> None:
    """A listing whose twenty working days have just begun."""
    result = offer_result(cast, "一种低压电器触头材料及其制备方法", kind="invention", field="05", serial=9_000_043)
    terms = {"mode": "listed", "way": "licence", "licence_kind": "ordinary", "basis": "agreement"}
    price = Money.wan(36)
    amounts = {"price_fen": price.fen, "benchmark_fen": Money.wan(30).fen, "deposit_fen": price.share(1000).fen}
    listing = draft(cast, result, **terms, **amounts, working_days=20)
    approve(cast, listing)
    cast.university.office.post(f"/v1/listings/{listing}/publication")


def _give_notice(cast: Cast) -> None:
    """An agreed price whose fifteen days of public notice have just begun."""
    office, buyer = cast.university.office, cast.firms[1].buyer
    result = offer_result(cast, "一种智能泵阀故障诊断方法", kind="invention", field="03", serial=9_000_051)
    listing = draft(cast, result, mode="agreed", way="transfer", basis="agreement", price_fen=Money.wan(45).fen)
    approve(cast, listing)
    office.post(f"/v1/listings/{listing}/publication")
    terms = {"price_fen": Money.wan(45).fen, "expires_at": in_days(office, 20), "payment_terms": "一次总付"}
    offer = buyer.post(f"/v1/listings/{listing}/offers", **terms)
    office.post(f"/v1/offers/{offer['id']}/accept")
    office.post(f"/v1/listings/{listing}/notices", **CHANNELS)
