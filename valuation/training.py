"""Training: from the past transactions of the database to a model run that is kept for ever."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.calendar import local_date
from kernel.errors import Refused
from kernel.ids import ModelRunId, new_id
from valuation import features, leaks, promoting, registry, shelf
from valuation.candidates import CANDIDATES, LOSS, Examined, best, made
from valuation.dataset import ROWS_MAX, Row, TrainingSet, data_hash, facts_of, matrix, training_set, weights
from valuation.deals import PriceType
from valuation.estimates import Models
from valuation.grading import Policy
from valuation.policy import policy_on
from valuation.runs.measures import measured
from valuation.runs.profiles import profile
from valuation.tables import ModelPromotion, ModelRun, PastTransaction

PACKAGES_MIN: Final = 2


class NothingToLearnFrom(Refused):
    """There are no past transactions to learn from; import some first."""

    zh = "没有可供学习的历史交易，请先导入。"


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that a training reads: rows, the policy in force, and the run that serves."""

    rows: list[Row]
    policy: Policy
    champion: promoting.Champion | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Trained:
    """A run and whether it is to serve, still to be kept."""

    run: ModelRun
    promotion: ModelPromotion


def train(session: Session, now: datetime) -> ModelRun:
    """Learn from every arm's-length transaction up to now and keep the run; it serves if it is the better one out of time.

    Raises NothingToLearnFrom. The run's manifest says how many rows of which sort were used, generated ones included, how
    every candidate did, and why the run serves or not. Learning takes minutes: whoever trains a whole market calls the
    three steps apart, so that no transaction stands idle meanwhile.
    """
    return keep(session, learnt_from(gather(session, now)))


def gather(session: Session, now: datetime) -> Gathered:
    """Read what there is to learn from."""
    served = shelf.serving(session)
    champion = None if served is None else promoting.Champion(served[0].model_id, dict(served[0].manifest), served[1])
    return Gathered(training_rows(session), policy_on(session, local_date(now)), champion, now)


def learnt_from(gathered: Gathered) -> Trained:
    """Learn; no database is asked. Raises NothingToLearnFrom."""
    policy, now = gathered.policy, gathered.now
    chosen = training_set(gathered.rows, policy)
    leaks.check_features(feature.name for feature in features.FEATURES)
    learnt = learn(chosen, policy)
    models = learnt.models
    if models.real is None and models.helped is None:
        raise NothingToLearnFrom
    artefact, sha256 = registry.pack(models, _golden_facts(chosen))
    used = {row.source_id: row for row in (*chosen.real, *chosen.helped)}
    run = ModelRun(
        id=ModelRunId(new_id()),
        model_id=f"{local_date(now).isoformat()}/{sha256[:8]}",
        data_hash=data_hash(used.values()),
        artefact=artefact,
        artefact_sha256=sha256,
        manifest=_manifest(chosen, learnt, policy, rows_read=len(gathered.rows)),
        trained_at=now,
    )
    return Trained(run, promoting.decide(gathered.champion, run, learnt, chosen, policy, now=now))


def keep(session: Session, trained: Trained) -> ModelRun:
    """Keep the run and what was decided of it. The same data on the same day make the same model: it is kept once."""
    run, promotion = trained.run, trained.promotion
    same = session.execute(select(ModelRun).where(ModelRun.model_id == run.model_id)).scalar_one_or_none()
    if same is not None:
        return same
    session.add(run)
    session.flush()
    session.add(promotion)
    session.flush()
    after = {"model_id": run.model_id, "data_hash": run.data_hash, "sha256": run.artefact_sha256}
    record(
        session,
        actor=None,
        action="valuation.train",
        kind="model_run",
        object_id=run.id,
        after=after | {"serves": promotion.promoted},
        now=run.trained_at,
    )
    return run


def training_rows(session: Session) -> list[Row]:
    """The newest transactions; `training_set` sorts out those that teach nothing."""
    table = PastTransaction
    chosen = (
        select(
            table.source, table.source_id, table.package_key, table.title, table.kind, table.trade, table.price_type,
            table.price, table.dealt_on, table.filed_on, table.filed_year, table.tech_field, table.package_size,
            table.generated, table.application_number, table.abstract, table.seller, table.buyer, table.related_party,
            table.defaulted,
        )
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
            application_number=row.application_number,
            abstract=row.abstract,
            seller=row.seller,
            buyer=row.buyer,
            related_party=row.related_party,
            defaulted=row.defaulted,
        )
        for row in session.execute(chosen)
    ]


@dataclass(frozen=True, slots=True)
class Learnt:
    """The models of a training set, with every candidate by the model it stood for, the best first."""

    models: Models
    examined: dict[str, list[Examined]]


def learn(chosen: TrainingSet, policy: Policy) -> Learnt:
    """The models of a training set; a sort of rows with fewer than two packages has none."""
    examined = {
        name: _examine(rows, policy) for name, rows in (("real", chosen.real), ("helped", chosen.helped)) if _some(rows)
    }
    found = {name: best(ones).model for name, ones in examined.items()}
    return Learnt(Models(**found, evidence=chosen.evidence, discount=chosen.discount), examined)


def _some(rows: Sequence[Row]) -> bool:
    return len({row.package_key for row in rows if not row.at_most}) >= PACKAGES_MIN


def _examine(rows: Sequence[Row], policy: Policy) -> list[Examined]:
    frame, prices, days, packages = matrix(rows)
    weight = weights(rows, seller_share_max_bp=policy.seller_share_max_bp)
    at_most = [row.at_most for row in rows]
    return [
        Examined(name, made(name).fit(frame, prices, days, packages, weight, at_most=at_most)) for name in CANDIDATES
    ]


def _golden_facts(chosen: TrainingSet) -> list[dict[str, Any]]:
    rows = [*chosen.real, *(row for row in chosen.helped if row.generated)]
    step = max(1, len(rows) // registry.GOLDEN_ROWS_MAX)
    return [facts_of(row) for row in rows[::step]]


def _manifest(chosen: TrainingSet, learnt: Learnt, policy: Policy, *, rows_read: int) -> dict[str, Any]:
    """What a stranger needs to judge the run: the data by sort, the measures out of time, the rules and the versions."""
    serving = {name: best(ones) for name, ones in learnt.examined.items()}
    return {
        "rows_read": rows_read,
        "rows": {
            "deals": chosen.count(PriceType.DEAL),
            "asks": chosen.count(PriceType.ASK),
            "unsold": chosen.count(PriceType.UNSOLD),
            "generated": chosen.generated_rows,
        },
        "left_out": dict(chosen.left_out),
        "packages": {name: len({row.package_key for row in getattr(chosen, name)}) for name in registry.NAMES},
        "days": _days(chosen),
        "loss": LOSS,
        "candidates": {
            name: {one.name: one.model.out_of_time for one in ones} for name, ones in learnt.examined.items()
        },
        "chosen": {name: one.name for name, one in serving.items()},
        "parameters": {name: _plain(asdict(one.model.settings)) for name, one in serving.items()},
        "out_of_time": {name: one.model.out_of_time for name, one in serving.items()},
        "measures": {name: measured(one.model, getattr(chosen, name)) for name, one in serving.items()},
        "reference": _reference(chosen),
        "calibration_packages": {name: one.model.calibration.packages for name, one in serving.items()},
        "ask_discount": chosen.discount.to_json(),
        "features": [feature.name for feature in features.FEATURES],
        "policy": {"version": policy.version, "source": policy.source, "generated_allowed": policy.generated_allowed},
        "versions": {
            "market": version("technology-market"),
            "lightgbm": version("lightgbm"),
            "python": platform.python_version(),
            "code_sha256": code_hash(),
        },
    }


def _reference(chosen: TrainingSet) -> dict[str, Any]:
    """What training looked like, generated deals included where they teach: for the drift watch."""
    rows = chosen.helped or chosen.real
    return profile([facts_of(row) for row in rows], [row.package_key for row in rows]).to_json()


def code_hash() -> str:
    """SHA-256 over the source of this room: the code version of a run, also where no version control is at hand."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.relative_to(Path(__file__).parent).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _days(chosen: TrainingSet) -> dict[str, str]:
    days = [row.dealt_on.isoformat() for row in (*chosen.real, *chosen.helped)]
    return {"first": min(days), "last": max(days)}


def _plain(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in settings.items()}
