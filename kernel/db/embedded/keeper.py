"""The keeper: a small process that waits until the last user of an embedded database has left, and then stops it.

The operating system tells it of every departure, crashes included, by giving up the leaver's lock.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

from kernel.db.embedded.binaries import Binaries
from kernel.db.embedded.cluster import Cluster
from kernel.db.embedded.folders import CODE
from kernel.db.embedded.locks import alone, is_unused, wait_until_unused
from kernel.db.embedded.stopping import WAIT_SECONDS_MAX, stop

LOOK_S = 0.2
# The keeper waits for hours: it is given its few small modules without the packages around them, which load SQLAlchemy
# and psycopg. 20 MB and 50 ms instead of 60 MB and half a second.
PROGRAM = """
import sys, types
for name in ("kernel", "kernel.db", "kernel.db.embedded"):
    package = sys.modules[name] = types.ModuleType(name)
    package.__path__ = [sys.argv[1] + "/" + name.replace(".", "/")]
from kernel.db.embedded.keeper import main
main()
"""


def command(cluster: Cluster, binaries: Binaries, *, remove: bool, lock: int) -> list[str | Path]:
    """How a keeper is started, given its lock as an open file."""
    options = ["--lock", str(lock), *(["--remove"] if remove else [])]
    return [sys.executable, "-I", "-S", "-c", PROGRAM, CODE, *options, cluster.place, binaries.folder]


def note_arrival(usage: int, *, grace_s: float) -> None:
    """Tell the keeper, in the usage file, that somebody came and how long to wait once they have left.

    The text has one width, so that it is never read half; the file's time tells of arrivals that have left again.
    """
    os.pwrite(usage, f"{grace_s:15.3f}\n".encode(), 0)


def keep(cluster: Cluster, binaries: Binaries, *, remove: bool, lock: int) -> None:
    """Wait for the last user to leave and for the grace period to pass without another; then stop the server."""
    while True:
        wait_until_unused(cluster.usage_lock)
        if not (arrivals := _pass_grace(cluster)):
            continue
        with alone(cluster.start_lock, wait_s=WAIT_SECONDS_MAX):
            if _arrivals(cluster) != arrivals or not is_unused(cluster.usage_lock):
                continue
            stop(cluster, binaries)
            if remove:
                shutil.rmtree(cluster.place)
            # Before the start lock goes: whoever starts next must see that there is no keeper any more.
            os.close(lock)
            return


def _pass_grace(cluster: Cluster) -> int | None:
    """Wait as long as the latest to arrive wished; None if somebody came meanwhile, else the mark of the last arrival."""
    arrivals, left_at = _arrivals(cluster), time.monotonic()
    grace_s = float(cluster.usage_lock.read_text())
    while (rest := left_at + grace_s - time.monotonic()) > 0:
        time.sleep(min(rest, LOOK_S))
        if _arrivals(cluster) != arrivals:
            return None
    return arrivals


def _arrivals(cluster: Cluster) -> int:
    return cluster.usage_lock.stat().st_mtime_ns


def main() -> None:
    """Keep the cluster named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("code", type=Path)
    parser.add_argument("place", type=Path)
    parser.add_argument("bin_folder", type=Path)
    parser.add_argument("--lock", type=int, required=True)
    parser.add_argument("--remove", action="store_true")
    given = parser.parse_args()
    try:
        binaries = Binaries(given.bin_folder, 0, "")
        keep(Cluster(given.place), binaries, remove=given.remove, lock=given.lock)
    except FileNotFoundError:
        # Somebody removed the whole folder: there is nothing left to keep.
        return
