"""A valuation for those who may see it: the sentence first, then the reasons, then what stands beside it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from app.web.routing import PageRouter
from app.web.visits import Visit
from kernel.ids import ValuationId
from kernel.money import Money
from market.results import queries as results
from valuation import queries
from valuation.schemas import ContributionOut, ValuationOut, shape
from valuation.starting import queries as starting
from valuation.starting.schemas import shape as shape_start_price
from valuation.statements import factor_text
from valuation.waterfall import printed
from valuation.words import BASE, KINDS, TRADES

router = PageRouter()


@dataclass(frozen=True, slots=True)
class Reason:
    """A row of the table of reasons: the same numbers as in the picture, which sum to the price as printed."""

    label: str
    value: str
    factor: str
    rises: bool
    amount: Money | None


@router.get("/valuations/{valuation_id}")
def valuation(visit: Visit, valuation_id: ValuationId) -> Response:
    """One valuation."""
    actor = visit.member()
    row = queries.valuation(visit.db, actor, valuation_id)
    found = shape(row, queries.model_id(visit.db, row))
    numbers = _numbers(found)
    return visit.show(
        "valuation.html",
        valuation=found,
        title=results.result(visit.db, actor, row.result_id).title,
        sentences=visit.t.either(found.statement.zh, found.statement.en),
        reasons=_reasons(found, numbers, visit.t.language),
        base=numbers[0] if numbers else None,
        price=numbers[-1] if numbers else None,
        base_name=visit.t.either(*BASE),
        kinds=KINDS,
        trades=TRADES,
    )


@router.get("/valuations/{valuation_id}/start-price")
def start_price(visit: Visit, valuation_id: ValuationId) -> Response:
    """What past lots say of start prices for a result that was valued."""
    actor = visit.member()
    row = queries.valuation(visit.db, actor, valuation_id)
    guidance = starting.guidance_for(visit.db, row, on=visit.t.local(visit.now))
    found = shape_start_price(row.id, guidance, generated=row.rests_on_generated)
    return visit.show(
        "start_price.html",
        here=f"/valuations/{valuation_id}",
        guidance=found,
        result_id=row.result_id,
        title=results.result(visit.db, actor, row.result_id).title,
        sentences=visit.t.either(found.statement.zh, found.statement.en),
        whole_share=_whole_share,
    )


def _whole_share(basis_points: int) -> str:
    """A share in whole per cent: the ranges are far wider than its decimals."""
    return f"{(basis_points + 50) // 100}%"


def _numbers(found: ValuationOut) -> list[Money]:
    """Base, amounts and price as they are printed; nothing where the explanation is not in yuan."""
    amounts = [one.yuan_fen for one in found.contributions]
    whole = [Money(one) for one in amounts if one is not None]
    if found.base_fen is None or found.price_fen is None or len(whole) < len(amounts):
        return []
    return printed(Money(found.base_fen), whole)


def _reasons(found: ValuationOut, numbers: list[Money], language: str) -> list[Reason]:
    def row(place: int, one: ContributionOut) -> Reason:
        amount = numbers[place + 1] if numbers else None
        label, value = (one.label_zh, one.value_zh) if language == "zh" else (one.label_en, one.value_en)
        return Reason(label, value, factor_text(one.factor), one.factor >= 1, amount)

    return [row(place, one) for place, one in enumerate(found.contributions)]
