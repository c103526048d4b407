"""The trading rules of a regime on a day, gathered for the rules that ask for them."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from kernel.rules import rule, whole_number
from market.listings.terms import RegimeRules
from parties.kinds import Regime


def rules_of(session: Session, regime: Regime, *, on: date) -> RegimeRules:
    """The numbers that bind a seller of this regime on this day (Asia/Shanghai). Raises NoSuchRule."""

    def number(name: str) -> int:
        return whole_number(session, name, on=on, regime=regime.value)

    def value(name: str) -> object:
        return rule(session, name, on=on, regime=regime.value).value

    return RegimeRules(
        regime=regime.value,
        modes=_names(value("market.modes")),
        benchmark_modes=_names(value("market.benchmark_modes")),
        appraisal_required=value("price.appraisal_required") is True,
        notice_days=number("notice.days"),
        working_days_min=number("listing.working_days_min"),
        working_days_max=number("listing.working_days_max"),
        extension_working_days=number("listing.extension_working_days"),
        extensions_max=number("listing.extensions_max"),
        deposit_bp_min=number("deposit.bp_min"),
        deposit_bp_max=number("deposit.bp_max"),
        cut_bp_max=number("price.cut_bp_max"),
        approval_below_bp=number("price.approval_below_bp"),
        conditions_need_approval=value("listing.conditions_need_approval") is True,
        offer_days_max=number("offer.days_max"),
    )


def _names(value: object) -> frozenset[str]:
    return frozenset(str(one) for one in value) if isinstance(value, list) else frozenset()
