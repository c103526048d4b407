"""The one database of the house: PostgreSQL 15 or newer, reached through separate roles."""

from kernel.db.base import Base, enum_column
from kernel.db.clock import market_now
from kernel.db.locking import lock
from kernel.db.session import Database

__all__ = ["Base", "Database", "enum_column", "lock", "market_now"]
