"""Estimates of many rows at once, each the same as if it were valued alone, and a piece of a file from rows to answers."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from valuation import features, registry
from valuation.bulk.checking import read_facts
from valuation.bulk.columns import (
    BASE,
    FAULT,
    GRADE,
    HIGH,
    LEVEL,
    LOW,
    PART,
    PRICE,
    REASON,
    ROW,
    Column,
    Layout,
    answer_schema,
)
from valuation.bulk.reading import from_bytes, plain, to_bytes
from valuation.estimates import Estimate, Foretold, Models, answer, foretell, question
from valuation.explaining import ASK_DISCOUNT
from valuation.grading import Grade, Policy

if TYPE_CHECKING:
    import pyarrow

    from valuation.importing.faults import Fault
    from valuation.model import PriceModel

KEPT_MODELS_MAX: Final = 2


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that makes a row an answer, so that any process gives the same: model, policy, and what "today" is."""

    model_id: str
    artefact: bytes
    sha256: str
    policy: Policy
    today: date

    def loaded(self) -> Loaded:
        """The models, read once a process. Raises CorruptedModel."""
        with _LOCK:
            found = _LOADED.get(self.sha256)
            if found is None:
                models = registry.unpack(self.artefact, self.sha256)
                found = Loaded(models, tuple(part_names(models)))
                while len(_LOADED) >= KEPT_MODELS_MAX:
                    _LOADED.pop(next(iter(_LOADED)))
                _LOADED[self.sha256] = found
            return found


@dataclass(frozen=True, slots=True)
class Loaded:
    """Models, and the names of the contributions that their answers can have."""

    models: Models
    parts: tuple[str, ...]


_LOADED: dict[str, Loaded] = {}
_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive rows of a file. `first`: the number of the first row, from 1; `rows`: their columns, as Arrow IPC."""

    first: int
    rows: bytes


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to a piece, as Arrow IPC by `answer_schema`, and its faults in the order of rows."""

    rows: bytes
    faults: tuple[Fault, ...]


def estimate_all(
    models: Models, facts: Sequence[Mapping[str, Any]], policy: Policy
) -> list[tuple[Estimate, Foretold | None]]:
    """The estimate of each result with what the model told, None where none answered; as `estimates.estimate` row by row.

    Each model is asked once for all its rows.
    """
    questions = [question(models, one, policy) for one in facts]
    by_model: dict[int, tuple[PriceModel, list[int]]] = {}
    for place, asked in enumerate(questions):
        if asked.model is not None:
            by_model.setdefault(id(asked.model), (asked.model, []))[1].append(place)
    told: list[Foretold | None] = [None] * len(questions)
    for model, places in by_model.values():
        for place, one in zip(places, foretell(model, [questions[place].facts for place in places]), strict=True):
            told[place] = one
    return [(answer(models, asked, one, policy), one) for asked, one in zip(questions, told, strict=True)]


def part_names(models: Models) -> list[str]:
    """The contributions that any answer of these models can have, in the order in which they are written."""
    probe = features.facts(title="", kind="", trade="", on=date(2000, 1, 1))
    names: dict[str, None] = {}
    for model in (models.real, models.helped):
        if model is not None:
            names |= dict.fromkeys(foretell(model, [probe])[0].parts)
    return [*names, ASK_DISCOUNT]


def value_piece(recipe: Recipe, piece: Piece) -> Answers:
    """Check and value the rows of a piece: every row comes back, with an answer or with what is wrong with it."""
    rows = from_bytes(piece.rows)
    loaded = recipe.loaded()
    layout = Layout.of(rows.column_names)
    columns = [plain(rows.column(name)) for name in rows.column_names]
    facts: list[Mapping[str, Any]] = []
    places: list[int] = []
    faults: dict[int, list[Fault]] = {}
    for place, row in enumerate(zip(*columns, strict=True)):
        read = read_facts(layout, row, line=piece.first + place, today=recipe.today)
        if isinstance(read, dict):
            facts.append(read)
            places.append(place)
        else:
            faults[place] = read
    estimates = dict(zip(places, estimate_all(loaded.models, facts, recipe.policy), strict=True))
    own_id = rows.column(str(Column.ID)) if str(Column.ID) in rows.column_names else None
    table = _table(piece.first, rows.num_rows, estimates, faults, loaded.parts, own_id)
    return Answers(to_bytes(table), tuple(fault for place in sorted(faults) for fault in faults[place]))


def _table(
    first: int,
    count: int,
    estimates: Mapping[int, tuple[Estimate, Foretold | None]],
    faults: Mapping[int, Sequence[Fault]],
    parts: Sequence[str],
    own_id: pyarrow.ChunkedArray | None,
) -> pyarrow.Table:
    import pyarrow as pa

    schema = answer_schema(parts, None if own_id is None else own_id.type, {})
    columns: dict[str, list[Any]] = {name: [None] * count for name in schema.names if name != Column.ID}
    columns[ROW] = list(range(first, first + count))
    for place, found in faults.items():
        columns[FAULT][place] = ";".join(dict.fromkeys(fault.code for fault in found))
    for place, (estimate, told) in estimates.items():
        _fill(columns, place, estimate, told)
    arrays = [
        own_id if name == Column.ID else pa.array(columns[name], schema.field(name).type) for name in schema.names
    ]
    return pa.table(arrays, schema=schema)


def _fill(columns: Mapping[str, list[Any]], place: int, estimate: Estimate, told: Foretold | None) -> None:
    columns[GRADE][place] = estimate.grade.value
    columns[REASON][place] = estimate.reason.value if estimate.reason else None
    columns[PRICE][place] = estimate.price.fen if estimate.price else None
    if estimate.range is not None:
        columns[LOW][place], columns[HIGH][place] = estimate.range.low.fen, estimate.range.high.fen
        columns[LEVEL][place] = estimate.range.level_bp
    # An estimate that abstained, or whose reasons do not add up, gives none.
    if told is not None and estimate.grade is not Grade.D and not estimate.withheld:
        columns[BASE][place] = told.base
        for name, part in (*told.parts.items(), *estimate.after):
            columns[PART + name][place] = part
