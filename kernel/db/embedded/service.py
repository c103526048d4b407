"""What the application holds: a server that is there between `acquire` and `release`."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict, Unpack

from kernel.db.embedded import keeper
from kernel.db.embedded.accounts import Account, launch, server_account
from kernel.db.embedded.binaries import Binaries, runnable, wheel_bin
from kernel.db.embedded.cluster import Cluster, make
from kernel.db.embedded.errors import NoFolder, StartTakesTooLong
from kernel.db.embedded.folders import home, place_for
from kernel.db.embedded.locks import Busy, alone, open_lock, opened, share, try_exclusive
from kernel.db.embedded.postmaster import open_log, owner_address, start, superuser_address
from kernel.db.embedded.stopping import WAIT_SECONDS_MAX, stop

GRACE_SECONDS = 5.0


class Choices(TypedDict, total=False):
    """What may be chosen about a server, and what holds when it is not."""

    bin_folder: Path | None
    """The folder of other programs than the wheel's PostgreSQL 18."""
    fsync: bool
    """True; False is for tests: a crash of the machine may then cost the data."""
    options: Sequence[str]
    """Server settings, written `name=value`."""
    grace_s: float
    """Seconds between the departure of the last user and the stop: 5."""


class EmbeddedServer:
    """One PostgreSQL over one folder, shared by every process that asks for the same folder.

    The settings are those of the process that starts the server; whoever shares it takes it as it is. The grace period
    is that of the process that came last.
    With `remove`, the keeper takes the folder away after stopping the server.
    """

    def __init__(self, folder: Path | None = None, *, remove: bool = False, **choices: Unpack[Choices]) -> None:
        self._folder = folder
        self._remove = remove
        self._bin_folder = choices.get("bin_folder")
        self._fsync = choices.get("fsync", True)
        self._options = tuple(choices.get("options", ()))
        self._grace_s = choices.get("grace_s", GRACE_SECONDS)
        self._usage: int | None = None
        self._cluster: Cluster | None = None

    def acquire(self) -> str:
        """Start or share the server and return the application's address; asked again, it repairs a server that died.

        Raises EmbeddedProblem: NoServerFound, NoFolder, ClusterNotMade, OtherVersion, NotStarted, NotAnswering…
        """
        account = server_account()
        cluster = Cluster(place_for(self._folder, account))
        new = self._usage is None
        try:
            with _starting(cluster):
                self._hold(cluster)
                self._start(cluster, cluster.account() if cluster.exists else account)
        except BaseException as error:
            if new:
                self.release()
            if isinstance(error, OSError):
                raise NoFolder(tried=f"{cluster.place}: {error}") from error
            raise
        self._cluster = cluster
        return self.url

    def release(self) -> None:
        """Leave. If nobody else uses the server, it is stopped after the grace period."""
        if self._usage is not None:
            os.close(self._usage)
            self._usage = None

    @property
    def url(self) -> str:
        """The address for the application: `market_owner`, who owns the database `market` and is no superuser."""
        return owner_address(self._acquired)

    @property
    def superuser_url(self) -> str:
        """The address of the superuser, for tests and tools only."""
        return superuser_address(self._acquired)

    @property
    def place(self) -> Path:
        """The folder where the cluster, its locks and its log are."""
        return self._acquired.place

    def stop_now(self) -> None:
        """Stop the server at once, whoever uses it, and leave. For tests and tools."""
        cluster = self._acquired
        with _starting(cluster):
            stop(cluster, runnable(self._bin_folder or wheel_bin(), cluster.account()), mode="immediate")
            if self._usage is not None:
                # Nothing is left to keep: no grace.
                keeper.note_arrival(self._usage, grace_s=0)
            if self._remove:
                shutil.rmtree(cluster.place)
        self.release()

    @property
    def _acquired(self) -> Cluster:
        if self._cluster is None:
            raise RuntimeError("the embedded server has not been acquired")
        return self._cluster

    def _start(self, cluster: Cluster, account: Account) -> None:
        binaries = runnable(self._bin_folder or wheel_bin(), account)
        # The keeper comes first: were we killed now, it would stop what we had started.
        _ensure_keeper(cluster, binaries, remove=self._remove)
        if not cluster.exists:
            make(cluster, binaries, account, fsync=self._fsync)
        cluster.must_fit(binaries)
        start(cluster, binaries, options=self._options, fsync=self._fsync)

    def _hold(self, cluster: Cluster) -> None:
        if self._usage is None:
            self._usage = open_lock(cluster.usage_lock)
            share(self._usage)
        keeper.note_arrival(self._usage, grace_s=self._grace_s)


@contextmanager
def server(folder: Path | None = None, **choices: Unpack[Choices]) -> Iterator[EmbeddedServer]:
    """A server that is there for the block."""
    embedded = EmbeddedServer(folder, **choices)
    embedded.acquire()
    try:
        yield embedded
    finally:
        embedded.release()


@contextmanager
def running(folder: Path | None = None, **choices: Unpack[Choices]) -> Iterator[str]:
    """The application's address of a server that is there for the block."""
    with server(folder, **choices) as embedded:
        yield embedded.url


@contextmanager
def temporary(
    *, bin_folder: Path | None = None, fsync: bool = False, options: Sequence[str] = ()
) -> Iterator[EmbeddedServer]:
    """A server of one's own in an empty folder, both gone after the block (and after a crash, a moment later)."""
    folder = home(server_account()) / f"temporary-{secrets.token_hex(6)}"
    embedded = EmbeddedServer(folder, bin_folder=bin_folder, fsync=fsync, options=options, grace_s=0, remove=True)
    embedded.acquire()
    try:
        yield embedded
    finally:
        embedded.stop_now()


@contextmanager
def _starting(cluster: Cluster) -> Iterator[None]:
    """One process at a time makes, starts or stops."""
    try:
        with alone(cluster.start_lock, wait_s=WAIT_SECONDS_MAX):
            yield
    except Busy as error:
        raise StartTakesTooLong(folder=cluster.place, waited_s=WAIT_SECONDS_MAX) from error


def _ensure_keeper(cluster: Cluster, binaries: Binaries, *, remove: bool) -> None:
    """Start a keeper if none lives. Call under the start lock. It inherits the lock from us: no gap, no second one."""
    with opened(open_lock(cluster.keeper_lock)) as lock, opened(open_log(cluster)) as log:
        if try_exclusive(lock):
            command = keeper.command(cluster, binaries, remove=remove, lock=lock)
            launch(command, account=None, log=log, keep=[lock])
