"""Which run serves: by what both say of deals that neither had seen, and by nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from kernel.ids import ModelRunId, new_id
from tests.support.evidence import POLICY, row
from valuation import promoting
from valuation.candidates import LOSS, Examined, best, made
from valuation.dataset import Row, matrix, training_set
from valuation.estimates import Models
from valuation.model import PriceModel
from valuation.promoting import Champion, decide
from valuation.tables import ModelPromotion, ModelRun
from valuation.training import Learnt

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
FIRST_DAY = date(2024, 1, 1)
DEAR, CHEAP = 80_000_000, 5_000_000


def market(packages: int) -> list[Row]:
    """A deal a week: inventions are dear, utility models cheap, so that whoever knows the kind knows the price."""
    return [
        row(
            number,
            kind=("invention", "utility_model")[number % 2],
            price_fen=(DEAR, CHEAP)[number % 2] + 1_000 * number,
            dealt_on=FIRST_DAY + timedelta(days=7 * number),
        )
        for number in range(packages)
    ]


def fitted(recipe: str, rows: list[Row], *, out_of_time: float = 0.1) -> PriceModel:
    frame, prices, days, packages = matrix(rows)
    model = made(recipe).fit(frame, prices, days, packages, calibrated=False)
    model.out_of_time[LOSS] = out_of_time
    return model


def decided(champion: str | None, challenger: str, *, later: int) -> ModelPromotion:
    """A champion that had seen 40 packages, and a challenger that sees `later` more."""
    seen, rows = market(40), market(40 + later)
    manifest = {"days": {"first": FIRST_DAY.isoformat(), "last": seen[-1].dealt_on.isoformat()}}
    served = Champion("2024/champion", manifest, Models(real=fitted(champion, seen))) if champion else None
    examined = Examined(challenger, fitted(challenger, rows))
    learnt = Learnt(Models(real=examined.model), {"real": [examined]})
    run = ModelRun(id=ModelRunId(new_id()))
    return decide(served, run, learnt, training_set(rows, POLICY), POLICY, now=NOW)


def test_the_first_run_serves() -> None:
    found = decided(None, "global-median", later=0)

    assert (found.promoted, found.why) == (True, promoting.FIRST)


def test_a_challenger_that_foretells_later_deals_better_replaces_the_champion() -> None:
    found = decided("global-median", "segment-median", later=20)

    assert (found.promoted, found.why) == (True, promoting.BETTER)
    assert found.facts["later_packages"] == 20
    assert found.facts["losses"]["challenger"] < found.facts["losses"]["champion"]


def test_a_challenger_that_foretells_them_worse_does_not_serve() -> None:
    found = decided("segment-median", "global-median", later=20)

    assert (found.promoted, found.why) == (False, promoting.NOT_BETTER)


@pytest.mark.parametrize("later", [0, POLICY.champion_packages_min - 1])
def test_too_few_later_deals_decide_nothing_and_are_counted(later: int) -> None:
    found = decided("segment-median", "segment-median", later=later)

    assert (found.promoted, found.why) == (True, promoting.REFITTED)
    assert found.facts["later_packages"] == later


def test_what_a_challenger_scored_among_its_own_does_not_count() -> None:
    """The declared loss out of time picks the recipe; the champion is replaced by later deals alone."""
    rows = market(60)
    flattered = Examined("global-median", fitted("global-median", rows, out_of_time=1e-9))
    learnt = Learnt(Models(real=flattered.model), {"real": [flattered]})
    manifest = {"days": {"first": FIRST_DAY.isoformat(), "last": market(40)[-1].dealt_on.isoformat()}}
    champion = Champion("2024/champion", manifest, Models(real=fitted("segment-median", market(40))))

    found = decide(
        champion, ModelRun(id=ModelRunId(new_id())), learnt, training_set(rows, POLICY), replace(POLICY), now=NOW
    )

    assert not found.promoted


def test_the_recipe_with_the_smallest_declared_loss_is_chosen() -> None:
    rows = market(40)
    examined = [
        Examined(name, fitted(name, rows, out_of_time=loss))
        for name, loss in (("segment-median", 0.2), ("global-median", 0.1))
    ]

    assert best(examined).name == "global-median"
