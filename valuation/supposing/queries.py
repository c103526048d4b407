"""Asking the run that made a valuation what it would say of a changed result; nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from sqlalchemy.orm import Session

from kernel.calendar import local_date
from kernel.money import Money
from valuation import features, shelf
from valuation.estimates import Models, estimate
from valuation.model import PriceModel
from valuation.policy import policy_on
from valuation.registry import CorruptedModel
from valuation.supposing.changes import Change, Limit, NoModelToAsk, WhatIf, changed, limits
from valuation.tables import Valuation

log = structlog.get_logger("market.valuation")


def limits_of(session: Session, found: Valuation) -> list[Limit]:
    """What can be varied of a valuation; nothing where no model made it."""
    asked = _asked(session, found)
    return [] if asked is None else limits(asked[1], found.subject)


def suppose(session: Session, found: Valuation, changes: Mapping[str, Change]) -> WhatIf:
    """What the run that made the valuation says of the result as it is and as changed, by the rules of its day.

    What the seller asked for it then bounds both. The caller has opened the valuation for the actor. Raises NoModelToAsk
    and what `what_if.changed` raises.
    """
    asked = _asked(session, found)
    if asked is None:
        raise NoModelToAsk
    models, model = asked
    after = changed(model, found.subject, changes)
    policy = policy_on(session, local_date(found.valued_at))
    ask_fen = found.explanation.get("ask_fen")
    ask = None if ask_fen is None else Money(ask_fen)
    said = [estimate(models, facts, policy, ask=ask) for facts in (found.subject, after)]
    pairs = ((features.BY_NAME[name], found.subject.get(name), after[name]) for name in changes)
    return WhatIf(tuple(one for one in pairs if one[1] != one[2]), said[0], said[1])


def _asked(session: Session, found: Valuation) -> tuple[Models, PriceModel] | None:
    """The models of the run and the one that answered. A run that is no longer whole is not asked."""
    if found.run_id is None:
        return None
    try:
        models = shelf.of_run(session, found.run_id)
    except CorruptedModel as corrupted:
        log.error("valuation.model_corrupted", run_id=str(found.run_id), why=corrupted.why)
        return None
    model = models.for_grade(found.grade)
    return None if model is None else (models, model)
