"""A certificate as it is written: what was valued, what the model gave, how people saw it, with the model packed beside it."""

from __future__ import annotations

import base64
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Protocol

from valuation import features
from valuation.certifying.checking import MODEL_BYTES_MAX, check
from valuation.certifying.forms import FORMAT, LABEL, Sealed, encode, misfit
from valuation.explaining import ASK_DISCOUNT, group
from valuation.words import GENERATED, PRICE_TYPES, value_in_words

if TYPE_CHECKING:
    from valuation.model import PriceModel
    from valuation.tables import ModelRun, Valuation

BOOK_LABELS: Final = {"zh": "价格口径", "en": "book of prices"}
BY_THE_MODEL: Final[Mapping[str, Any]] = {"kind": "model"}
EXACTLY: Final = 1e-12


@dataclass(eq=False)
class DoesNotVerify(ValueError):
    """The certificate would not stand up to its own verifier; `faults` are what it would say."""

    faults: tuple[str, ...]


class Signs(Protocol):
    """Whatever signs with Ed25519 under a key id; `kernel.signing.Signer` does."""

    @property
    def key_id(self) -> str: ...

    def sign(self, message: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Packed:
    """A model as it stands in a certificate: its canonical JSON, hashed, and compressed into text."""

    sha256: str
    text: str

    @classmethod
    def of(cls, model: PriceModel) -> Packed:
        """Pack a model. Raises DoesNotVerify where it is too large, or holds a number that is none."""
        try:
            content = encode(model.to_json())
        except ValueError:
            raise DoesNotVerify(("the model holds a number that is none",)) from None
        if len(content) > MODEL_BYTES_MAX:
            raise DoesNotVerify(("the model is too large to be handed over",))
        return cls(sha256(content).hexdigest(), base64.b64encode(zlib.compress(content, level=9)).decode())


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model says of one result (natural logs of yuan): its price, base and parts, and half of the range given."""

    packed: Packed
    log_price: float
    base: float
    parts: Mapping[str, float]
    half_width: float | None

    @classmethod
    def of(cls, model: PriceModel, packed: Packed, facts: Mapping[str, Any], level_bp: int | None) -> Answer:
        """Ask a model again what it was asked. Raises TooFewToPromise."""
        row = features.frame([dict(facts)])
        base, frame = model.contributions(row)
        half = None
        if level_bp is not None:
            books, groups = model.strata_of(row), model.groups_of(row)
            half = float(model.calibration.half_widths(books, groups, level_bp / 10_000)[0])
        parts = {str(name): float(value) for name, value in frame.iloc[0].items()}
        return cls(packed, float(model.log_price(row)[0]), float(base), parts, half)


def seal(body: Mapping[str, Any], signer: Signs) -> bytes:
    """The file of a certificate, signed over its exact bytes. Raises DoesNotVerify if its own verifier would refuse it."""
    if (path := misfit(body)) is not None:
        raise DoesNotVerify((f"{path} is missing, unknown or malformed",))
    if faults := check(body).faults:
        raise DoesNotVerify(tuple(one.en for one in faults))
    content = encode(body)
    return Sealed(content, signer.sign(content), signer.key_id).to_bytes()


def write(found: Valuation, run: ModelRun | None, answer: Answer | None, *, issued_at: datetime) -> dict[str, Any]:
    """The certificate of a stored valuation. `answer`: what the model that gave it says; None where none did."""
    explanation = found.explanation
    after = [] if answer is None else _after(explanation["contributions"], answer.parts, found.evidence)
    return {
        "format": FORMAT,
        "label": dict(LABEL),
        "issued_at": _instant(issued_at),
        "valuation": {
            "id": str(found.id),
            "result_id": str(found.result_id),
            "valued_at": _instant(found.valued_at),
            "grade": found.grade.value,
            "reason": None if found.reason is None else str(found.reason),
        },
        "run": run and {"model_id": run.model_id, "sha256": run.artefact_sha256, "data_sha256": run.data_hash},
        "model": answer and {"sha256": answer.packed.sha256, "packed": answer.packed.text},
        "features": [_feature(name, value) for name, value in found.subject.items()],
        "price": answer
        and {
            "log": answer.log_price + math.fsum(one["log"] for one in after),
            "fen": None if found.price is None else found.price.fen,
        },
        "range": _range(found, answer),
        "base": answer and {"log": answer.base, "fen": explanation["base_fen"]},
        "contributions": [{"name": name, "log": part} for name, part in answer.parts.items()] if answer else [],
        "after": after,
        "bars": [_bar(one, answer.parts) for one in explanation["contributions"]] if answer else [],
        "comparables": found.comparables,
        "evidence": {
            **found.evidence,
            "rests_on_generated": found.rests_on_generated,
            "generated_label_zh": GENERATED[0] if found.rests_on_generated else None,
            "generated_label_en": GENERATED[1] if found.rests_on_generated else None,
        },
    }


def _feature(name: str, value: Any) -> dict[str, Any]:
    """A fact with its labels and its value in words."""
    if name == features.BOOK:
        words = PRICE_TYPES.get(str(value), (str(value), str(value)))
        return {"name": name, "value": value, "unit": "", "label": dict(BOOK_LABELS), "words": _both(words)}
    known = features.BY_NAME.get(name)
    label = {"zh": known.label_zh, "en": known.label_en} if known else {"zh": name, "en": name}
    words = value_in_words(name, value)
    return {"name": name, "value": value, "unit": known.unit if known else "", "label": label, "words": _both(words)}


def _after(shown: Sequence[Mapping[str, Any]], parts: Mapping[str, float], evidence: Mapping[str, Any]) -> list[Any]:
    """The bars that follow the model: whatever reason of the explanation is made of none of its parts."""
    by_model = {_shown_as(name) for name in parts}
    return [
        {
            "name": one["feature"],
            "label": {"zh": one["label_zh"], "en": one["label_en"]},
            "log": math.log(one["factor"]),
            "rule": _rule(one["feature"], math.log(one["factor"]), str(evidence.get("policy", ""))),
        }
        for one in shown
        if one["feature"] not in by_model
    ]


def _rule(name: str, log: float, policy: str) -> dict[str, Any]:
    """How a bar can be computed again: a discount in whole basis points by its rule, anything else as it was stated."""
    bp = round(-math.expm1(log) * 10_000)
    if name == ASK_DISCOUNT and 0 < bp < 10_000 and abs(math.log1p(-bp / 10_000) - log) <= EXACTLY:
        return {"kind": "discount", "bp": bp, "policy": policy}
    return {"kind": "stated", "text": name}


def _bar(one: Mapping[str, Any], parts: Mapping[str, float]) -> dict[str, Any]:
    """A reason as people saw it, and the parts of the model that it stands for."""
    return {
        "name": one["feature"],
        "parts": sorted(name for name in parts if _shown_as(name) == one["feature"]) or [one["feature"]],
        "factor": one["factor"],
        "yuan_fen": one["yuan_fen"],
        "indicator": one["indicator"],
        "label": {"zh": one["label_zh"], "en": one["label_en"]},
        "words": {"zh": one["value_zh"], "en": one["value_en"]},
    }


def _shown_as(name: str) -> str:
    return next(iter(group({name: 1.0})))


def _range(found: Valuation, answer: Answer | None) -> dict[str, Any] | None:
    if answer is None or answer.half_width is None or found.low is None or found.high is None:
        return None
    return {
        "low_fen": found.low.fen,
        "high_fen": found.high.fen,
        "level_bp": found.level_bp,
        "half_width": answer.half_width,
        "rule": dict(BY_THE_MODEL),
    }


def _both(words: tuple[str, str]) -> dict[str, str]:
    return {"zh": words[0], "en": words[1]}


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
