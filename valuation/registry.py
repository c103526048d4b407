"""Model runs on the shelf: packed as text with a hash and golden predictions, and refused when anything has changed."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from valuation import features
from valuation.discounts import AskDiscount
from valuation.estimates import Models
from valuation.grading import Evidence
from valuation.model import PriceModel

FORM: Final = 2
"""The form of the artefact; another number is another reader."""
UNPACKED_BYTES_MAX: Final = 256 << 20
GOLDEN_ROWS_MAX: Final = 16
GOLDEN_WITHIN: Final = 1e-9
NAMES: Final = ("real", "helped")


@dataclass(eq=False)
class CorruptedModel(RuntimeError):
    """The stored model is not what was trained; it is not used."""

    why: str


def pack(models: Models, golden_facts: Sequence[dict[str, Any]]) -> tuple[bytes, str]:
    """(artefact, SHA-256 of it in hex): compressed canonical JSON with the trees as text; no pickles."""
    content = {
        "form": FORM,
        "models": {name: one.to_json() for name in NAMES if (one := getattr(models, name)) is not None},
        "evidence": [[*segment, asdict(one)] for segment, one in sorted(models.evidence.items())],
        "discount": None if models.discount is None else models.discount.to_json(),
        "golden": _golden(models, golden_facts[:GOLDEN_ROWS_MAX]),
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    artefact = zlib.compress(text.encode(), level=6)
    return artefact, hashlib.sha256(artefact).hexdigest()


def unpack(artefact: bytes, sha256: str) -> Models:
    """Read an artefact, after its hash, and before its golden predictions have been made again. Raises CorruptedModel."""
    if hashlib.sha256(artefact).hexdigest() != sha256:
        raise CorruptedModel("the hash differs")
    inflate = zlib.decompressobj()
    try:
        text = inflate.decompress(artefact, UNPACKED_BYTES_MAX)
        content = json.loads(text) if inflate.eof else {}
    except (zlib.error, ValueError):
        raise CorruptedModel("not readable") from None
    if content.get("form") != FORM:
        raise CorruptedModel("another form")
    evidence = {(kind, trade): Evidence(**counts) for kind, trade, counts in content["evidence"]}
    discount = None if content["discount"] is None else AskDiscount.from_json(content["discount"])
    found = {name: PriceModel.from_json(one) for name, one in content["models"].items()}
    models = Models(**found, evidence=evidence, discount=discount)
    for name, rows in content["golden"].items():
        predicted = getattr(models, name).predict(features.frame([row["facts"] for row in rows]))
        if any(abs(now / row["price"] - 1) > GOLDEN_WITHIN for now, row in zip(predicted, rows, strict=True)):
            raise CorruptedModel("a golden prediction differs")
    return models


def _golden(models: Models, facts: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """What each model says of some rows, to be said again after every loading."""
    golden = {}
    for name in NAMES:
        model = getattr(models, name)
        if model is not None and facts:
            prices = model.predict(features.frame(facts))
            golden[name] = [{"facts": one, "price": float(price)} for one, price in zip(facts, prices, strict=True)]
    return golden
