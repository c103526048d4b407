"""What a reviewer is shown before he prices a result himself: the facts and the comparable deals, and nothing of the model."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from kernel.http.fields import Flag, Wire
from kernel.ids import ValuationId
from valuation.features import FEATURES
from valuation.reviewing.queries import Task
from valuation.schemas import ComparableOut, shape_comparable
from valuation.tables import Valuation
from valuation.words import value_in_words

Text = Annotated[str, Field(max_length=1000)]


class FactOut(Wire):
    """One fact of the result, in words."""

    feature: Text
    label_zh: Text
    label_en: Text
    value_zh: Text
    value_en: Text


class BlindOut(Wire):
    """A valuation without its price: no range, no grade, no contribution, no statement, nothing that the model says.

    `already_shown`: a price of this result has been shown to the reader before; what he gives now is recorded so.
    """

    valuation_id: ValuationId
    result_id: UUID
    title: Text
    valued_at: datetime
    facts: list[FactOut]
    comparables: list[ComparableOut]
    already_shown: Flag


class TaskOut(Wire):
    """A valuation that awaits the reader's judgement; without its price."""

    valuation_id: ValuationId
    result_id: UUID
    title: Text
    kind: Text
    trade: Text
    valued_at: datetime
    has_own_price: Flag
    was_shown: Flag


def blind_out(found: Valuation, *, already_shown: bool) -> BlindOut:
    """Written member by member: what is added to a valuation later is not shown here by itself."""
    return BlindOut(
        valuation_id=found.id,
        result_id=found.result_id,
        title=str(found.subject.get("title") or ""),
        valued_at=found.valued_at,
        facts=facts_in_words(found.subject),
        comparables=[shape_comparable({name: one[name] for name in _COMPARABLE}) for one in found.comparables],
        already_shown=already_shown,
    )


def task_out(task: Task) -> TaskOut:
    """A task on the wire."""
    return TaskOut(**{name: getattr(task, name) for name in TaskOut.model_fields})


def facts_in_words(subject: dict[str, Any]) -> list[FactOut]:
    """The facts that are known of a result, by the names of the feature file."""
    found = []
    for feature in FEATURES:
        value = subject.get(feature.name)
        if feature.name == "title" or value is None or value == "":
            continue
        zh, en = value_in_words(feature.name, value)
        found.append(
            FactOut(
                feature=feature.name,
                label_zh=feature.label_zh,
                label_en=feature.label_en,
                value_zh=zh,
                value_en=en,
            )
        )
    return found


_COMPARABLE = (
    "title",
    "kind",
    "trade",
    "price_type",
    "price_type_zh",
    "price_type_en",
    "price_fen",
    "price_is_rounded",
    "dealt_on",
    "package_rows",
    "generated",
    "likeness",
    "differences_zh",
    "differences_en",
)
