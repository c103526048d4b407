"""How long somebody waits for an explained price: `POST /v1/results/{id}/valuations` over a real socket, one after another.

Part of `benchmarks/valuation.py`. A market of its own is served as an operator would serve it; a transfer officer asks
for valuations of several results over one kept connection. Every answer is checked to be a price with its reasons.
"""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2 as httpx

from app.demo.actors import COOKIE, Actor
from app.demo.cast import Cast, gather
from app.demo.preparing import REFERENCE, fresh
from app.demo.processes import HOST, Running, running
from app.demo.selling import offer_result
from app.serving import free_port
from app.settings import Settings

TITLES = (
    "一种低能耗窑炉余热回收装置及其控制方法",
    "一种电镀废水重金属在线监测方法",
    "一种智能泵阀故障诊断方法",
    "一种柔性上下料机器人夹具",
)
WARM_UP = 20
P50_MAX_MS = 15.0


@contextlib.contextmanager
def served(rows: int) -> Iterator[tuple[Running, Cast]]:
    """A market with a trained model, served until the block ends."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # The server of the database may run as another user.
        folder.chmod(0o755)
        settings = replace(Settings.from_environment(), folder=folder / "market", database_url=None)
        header, *lines = REFERENCE.read_text("utf-8").splitlines()
        past = folder / "past.csv"
        past.write_text("\n".join([header, *lines[-rows:]]) + "\n", "utf-8")
        with fresh(settings), running(settings.folder, None, free_port(HOST, 8_050)) as processes:
            processes.market("import", "transactions", str(past))
            processes.market("valuation", "train")
            yield processes, gather(processes)


def over_http(count: int, rows: int) -> dict[str, Any]:
    """p50 and p99 in milliseconds of `count` explained valuations, and of reading one again."""
    with served(rows) as (processes, cast):
        results = [
            offer_result(cast, title, kind="invention", field="06", serial=9_100_003 + place).id
            for place, title in enumerate(TITLES)
        ]
        with httpx.Client(base_url=processes.address, timeout=30) as client:
            made, read = [], []
            for turn in range(WARM_UP + count):
                seconds, answer = timed(
                    client,
                    cast.university.office,
                    "POST",
                    f"/v1/results/{results[turn % len(results)]}/valuations",
                    {"trade": "transfer"},
                )
                assert answer["price_fen"] and answer["contributions"] and not answer["explanation_withheld"], answer
                again, same = timed(client, cast.university.office, "GET", f"/v1/valuations/{answer['id']}")
                assert same["price_fen"] == answer["price_fen"]
                if turn >= WARM_UP:
                    made.append(seconds)
                    read.append(again)
    figures = {"valued": quantiles(made), "read_again": quantiles(read)}
    return figures | {"below_the_bar": figures["valued"]["p50"] <= P50_MAX_MS}


def timed(client: httpx.Client, actor: Actor, method: str, path: str, body: Any = None) -> tuple[float, dict[str, Any]]:
    """(seconds, answer) of one request, as a browser's script would send it."""
    headers = {
        "Sec-Fetch-Site": "same-origin",
        "Idempotency-Key": uuid.uuid4().hex,
        "Cookie": f"{COOKIE}={actor.cookie}",
    }
    start = time.perf_counter()
    answer = client.request(method, path, headers=headers, json=body)
    seconds = time.perf_counter() - start
    answer.raise_for_status()
    return seconds, answer.json()


def quantiles(seconds: list[float]) -> dict[str, float]:
    """p50 and p99 in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {"p50": round(1e3 * cuts[49], 2), "p99": round(1e3 * cuts[98], 2)}
