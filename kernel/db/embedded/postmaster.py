"""The server process: whether it answers, and how it is started.

Three facts replace pid files. It is alive if it answers and proves by SCRAM that it knows our password. Some process of
it exists if the server lock is held, which every process of the server inherits. When the lock is free, whatever
`postmaster.pid` says is about the past.
"""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from subprocess import SubprocessError
from urllib.parse import urlencode

import psycopg

from kernel.db.embedded.accounts import launch
from kernel.db.embedded.binaries import Binaries
from kernel.db.embedded.cluster import DATABASE, HOST, OWNER, SUPERUSER, Cluster, write_whole
from kernel.db.embedded.errors import NotAnswering, NotStarted, ServedByAnother, last_lines
from kernel.db.embedded.locks import POLL_S, is_held_alone, open_lock, opened, try_exclusive
from kernel.db.embedded.stopping import START_SECONDS_MAX, last_said, serving_pid

PORTS_TRIED_MAX = 8
LOG_BYTES_MAX = 10_000_000
CONNECT_SECONDS_MAX = 2
# Loopback needs no encryption, but the server must prove itself: after a crash another process may sit on its port.
CONNECTION = {"sslmode": "disable", "gssencmode": "disable", "require_auth": "scram-sha-256"}
PORT_TAKEN = ("could not bind", "could not create any TCP/IP sockets")
ACCESS = f"host all all {HOST}/32 scram-sha-256\nhost replication all {HOST}/32 scram-sha-256\n"
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "300",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "jit": "off",
}
UNSAFE = {"fsync": "off", "full_page_writes": "off"}


def address(cluster: Cluster, login: str, database: str) -> str:
    """The SQLAlchemy address for a login."""
    secret, port = cluster.password(login), cluster.port()
    return f"postgresql+psycopg://{login}:{secret}@{HOST}:{port}/{database}?{urlencode(CONNECTION)}"


def owner_address(cluster: Cluster) -> str:
    """The address for the application: the owner of the database, not a superuser."""
    return address(cluster, OWNER, DATABASE)


def superuser_address(cluster: Cluster) -> str:
    """The address for tests, which make and drop databases."""
    return address(cluster, SUPERUSER, "postgres")


def answers(cluster: Cluster) -> bool:
    """Whether this cluster's own server takes connections now."""
    if cluster.port() is None:
        return False
    try:
        # Whatever PG… variables the shell has, we ask our own server in our own way.
        psycopg.connect(_for_libpq(cluster), hostaddr=HOST, options="", connect_timeout=CONNECT_SECONDS_MAX).close()
    except psycopg.OperationalError as error:
        # A server without a free place is alive; only ours holds the lock that says so.
        full = "too many clients" in str(error) or "connection slots" in str(error)
        return full and is_held_alone(cluster.server_lock)
    return True


def start(cluster: Cluster, binaries: Binaries, *, options: Sequence[str], fsync: bool) -> None:
    """Make sure that the server answers. Call under the start lock. Raises NotStarted, NotAnswering, ServedByAnother."""
    if _wait_for_answer(cluster):
        return
    _forget_the_dead(cluster)
    port = _former_port(cluster)
    for _ in range(PORTS_TRIED_MAX):
        log = _launch(cluster, binaries, port, _settings(cluster, port, options=options, fsync=fsync))
        if _wait_for_answer(cluster):
            return
        said = last_said(cluster, since=log)
        if not any(sign in said for sign in PORT_TAKEN):
            break
        port = _free_port()
    raise NotStarted(folder=cluster.place, log=last_lines(said))


def open_log(cluster: Cluster) -> int:
    """The server's log, open for adding to it."""
    return os.open(cluster.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)


def _for_libpq(cluster: Cluster) -> str:
    return superuser_address(cluster).replace("+psycopg", "", 1)


def _wait_for_answer(cluster: Cluster) -> bool:
    """While any process of the server lives, wait for it to answer; False when the last one is gone."""
    give_up = time.monotonic() + START_SECONDS_MAX
    while is_held_alone(cluster.server_lock):
        if answers(cluster):
            return True
        if time.monotonic() > give_up:
            raise NotAnswering(folder=cluster.place, waited_s=START_SECONDS_MAX, log=last_lines(last_said(cluster)))
        time.sleep(POLL_S)
    return False


def _forget_the_dead(cluster: Cluster) -> None:
    """Remove the pid file of a server that is gone: its number may by now belong to another process.

    Raises ServedByAnother when somebody started a server over this folder by hand.
    """
    if (pid := serving_pid(cluster)) is not None:
        raise ServedByAnother(folder=cluster.place, pid=pid)
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)


def _launch(cluster: Cluster, binaries: Binaries, port: int, settings: str) -> int:
    """Start the server; returns how long its log was before. Raises NotStarted."""
    try:
        # Outside the data folder: as root these are ours, and the server may only read them.
        write_whole(cluster.configuration, settings, mode=0o644)
        write_whole(cluster.access, ACCESS, mode=0o644)
        write_whole(cluster.port_file, f"{port}\n")
        if cluster.log.exists() and cluster.log.stat().st_size > LOG_BYTES_MAX:
            cluster.log.replace(cluster.place / "server.log.1")
        with opened(open_log(cluster)) as log, opened(open_lock(cluster.server_lock)) as lock:
            before = os.fstat(log).st_size
            # Nobody else can have it: we hold the start lock and have seen it free.
            try_exclusive(lock)
            command: list[str | Path] = [
                binaries.program("postgres"),
                "-D",
                cluster.data,
                "-c",
                f"config_file={cluster.configuration}",
            ]
            launch(command, account=cluster.account(), log=log, keep=[lock])
    except (OSError, SubprocessError) as error:
        raise NotStarted(folder=cluster.place, log=str(error)) from error
    return before


def _settings(cluster: Cluster, port: int, *, options: Sequence[str], fsync: bool) -> str:
    """The text of the configuration file: what initdb chose, and then what we want."""
    settings = SETTINGS | ({} if fsync else UNSAFE) | dict(_option(option) for option in options)
    settings |= {"port": str(port), "hba_file": str(cluster.access)}
    lines = [f"include {_quoted(str(cluster.data / 'postgresql.conf'))}"]
    lines += [f"{name} = {_quoted(value)}" for name, value in settings.items()]
    return "\n".join(lines) + "\n"


def _option(option: str) -> tuple[str, str]:
    """`name=value` as PostgreSQL spells it. Raises ValueError."""
    name, equals, value = option.partition("=")
    if not equals or not re.fullmatch(r"[a-z_][a-z0-9_.]*", name):
        raise ValueError(f"a server option is written name=value, not {option!r}")
    return name, value


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n")
    return f"'{escaped}'"


def _former_port(cluster: Cluster) -> int:
    """The port of the last start if it is free, so that addresses in use become valid again."""
    port = cluster.port()
    return port if port is not None and _bindable(port) else _free_port()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _bindable(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
