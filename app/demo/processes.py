"""The demo's processes: one web server and one worker, as an operator would run them, ended by their own pid."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx

START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 15
HOST = "127.0.0.1"


class DidNotStart(RuntimeError):
    """A process of the demo ended, or did not answer in time; the text is the end of its log."""


@dataclass(frozen=True, slots=True)
class Running:
    """Where the demo serves, and the environment in which its commands run."""

    address: str
    environment: dict[str, str]
    folder: Path

    def market(self, *arguments: str) -> str:
        """Run a command of the command line in the demo's environment. Raises CalledProcessError."""
        command = [sys.executable, "-m", "app.cli", *arguments]
        done = subprocess.run(
            command, env=self.environment, check=True, text=True, stdout=subprocess.PIPE, timeout=START_SECONDS_MAX * 5
        )
        return done.stdout


@contextmanager
def running(folder: Path, database_url: str | None, port: int) -> Iterator[Running]:
    """Serve and work until the block ends. Raises DidNotStart."""
    environment = os.environ | {"MARKET_ENVIRONMENT": "demo", "MARKET_FOLDER": str(folder)}
    if database_url is not None:
        environment["MARKET_DATABASE_URL"] = database_url
    logs = folder / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    address = f"http://{HOST}:{port}"
    with (
        _process("serve", ["serve", "--host", HOST, "--port", str(port)], environment, logs) as web,
        _process("worker", ["worker"], environment, logs),
    ):
        _wait_until_ready(address, web, logs / "serve.log")
        yield Running(address, environment, folder)


@contextmanager
def _process(
    name: str, arguments: list[str], environment: dict[str, str], logs: Path
) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "app.cli", *arguments]
    with (logs / f"{name}.log").open("wb") as log:
        # A session of its own: Ctrl-C reaches the demo, which ends its processes in order.
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            yield process
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS_MAX)
            if process.poll() is None:
                process.kill()
                process.wait()


def _wait_until_ready(address: str, web: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < until and web.poll() is None:
        with suppress(httpx.HTTPError):
            if httpx.get(f"{address}/readyz", timeout=2).status_code == 200:
                return
        time.sleep(0.1)
    raise DidNotStart(f"the web server did not start; the end of {log}:\n{log.read_text(errors='replace')[-2000:]}")
