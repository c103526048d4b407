"""From a run in the database to the facts of its card, and what of it may be shown."""

from __future__ import annotations

from typing import Any, Final

from valuation.runs.cards import Facts
from valuation.runs.queries import Standing

PUBLIC: Final = (
    "rows_read", "rows", "left_out", "packages", "days", "loss", "candidates", "chosen", "parameters", "out_of_time",
    "measures", "calibration_packages", "ask_discount", "features", "policy", "versions",
)  # fmt: skip
"""What every member of the market may know of a run. Not the reference of the drift watch: rare categories and bins are
nearer to single results than anybody needs."""


def facts_of(standing: Standing) -> Facts:
    """What the card is made of."""
    run, decision, watch = standing.run, standing.decision, standing.watch
    return Facts(
        id=str(run.id),
        model_id=run.model_id,
        data_hash=run.data_hash,
        sha256=run.artefact_sha256,
        trained_at=run.trained_at,
        manifest=shown(run.manifest),
        serves=standing.serves,
        why=decision.why if decision else None,
        decided=decision.facts if decision else {},
        watch=watch.report if watch else None,
    )


def shown(manifest: dict[str, Any]) -> dict[str, Any]:
    """The public part of a manifest."""
    return {name: manifest[name] for name in PUBLIC if name in manifest}
