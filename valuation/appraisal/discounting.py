"""The discount rate: stated as it is, built up from its premia, or by CAPM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from valuation.appraisal import formulas
from valuation.appraisal.formulas import Number
from valuation.appraisal.impossible import LooksLikePercent, OutOfBounds
from valuation.appraisal.inputs import FACTOR, POSITIVE_SHARE, SHARE, Input, Stated, Unit, plain, stated
from valuation.appraisal.practice import Figure, Practice
from valuation.appraisal.saying import Said

RISK_FREE: Final = Said("无风险报酬率", "risk-free rate")
PREMIA: Final = {
    "technical": Said("技术风险报酬率", "technical risk premium"),
    "market": Said("市场风险报酬率", "market risk premium"),
    "funding": Said("资金风险报酬率", "funding risk premium"),
    "management": Said("管理风险报酬率", "management risk premium"),
}
BETA: Final = Said("贝塔系数 β", "beta")
CAPM: Final = {
    "equity_premium": Said("市场风险溢价 ERP", "equity risk premium"),
    "size_premium": Said("规模溢价", "size premium"),
    "specific_premium": Said("特定风险溢价", "specific risk premium"),
}
RATE: Final = Said("折现率", "discount rate")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildUp:
    """r = r_f + technical + market + funding + management risk, all shares of one."""

    risk_free: Stated
    technical: Stated
    market: Stated
    funding: Stated
    management: Stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Capm:
    """r = r_f + β·ERP + size + specific premium."""

    risk_free: Stated
    beta: Stated
    equity_premium: Stated
    size_premium: Stated
    specific_premium: Stated


Discount = Stated | BuildUp | Capm


def discount_inputs(discount: Discount) -> list[Input]:
    """The inputs under `discount/…`. Raises what `stated` raises."""
    match discount:
        case BuildUp():
            under = "discount/build_up"
            premia = [_share(f"{under}/{name}", label, getattr(discount, name)) for name, label in PREMIA.items()]
            return [_share(f"{under}/risk_free", RISK_FREE, discount.risk_free), *premia]
        case Capm():
            under = "discount/capm"
            premia = [_share(f"{under}/{name}", label, getattr(discount, name)) for name, label in CAPM.items()]
            beta = stated(f"{under}/beta", BETA, Unit.FACTOR, FACTOR, discount.beta)
            return [_share(f"{under}/risk_free", RISK_FREE, discount.risk_free), beta, *premia]
    return [stated("discount/rate", RATE, Unit.RATE, POSITIVE_SHARE, discount)]


def rate_of(values: Mapping[str, Number]) -> Number:
    """The rate from the inputs, whichever way they are stated."""
    if "discount/rate" in values:
        return values["discount/rate"]
    if "discount/capm/beta" in values:
        return formulas.capm(*(values[f"discount/capm/{name}"] for name in ("risk_free", "beta", *CAPM)))
    return formulas.built_up([values[f"discount/build_up/{name}"] for name in ("risk_free", *PREMIA)])


def check_rate(rate: Decimal) -> None:
    """The parts together make a rate between nothing and the whole. Raises OutOfBounds or LooksLikePercent."""
    if POSITIVE_SHARE.hold(rate):
        return
    if rate >= 1:
        raise LooksLikePercent("/discount", str(POSITIVE_SHARE))
    raise OutOfBounds("/discount", str(POSITIVE_SHARE))


def formula_of(discount: Discount) -> str:
    """How the rate is made, to be added to a formula; nothing where it is stated as it is."""
    match discount:
        case BuildUp():
            return "; r = r_f + 技术风险 + 市场风险 + 资金风险 + 管理风险"
        case Capm():
            return "; r = r_f + β·ERP + 规模溢价 + 特定风险溢价"
    return ""


def discount_warnings(discount: Discount, inputs: Sequence[Input], practice: Practice) -> list[Said]:
    """A premium, or the rate, outside what is usual; the usual ranges are configuration and say where they come from."""
    said = []
    premium, usual = practice["discount.premium"], practice["discount.usual"]
    if isinstance(discount, BuildUp):
        names = {f"discount/build_up/{name}" for name in PREMIA}
        said += [_unusual(one.label, one.value, premium) for one in inputs if one.name in names]
    rate = rate_of({one.name: one.value for one in inputs})
    said.append(_unusual(RATE, rate, usual))
    return [one for one in said if one is not None]


def _unusual(label: Said, value: Decimal, figure: Figure) -> Said | None:
    low, high = figure.low, figure.high
    if low is None or high is None or low <= value <= high:
        return None
    shown, ends = plain(value), f"{plain(low)}–{plain(high)}"
    note = figure.warning or Said("", "")
    return Said(
        f"{label.zh} {shown} 不在常见区间 {ends} 内。{note.zh}",
        f"{label.en} {shown} is outside the usual {ends}. {note.en}",
    )


def _share(name: str, label: Said, said: Stated) -> Input:
    return stated(name, label, Unit.RATE, SHARE, said)
