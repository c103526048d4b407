"""Issuing the certificate of a stored valuation: its model is asked again, and only what verifies is signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from kernel.errors import Refused
from kernel.signing import KeyFolder
from valuation import shelf
from valuation.certifying.certificate import Answer, DoesNotVerify, Packed, seal, write
from valuation.certifying.forms import PURPOSE
from valuation.intervals import TooFewToPromise
from valuation.model import PriceModel
from valuation.registry import CorruptedModel
from valuation.tables import ModelRun, Valuation

KEPT_PACKED_MAX: Final = 3

_PACKED: dict[tuple[str, str], Packed] = {}
"""Models packed in this process, by run and grade: runs never change, and packing is most of the work."""


@dataclass(eq=False)
class NotCertifiable(Refused):
    """This valuation does not agree with its model any more; no certificate is given."""

    zh = "该估价与其模型不一致，不予出具证书。"
    faults: tuple[str, ...]


def issue(session: Session, found: Valuation, *, keys: KeyFolder, wall_now: datetime) -> bytes:
    """The signed file of a valuation that the caller may see. `wall_now`: signatures are made in wall time.

    Raises NotCertifiable: the model's file is damaged, the explanation was withheld, or a stored number is not the model's.
    """
    run = None if found.run_id is None else session.get_one(ModelRun, found.run_id)
    try:
        answer = _answer(found, run)
        return seal(write(found, run, answer, issued_at=wall_now), keys.signer(PURPOSE, wall_now))
    except CorruptedModel as corrupted:
        raise NotCertifiable((corrupted.why,)) from None
    except TooFewToPromise:
        raise NotCertifiable(("the range cannot be promised any more",)) from None
    except DoesNotVerify as refused:
        raise NotCertifiable(refused.faults) from None


def _answer(found: Valuation, run: ModelRun | None) -> Answer | None:
    """What the model that answered says now; None where the answer was "not enough evidence"."""
    if found.explanation["withheld"]:
        raise DoesNotVerify(("its explanation was withheld",))
    model = None if run is None else model_of(run, found)
    if run is None or model is None:
        return None
    key = (run.artefact_sha256, found.grade.value)
    if key not in _PACKED:
        packed = Packed.of(model)
        while len(_PACKED) >= KEPT_PACKED_MAX:
            _PACKED.pop(next(iter(_PACKED)), None)
        _PACKED[key] = packed
    return Answer.of(model, _PACKED[key], found.subject, found.level_bp)


def model_of(run: ModelRun, found: Valuation) -> PriceModel | None:
    """The model of a run that gave a valuation; None where it abstained. Raises CorruptedModel."""
    if found.low is None and not found.explanation["contributions"]:
        return None
    return shelf.load(run).for_grade(found.grade)
