"""What a file really is: magic bytes, text that is text, and office archives that are safe to open."""

from __future__ import annotations

import codecs
import re
import struct
import zipfile
from collections.abc import Sequence
from typing import BinaryIO, Final

_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
DOCX, XLSX = f"{_OFFICE}wordprocessingml.document", f"{_OFFICE}spreadsheetml.sheet"
TEXT, CSV, JSON = "text/plain", "text/csv", "application/json"

_MAGIC: Final = {
    PDF: b"%PDF-",
    PNG: b"\x89PNG\r\n\x1a\n",
    JPEG: b"\xff\xd8\xff",
    DOCX: b"PK\x03\x04",
    XLSX: b"PK\x03\x04",
}
_MAIN_PART: Final = {DOCX: "word/document.xml", XLSX: "xl/workbook.xml"}
_TEXTS: Final = frozenset({TEXT, CSV, JSON})

# Control characters that a text has no use for; tab, line feed and carriage return stay.
_CONTROLS: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

ARCHIVE_PARTS_MAX: Final = 5_000
ARCHIVE_BYTES_MAX: Final = 512 * 1024 * 1024
"""What an office document may unpack to in all; readers stop at the sizes declared, so the declaration binds."""


def is_known(media_type: str) -> bool:
    """Whether files of this type can be examined, and so be kept."""
    return media_type in _MAGIC or media_type in _TEXTS


class Sniffer:
    """Looks at a file while it passes. `feed` and `finish` answer None, or why it is not what it claims to be."""

    def __init__(self, media_type: str) -> None:
        self._media_type = media_type
        self._head = b""
        self._decoders = [codecs.getincrementaldecoder(name)() for name in ("utf-8", "gb18030")]

    def feed(self, chunk: bytes) -> str | None:
        """The next bytes of the file."""
        if self._media_type in _TEXTS:
            return self._text(chunk)
        if len(self._head) < 8:
            self._head += chunk[:8]
        magic = _MAGIC[self._media_type]
        return None if self._head.startswith(magic[: len(self._head)]) else "magic-bytes"

    def finish(self, file: BinaryIO) -> str | None:
        """The whole file has passed; it can be read again through `file`."""
        if self._media_type in _TEXTS:
            return self._text(b"", final=True)
        if not self._head.startswith(_MAGIC[self._media_type]):
            return "magic-bytes"
        return _archive(file, _MAIN_PART[self._media_type]) if self._media_type in _MAIN_PART else None

    def _text(self, chunk: bytes, *, final: bool = False) -> str | None:
        """UTF-8 (with or without its mark) or GB18030, without control characters."""
        if _CONTROLS.search(chunk):
            return "control-characters"
        self._decoders = [decoder for decoder in self._decoders if _decodes(decoder, chunk, final=final)]
        return None if self._decoders else "encoding"


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _archive(file: BinaryIO, main_part: str) -> str | None:
    """Why an office archive is refused: not one, encrypted, with macros, or a bomb. Nothing is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, EOFError, OSError):
        return "archive"
    return _bomb(parts) or _parts(parts, main_part)


def _bomb(parts: Sequence[zipfile.ZipInfo]) -> str | None:
    if len(parts) > ARCHIVE_PARTS_MAX or sum(part.file_size for part in parts) > ARCHIVE_BYTES_MAX:
        return "archive-too-large"
    return None


def _parts(parts: Sequence[zipfile.ZipInfo], main_part: str) -> str | None:
    names = {part.filename for part in parts}
    if len(names) < len(parts) or any(_is_unsafe(name) for name in names):
        return "archive-names"
    if any(part.flag_bits & 0x1 for part in parts):
        return "archive-encrypted"
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return "macros"
    return None if {"[Content_Types].xml", main_part} <= names else "archive-parts"


def _is_unsafe(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/") or ":" in name
