"""How fast prices are explained: our kernel against `shap.TreeExplainer`, LightGBM's `pred_contrib` and plain `predict`.

    .venv/bin/python benchmarks/valuation.py [--quick] [--no-command] [--json FILE]

A model of 500 trees, 63 leaves and 40 features with missing values and categorical splits, trained here. All contenders
run in one process, taking turns, with as many threads as the machine has processors; figures are medians. The last line
is `ratio: X`, bulk rows a second against shap.TreeExplainer; it wants at least 8.

Then `POST /v1/results/{id}/valuations` over HTTP: its p50 wants to be at most 15 ms where `pred_contrib` takes 6.65 ms a row, as on
the machine of the bar; `machine_factor` says how much slower this one is. At last the command `market valuation batch` in a
database of its own, on files of which one row in a hundred is broken: its peak memory wants to stay below 1 GiB however many
rows there are.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pyarrow as pa
from pyarrow import parquet

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.explained_over_http import over_http
from valuation import treeshap

ROOT = Path(__file__).resolve().parents[1]

TREES, LEAVES, FEATURES = 500, 63, 40
CATEGORIES = (8, 20, 60, 150)
"""How many categories the last columns have."""
MISSING = 0.06
THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Effort:
    """How long to measure."""

    turns: int
    one_row_turns: int
    rows_slow: int
    rows_fast: int
    file_rows: tuple[int, ...]
    """Rows of the files that the command is tried on."""
    requests: int
    """Explained valuations over HTTP."""


FULL = Effort(7, 60, 256, 4_096, (100_000, 1_000_000), 300)
QUICK = Effort(3, 15, 64, 2_048, (20_000,), 50)
MEMORY_MAX_MIB = 1_024
PRED_CONTRIB_OF_THE_BAR_MS = 6.65
"""One row of `pred_contrib` on the machine on which the bars were set; it tells a slow machine from slow code."""
PAST_ROWS = 800
"""Of the generated reference data: enough for every part of the model, and learnt in a minute."""


def table(rows: int, seed: int) -> tuple[Any, Any]:
    """Made-up prices: every feature says something, some only together; the last columns are categories."""
    random, weights = np.random.default_rng(seed), np.random.default_rng(1).normal(size=FEATURES)
    numbers = FEATURES - len(CATEGORIES)
    x = random.normal(size=(rows, FEATURES))
    price = np.sin(1.5 * x[:, :numbers]) @ weights[:numbers] + x[:, 0] * x[:, 1] + x[:, 2] * x[:, 3]
    for column, count in enumerate(CATEGORIES, start=numbers):
        x[:, column] = random.integers(0, count, rows)
        price += 0.6 * np.random.default_rng(column).normal(size=count)[x[:, column].astype(int)]
    x[random.random(x.shape) < MISSING] = np.nan
    return x, price + random.normal(0, 0.5, rows)


def trained() -> lightgbm.Booster:
    """The model of the headline figure."""
    x, price = table(8_000, seed=7)
    parameters = {
        "objective": "regression",
        "num_leaves": LEAVES,
        "learning_rate": 0.05,
        "verbosity": -1,
        "seed": 1,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": THREADS,
    }
    data = lightgbm.Dataset(x, price, categorical_feature=list(range(FEATURES - len(CATEGORIES), FEATURES)))
    booster = lightgbm.train(parameters, data, TREES)
    # As it is served: from its text, without its training data.
    return lightgbm.Booster(model_str=booster.model_to_string())


def take_turns(contenders: dict[str, Callable[[], Any]], turns: int) -> dict[str, list[float]]:
    """Seconds of each contender, one after the other, so that a busy moment of the machine hits them all."""
    for run in contenders.values():
        run()
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(turns):
        for name, run in contenders.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def compile_seconds() -> dict[str, float]:
    """The first use in a process: from kept code, or compiling where there is none yet."""
    start = time.perf_counter()
    treeshap.prepare()
    return {"prepare_seconds": time.perf_counter() - start}


def bulk(booster: lightgbm.Booster, effort: Effort) -> dict[str, Any]:
    """Rows a second of everybody, and how far the answers are apart."""
    import shap

    fast, slow = table(effort.rows_fast, seed=9)[0], table(effort.rows_slow, seed=9)[0]
    explainer = shap.TreeExplainer(booster)
    contenders: dict[str, tuple[int, Callable[[], Any]]] = {
        "ours": (effort.rows_fast, lambda: treeshap.shap_values(booster, fast, threads=THREADS)),
        "ours_one_thread": (effort.rows_fast, lambda: treeshap.shap_values(booster, fast)),
        "shap_tree_explainer": (effort.rows_slow, lambda: explainer.shap_values(slow)),
        "pred_contrib": (effort.rows_slow, lambda: booster.predict(slow, pred_contrib=True)),
        "predict": (effort.rows_fast, lambda: booster.predict(fast)),
    }
    seconds = take_turns({name: run for name, (_, run) in contenders.items()}, effort.turns)
    speed = {name: contenders[name][0] / statistics.median(taken) for name, taken in seconds.items()}
    expected = booster.predict(slow, pred_contrib=True)
    found = treeshap.shap_values(booster, slow, threads=THREADS)
    return {
        "rows_a_second": {name: round(value, 1) for name, value in speed.items()},
        "ratio": speed["ours"] / speed["shap_tree_explainer"],
        "ratio_one_thread": speed["ours_one_thread"] / speed["shap_tree_explainer"],
        "difference_max": float(np.abs(found - expected[:, :-1]).max()),
        "difference_of_base": abs(treeshap.base_value(booster) - float(expected[0, -1])),
    }


def one_row(booster: lightgbm.Booster, effort: Effort) -> dict[str, Any]:
    """Milliseconds of one explained row; `share` is ours over pred_contrib and wants at most a third."""
    row = table(1, seed=11)[0]
    contenders = {
        "ours": lambda: treeshap.shap_values(booster, row),
        "pred_contrib": lambda: booster.predict(row, pred_contrib=True),
        "pred_contrib_one_thread": lambda: booster.predict(row, pred_contrib=True, num_threads=1),
        "predict_one_thread": lambda: booster.predict(row, num_threads=1),
    }
    seconds = take_turns(contenders, effort.one_row_turns)
    middle = {name: statistics.median(taken) for name, taken in seconds.items()}
    return {
        "milliseconds": {name: round(1e3 * value, 3) for name, value in middle.items()},
        "p99_milliseconds": {name: round(1e3 * float(np.quantile(taken, 0.99)), 3) for name, taken in seconds.items()},
        "share": middle["ours"] / min(middle["pred_contrib"], middle["pred_contrib_one_thread"]),
    }


def bulk_command(effort: Effort) -> dict[str, Any]:
    """Rows a second and peak memory (MiB) of `market valuation batch`, one process, by the number of rows."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # The server of the database may run as another user.
        folder.chmod(0o755)
        header, *lines = (
            (ROOT / "valuation" / "reference" / "generated_transactions.csv").read_text("utf-8").splitlines()
        )
        (folder / "past.csv").write_text("\n".join([header, *lines[-PAST_ROWS:]]) + "\n", "utf-8")
        market(folder, "import", "transactions", "past.csv")
        market(folder, "valuation", "train")
        for rows in effort.file_rows:
            write_results(folder / "in.parquet", rows)
            seconds, mib, told = market(
                folder, "valuation", "batch", "in.parquet", "out.parquet", "--json", ends=(0, 1)
            )
            summary = json.loads(told)
            figures[str(rows)] = {
                "rows_a_second": round(rows / seconds, 1),
                "peak_memory_mib": round(mib),
                "rows_rejected": summary["rows_rejected"],
                "grades": summary["grades"],
            }
    peak = max(one["peak_memory_mib"] for one in figures.values())
    return {"by_rows": figures, "peak_memory_mib": peak, "below_the_bar": peak <= MEMORY_MAX_MIB}


def market(folder: Path, *words: str, ends: tuple[int, ...] = (0,)) -> tuple[float, float, str]:
    """Run a command of the product in a folder: (seconds, peak memory in MiB of its process, what it said)."""
    environment = os.environ | {"MARKET_FOLDER": str(folder / "market"), "PYTHONPATH": str(ROOT)}
    environment.pop("MARKET_DATABASE_URL", None)
    start = time.perf_counter()
    with (folder / "said").open("w+") as said:
        process = subprocess.Popen([sys.executable, "-m", "app.cli", *words], cwd=folder, env=environment, stdout=said)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        told = said.read()
    if process.returncode not in ends:
        raise RuntimeError(f"market {' '.join(words)} ended with {process.returncode}: {told}")
    # Linux counts kibibytes, macOS bytes.
    return seconds, used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2), told


def write_results(path: Path, rows: int) -> None:
    """A file of made-up results in one row group, the hardest case to read piece by piece; one row in a hundred is broken."""
    random = np.random.default_rng(rows)
    words, kinds = (
        ("轴承", "电机", "涂层", "滤膜", "夹具", "传感器", "算法", "叶片"),
        ("invention", "utility_model", "design"),
    )
    word, number = random.integers(0, len(words), rows), random.integers(0, 10**6, rows)
    days = np.datetime64("2018-01-01") + random.integers(0, 2_800, rows).astype("timedelta64[D]")
    columns = {
        "id": pa.array(np.arange(rows)),
        "title": pa.array([f"一种{words[one]}的制备方法{other}" for one, other in zip(word, number, strict=True)]),
        "kind": pa.array([kinds[one] for one in random.integers(0, len(kinds), rows)]),
        "trade": pa.array([("transfer", "licence")[one] for one in random.integers(0, 2, rows)]),
        "filed_on": pa.array(days, mask=random.random(rows) < 0.1),
        "rights": pa.array(np.where(random.random(rows) < 0.01, np.nan, random.integers(1, 6, rows))),
        "tech_field": pa.array([f"{one:02d}" for one in random.integers(1, 12, rows)]),
        "trl": pa.array(random.integers(1, 10, rows), mask=random.random(rows) < 0.3),
    }
    parquet.write_table(pa.table(columns), path, row_group_size=max(1, rows))


def measured(effort: Effort, *, command: bool) -> dict[str, Any]:
    """Every figure."""
    first = compile_seconds()
    booster = trained()
    start = time.perf_counter()
    treeshap.prepare(booster)
    row = one_row(booster, effort)
    factor = row["milliseconds"]["pred_contrib"] / PRED_CONTRIB_OF_THE_BAR_MS
    figures = {
        "machine": {"processors": THREADS, "python": platform.python_version(), "lightgbm": lightgbm.__version__},
        "model": {"trees": booster.num_trees(), "leaves": LEAVES, "features": booster.num_feature()},
        "first_use": first | {"read_booster_seconds": time.perf_counter() - start},
        "bulk": bulk(booster, effort),
        "one_row": row,
        "machine_factor": round(factor, 2),
    }
    if command:
        figures |= {"http": over_http(effort.requests, PAST_ROWS), "command": bulk_command(effort)}
    return figures


def main() -> None:
    """Measure, print JSON and the ratio."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--quick", action="store_true", help="fewer turns and rows: a look, not a figure")
    arguments.add_argument("--no-command", action="store_true", help="leave the command and its database out")
    arguments.add_argument("--json", type=Path, help="write the figures here, too")
    chosen = arguments.parse_args()
    warnings.filterwarnings("ignore", category=UserWarning)
    figures = measured(QUICK if chosen.quick else FULL, command=not chosen.no_command)
    text = json.dumps(figures, indent=2)
    if chosen.json is not None:
        chosen.json.write_text(text + "\n", encoding="utf-8")
    print(text)
    print(f"ratio: {figures['bulk']['ratio']:.1f}")


if __name__ == "__main__":
    main()
