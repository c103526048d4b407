"""Comparables out of the database: by the leaves of the model that answered, and never from a stale memory."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest
from sqlalchemy.orm import Session

from kernel.db import Database
from kernel.ids import ModelRunId, new_id
from tests.support.past_deals import NOW, a_deal
from valuation import commands, features, gallery
from valuation.deals import PriceType
from valuation.model import PriceModel

TODAY = date(2026, 11, 21)
RUN = ModelRunId(new_id())


def facts(**changes: Any) -> dict[str, Any]:
    made = features.facts(title="一种阀门", kind="invention", trade="transfer", on=TODAY, filed_year=2018, rights=1)
    return made | changes


@cache
def forest() -> PriceModel:
    """Trees that tell fields and sizes apart, and nothing else."""
    rng = np.random.default_rng(5)
    rights = rng.integers(1, 7, 200)
    fields = rng.choice(["03", "06"], 200)
    rows = [facts(rights=float(one), tech_field=str(field)) for one, field in zip(rights, fields, strict=True)]
    prices = np.exp(11 + 0.3 * (rights > 3) + 1.5 * (fields == "06") + 0.05 * rng.normal(size=200))
    return PriceModel(linear=False, time=False).fit(features.frame(rows), prices)


def record(db: Database, numbers: range, **changes: Any) -> None:
    with db.session("worker") as session:
        for number in numbers:
            commands.record_deal(session, deal=a_deal(number, **changes), now=NOW)


def asked(session: Session, model: PriceModel | None, **changes: Any) -> list[dict[str, Any]]:
    return gallery.comparables(
        session,
        facts(**changes),
        PriceType.DEAL,
        generated=False,
        today=TODAY,
        run_id=RUN if model else None,
        model=model,
    )


def test_what_shares_the_leaves_of_the_model_stands_beside_the_result(db: Database) -> None:
    record(db, range(20), source="file", tech_field="03", title="一种阀门")
    record(db, range(20, 30), source="file", tech_field="06", title="一种轴承")

    with db.session("web") as session:
        found = asked(session, forest(), tech_field="06")

    assert [one["title"] for one in found] == ["一种轴承"] * 5
    assert all(one["likeness_from"] == "leaves" and one["likeness"] > 0.9 for one in found)


def test_without_trees_the_facts_say_what_is_alike(db: Database) -> None:
    record(db, range(5), source="file", title="一种阀门")

    with db.session("web") as session:
        for model in (None, PriceModel(trees=False).fit(features.frame([facts()] * 40), np.arange(1.0, 41.0))):
            found = asked(session, model)
            assert len(found) == 5 and {one["likeness_from"] for one in found} == {"facts"}


def test_a_deal_that_was_added_since_is_seen_at_once(db: Database) -> None:
    record(db, range(5), source="file", title="一种水泵")
    with db.session("web") as session:
        before = asked(session, None)
    record(db, range(5, 6), source="file", title="一种阀门")

    with db.session("web") as session:
        after = asked(session, None)

    assert "一种阀门" not in {one["title"] for one in before}
    assert after[0]["title"] == "一种阀门"


@pytest.mark.parametrize("with_leaves", [True, False])
def test_fewer_than_three_of_the_kind_are_joined_by_others(db: Database, with_leaves: bool) -> None:
    record(db, range(2), source="file")
    record(db, range(2, 8), source="file", kind="utility_model")

    with db.session("web") as session:
        found = asked(session, forest() if with_leaves else None)

    assert len(found) == 5
    assert {one["kind"] for one in found} == {"invention", "utility_model"} or with_leaves


def test_what_is_kept_in_memory_is_bounded(db: Database) -> None:
    record(db, range(3), source="file")

    with db.session("web") as session:
        for number in range(2 * gallery.KEPT_MAX):
            asked(session, None, kind=f"kind {number}")

    assert len(gallery._KEPT) <= gallery.KEPT_MAX
