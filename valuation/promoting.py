"""Which run serves: a challenger replaces the champion only by what both say of deals that neither had seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from kernel.ids import new_id
from valuation.candidates import LOSS, best, made
from valuation.dataset import Row, TrainingSet, matrix, weights
from valuation.estimates import Models
from valuation.grading import Policy
from valuation.model import PriceModel
from valuation.tables import ModelPromotion, ModelRun

if TYPE_CHECKING:
    from valuation.training import Learnt

FIRST: Final = "first"
BETTER: Final = "better-out-of-time"
NOT_BETTER: Final = "not-better-out-of-time"
REFITTED: Final = "too-few-later-packages-to-compare"
OTHER_DATA: Final = "no-common-ground"


@dataclass(frozen=True, slots=True)
class Champion:
    """The run that serves, as far as a challenger must know it."""

    model_id: str
    manifest: dict[str, Any]
    models: Models


@dataclass(frozen=True, slots=True)
class Comparison:
    """The declared loss of both on packages later than all that the champion had seen."""

    packages: int
    champion: float
    challenger: float


def decide(
    champion: Champion | None, run: ModelRun, learnt: Learnt, chosen: TrainingSet, policy: Policy, *, now: datetime
) -> ModelPromotion:
    """Whether a run serves from now on, with the facts that decided.

    With too few later packages nothing can be compared: the same recipe on more data then serves, for a recipe was chosen
    out of time by itself.
    """
    why, promoted = FIRST, True
    facts: dict[str, Any] = {}
    if champion is not None:
        since = date.fromisoformat(champion.manifest["days"]["last"])
        found = compare(champion.models, learnt, chosen, policy, since=since)
        facts = {"champion": champion.model_id}
        if found is None:
            why = OTHER_DATA
        elif found.packages < policy.champion_packages_min:
            why, facts = REFITTED, facts | {"later_packages": found.packages}
        else:
            promoted = found.challenger <= found.champion
            why = BETTER if promoted else NOT_BETTER
            losses = {"champion": found.champion, "challenger": found.challenger}
            facts |= {"loss": LOSS, "later_packages": found.packages, "losses": losses}
    return ModelPromotion(id=new_id(), run_id=run.id, promoted=promoted, why=why, facts=facts, decided_at=now)


def compare(champion: Models, learnt: Learnt, chosen: TrainingSet, policy: Policy, *, since: date) -> Comparison | None:
    """Both on rows after `since`: the champion as it is, the challenger's recipe fitted on what lies before.

    None where they have no model of one sort in common.
    """
    name = "real" if champion.real is not None and "real" in learnt.examined else "helped"
    served, rows = getattr(champion, name), chosen.real if name == "real" else chosen.helped
    if served is None or name not in learnt.examined:
        return None
    past = [row for row in rows if row.dealt_on <= since]
    later = [row for row in rows if row.dealt_on > since and not row.at_most]
    packages = len({row.package_key for row in later})
    if packages < policy.champion_packages_min or len({row.package_key for row in past if not row.at_most}) < 2:
        return Comparison(packages if past else 0, math.nan, math.nan)
    challenger = made(best(learnt.examined[name]).name)
    frame, prices, days, keys = matrix(past)
    weight = weights(past, seller_share_max_bp=policy.seller_share_max_bp)
    challenger.fit(frame, prices, days, keys, weight, at_most=[row.at_most for row in past], calibrated=False)
    return Comparison(packages, loss(served, later), loss(challenger, later))


def loss(model: PriceModel, rows: Sequence[Row]) -> float:
    """The declared loss of a model on rows, one unit a package."""
    import numpy as np

    from valuation.model import package_weights

    frame, prices, _, packages = matrix(rows)
    off: Any = np.abs(model.log_price(frame) - np.log(prices))
    return float(np.average(off, weights=package_weights(packages)))
