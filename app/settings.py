"""Settings: the only place that reads the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENTS = ("production", "demo", "test")


class BadSetting(ValueError):
    """A setting cannot be used; the text says which, and what is expected."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may choose. Without a database address the application runs its own PostgreSQL."""

    database_url: str | None
    environment: str
    folder: Path
    failpoints: str

    @property
    def keys(self) -> Path:
        """The folder of private keys: outside the database, for this user only."""
        return self.folder / "keys"

    @property
    def files(self) -> Path:
        """The folder of documents, which all processes share."""
        return self.folder / "files"

    @classmethod
    def from_environment(cls, *, environment: str | None = None) -> Settings:
        """Read `MARKET_DATABASE_URL`, `MARKET_ENVIRONMENT`, `MARKET_FOLDER`, `MARKET_FAILPOINTS`. Raises BadSetting."""
        chosen = environment or os.environ.get("MARKET_ENVIRONMENT", "production")
        if chosen not in ENVIRONMENTS:
            raise BadSetting(f"MARKET_ENVIRONMENT is one of {', '.join(ENVIRONMENTS)}, not {chosen!r}")
        folder = Path(os.environ.get("MARKET_FOLDER") or Path.cwd() / ".market")
        failpoints = os.environ.get("MARKET_FAILPOINTS", "") if chosen == "test" else ""
        return cls(os.environ.get("MARKET_DATABASE_URL") or None, chosen, folder, failpoints)
