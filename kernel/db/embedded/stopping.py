"""How the server is stopped, by the keeper or by a tool. Needs nothing but the standard library."""

from __future__ import annotations

import os
import time
from pathlib import Path

from kernel.db.embedded.accounts import run
from kernel.db.embedded.binaries import Binaries
from kernel.db.embedded.cluster import Cluster
from kernel.db.embedded.errors import NotAnswering, last_lines
from kernel.db.embedded.locks import POLL_S, is_held_alone

START_SECONDS_MAX = 120.0
STOP_SECONDS_MAX = 60.0
END_SECONDS_MAX = 5.0
# The longest that making, starting and stopping can take together, with air.
WAIT_SECONDS_MAX = START_SECONDS_MAX + 2 * STOP_SECONDS_MAX + 120
LOG_TAIL_BYTES_MAX = 8_192


def stop(cluster: Cluster, binaries: Binaries, *, mode: str = "fast") -> None:
    """Stop the server if any process of it lives. Call under the start lock. Raises NotAnswering."""
    for way in (mode, "immediate"):
        if not is_held_alone(cluster.server_lock):
            return
        # A master that was killed leaves children that end by themselves, and a pid that may by now be somebody else's.
        if serving_pid(cluster) is not None or not _pids_can_be_checked():
            wait = f"{STOP_SECONDS_MAX:.0f}"
            run(
                cluster.account(), [binaries.program("pg_ctl"), "stop", "-D", cluster.data, "-m", way, "-w", "-t", wait]
            )
        if _wait_until_gone(cluster):
            return
    raise NotAnswering(folder=cluster.place, waited_s=STOP_SECONDS_MAX, log=last_lines(last_said(cluster)))


def serving_pid(cluster: Cluster) -> int | None:
    """The process named in `postmaster.pid`, if it works in the data folder, as a server does."""
    try:
        pid = int((cluster.data / "postmaster.pid").read_text().partition("\n")[0])
        works_in = os.readlink(f"/proc/{pid}/cwd")
    except (OSError, ValueError):
        return None
    return pid if works_in == os.path.realpath(cluster.data) else None


def last_said(cluster: Cluster, *, since: int = 0) -> str:
    """The end of what the server has logged since the log had that many bytes."""
    try:
        with cluster.log.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(since, size - LOG_TAIL_BYTES_MAX))
            return log.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""


def _wait_until_gone(cluster: Cluster) -> bool:
    give_up = time.monotonic() + END_SECONDS_MAX
    while is_held_alone(cluster.server_lock):
        if time.monotonic() > give_up:
            return False
        time.sleep(POLL_S)
    return True


def _pids_can_be_checked() -> bool:
    return Path("/proc/self/cwd").exists()
