"""The columns of a bulk valuation: what a file may say of a result, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from valuation.words import LABEL

if TYPE_CHECKING:
    import pyarrow


class Column(StrEnum):
    """What a row may say, by the name of its column."""

    ID = "id"
    TITLE = "title"
    ABSTRACT = "abstract"
    KIND = "kind"
    TRADE = "trade"
    NUMBER = "application_number"
    FILED_ON = "filed_on"
    FILED_YEAR = "filed_year"
    RIGHTS = "rights"
    TECH_FIELD = "tech_field"
    IPC = "ipc"
    TRL = "trl"
    ON = "on"


HELP: Final[Mapping[Column, str]] = {
    Column.ID: "your own name of the row, text or number; it comes back with the answer",
    Column.TITLE: "title of the result, at most 300 characters",
    Column.ABSTRACT: "abstract, at most 2,000 characters",
    Column.KIND: "invention, utility_model, design, software, layout_design, plant_variety, new_drug or know_how, "
    "or the Chinese word; may be left out where there is an application number",
    Column.TRADE: "transfer, licence or equity, or the Chinese word; needed",
    Column.NUMBER: "patent application number with its check digit; tells kind and year of filing",
    Column.FILED_ON: "day of filing",
    Column.FILED_YEAR: "year of filing, where the day is not known",
    Column.RIGHTS: "number of rights in the package, 1 to 10,000; 1 where nothing is said",
    Column.TECH_FIELD: "technology field of contract registration, 01 to 11 or its name",
    Column.IPC: "IPC class, such as H01M",
    Column.TRL: "technology readiness level, 1 to 9",
    Column.ON: "day of valuation, not in the future; today where nothing is said",
}
NEEDED: Final = (Column.TRADE,)
ONE_OF: Final = (Column.KIND, Column.NUMBER)

ROW, PRICE, LOW, HIGH, LEVEL = "row", "price_fen", "low_fen", "high_fen", "level_bp"
GRADE, REASON, BASE, FAULT = "grade", "reason", "base", "fault"
PART: Final = "part_"
"""A contribution's column is its name behind this."""
ANSWER_HELP: Final[Mapping[str, str]] = {
    ROW: "number of the row in the file, from 1",
    PRICE: "price in fen, with grades A and G only",
    f"{LOW}, {HIGH}": "range in fen",
    LEVEL: "how often a price of this kind fell inside, in basis points",
    GRADE: "A, B, C, D or G, as in a single valuation",
    REASON: "why there is no price",
    BASE: "natural log of the base price in yuan",
    f"{PART}…": "contributions on the log scale: exp(base + their sum) is the price, also where none is given",
    FAULT: "codes of what is wrong with the row, which then has no answer; the row report says more",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file and where each field stands, as importing.reading.Columns."""

    names: tuple[str, ...]
    places: Mapping[StrEnum, int]

    @classmethod
    def of(cls, names: Sequence[str]) -> Layout:
        """The layout of columns by name; those that are no field are passed over."""
        return cls(tuple(names), {one: names.index(one) for one in Column if one in names})

    def column(self, field: StrEnum) -> str:
        """A field's column goes by its own name."""
        return str(field)


def answer_schema(parts: Sequence[str], own_id: pyarrow.DataType | None, told: Mapping[str, str]) -> pyarrow.Schema:
    """The schema of the answers. `parts`: contributions by name; `own_id`: the type of the file's `id`; `told`: metadata.

    The label that an AI price must carry stands in the metadata.
    """
    import pyarrow as pa

    whole, real, text = pa.int64(), pa.float64(), pa.string()
    fields: list[Any] = [pa.field(ROW, whole, nullable=False)]
    fields += [] if own_id is None else [pa.field(str(Column.ID), own_id)]
    fields += [pa.field(PRICE, whole), pa.field(LOW, whole), pa.field(HIGH, whole), pa.field(LEVEL, pa.int32())]
    fields += [pa.field(GRADE, text), pa.field(REASON, text), pa.field(BASE, real)]
    fields += [pa.field(PART + name, real) for name in parts]
    fields.append(pa.field(FAULT, text))
    return pa.schema(fields, metadata={"label_zh": LABEL[0], "label_en": LABEL[1], **told})
