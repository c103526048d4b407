"""Who values the pieces: this process, some processes of this machine, or a Dask cluster."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

CONNECT_SECONDS: Final = 15
RETRIES: Final = 2
"""How often a piece goes to another worker when one is lost."""
BIG_TASK: Final = "1 GiB"
"""Dask warns of large tasks; a piece of a file is meant to be one."""

_ADDRESS: Final = re.compile(r"(tcp|tls|ucx|ws|wss)://[^\s/]+:\d{1,5}/?")


@dataclass(eq=False)
class NoCrew(RuntimeError):
    """Those who were to do the work cannot; what they finished is kept, and the same command goes on from there."""

    hint: str
    hint_zh: str

    def __str__(self) -> str:
        return f"{self.hint} / {self.hint_zh}"


class Pending(Protocol):
    """A result that will be there."""

    def result(self) -> Any:
        """Wait for it."""


class Crew(Protocol):
    """Whoever takes work. `ahead`: how many pieces are under way at once, and so in memory."""

    @property
    def ahead(self) -> int:
        """How many pieces may be under way."""

    def submit(self, work: Callable[..., Any], *given: Any) -> Pending:
        """Have a piece done."""


@dataclass(frozen=True, slots=True)
class _Done:
    value: Any

    def result(self) -> Any:
        return self.value


@dataclass(frozen=True, slots=True)
class _Here:
    ahead: int = 1

    def submit(self, work: Callable[..., Any], *given: Any) -> Pending:
        return _Done(work(*given))


@dataclass(frozen=True, slots=True)
class _Others:
    pool: Any
    ahead: int
    options: dict[str, Any]

    def submit(self, work: Callable[..., Any], *given: Any) -> Pending:
        pending: Pending = self.pool.submit(work, *given, **self.options)
        return pending


@contextmanager
def here() -> Iterator[Crew]:
    """This process alone."""
    yield _Here()


@contextmanager
def processes(count: int) -> Iterator[Crew]:
    """Processes of this machine; each needs some 300 MB. Raises NoCrew when one dies."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            yield _Others(pool, count + 1, {})
        except BrokenProcessPool:
            raise NoCrew("a worker process died", "有工作进程异常退出") from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def cluster(address: str) -> Iterator[Crew]:
    """The workers of a Dask cluster, which have this product installed; they need not see the files.

    Whoever reaches a scheduler on `tcp://` can run code on its workers: use `tls://` outside a closed network. Raises
    NoCrew.
    """
    if not _ADDRESS.fullmatch(address):
        raise NoCrew(f"not an address such as tcp://scheduler:8786: {address}", f"不是集群地址：{address}")
    try:
        import dask
        import distributed
        from distributed.comm.core import CommClosedError
    except ModuleNotFoundError:
        raise NoCrew(
            'Dask is missing; install it with: pip install "technology-market[cluster]"',
            "未安装 Dask（cluster 附加组件）",
        ) from None
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": BIG_TASK}):
        try:
            client: Any = distributed.Client(  # type: ignore[no-untyped-call]  # Dask leaves it untyped
                address, timeout=CONNECT_SECONDS, set_as_default=False
            )
        except (OSError, TimeoutError, ValueError) as unreachable:
            raise NoCrew(f"no scheduler answers at {address}", f"无法连接调度器 {address}") from unreachable
        with client:
            threads = sum(client.nthreads().values())
            if not threads:
                raise NoCrew(f"the cluster at {address} has no workers", f"集群 {address} 没有工作进程")
            try:
                yield _Others(client, 2 * threads, {"pure": False, "retries": RETRIES})
            except ModuleNotFoundError as missing:
                raise NoCrew(f"the workers lack the product: {missing}", "集群的工作进程未安装本产品") from missing
            except (distributed.KilledWorker, CommClosedError, CancelledError) as lost:
                raise NoCrew(f"the cluster was lost: {lost}", "集群连接中断") from lost
