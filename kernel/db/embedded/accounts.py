"""Under which account the server runs: one's own, or an unprivileged one when the application runs as root."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from kernel.db.embedded.errors import NoAccount, NoFolder, last_lines

# `postgres` is made for this and runs nothing else. `daemon` is on every Unix and today runs next to nothing. `nobody`
# comes last: other services share it, and whatever runs as the owner of the data may read the data.
CANDIDATES = ("postgres", "_postgres", "daemon", "nobody")
TOOL_SECONDS_MAX = 300
ROOT = Path("/")
# PostgreSQL's tools read PG… and LC_… variables; a server must not depend on the shell that happened to start it.
ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "TZ": "UTC"}


class Dropping(TypedDict, total=False):
    """What `subprocess` needs to become another account."""

    user: int
    group: int
    extra_groups: list[str | int]


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the operating system; `drops` says that root must become it first."""

    uid: int
    gid: int
    name: str
    drops: bool


def server_account() -> Account:
    """Who runs a new server: ourselves, or as root the first candidate that this system has. Raises NoAccount."""
    if os.geteuid() != 0:
        return _account(os.geteuid(), os.getegid(), drops=False)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, name, drops=True)
    raise NoAccount(looked_for=", ".join(CANDIDATES))


def owner_of(data: Path) -> Account:
    """Who runs the server over an existing data folder: the one to whom it belongs. Raises OSError."""
    owner = data.stat()
    return _account(owner.st_uid, owner.st_gid, drops=os.geteuid() == 0)


def run(
    account: Account, command: Sequence[str | Path], *, say: str | None = None, keep: Sequence[int] = ()
) -> subprocess.CompletedProcess[str]:
    """Run a tool to its end under the account, with the open files in `keep`; output and errors come back as one text.

    The working folder is the root: PostgreSQL's tools refuse to start in a folder that they may not read. Raises
    OSError, subprocess.TimeoutExpired.
    """
    return subprocess.run(
        [str(part) for part in command],
        input=say,
        stdin=None if say is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        cwd=ROOT,
        env=ENVIRONMENT,
        umask=0o077,
        pass_fds=tuple(keep),
        timeout=TOOL_SECONDS_MAX,
        check=False,
        **become(account),
    )


def launch(command: Sequence[str | Path], *, account: Account | None, log: int, keep: Sequence[int]) -> None:
    """Start a process that outlives us, in a session of its own; it inherits the open files in `keep`.

    A shell starts it in the background and ends: the process is nobody's unreaped child, and Ctrl-C does not reach it.
    Without an account it runs as we do, with our environment. Raises OSError, subprocess.SubprocessError.
    """
    subprocess.run(
        ["/bin/sh", "-c", '"$@" &', "sh", *(str(part) for part in command)],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd=ROOT,
        env=None if account is None else ENVIRONMENT,
        umask=0o077,
        pass_fds=tuple(keep),
        start_new_session=True,
        check=True,
        timeout=TOOL_SECONDS_MAX,
        **({} if account is None else become(account)),
    )


def become(account: Account) -> Dropping:
    """The arguments that make `subprocess` run something under the account, without the groups that we are in."""
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account.drops else {}


def may_enter(account: Account, folder: Path) -> bool:
    """Whether the account can go into the folder: tried, not worked out from mode bits."""
    if not account.drops:
        return os.access(folder, os.X_OK)
    try:
        answer = run(account, ["/bin/sh", "-c", 'cd -- "$1"', "sh", folder])
    except OSError as error:
        raise NoFolder(tried=f"as {account.name}: {last_lines(str(error))}") from error
    return answer.returncode == 0


def _account(uid: int, gid: int, *, drops: bool) -> Account:
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = str(uid)
    return Account(uid, gid, name, drops)
