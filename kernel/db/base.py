"""How Python types become columns: ids are uuid, money is BIGINT fen, instants are timestamptz, enums are checked text."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar, cast

from sqlalchemy import BigInteger, Date, DateTime, Dialect, Enum, MetaData, Table, Text, TypeDecorator, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

from kernel.ids import ID_TYPES
from kernel.money import Money

E = TypeVar("E", bound=StrEnum)

CONSTRAINT_NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Fen(TypeDecorator[Money]):
    """Money as BIGINT fen: a `numeric` would let NaN through every check."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:  # noqa: ARG002  # SQLAlchemy names it
        """Whole fen for the database."""
        return None if value is None else value.fen

    def process_result_value(self, value: int | None, dialect: Dialect) -> Money | None:  # noqa: ARG002  # as above
        """Money again."""
        return None if value is None else Money(value)

    @property
    def python_type(self) -> type[Money]:
        """The type that rules see."""
        return Money


class Base(DeclarativeBase):
    """Every table of the house; rooms add theirs in `tables.py`."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        **{kind: Uuid() for kind in ID_TYPES},
        Money: Fen(),
        datetime: DateTime(timezone=True),
        date: Date(),
        str: Text(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }


def table_of(kind: type[Base]) -> Table:
    """The bare table: rows that are only written need none of the mapper's bookkeeping, which costs as much as the row."""
    return cast(Table, kind.__table__)


def enum_column(kind: type[E], name: str | None = None) -> Enum:
    """The column type of an enum: text with a named CHECK, so that a value can be added without rewriting the table.

    The check is called `ck_<table>_<name>`, by default after the enum.
    """
    return Enum(
        kind,
        name=name or kind.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
        validate_strings=True,
    )
