"""Trying a model out in a process of its own: LightGBM ends the process on some damaged texts, and then it is not ours.

`python -m valuation.runs.proving SHA256 < artefact` loads the artefact, makes its golden predictions and ends with 0; with 1
and a sentence where it is not what was trained.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

from valuation.registry import CorruptedModel

SECONDS_MAX: Final = 120
MEMORY_BYTES_MAX: Final = 6 << 30
REFUSED: Final = 1
SAID_CHARACTERS_MAX: Final = 300


def prove(artefact: bytes, sha256: str, *, seconds: float = SECONDS_MAX) -> None:
    """Load an artefact elsewhere and make its golden predictions. Raises CorruptedModel: it is refused, or it ended the process."""
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-P", "-m", "valuation.runs.proving", sha256]
    environment = {"PYTHONPATH": str(root), "PATH": os.defpath, "OMP_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            command, input=artefact, capture_output=True, timeout=seconds, env=environment, cwd=root, check=False
        )
    except subprocess.TimeoutExpired:
        raise CorruptedModel(f"it was not loaded within {seconds:.0f} seconds") from None
    if done.returncode == 0:
        return
    said = done.stdout.decode("utf-8", "replace").strip()[:SAID_CHARACTERS_MAX]
    if done.returncode == REFUSED and said:
        raise CorruptedModel(said)
    if done.returncode < 0:
        raise CorruptedModel(f"loading it ended the process with {signal.Signals(-done.returncode).name}")
    raise CorruptedModel(f"loading it ended the process with code {done.returncode}")


def main(sha256: str) -> int:
    """What the process of its own does; returns its exit code."""
    import resource

    from valuation.registry import unpack

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
    try:
        unpack(sys.stdin.buffer.read(), sha256)
    except CorruptedModel as corrupted:
        sys.stdout.write(f"{corrupted.why}\n")
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
