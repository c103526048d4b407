"""A bulk valuation as a process of its own that a test may kill: RECIPE IN OUT ROWS_PER_PART FAILPOINTS."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from pathlib import Path

from kernel import failpoints
from valuation.bulk import running, workers
from valuation.bulk.reading import Source


def main(recipe: str, given: str, output: str, rows_per_part: str, orders: str) -> None:
    """Run to the end, or to the failpoint."""
    failpoints.arm(orders)
    source = Source(Path(given))
    with workers.here() as crew:
        running.run(
            pickle.loads(Path(recipe).read_bytes()),
            source,
            Path(output),
            input_sha256=source.sha256(),
            crew=crew,
            rows_per_part=int(rows_per_part),
        )


def die() -> None:
    """End this process as the system does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


def lack_the_product() -> None:
    """What a worker says where the product is not installed."""
    raise ModuleNotFoundError("No module named 'valuation'")


if __name__ == "__main__":
    main(*sys.argv[1:])
