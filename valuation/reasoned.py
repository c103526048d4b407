"""The reasoned range of a result: what the model says as a market indication, beside income, cost and reports on file."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from kernel.ids import ResultId
from valuation.appraisal.queries import anything_pooled, indications_of, standing_pooling_review
from valuation.appraisal.saying import Said
from valuation.estimates import Estimate
from valuation.indications import Indication, Way, market_indication
from valuation.pooling_policy import pooling_policy_on
from valuation.reconciling import Review, pool

SOURCE: Final = Said("模型对历史交易的估计", "the model's estimate from past transactions")


def reasoned_range(session: Session, *, result_id: ResultId, answer: Estimate, on: date) -> dict[str, Any] | None:
    """The pooled range as it is stored with a valuation; None while no other method has spoken of this result."""
    others = indications_of(session, result_id, on=on) if anything_pooled(session, result_id) else []
    if not others:
        return None
    mine = market(answer, on)
    said = others if mine is None else [mine, *others]
    looked = standing_pooling_review(session, result_id, on=on)
    review = None if looked is None else Review(looked.reason, looked.reviewer, frozenset(map(Way, looked.left_out)))
    return pool(said, pooling_policy_on(session, on), review=review).to_json()


def market(answer: Estimate, on: date) -> Indication | None:
    """The estimate as an indication; None where it abstains."""
    if answer.range is None or answer.likely is None:
        return None
    low, high = answer.range.low, answer.range.high
    likely = min(max(answer.likely, low), high)
    return market_indication(
        low=low, likely=likely, high=high, level_bp=answer.range.level_bp, grade=answer.grade, source=SOURCE, on=on
    )
