"""The demo from an empty database to the statistics, and on to serving until it is stopped."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.auditing import audit
from app.demo import selling
from app.demo.actors import PASSWORD
from app.demo.cast import UNIVERSITY, Cast, accounts, gather
from app.demo.lots import find, read
from app.demo.preparing import LOTS, REFERENCE, fresh, only_demo
from app.demo.processes import Running, running
from app.demo.stocking import stock
from app.demo.summary import Sale
from app.serving import free_port
from app.settings import Settings
from kernel.signing import KeyFolder

HOST = "127.0.0.1"
TABLES = ("by_type", "by_field", "by_mode", "by_basis", "by_region")
GENERATED_LABEL = "生成的参考数据（非真实成交），只用于演示 generated reference data, not real deals"


def run(
    settings: Settings,
    *,
    port: int,
    data: Path | None,
    serve: bool,
    say: Callable[[str], None],
    after: Callable[[dict[str, Any], str], None],
) -> int:
    """Run the demo, hand its report to `after`, serve if asked; returns how many invariants are broken.

    Raises DemoIsRunning, NotADemoDatabase, PortTaken, DidNotStart, and Refusal if a step is not allowed.
    """
    started = time.monotonic()
    with only_demo(settings.folder), fresh(settings) as database:
        free = free_port(HOST, port)
        if free != port:
            say(f"Port {port} is taken; serving on {free}.")
        with running(settings.folder, settings.database_url, free) as processes:
            report = _loop(processes, data, say)
            found = audit(database, KeyFolder(settings.keys))
            report["audit"] = {"checked": found.checked, "violations": len(found.violations)}
            report["seconds"] = round(time.monotonic() - started, 1)
            after(report, processes.address)
            if serve:
                _until_stopped()
    return len(found.violations)


def _loop(processes: Running, data: Path | None, say: Callable[[str], None]) -> dict[str, Any]:
    say("Importing past transactions and training the price model…")
    label = f"{data}" if data is not None else GENERATED_LABEL
    processes.market("import", "transactions", str(data or REFERENCE))
    processes.market("valuation", "train")
    say("Gathering the actors: an exchange, a university, three firms, an appraiser…")
    cast = gather(processes)
    lots = read(LOTS)
    steps: dict[str, Callable[[], Sale]] = {
        "agreed": lambda: selling.sell_by_agreement(cast),
        "listed": lambda: selling.sell_by_listing(cast),
        "auction": lambda: selling.sell_by_auction(cast, find(lots, "玻璃窑炉环保治理技术")),
        "appraisal": lambda: selling.sell_on_appraisal(cast, find(lots, "鹦鹉人工繁殖巢箱")),
        "trial": lambda: selling.license_by_trial(cast),
    }
    sales = {}
    for mode, sell in steps.items():
        say(f"Selling: {mode}…")
        sales[mode] = sell().as_json()
    figures = _statistics(cast)
    say("Putting four more results on offer, for whoever comes to look…")
    stock(cast)
    return {
        "seller": UNIVERSITY.name,
        "modes": {mode: sales[mode] for mode in ("agreed", "listed", "auction", "appraisal")},
        "trial": sales["trial"],
        "sold": len(sales),
        "statistics": figures,
        "data": {"label": label, "generated": data is None},
        "accounts": {"password": PASSWORD, "people": accounts(cast)},
    }


def _statistics(cast: Cast) -> dict[str, Any]:
    tables = {name: cast.exchange.statistician.get(f"/v1/statistics/{name}") for name in TABLES}
    total = tables["by_type"]["total"]
    figures = {name: total[name] for name in ("contracts", "contract_value_fen", "technology_value_fen")}
    return figures | {"tables": {name: table["rows"] for name, table in tables.items()}}


def _until_stopped() -> None:
    """Wait for Ctrl-C or SIGTERM."""

    def stop(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return
