"""A database cluster on disk: made whole or not at all, with its passwords beside its data."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from subprocess import TimeoutExpired

from kernel.db.embedded.accounts import Account, owner_of, run
from kernel.db.embedded.binaries import Binaries
from kernel.db.embedded.errors import ClusterNotMade, OtherVersion, last_lines
from kernel.db.embedded.locks import alone, opened

DATABASE = "market"
OWNER = "market_owner"
SUPERUSER = "postgres"
HOST = "127.0.0.1"
MAKE_SECONDS_MAX = 60.0
# Sorting by code point, with Unicode's idea of a letter; from 17 on without the help of the C library.
LOCALES_BUILT_IN = (("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),)
LOCALES_OF_THE_SYSTEM = (("--locale=C.UTF-8",), ("--locale=C",))


@dataclass(frozen=True, slots=True)
class Cluster:
    """The places of one embedded database, under the folder that was given to it."""

    place: Path

    @property
    def home(self) -> Path:
        """All that a cluster is: there, or not there."""
        return self.place / "cluster"

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder, which belongs to the server's account alone."""
        return self.home / "data"

    @property
    def configuration(self) -> Path:
        """The settings of the last start; outside the data, where only we write."""
        return self.home / "server.conf"

    @property
    def access(self) -> Path:
        """Who may connect from where."""
        return self.home / "access.conf"

    @property
    def port_file(self) -> Path:
        """The port of the last start."""
        return self.home / "port"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.place / "server.log"

    @property
    def start_lock(self) -> Path:
        """Held alone by whoever makes, starts or stops."""
        return self.place / "start.lock"

    @property
    def usage_lock(self) -> Path:
        """Shared by every process that uses the database."""
        return self.place / "usage.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held alone by the keeper, which stops the server after the last process has left."""
        return self.place / "keeper.lock"

    @property
    def server_lock(self) -> Path:
        """Held by the server and all its children, for as long as one of them lives."""
        return self.place / "server.lock"

    @property
    def exists(self) -> bool:
        """Whether it has been made."""
        return self.home.is_dir()

    def account(self) -> Account:
        """Who runs its server."""
        return owner_of(self.data)

    def port(self) -> int | None:
        """The port of the last start, if one was written down."""
        try:
            port = int(self.port_file.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return port if 0 < port < 65536 else None

    def password(self, login: str) -> str:
        """The password of a login."""
        passwords: dict[str, str] = json.loads((self.home / "passwords.json").read_text())
        return passwords[login]

    def must_fit(self, binaries: Binaries) -> None:
        """Raises OtherVersion: data folders of one major version cannot be read by another."""
        major = int((self.data / "PG_VERSION").read_text())
        if major != binaries.major:
            raise OtherVersion(folder=self.place, folder_major=major, server_major=binaries.major)


def make(cluster: Cluster, binaries: Binaries, account: Account, *, fsync: bool) -> None:
    """Make the cluster beside its place, whole, and then move it there. Call under the start lock.

    The tools hold the server lock while they work: those of a starter that was killed are waited for, not fought.
    Raises ClusterNotMade, leaving nothing.
    """
    new = cluster.place / f"cluster.new-{secrets.token_hex(4)}"
    try:
        with alone(cluster.server_lock, wait_s=MAKE_SECONDS_MAX) as lock:
            for abandoned in cluster.place.glob("cluster.new-*"):
                shutil.rmtree(abandoned)
            new.mkdir(mode=0o700)
            _fill(new, _Tools(binaries, account, lock), fsync=fsync)
            new.rename(cluster.home)
            _sync_folder(cluster.place)
    except (OSError, TimeoutExpired) as error:
        raise ClusterNotMade(folder=cluster.place, log=str(error)) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Tools:
    """The server's programs, run under its account, holding its lock."""

    binaries: Binaries
    account: Account
    lock: int

    def use(self, name: str, *arguments: str | Path, say: str | None = None) -> tuple[bool, str]:
        """Whether the program went well, and what it said."""
        done = run(self.account, [self.binaries.program(name), *arguments], say=say, keep=[self.lock])
        return done.returncode == 0, last_lines(done.stdout) or f"{name} ended with status {done.returncode}"


def _fill(new: Path, tools: _Tools, *, fsync: bool) -> None:
    data = new / "data"
    data.mkdir(mode=0o700)
    if tools.account.drops:
        # The server's account must be able to walk through, and no more.
        new.chmod(0o711)
        os.chown(data, tools.account.uid, tools.account.gid)
    _initdb(data, tools, fsync=fsync)
    passwords = {SUPERUSER: secrets.token_urlsafe(32), OWNER: secrets.token_urlsafe(32)}
    # A server in single-user mode listens to nobody: there is no moment in which the cluster is open without passwords.
    script = "".join(f"{statement};\n\n" for statement in _statements(passwords, tools.binaries.major))
    arguments = ["-D", str(data), "-j", "-c", "exit_on_error=on", "template1"]
    done, said = tools.use("postgres", "--single", *arguments, say=script)
    if not done:
        raise ClusterNotMade(folder=new.parent, log=said)
    write_whole(new / "passwords.json", json.dumps(passwords))


def _initdb(data: Path, tools: _Tools, *, fsync: bool) -> None:
    arguments = ["-D", str(data), "-U", SUPERUSER, "--auth=reject", "--encoding=UTF8", "--data-checksums"]
    arguments += ["--text-search-config=simple", "--no-instructions", *([] if fsync else ["--no-sync"])]
    said = ""
    for locale in LOCALES_BUILT_IN if tools.binaries.major >= 17 else LOCALES_OF_THE_SYSTEM:
        # After a refusal initdb leaves the folder empty again.
        done, said = tools.use("initdb", *arguments, *locale)
        if done:
            return
    raise ClusterNotMade(folder=data.parents[1], log=said)


def _statements(passwords: dict[str, str], major: int) -> list[str]:
    statements = [
        f"ALTER ROLE {SUPERUSER} PASSWORD '{passwords[SUPERUSER]}'",
        f"CREATE ROLE {OWNER} LOGIN NOSUPERUSER CREATEROLE CREATEDB PASSWORD '{passwords[OWNER]}'",
        f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
    ]
    if major >= 16:
        # Before 16 whoever may make roles may also become them; since then it must be said.
        statements.append(f"ALTER ROLE {OWNER} SET createrole_self_grant = 'set, inherit'")
    return statements


def write_whole(file: Path, text: str, *, mode: int = 0o600) -> None:
    """Write a file whole or not at all, and have it on disk; by default only we may read it."""
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        os.fchmod(descriptor, mode)
        stream.write(text)
        stream.flush()
        os.fsync(descriptor)
    new.replace(file)


def _sync_folder(folder: Path) -> None:
    """Have a change of names on disk: a cluster still under its first name after a power cut would be cleaned away."""
    with opened(os.open(folder, os.O_RDONLY | os.O_DIRECTORY)) as descriptor:
        os.fsync(descriptor)
