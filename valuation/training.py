"""Training: from the past transactions of the database to a model run that is kept for ever."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.calendar import local_date
from kernel.errors import Refused
from kernel.ids import ModelRunId, new_id
from valuation import features, registry
from valuation.dataset import ROWS_MAX, Row, TrainingSet, data_hash, facts_of, matrix, training_set
from valuation.estimates import Models
from valuation.grading import Policy
from valuation.model import PriceModel
from valuation.policy import policy_on
from valuation.tables import ModelRun, PastTransaction

HALF_LIFE_DAYS: Final = 730
PACKAGES_MIN: Final = 2


class NothingToLearnFrom(Refused):
    """There are no past transactions to learn from; import some first."""

    zh = "没有可供学习的历史交易，请先导入。"


def train(session: Session, now: datetime) -> ModelRun:
    """Learn from every arm's-length transaction up to now and keep the run; the newest run serves.

    Raises NothingToLearnFrom. The run's manifest says how many rows of which sort were used, generated ones included.
    """
    policy = policy_on(session, local_date(now))
    rows = training_rows(session)
    chosen = training_set(rows, policy)
    models = learn(chosen)
    if models.deals is None and models.helped is None and models.asks is None:
        raise NothingToLearnFrom
    artefact, sha256 = registry.pack(models, _golden_facts(chosen))
    used = {row.source_id: row for row in (*chosen.deals, *chosen.helped, *chosen.asks)}
    digest = data_hash(used.values())
    run = ModelRun(
        id=ModelRunId(new_id()),
        model_id=f"{local_date(now).isoformat()}/{sha256[:8]}",
        data_hash=digest,
        artefact=artefact,
        artefact_sha256=sha256,
        manifest=_manifest(chosen, models, policy, rows_read=len(rows)),
        trained_at=now,
    )
    # The same data on the same day make the same model: it is kept once.
    if (
        same := session.execute(select(ModelRun).where(ModelRun.model_id == run.model_id)).scalar_one_or_none()
    ) is not None:
        return same
    session.add(run)
    session.flush()
    after = {"model_id": run.model_id, "data_hash": digest, "sha256": sha256}
    record(session, actor=None, action="valuation.train", kind="model_run", object_id=run.id, after=after, now=now)
    return run


def training_rows(session: Session) -> list[Row]:
    """The newest arm's-length transactions; related parties teach nothing."""
    table = PastTransaction
    chosen = (
        select(
            table.source, table.source_id, table.package_key, table.title, table.kind, table.trade, table.price_type,
            table.price, table.dealt_on, table.filed_on, table.filed_year, table.tech_field, table.package_size,
            table.generated,
        )
        .where(table.related_party.is_(False))
        .order_by(table.dealt_on.desc(), table.source, table.source_id)
        .limit(ROWS_MAX)
    )  # fmt: skip
    return [
        Row(
            source=row.source,
            source_id=row.source_id,
            package_key=row.package_key,
            title=row.title,
            kind=row.kind.value,
            trade=row.trade.value,
            price_type=row.price_type.value,
            price_fen=row.price.fen,
            dealt_on=row.dealt_on,
            filed_on=row.filed_on,
            filed_year=row.filed_year,
            tech_field=row.tech_field,
            package_size=row.package_size,
            generated=row.generated,
        )
        for row in session.execute(chosen)
    ]


def learn(chosen: TrainingSet) -> Models:
    """The models of a training set; a sort of rows with fewer than two packages has none."""
    return Models(
        deals=_model(chosen.deals),
        helped=_model(chosen.helped),
        asks=_model(chosen.asks),
        evidence=chosen.evidence,
    )


def _model(rows: Sequence[Row]) -> PriceModel | None:
    if len({row.package_key for row in rows}) < PACKAGES_MIN:
        return None
    frame, prices, days, packages = matrix(rows)
    model = PriceModel(segments=features.SEGMENTS, text=features.TEXT, half_life_days=HALF_LIFE_DAYS)
    return model.fit(frame, prices, days, packages)


def _golden_facts(chosen: TrainingSet) -> list[dict[str, Any]]:
    rows = [*chosen.deals, *chosen.helped, *chosen.asks]
    step = max(1, len(rows) // registry.GOLDEN_ROWS_MAX)
    return [facts_of(row) for row in rows[::step]]


def _manifest(chosen: TrainingSet, models: Models, policy: Policy, *, rows_read: int) -> dict[str, Any]:
    """What a stranger needs to judge the run: the data by sort, the measures out of time, the rules and the versions."""
    return {
        "rows_read": rows_read,
        "rows": {"deals": len(chosen.deals), "asks": len(chosen.asks), "generated": chosen.generated_rows},
        "packages": {
            name: len({row.package_key for row in getattr(chosen, name)}) for name in ("deals", "helped", "asks")
        },
        "out_of_time": {name: one.out_of_time for name in registry.NAMES if (one := getattr(models, name)) is not None},
        "calibration_packages": {
            name: len(one.scores) for name in registry.NAMES if (one := getattr(models, name)) is not None
        },
        "features": [feature.name for feature in features.FEATURES],
        "half_life_days": HALF_LIFE_DAYS,
        "policy": {"version": policy.version, "source": policy.source, "generated_allowed": policy.generated_allowed},
        "versions": {"lightgbm": version("lightgbm"), "python": platform.python_version()},
    }
