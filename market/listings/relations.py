"""Whether a buyer is tied to the seller: by control, through a completer of the result, or by the buyer's own word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import OrganisationId, ResultId
from parties import queries as parties

# A seller does not see who works for the buyer; the mark must. The function tells yes or no.
_COMPLETER_THERE = text("SELECT market_completer_in(:result_id, :organisation_id)")


@dataclass(frozen=True, slots=True)
class Relation:
    """The mark that 条例 art 17 asks for, with its reasons in words."""

    related: bool
    note: str


def relation_of(
    session: Session,
    *,
    seller_id: OrganisationId,
    result_id: ResultId,
    buyer_id: OrganisationId,
    on: date,
    declared: bool = False,
    note: str = "",
) -> Relation:
    """The related-party mark of a sale to this buyer on this day (浙江省促进科技成果转化条例 art 17)."""
    reasons = []
    if parties.are_affiliated(session, seller_id, buyer_id, on=on):
        reasons.append("受让方与出让方存在关联关系")
    if _has_completer(session, result_id, buyer_id):
        reasons.append("成果完成人在受让方任职")
    if declared:
        reasons.append(f"受让方自行申报：{note}" if note else "受让方自行申报存在利害关系")
    return Relation(bool(reasons), "；".join(reasons))


def _has_completer(session: Session, result_id: ResultId, organisation_id: OrganisationId) -> bool:
    known = {"result_id": result_id, "organisation_id": organisation_id}
    return bool(session.execute(_COMPLETER_THERE, known).scalar_one())
