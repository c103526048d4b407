"""Reviews and human decisions on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from kernel.http.fields import FenIn, Flag, IntBetween, LongText, Prose, Wire
from kernel.ids import HumanDecisionId, OrganisationId, PersonId, ReviewId, ValuationId
from kernel.money import Money
from valuation.reached import overridden
from valuation.reviewing.figures import Figure
from valuation.reviewing.kinds import Verdict
from valuation.reviewing.states import HumanDecisionState
from valuation.reviewing.tables import HumanDecision, ValuationReview
from valuation.schemas import ReachedOut, shape_reached
from valuation.tables import Valuation

REVIEWS_MAX = 10_000

NOT_BINDING = (
    "申请人工决定后，自动估价不具约束力，以技术经理人的决定为准；对决定不服的，可委托资产评估。",
    "Once a person is asked to decide, the automated price does not bind; what the technology manager decides counts. "
    "Whoever disagrees may have the result appraised.",
)
"""个人信息保护法 art 24 ¶3."""

Ordinal = Annotated[int, IntBetween(0, REVIEWS_MAX)]
Grounds = Annotated[str, Prose(1000)]


class FigureIn(Wire):
    """A price, or a range from low to high, in fen; a price may lie within a range."""

    price_fen: FenIn | None = None
    low_fen: FenIn | None = None
    high_fen: FenIn | None = None

    def figure(self) -> Figure | None:
        """As the rules take it; None for nothing stated. Raises PriceOrRange."""
        stated = (self.price_fen, self.low_fen, self.high_fen)
        if all(one is None for one in stated):
            return None
        return Figure(*(None if one is None else Money(one) for one in stated))


class ReviewIn(FigureIn):
    """Accept the model's price (or one within its range), override it with a reason, or give an own price first.

    `reviews_seen`: the ordinal of the last review that you have read (0 for none); a newer one is refused with 409.
    """

    verdict: Verdict
    reason: LongText = ""
    reviews_seen: Ordinal | None = None


class AskIn(Wire):
    """Why a person should decide."""

    grounds: Grounds


class DecisionIn(FigureIn):
    """The decision: the model's price accepted, or another set; always with its reason."""

    verdict: Literal[Verdict.ACCEPT, Verdict.OVERRIDE]
    reason: Annotated[str, Prose(5000)]


class ReviewOut(Wire):
    """What a person said, beside what the model had said. `counts`: it is the latest acceptance or override.

    `shown_before`: reads on record say that the reviewer had been shown a model price of this result before.
    """

    id: ReviewId
    valuation_id: ValuationId
    ordinal: int
    verdict: Verdict
    price_fen: int | None
    low_fen: int | None
    high_fen: int | None
    reason: str
    shown_before: Flag
    model_price_fen: int | None
    model_low_fen: int | None
    model_high_fen: int | None
    reviewer_id: PersonId
    organisation_id: OrganisationId
    reviewed_at: datetime
    counts: Flag
    superseded_by: UUID | None
    reached: ReachedOut | None


class HumanDecisionOut(Wire):
    """A request for a human decision and what became of it; the automated price does not bind."""

    id: HumanDecisionId
    valuation_id: ValuationId
    state: HumanDecisionState
    grounds: str
    asked_by: PersonId
    asked_at: datetime
    due_at: datetime
    overdue: Flag
    taken_by: PersonId | None
    taken_at: datetime | None
    decided_at: datetime | None
    review: ReviewOut | None
    withdrawn_at: datetime | None
    statement_zh: str
    statement_en: str


def review_out(
    row: ValuationReview, found: Valuation, *, standing: ReviewId | None, newer: ValuationId | None
) -> ReviewOut:
    """A review of a valuation on the wire; `standing` is the id of the one that counts, `newer` a valuation that has taken
    the place. An override that sets a price says how it was reached.
    """
    reached = overridden(found.explanation, row.price) if row.verdict is Verdict.OVERRIDE else None
    money = ("price", "low", "high", "model_price", "model_low", "model_high")
    amounts = {f"{name}_fen": amount.fen if (amount := getattr(row, name)) else None for name in money}
    apart = {*amounts, "counts", "superseded_by", "reached"}
    same = {name: getattr(row, name) for name in ReviewOut.model_fields if name not in apart}
    return ReviewOut(counts=row.id == standing, superseded_by=newer, reached=shape_reached(reached), **amounts, **same)


def decision_out(row: HumanDecision, review: ReviewOut | None, *, now: datetime) -> HumanDecisionOut:
    """A human decision on the wire, `review` being its answer."""
    overdue = row.due_at <= (row.decided_at or row.withdrawn_at or now)
    apart = ("overdue", "review", "statement_zh", "statement_en")
    same = {name: getattr(row, name) for name in HumanDecisionOut.model_fields if name not in apart}
    return HumanDecisionOut(
        overdue=overdue, review=review, statement_zh=NOT_BINDING[0], statement_en=NOT_BINDING[1], **same
    )
