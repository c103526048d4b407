"""A sentence in both languages, made once from the same facts."""

from __future__ import annotations

from typing import NamedTuple


class Said(NamedTuple):
    """The same in Chinese and in English."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """The one to show: "en", or else Chinese."""
        return self.en if language == "en" else self.zh

    def to_json(self) -> dict[str, str]:
        """As it is kept and sent."""
        return {"zh": self.zh, "en": self.en}
