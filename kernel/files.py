"""Documents of the market: one store, addressed by content, that all processes share.

A file goes by the SHA-256 of its bytes; nobody chooses a name or a path. It is written beside its place, synced, and
moved there whole, so that a crash or a full disk leaves nothing half-written. What a file claims to be is compared with
what it is before it is kept.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from kernel.errors import Malformed, NotFound, Problem, Unavailable
from kernel.sniffing import Sniffer, is_known

BYTES_MAX: Final = 20 * 1024 * 1024
"""The default limit of one file: twenty mebibytes."""

_CHUNK_BYTES: Final = 64 * 1024
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


@dataclass(eq=False)
class FileTooLarge(Malformed):
    """The file is larger than this place takes."""

    status = 413
    zh = "文件过大。"
    limit_bytes: int


@dataclass(eq=False)
class MediaTypeRefused(Malformed):
    """Files of this type are not taken here."""

    status = 415
    zh = "不接受此类型的文件。"


@dataclass(eq=False)
class NotWhatItClaims(Malformed):
    """The content is not of the declared type, or it is not safe to open."""

    zh = "文件内容与声明的类型不符，或无法安全打开。"
    media_type: str
    reason: str


class FileMissing(NotFound):
    """There is no such file."""

    zh = "文件不存在。"


class FileDamaged(Problem):
    """A stored file no longer has the content it had; tell the operator."""

    zh = "存储的文件已损坏，请联系管理员。"


class StorageFull(Unavailable):
    """There is no room to keep files at the moment; nothing was stored."""

    zh = "存储空间不足，文件未保存。"


@dataclass(frozen=True, slots=True)
class FileRef:
    """What the books keep of a file: its content's SHA-256 (lower-case hex), its size in bytes, its checked type."""

    sha256: str
    size: int
    media_type: str


class FileStore(Protocol):
    """The port: where the files lie is nobody's business but the store's."""

    def put(self, source: bytes | BinaryIO, *, media_type: str, limit: int = BYTES_MAX) -> FileRef: ...

    def open(self, sha256: str) -> BinaryIO: ...

    def read(self, sha256: str) -> bytes: ...


class FolderStore:
    """Files in a folder that all processes of the market see; everything made inside is for this user only."""

    def __init__(self, folder: Path) -> None:
        self._objects, self._incoming = folder / "objects", folder / "incoming"
        for own in (self._objects, self._incoming):
            own.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, source: bytes | BinaryIO, *, media_type: str, limit: int = BYTES_MAX) -> FileRef:
        """Keep a file of at most `limit` bytes; the same content twice is kept once.

        Raises MediaTypeRefused, FileTooLarge, NotWhatItClaims or StorageFull; then nothing is kept.
        """
        if not is_known(media_type):
            raise MediaTypeRefused
        temporary = self._incoming / secrets.token_hex(16)
        try:
            ref = _receive(source, temporary, media_type, limit)
            self._settle(temporary, ref)
            return ref
        except OSError as error:
            if error.errno in _FULL:
                raise StorageFull from error
            raise
        finally:
            temporary.unlink(missing_ok=True)

    def open(self, sha256: str) -> BinaryIO:
        """The file's bytes as a stream. Raises FileMissing, also for text that is no SHA-256."""
        try:
            return self._place(sha256).open("rb")
        except FileNotFoundError:
            raise FileMissing from None

    def read(self, sha256: str) -> bytes:
        """The file's bytes, compared with their hash. Raises FileMissing or FileDamaged."""
        with self.open(sha256) as file:
            content = file.read()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise FileDamaged
        return content

    def sweep(self, before: datetime) -> int:
        """Remove what crashed uploads left behind before an instant; how many there were."""
        left = [path for path in self._incoming.iterdir() if path.stat().st_mtime < before.timestamp()]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _place(self, sha256: str) -> Path:
        if not re.fullmatch("[0-9a-f]{64}", sha256):
            raise FileMissing
        return self._objects / sha256[:2] / sha256[2:]

    def _settle(self, temporary: Path, ref: FileRef) -> None:
        """Move a whole file to its place, unless it lies there already; one that was cut short is healed."""
        place = self._place(ref.sha256)
        if place.exists() and place.stat().st_size == ref.size:
            return
        place.parent.mkdir(mode=0o700, exist_ok=True)
        temporary.rename(place)
        for folder in (place.parent, self._objects):
            _sync(folder)


def _receive(source: bytes | BinaryIO, path: Path, media_type: str, limit: int) -> FileRef:
    """Write the source to a new file, hashed, measured, examined and synced."""
    digest, sniffer, size = hashlib.sha256(), Sniffer(media_type), 0
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w+b") as file:
        for chunk in _chunks(source):
            size += len(chunk)
            if size > limit:
                raise FileTooLarge(limit)
            digest.update(chunk)
            _refuse(media_type, sniffer.feed(chunk))
            file.write(chunk)
        file.flush()
        _refuse(media_type, sniffer.finish(file))
        os.fsync(handle)
    return FileRef(digest.hexdigest(), size, media_type)


def _refuse(media_type: str, reason: str | None) -> None:
    if reason is not None:
        raise NotWhatItClaims(media_type, reason)


def _chunks(source: bytes | BinaryIO) -> Iterator[bytes]:
    stream = BytesIO(source) if isinstance(source, bytes) else source
    while chunk := stream.read(_CHUNK_BYTES):
        yield chunk


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
