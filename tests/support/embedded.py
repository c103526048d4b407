"""Other processes that use the embedded PostgreSQL, and what can be seen of it from outside."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from kernel.db import embedded
from kernel.db.embedded import accounts, folders
from kernel.db.embedded.cluster import Cluster
from kernel.db.embedded.locks import is_held_alone

CHECKOUT = Path(__file__).resolve().parents[2]
GUEST = """
import json, resource, sys
from pathlib import Path
from kernel.db import embedded
folder, grace_s, bytes_max = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
if bytes_max:
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_max, bytes_max))
try:
    with embedded.server(folder, grace_s=grace_s, fsync=False) as server:
        print(json.dumps([server.url, str(server.place)]), flush=True)
        sys.stdin.read()
except embedded.EmbeddedProblem as problem:
    print(json.dumps([type(problem).__name__, str(problem)]), flush=True)
"""


@dataclass
class Guest:
    """Another process that uses the database until it leaves or is killed."""

    process: subprocess.Popen[str]

    @classmethod
    def come(cls, folder: Path, *, grace_s: float = 0.3, bytes_max: int = 0, user: str | None = None) -> Guest:
        python, environment = sys.executable, dict(os.environ)
        if user is not None:
            python, environment = _python_for(user)
        become = {} if user is None else {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
        arguments = [python, "-c", GUEST, str(folder), str(grace_s), str(bytes_max)]
        process = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/", env=environment, **become
        )
        return cls(process)

    def told(self) -> tuple[str, str]:
        """The address and the place, or the name and the text of a refusal."""
        assert self.process.stdout is not None
        first, second = json.loads(self.process.stdout.readline())
        return first, second

    def leave(self) -> None:
        self.process.communicate(timeout=30)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=30)


def _python_for(user: str) -> tuple[str, dict[str, str]]:
    """A Python that the user can run with our packages: ours may lie in root's home."""
    packages = os.pathsep.join([str(CHECKOUT), str(Path(psycopg.__file__).parents[1])])
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": packages, "PYTHONDONTWRITEBYTECODE": "1"}
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        try:
            command = [python, "-c", "import psycopg, kernel.db.embedded"]
            done = subprocess.run(command, user=user, extra_groups=[], cwd="/", env=environment, capture_output=True)
        except OSError:
            continue
        if done.returncode == 0:
            return python, environment
    pytest.skip(f"{user} may not run our Python and packages where they are")


def place_of(folder: Path) -> Path:
    return folders.place_for(folder, accounts.server_account())


def remove(folder: Path) -> None:
    place = place_of(folder)
    assert comes_true(lambda: at_rest(place))
    shutil.rmtree(place)


def at_rest(place: Path) -> bool:
    """Neither server nor keeper."""
    return not is_held_alone(place / "keeper.lock") and not is_held_alone(place / "server.lock")


def keepers(place: Path) -> list[int]:
    commands = {int(file.parent.name): text_of(file) for file in Path("/proc").glob("[0-9]*/cmdline")}
    return [pid for pid, command in commands.items() if "embedded.keeper" in command and str(place) in command]


def text_of(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""


def server_pid(server: embedded.EmbeddedServer) -> int:
    return int(text_of(Cluster(server.place).data / "postmaster.pid").partition("\n")[0])


def comes_true(fact: Callable[[], bool], seconds_max: float = 20) -> bool:
    give_up = time.monotonic() + seconds_max
    while not fact():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.02)
    return True


def connected(address: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(address.replace("+psycopg", ""), autocommit=True)


def do(address: str, script: str) -> None:
    with connected(address) as connection:
        connection.execute(script)


def ask(address: str, question: str) -> object:
    with connected(address) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def alive(address: str) -> bool:
    try:
        return ask(address, "SELECT 1") == 1
    except psycopg.OperationalError:
        return False
