"""Small model runs for tests: trained on a few made-up deals in a blink, packed as in production."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from kernel.db import Database
from kernel.ids import ModelRunId, new_id
from tests.support.past_deals import NOW
from valuation import features, registry
from valuation.candidates import COMMON
from valuation.estimates import Models
from valuation.grading import Evidence
from valuation.model import PriceModel
from valuation.runs.profiles import Profile, profile
from valuation.tables import ModelPromotion, ModelRun

ROWS = 60


@cache
def a_small_model(seed: int) -> tuple[bytes, str]:
    """(artefact, SHA-256) of a model of sixty deals; another seed is another market."""
    facts = [
        features.facts(
            title=f"第{number}号成果的制备方法",
            kind="invention" if number % 3 else "utility_model",
            trade="transfer",
            on=date(2025, 1, 1),
            filed_year=2012 + (number * seed) % 10,
        )
        for number in range(ROWS)
    ]
    prices = [10_000.0 * seed * (1 + (number * 7) % 11) for number in range(ROWS)]
    days = [date(2024, 1, 1) + timedelta(number) for number in range(ROWS)]
    model = PriceModel(**COMMON).fit(features.frame(facts), prices, days, calibrated=False)
    return registry.pack(Models(real=model, evidence={("invention", "transfer"): Evidence(ROWS, 0, 0)}), facts[:5])


def a_run(artefact: bytes, sha256: str, **changed: Any) -> dict[str, Any]:
    """The fields of a run as they are written to a manifest."""
    usual = {
        "id": str(new_id()),
        "model_id": f"2026-11-25/{sha256[:8]}",
        "data_hash": "d" * 64,
        "artefact_sha256": sha256,
        "trained_at": "2026-11-25T09:00:00+00:00",
        "manifest": {"rows_read": 60, "bytes": len(artefact)},
    }
    return usual | changed


def keep_run(
    db: Database, seed: int = 1, *, trained_at: datetime = NOW, promoted: bool = True, **manifest: Any
) -> ModelRun:
    """A small run in the database, serving unless told otherwise; further facts go to its manifest."""
    artefact, sha256 = a_small_model(seed)
    with db.session("worker") as session:
        run = ModelRun(
            id=ModelRunId(new_id()),
            model_id=f"{trained_at.date().isoformat()}/{sha256[:8]}",
            data_hash="d" * 64,
            artefact=artefact,
            artefact_sha256=sha256,
            manifest={"rows_read": 60, "days": {"first": "2024-01-01", "last": "2024-03-01"}} | manifest,
            trained_at=trained_at,
        )
        session.add(run)
        session.flush()
        decision = ModelPromotion(
            id=new_id(), run_id=run.id, promoted=promoted, why="first", facts={}, decided_at=trained_at
        )
        session.add(decision)
    return run


def asked(seed: int, count: int, **changed: Any) -> list[dict[str, Any]]:
    """Questions of an ordinary market; `changed` replaces a feature on every row."""
    chance = random.Random(seed)
    return [
        {
            "kind": chance.choice(["invention", "invention", "utility_model"]),
            "trade": chance.choice(["transfer", "licence"]),
            "tech_field": chance.choice(["01", "03", "05", None]),
            "ipc_section": None,
            "rights": 1.0,
            "remaining_life": round(chance.uniform(3, 19), 1),
            "trl": float(chance.randint(3, 9)),
            "is_method": float(chance.random() < 0.5),
            "title_length": float(chance.randint(8, 30)),
        }
        | changed
        for _ in range(count)
    ]


def reference(count: int = 400) -> Profile:
    """What a model was trained on, as the watch compares it."""
    return profile(asked(1, count), [str(number) for number in range(count)])
