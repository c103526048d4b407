"""Text from people, made safe to keep: one normal form, no invisible characters, no tricks with direction."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import normalize


class BadText(ValueError):
    """The text holds what no text of the market may hold; `reason` is a slug. The text itself is not repeated."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# Controls C0 (but tab and line ends) and C1, zero-width and joining characters, marks and overrides of direction,
# invisible operators, line separators, the byte order mark and the two non-characters beside it.
_NEVER: Final = (
    r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f"
    r"\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff"
)
_LINE_ENDS: Final = r"\u0009\u000a\u000d"
_BLANKS: Final = r" \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"

TEXT_PATTERN: Final = f"^[^{_NEVER}]*$"
"""Raw text of several lines as it may arrive, for schemas."""

LINE_PATTERN: Final = (
    f"^[{_BLANKS}{_LINE_ENDS}]*[^{_NEVER}{_LINE_ENDS}{_BLANKS}][^{_NEVER}{_LINE_ENDS}]*[{_BLANKS}{_LINE_ENDS}]*$"
)
"""Raw text of one line that is not blank, for schemas; blanks and line ends around it are trimmed away."""

PROSE_PATTERN: Final = f"^[{_BLANKS}{_LINE_ENDS}]*[^{_NEVER}{_LINE_ENDS}{_BLANKS}][^{_NEVER}]*$"
"""Raw text of several lines that is not blank, for schemas."""

_NOT_IN_TEXT: Final = re.compile(f"[{_NEVER}]")
_NOT_IN_LINE: Final = re.compile(f"[{_NEVER}{_LINE_ENDS}]")
_STRIPPED: Final = " \t\n\r\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


def one_line(text: str) -> str:
    """A name or title: trimmed and in Unicode normal form C. Raises BadText: characters, lone-surrogate."""
    return _clean(text, _NOT_IN_LINE)


def some_lines(text: str) -> str:
    """A longer text: as `one_line`, but tabs and line feeds stay; every line end becomes a line feed."""
    return _clean(text.replace("\r\n", "\n").replace("\r", "\n"), _NOT_IN_TEXT)


def _clean(text: str, forbidden: re.Pattern[str]) -> str:
    trimmed = text.strip(_STRIPPED)
    if forbidden.search(trimmed):
        raise BadText("characters")
    try:
        trimmed.encode()
    except UnicodeEncodeError:
        raise BadText("lone-surrogate") from None
    return normalize("NFC", trimmed)
