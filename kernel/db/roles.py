"""The database roles of the house: who may touch what is decided there, not only in Python."""

from enum import StrEnum


class DatabaseRole(StrEnum):
    """One role for each kind of process. None is a superuser; none but the owner may change a table."""

    OWNER = "market_owner"
    WEB = "market_web"
    DESK = "market_desk"
    WORKER = "market_worker"
    READ = "market_read"
