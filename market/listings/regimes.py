"""The trading rules of a regime on a day, gathered for the rules that ask for them."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from kernel.rules import rules
from market.listings.terms import RegimeRules
from parties.kinds import Regime

NUMBERS = {
    "notice_days": "notice.days",
    "working_days_min": "listing.working_days_min",
    "working_days_max": "listing.working_days_max",
    "extension_working_days": "listing.extension_working_days",
    "extensions_max": "listing.extensions_max",
    "deposit_bp_min": "deposit.bp_min",
    "deposit_bp_max": "deposit.bp_max",
    "cut_bp_max": "price.cut_bp_max",
    "approval_below_bp": "price.approval_below_bp",
    "offer_days_max": "offer.days_max",
}
MODES, BENCHMARKS = "market.modes", "market.benchmark_modes"
APPRAISAL, CONDITIONS = "price.appraisal_required", "listing.conditions_need_approval"


def rules_of(session: Session, regime: Regime, *, on: date) -> RegimeRules:
    """The numbers that bind a seller of this regime on this day (Asia/Shanghai). Raises NoSuchRule."""
    names = (*NUMBERS.values(), MODES, BENCHMARKS, APPRAISAL, CONDITIONS)
    found = rules(session, names, on=on, regime=regime.value)
    return RegimeRules(
        regime=regime.value,
        modes=_names(found[MODES].value),
        benchmark_modes=_names(found[BENCHMARKS].value),
        appraisal_required=found[APPRAISAL].value is True,
        conditions_need_approval=found[CONDITIONS].value is True,
        **{field: int(found[name].value) for field, name in NUMBERS.items()},
    )


def _names(value: object) -> frozenset[str]:
    return frozenset(str(one) for one in value) if isinstance(value, list) else frozenset()
