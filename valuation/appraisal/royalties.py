"""The royalty rate 分成率: stated, from a range by score, or from an industry's prior, which is shown as low confidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kernel.money import Money
from valuation.appraisal import formulas
from valuation.appraisal.formulas import Number
from valuation.appraisal.impossible import AboveOpenLicenceCap, InputMissing, RangeUpsideDown, UnknownIndustry
from valuation.appraisal.inputs import (
    POSITIVE_SHARE,
    WHOLE_SHARE,
    Input,
    Origin,
    Shape,
    Stated,
    Unit,
    configured,
    plain,
    stated,
)
from valuation.appraisal.practice import Practice
from valuation.appraisal.saying import Said

RATE: Final = Said("销售收入分成率 k", "royalty rate k on net sales")
LOW: Final = Said("分成率下限 k_min", "royalty rate, low end k_min")
HIGH: Final = Said("分成率上限 k_max", "royalty rate, high end k_max")
SCORE: Final = Said("分成率调整得分 s（0–1）", "score s within the range (0 to 1)")
MIDDLE: Final = Said(
    "未填写得分，取区间中点，实际可为区间内任一值。",
    "No score stated: the middle of the range stands in, and any value in it is possible.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Royalty:
    """One of: the rate; the range by `low` and `high`; the prior of an `industry`. A range is entered by `score`."""

    rate: Stated | None = None
    low: Stated | None = None
    high: Stated | None = None
    industry: str | None = None
    score: Stated | None = None


def royalty_inputs(royalty: Royalty, practice: Practice) -> list[Input]:
    """The inputs under `royalty/…`. Raises InputMissing, UnknownIndustry, RangeUpsideDown or what `stated` raises."""
    if royalty.rate is not None:
        return [stated("royalty/rate", RATE, Unit.RATE, POSITIVE_SHARE, royalty.rate)]
    if royalty.industry is not None:
        ends = _prior(royalty.industry, practice)
    elif royalty.low is not None and royalty.high is not None:
        ends = [
            stated("royalty/low", LOW, Unit.RATE, POSITIVE_SHARE, royalty.low),
            stated("royalty/high", HIGH, Unit.RATE, POSITIVE_SHARE, royalty.high),
        ]
    else:
        raise InputMissing("/royalty/rate")
    if ends[0].value > ends[1].value:
        raise RangeUpsideDown("/royalty")
    return [*ends, _score(royalty.score)]


def rate_of(values: Mapping[str, Number]) -> Number:
    """k, or k_min + (k_max − k_min)·s."""
    if "royalty/rate" in values:
        return values["royalty/rate"]
    return formulas.royalty_by_score(values["royalty/low"], values["royalty/high"], values["royalty/score"])


def check_open_licence(
    practice: Practice,
    *,
    fixed_fee: Money | None = None,
    sales_share: Decimal | None = None,
    profit_share: Decimal | None = None,
    explanation: str = "",
) -> list[Said]:
    """The caps of an open licence 开放许可: a fixed fee, a share of net sales, a share of profit.

    With an explanation what is above a cap is a warning; without one it raises AboveOpenLicenceCap. The caps are
    configuration, quoted from the CNIPA notice.
    """
    stated_by_cap = {
        "fixed_fee": (None if fixed_fee is None else Decimal(fixed_fee.fen), "open_licence.fixed_fee_fen"),
        "sales_share": (sales_share, "open_licence.sales_share"),
        "profit_share": (profit_share, "open_licence.profit_share"),
    }
    said = []
    for name, (number, figure_name) in stated_by_cap.items():
        figure, cap = practice[figure_name], practice.value(figure_name)
        if number is None or number <= cap:
            continue
        if not explanation.strip():
            raise AboveOpenLicenceCap(f"/open_licence/{name}", plain(cap), plain(number))
        said.append(
            Said(
                f"超出{figure.label.zh} {plain(cap)}（{figure.source}）；说明：{explanation.strip()}",
                f"Above the {figure.label.en} of {plain(cap)} ({figure.source}); explained: {explanation.strip()}",
            )
        )
    return said


def _prior(industry: str, practice: Practice) -> list[Input]:
    if industry not in practice.industries:
        raise UnknownIndustry("/royalty/industry", practice.industries)
    figure = practice[f"royalty.{industry}"]
    low, high = practice.span(f"royalty.{industry}")
    named = (
        ("low", Said(f"{LOW.zh}（{figure.label.zh}）", f"{LOW.en} ({figure.label.en})"), low),
        ("high", Said(f"{HIGH.zh}（{figure.label.zh}）", f"{HIGH.en} ({figure.label.en})"), high),
    )
    return [
        configured(f"royalty/{end}", label, Unit.RATE, POSITIVE_SHARE, figure, value) for end, label, value in named
    ]


def _score(said: Stated | None) -> Input:
    if said is not None:
        return stated("royalty/score", SCORE, Unit.RATE, WHOLE_SHARE, said)
    return Input(
        name="royalty/score",
        label=SCORE,
        unit=Unit.RATE,
        bounds=WHOLE_SHARE,
        value=Decimal("0.5"),
        low=Decimal(0),
        high=Decimal(1),
        origin=Origin.DEFAULT,
        warning=MIDDLE,
        shape=Shape.UNIFORM,
    )
