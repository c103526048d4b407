"""File locks that the operating system releases when their holder dies, however it dies.

They are `flock` locks: they belong to the open file, not to the process, so a child that inherits the file holds the
lock too. A lock is free when the last process that has the file open is gone.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POLL_S = 0.02


class Busy(TimeoutError):
    """Another process held a lock for longer than we wait."""


@contextmanager
def opened(descriptor: int) -> Iterator[int]:
    """An open file, closed after the block; a lock on it is then given up, unless a child has inherited it."""
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_lock(path: Path, *, create: bool = True) -> int:
    """An open file to lock, private to its owner. Raises FileNotFoundError."""
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | (os.O_CREAT if create else 0)
    return os.open(path, flags, 0o600)


def try_exclusive(descriptor: int) -> bool:
    """Take the lock alone, or say that somebody else has it."""
    return _try(descriptor, fcntl.LOCK_EX)


def share(descriptor: int) -> None:
    """Hold the lock together with others."""
    fcntl.flock(descriptor, fcntl.LOCK_SH)


def is_held_alone(path: Path) -> bool:
    """Whether a living process holds the lock alone; asking never disturbs somebody else who asks."""
    with opened(open_lock(path)) as descriptor:
        return not _try(descriptor, fcntl.LOCK_SH)


def is_unused(path: Path) -> bool:
    """Whether nobody at all holds the lock. Raises FileNotFoundError if the file is gone."""
    with opened(open_lock(path, create=False)) as descriptor:
        return try_exclusive(descriptor)


def wait_until_unused(path: Path) -> None:
    """Sleep in the kernel until nobody holds the lock. Raises FileNotFoundError if the file is gone."""
    with opened(open_lock(path, create=False)) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)


@contextmanager
def alone(path: Path, *, wait_s: float) -> Iterator[int]:
    """Hold the lock alone for the block; gives the open file, for children to inherit. Raises Busy."""
    with opened(open_lock(path)) as descriptor:
        give_up = time.monotonic() + wait_s
        while not try_exclusive(descriptor):
            if time.monotonic() > give_up:
                raise Busy(f"{path} is held by another process")
            time.sleep(POLL_S)
        yield descriptor


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
