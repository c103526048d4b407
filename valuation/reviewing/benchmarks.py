"""When an AI estimate may be a benchmark price 基准价格 (浙政办发〔2025〕27号 item 13; 浙江省促进科技成果转化条例 art 17). Pure.

For a government unit: a technology manager's sign-off, and besides it either the unit's collective decision or the review
of an independent third party. A state-owned enterprise's price rests on an appraisal (the terms of its regime say so), and
a private seller owes nobody a sign-off: for these two nothing is asked here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kernel.errors import Refused
from kernel.ids import OrganisationId
from kernel.money import Money
from valuation.reviewing.errors import (
    BenchmarkDiffers,
    DissentUnread,
    NotDecidedTogether,
    NotSignedOff,
    RestsOnGenerated,
)
from valuation.reviewing.figures import Figure
from valuation.reviewing.kinds import Verdict

BOUND_REGIME: Final = "GOV_UNIT"


@dataclass(frozen=True, slots=True)
class SignOff:
    """The sign-off that stands: the latest acceptance or override of a valuation."""

    verdict: Verdict
    figure: Figure
    organisation_id: OrganisationId
    signed_at: datetime
    rests_on_generated: bool = False


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a third party has signed of a valuation; `figure` is its own range where it disagrees."""

    organisation_id: OrganisationId
    agrees: bool
    figure: Figure | None
    signed_at: datetime

    def supports(self, benchmark: Money) -> bool:
        """It agrees, or its own range holds the benchmark."""
        return self.agrees or (self.figure is not None and self.figure.holds(benchmark))


def sign_off_wanted(regime: str) -> bool:
    """Sellers of this regime need a sign-off before an estimate is their benchmark."""
    return regime == BOUND_REGIME


def is_signed_off(regime: str, *, benchmark: Money, sign_off: SignOff | None) -> Refused | None:
    """None if the benchmark is the figure that a technology manager signed; else the refusal, with its article and cure.

    Where a sign-off stands it binds every regime: nobody takes another figure from an estimate than was signed.
    """
    if sign_off is None:
        return NotSignedOff() if sign_off_wanted(regime) else None
    if sign_off_wanted(regime) and sign_off.verdict is Verdict.ACCEPT and sign_off.rests_on_generated:
        return RestsOnGenerated()
    return None if sign_off.figure.holds(benchmark) else BenchmarkDiffers(benchmark, *sign_off.figure.bounds)


def may_be_benchmark(
    regime: str,
    *,
    benchmark: Money,
    sign_off: SignOff | None,
    collective_decision: datetime | None,
    third_party: Collection[Opinion] = (),
) -> Refused | None:
    """None if the estimate may be the benchmark; else the refusal, with its article and how to cure it (27号 item 13).

    `collective_decision`: when the unit completed its decision on this benchmark, None if it has not. A third party from
    the sign-off's own organisation is no second opinion. A dissent that is newer than the decision must be decided upon.
    """
    if refusal := is_signed_off(regime, benchmark=benchmark, sign_off=sign_off):
        return refusal
    if sign_off is None or not sign_off_wanted(regime):
        return None
    others = [one for one in third_party if one.organisation_id != sign_off.organisation_id]
    supported = any(one.supports(benchmark) for one in others)
    if collective_decision is None:
        return None if supported else NotDecidedTogether()
    dissent = [one for one in others if not one.supports(benchmark) and one.signed_at > collective_decision]
    if dissent and not supported:
        return DissentUnread(min(one.signed_at for one in dissent), collective_decision)
    return None
