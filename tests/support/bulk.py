"""A small market learnt from made-up rows, with every grade in it, and files of results to be valued."""

from __future__ import annotations

import functools
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from tests.support import evidence
from tests.support.numbers import make_application_number
from valuation import features, registry
from valuation.bulk.estimating import Recipe
from valuation.dataset import Row, facts_of, matrix, training_set
from valuation.discounts import AskDiscount
from valuation.estimates import Models
from valuation.model import PriceModel

TODAY = date(2026, 11, 21)
PRIOR = replace(evidence.PRIOR, prior_bp=1_500)
POLICY = replace(evidence.POLICY, ask_discount=PRIOR, range_ratio_max=40)
WORDS = ("轴承", "电机", "涂层", "滤膜", "夹具", "传感器", "算法", "叶片")
MARKET = (
    # kind, trade, sort of price, packages: grades A, B, C and G; everything else is D.
    ("invention", "transfer", "deal", 90),
    ("invention", "transfer", "ask", 40),
    ("utility_model", "transfer", "deal", 12),
    ("design", "licence", "ask", 40),
    ("software", "transfer", "generated", 40),
)


def past_rows() -> list[Row]:
    """Transactions of the made-up market."""
    random = np.random.default_rng(5)
    rows = []
    for kind, trade, sort, packages in MARKET:
        for number in range(packages):
            word = WORDS[int(random.integers(len(WORDS)))]
            filed = int(random.integers(2012, 2024))
            price = np.exp(15 + 0.06 * (filed - 2012) + 0.5 * (word == "算法") + random.normal(0, 0.3))
            name = f"{kind}-{trade}-{sort}-{number}"
            rows.append(
                Row(
                    source="file", source_id=name, package_key=name, title=f"一种{word}方法{number}", kind=kind, trade=trade,
                    price_type="ask" if sort == "ask" else "deal", price_fen=int(price), dealt_on=TODAY - timedelta(days=5 * number),
                    filed_on=None, filed_year=filed, tech_field=("01", "03", None)[number % 3], package_size=1 + number % 3,
                    generated=sort == "generated", seller=name,
                )
            )  # fmt: skip
    return rows


@functools.cache
def models() -> Models:
    """What was learnt of it."""
    chosen = training_set(past_rows(), POLICY)

    def learnt(rows: Any) -> PriceModel:
        frame, prices, days, packages = matrix(rows)
        model = PriceModel(
            segments=features.SEGMENTS,
            strata=features.STRATA,
            text=features.TEXT,
            folds=2,
            title_size=8,
            tree_title_size=4,
        )
        return model.fit(frame, prices, days, packages)

    return Models(
        learnt(chosen.real), learnt(chosen.helped), chosen.evidence, AskDiscount(1_500, 0, 3_500, 0, False, "t")
    )


@functools.cache
def recipe() -> Recipe:
    """The same as it is served."""
    artefact, sha256 = registry.pack(models(), [facts_of(row) for row in past_rows()[:4]])
    return Recipe("2026-11-21/test", artefact, sha256, POLICY, TODAY)


def results(rows: int, *, seed: int = 1, broken: float = 0.0, today: date = TODAY) -> dict[str, list[Any]]:
    """Columns of results; a share `broken` of the rows has something wrong with it."""
    random = np.random.default_rng(seed)
    segments = [("invention", "transfer"), ("utility_model", "transfer"), ("design", "licence")]
    segments += [("software", "transfer"), ("know_how", "equity")]
    breaks = ways_to_break(today)
    columns: dict[str, list[Any]] = {
        name: [] for name in ("id", "title", "kind", "trade", "filed_on", "rights", "tech_field", "trl", "ipc", "on")
    }
    for number in range(rows):
        kind, trade = segments[int(random.integers(len(segments)))]
        row = {
            "id": f"r{number}",
            "title": f"一种{WORDS[int(random.integers(len(WORDS)))]}装置{number % 97}",
            "kind": kind,
            "trade": trade,
            "filed_on": today - timedelta(days=int(random.integers(30, 3_000))) if random.random() < 0.8 else None,
            "rights": float(random.integers(1, 5)) if random.random() < 0.9 else None,
            "tech_field": ("01", "06", None)[int(random.integers(3))],
            "trl": int(random.integers(1, 10)) if random.random() < 0.5 else None,
            "ipc": ("H01M 8/00", None)[int(random.integers(2))],
            "on": today - timedelta(days=1) if random.random() < 0.1 else None,
        }
        if random.random() < broken:
            row |= breaks[int(random.integers(len(breaks)))]
        for name, value in row.items():
            columns[name].append(value)
    return columns


def ways_to_break(today: date) -> tuple[dict[str, Any], ...]:
    """Cells that cannot be."""
    return (
        {"kind": "perpetual_motion"},
        {"trade": None},
        {"rights": float("nan")},
        {"rights": float("inf")},
        {"rights": -3.0},
        {"rights": 2.5},
        {"rights": 1e9},
        {"trl": 10},
        {"on": today + timedelta(days=1)},
        {"filed_on": today + timedelta(days=400), "on": today},
        {"kind": "utility_model", "filed_on": date(1999, 1, 1)},
        {"title": "坏\u200b字"},
        {"title": "长" * 301},
        {"ipc": "X99"},
    )


SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "title": pa.string(),
        "kind": pa.string(),
        "trade": pa.string(),
        "filed_on": pa.date32(),
        "rights": pa.float64(),
        "tech_field": pa.string(),
        "trl": pa.int8(),
        "ipc": pa.string(),
        "on": pa.date32(),
    }
)


def file_of(path: Path, columns: dict[str, list[Any]], *, schema: pa.Schema = SCHEMA, **how: Any) -> Path:
    """A Parquet file of columns."""
    parquet.write_table(pa.table(columns, schema=schema), path, **how)
    return path


def a_number(serial: int = 1, **how: Any) -> str:
    """An application number that proves itself."""
    return make_application_number(serial, **how)
