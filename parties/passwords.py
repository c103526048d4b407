"""Passwords: what is accepted, and how it is kept (Argon2id, parameters in one place)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError

from kernel.errors import Unavailable
from parties.errors import PasswordTooCommon, PasswordTooShort

LENGTH_MIN: Final = 8
LENGTH_MAX: Final = 128
AT_ONCE_MAX: Final = 4
"""Hashes computed at the same time in one process: each takes 19 MiB and a core."""
WAIT_SECONDS_MAX: Final = 5

_RUNS: Final = ("0123456789", "9876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_RUNS_OVER: Final = ("1qaz2wsx3edc4rfv5tgb6yhn7ujm", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "zaq12wsxcde34rfv")
_TAIL: Final = re.compile(r"[\W_\d]{0,4}$")
_BIRTHDAY: Final = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


class Hasher:
    """Argon2id with one set of parameters; a bounded number of hashes at a time, or Unavailable (503)."""

    def __init__(self, *, time_cost: int = 2, memory_kib: int = 19_456, parallelism: int = 1) -> None:
        # 19 MiB, two passes, one lane: the smallest set OWASP's password storage guide recommends.
        self._argon = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism, type=Type.ID)
        self._turns = BoundedSemaphore(AT_ONCE_MAX)
        self._nobody = self._argon.hash("nobody has this password")

    @classmethod
    def cheap(cls) -> Hasher:
        """For tests: the same algorithm at its smallest cost."""
        return cls(time_cost=1, memory_kib=8)

    def hash(self, password: str) -> str:
        """The hash to keep, its parameters and salt in it."""
        with _Turn(self._turns):
            return self._argon.hash(normal(password))

    def verify(self, kept: str | None, password: str) -> bool:
        """Whether the password is right; against nobody's hash when `kept` is None, so that the time says nothing."""
        with _Turn(self._turns):
            try:
                return self._argon.verify(kept or self._nobody, normal(password)) and kept is not None
            except (Argon2Error, InvalidHashError):
                return False

    def is_outdated(self, kept: str) -> bool:
        """The hash was made with other parameters; make it anew at the next sign-in."""
        return self._argon.check_needs_rehash(kept)


class _Turn:
    """One of the places at the hashing table."""

    def __init__(self, turns: BoundedSemaphore) -> None:
        self._turns = turns

    def __enter__(self) -> None:
        if not self._turns.acquire(timeout=WAIT_SECONDS_MAX):
            raise Unavailable

    def __exit__(self, *_: object) -> None:
        self._turns.release()


_in_use: list[Hasher] = []


def hasher() -> Hasher:
    """The hasher of this process."""
    if not _in_use:
        _in_use.append(Hasher())
    return _in_use[0]


def use(other: Hasher) -> None:
    """Replace the hasher of this process, as tests do."""
    _in_use[:] = [other]


def normal(password: str) -> str:
    """NFC, so that a letter typed on another keyboard is the same letter. Nothing is cut or trimmed."""
    return unicodedata.normalize("NFC", password)


def check_new(password: str, *, email: str = "") -> None:
    """Raises PasswordTooShort outside 8..128 characters, PasswordTooCommon for what is tried first. No composition rules."""
    text = normal(password)
    if not LENGTH_MIN <= len(text) <= LENGTH_MAX:
        raise PasswordTooShort
    if is_common(text) or (email and text.casefold() in (email.casefold(), email.casefold().partition("@")[0])):
        raise PasswordTooCommon


def is_common(password: str) -> bool:
    """On the list (alone, twice, or with up to four digits or signs behind), one run of keys, one repeated piece, a birthday."""
    text = unicodedata.normalize("NFKC", password).casefold()
    stem = _TAIL.sub("", text)
    half = stem[: len(stem) // 2]
    listed = _common()
    return (
        text in listed
        or stem in listed
        or (stem == half * 2 and half in listed)
        or _is_run(text)
        or any(text == (text[:size] * len(text))[: len(text)] for size in range(1, 5))
        or _BIRTHDAY.fullmatch(text) is not None
    )


def _is_run(text: str) -> bool:
    lines = [line * 2 for line in _RUNS] + list(_RUNS_OVER)
    return any(text in line or text in line[::-1] for line in lines)


@cache
def _common() -> frozenset[str]:
    lines = (Path(__file__).parent / "data" / "common_passwords.txt").read_text("utf-8").splitlines()
    return frozenset(line.strip().casefold() for line in lines if line.strip() and not line.startswith("#"))
