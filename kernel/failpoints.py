"""Named places where a test may kill, delay or break the house; anywhere else they do nothing at all.

    failpoint("deposit.after_gateway")

Only the test environment arms them, with a text such as `deposit.after_gateway=kill9@2,x=sleep:50,y=raise`: the second
visit kills the process without warning, every visit to x waits 50 ms, every visit to y raises. `declared_in` lists the
names in the source, so that a sweep can visit each of them and fail when one is never reached.
"""

from __future__ import annotations

import ast
import os
import re
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SLEEP_MS_MAX: Final = 60_000

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
_ORDER: Final = re.compile(
    r"(?P<name>[a-z0-9_.]+)=(?P<action>kill9|raise|sleep:(?P<ms>[0-9]{1,5}))(?:@(?P<visit>[0-9]{1,6}))?"
)


class FailpointRaised(RuntimeError):
    """A test asked for a fault here."""


@dataclass(frozen=True, slots=True)
class _Order:
    action: str
    sleep_ms: int
    visit: int | None
    """Act on this visit only (counted from 1), or on every one."""


_orders: dict[str, _Order] = {}
_visits: Counter[str] = Counter()
_lock = threading.Lock()


def failpoint(name: str) -> None:
    """A place that tests may break; costs one look into an empty dictionary everywhere else."""
    if _orders:
        _visit(name)


def arm(spec: str) -> None:
    """Arm failpoints from `name=action[@visit]` joined by commas; an empty text disarms all. Raises ValueError."""
    orders = dict(_order(part) for part in spec.split(",") if part)
    with _lock:
        _orders.clear()
        _orders.update(orders)
        _visits.clear()


def visits() -> dict[str, int]:
    """How often each failpoint was passed since any was armed; arming `none=raise` counts without breaking anything."""
    with _lock:
        return dict(_visits)


def declared_in(*folders: Path) -> dict[str, list[str]]:
    """The failpoints in Python source below the folders: name → places, as `file:line`.

    Raises ValueError for a name that is not a literal in the form `room.place`.
    """
    found: dict[str, list[str]] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            for call in _calls(path):
                found.setdefault(_literal(call, path), []).append(f"{path}:{call.lineno}")
    return found


def _visit(name: str) -> None:
    with _lock:
        _visits[name] += 1
        order, visit = _orders.get(name), _visits[name]
    if order is None or order.visit not in (None, visit):
        return
    if order.action == "kill9":
        os.kill(os.getpid(), signal.SIGKILL)
    if order.action == "raise":
        raise FailpointRaised(name)
    time.sleep(order.sleep_ms / 1000)


def _order(part: str) -> tuple[str, _Order]:
    matched = _ORDER.fullmatch(part)
    if matched is None or not _NAME.fullmatch(matched["name"]):
        raise ValueError(f"not an order for a failpoint: {part!r}")
    sleep_ms = int(matched["ms"] or 0)
    if sleep_ms > SLEEP_MS_MAX:
        raise ValueError(f"a failpoint sleeps for at most {SLEEP_MS_MAX} ms")
    visit = int(matched["visit"]) if matched["visit"] else None
    return matched["name"], _Order(matched["action"].partition(":")[0], sleep_ms, visit)


def _calls(path: Path) -> list[ast.Call]:
    source = path.read_text("utf-8")
    if "failpoint(" not in source:
        return []
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [node for node in nodes if isinstance(node.func, ast.Name) and node.func.id == "failpoint"]


def _literal(call: ast.Call, path: Path) -> str:
    match call.args:
        case [ast.Constant(value=str(name))] if _NAME.fullmatch(name):
            return name
    raise ValueError(f"{path}:{call.lineno}: a failpoint has a literal name such as room.place")
