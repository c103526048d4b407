"""A training set for tests: the generated reference file, imported and learnt from, and subjects to value."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from kernel.db import Database
from kernel.ids import OrganisationId, ResultId, new_id
from kernel.money import Money
from valuation import training
from valuation.comparables import Candidate
from valuation.deals import PastDeal
from valuation.importing.commands import import_transactions
from valuation.reference.generate import FILE
from valuation.subjects import Subject
from valuation.tables import ModelPromotion, ModelRun

ROWS = 800
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


_LEARNT: dict[str, Any] = {}


def train_on_reference(db: Database) -> ModelRun:
    """Import the latest third of the generated set and train on it; later in a run the first model is taken over."""
    with db.session("worker") as session, tempfile.TemporaryDirectory() as folder:
        header, *lines = FILE.read_text("utf-8").splitlines(keepends=True)
        part = Path(folder) / "part.csv"
        part.write_text(header + "".join(lines[-ROWS:]), "utf-8")
        import_transactions(session, part, now=NOW)
    if not _LEARNT:
        with db.session("worker") as session:
            gathered = training.gather(session, NOW)
        trained = training.learnt_from(gathered)
        with db.session("worker") as session:
            run = training.keep(session, trained)
            _LEARNT.update({column.key: getattr(run, column.key) for column in ModelRun.__table__.columns})
            return run
    with db.session("worker") as session:
        run = ModelRun(**_LEARNT)
        session.add(run)
        session.flush()
        session.add(
            ModelPromotion(id=new_id(), run_id=run.id, promoted=True, why="first", facts={}, decided_at=run.trained_at)
        )
        return run


def a_subject(owner: OrganisationId, **facts: Any) -> Subject:
    """An invention offered for transfer, with two thirds of its life before it."""
    usual = {
        "title": "一种用于海上风电的功率预测方法",
        "kind": "invention",
        "trade": "transfer",
        "filed_on": date(2020, 5, 6),
        "tech_field": "06",
        "trl": 6,
    }
    return Subject(result_id=ResultId(new_id()), owner_id=owner, **(usual | facts))


def a_deal(number: int, **facts: Any) -> PastDeal:
    """A completed contract of this market."""
    usual = {
        "source": "contract",
        "source_id": f"contract-{number}",
        "title": f"第{number}号合同的成果",
        "kind": "invention",
        "trade": "transfer",
        "price": Money.yuan(300_000 + 7_919 * number),
        "dealt_on": date(2025, 1 + number % 12, 1 + number % 28),
        "filed_year": 2018,
    }
    return PastDeal(**(usual | facts))


def candidate(number: int, **facts: Any) -> Candidate:
    """A past deal that may stand beside an estimate."""
    usual = {
        "package_key": f"package-{number}",
        "package_rows": 1,
        "source": "file",
        "title": f"一种水泵{number}",
        "kind": "invention",
        "trade": "transfer",
        "price_type": "deal",
        "price": Money.yuan("123456.78"),
        "dealt_on": date(2025, 3, 17),
        "package_size": 1,
        "generated": False,
        "tech_field": None,
        "filed_on": None,
        "filed_year": 2020,
    }
    return Candidate(**(usual | facts))
