"""How a model run looks on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from kernel.http.fields import Flag, Wire
from valuation.runs.cards import card
from valuation.runs.queries import Standing
from valuation.runs.shelving import facts_of, shown
from valuation.words import LABEL

Text = Annotated[str, Field(max_length=1000)]
Figure = Annotated[float, Field(allow_inf_nan=False)] | None


class ModelOut(Wire):
    """A run in a list: what it was made of, which candidate was chosen and how it did, and whether it serves."""

    id: UUID
    model_id: Text
    data_hash: Text
    artefact_sha256: Text
    trained_at: datetime
    serves: Flag
    why: Text | None
    chosen: dict[str, Text]
    out_of_time: dict[str, dict[str, Figure]]
    drift_alarm: Flag | None
    watched_on: date | None


class TableOut(Wire):
    """A table of the card."""

    caption: Text
    headers: list[Text]
    rows: list[list[Text]]


class SectionOut(Wire):
    """A section of the card."""

    name: Text
    title: Text
    sentences: list[Text]
    tables: list[TableOut]


class CardOut(Wire):
    """The card in one language."""

    language: Literal["zh", "en"]
    title: Text
    label: Text
    sections: list[SectionOut]


class ModelWithCardOut(ModelOut):
    """A run with its manifest, the newest look at its drift, and its card in both languages."""

    label_zh: Text
    label_en: Text
    manifest: dict[str, Any]
    decided: dict[str, Any]
    drift: dict[str, Any] | None
    cards: list[CardOut]


def shape(standing: Standing) -> ModelOut:
    """A run on the wire."""
    return ModelOut(**_facts(standing))


def shape_with_card(standing: Standing) -> ModelWithCardOut:
    """A run with its card on the wire."""
    facts = facts_of(standing)
    return ModelWithCardOut(
        **_facts(standing),
        label_zh=LABEL[0],
        label_en=LABEL[1],
        manifest=shown(standing.run.manifest),
        decided=dict(facts.decided),
        drift=None if facts.watch is None else dict(facts.watch),
        cards=[_card(facts, language) for language in ("zh", "en")],
    )


def _facts(standing: Standing) -> dict[str, Any]:
    run, watch = standing.run, standing.watch
    return {
        "id": run.id,
        "model_id": run.model_id,
        "data_hash": run.data_hash,
        "artefact_sha256": run.artefact_sha256,
        "trained_at": run.trained_at,
        "serves": standing.serves,
        "why": standing.decision.why if standing.decision else None,
        "chosen": run.manifest.get("chosen", {}),
        "out_of_time": run.manifest.get("out_of_time", {}),
        "drift_alarm": watch.alarm if watch else None,
        "watched_on": watch.day if watch else None,
    }


def _card(facts: Any, language: str) -> CardOut:
    made = card(facts, language)
    return CardOut(
        language="en" if made.language == "en" else "zh",
        title=made.title,
        label=made.label,
        sections=[
            SectionOut(
                name=one.name,
                title=one.title,
                sentences=list(one.sentences),
                tables=[
                    TableOut(caption=table.caption, headers=list(table.headers), rows=[list(row) for row in table.rows])
                    for table in one.tables
                ],
            )
            for one in made.sections
        ],
    )
