"""The answer in sentences, Chinese and English from the same numbers; prices for people carry two significant digits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from kernel.money import for_people
from valuation import features
from valuation.estimates import Estimate
from valuation.explaining import Contribution
from valuation.grading import Grade, Reason
from valuation.grouping import subtotals
from valuation.words import GENERATED, LABEL

REASONS_NAMED_MAX: Final = 3


def statement(answer: Estimate) -> dict[str, list[str]]:
    """{"zh": sentences, "en": sentences}: the answer first, then the range, the evidence, the reasons and the label."""
    return {"zh": _sentences(answer, 0), "en": _sentences(answer, 1)}


def _sentences(answer: Estimate, language: int) -> list[str]:
    makers: tuple[Callable[[Estimate, int], str | None], ...] = (
        _answer,
        _range,
        _evidence,
        _reasons,
        _values,
        _beyond,
        _error,
        _generated,
    )
    made = [sentence for maker in makers if (sentence := maker(answer, language)) is not None]
    return [*made, (LABEL[0] + "。", LABEL[1] + ".")[language]]


def _answer(answer: Estimate, language: int) -> str | None:
    if answer.price is not None:
        shown = for_people(answer.price, ("zh", "en")[language])
        return (f"参考价约{shown}。", f"The suggested price is about {shown}.")[language]
    match answer.reason:
        case Reason.NO_MODEL:
            return ("样本不足，不予估价：尚无可用模型。", "Not enough evidence, no price: there is no model yet.")[
                language
            ]
        case Reason.RANGE_TOO_WIDE:
            return (
                "区间过宽，不给出单一价格，建议资产评估或公开竞价。",
                "The range is too wide for one price; an appraisal or an auction is advised.",
            )[language]
    return (
        "样本不足，不予估价；建议资产评估或公开竞价。",
        "Not enough evidence: no price is given; an appraisal or an auction is advised.",
    )[language]


def _range(answer: Estimate, language: int) -> str | None:
    if answer.range is None:
        return None
    code = ("zh", "en")[language]
    low, high = for_people(answer.range.low, code), for_people(answer.range.high, code)
    level = answer.range.level_bp // 100
    if answer.grade is Grade.C:
        return (
            f"卖方对此类成果的报价范围：{low}至{high}（目标覆盖{level}%）：挂牌价参考，非价值；成交价通常不高于挂牌价。",
            f"What sellers ask for such results: {low} to {high} (meant to hold for {level} % of asks): "
            "asking prices for reference, not a value; deals are seldom above them.",
        )[language]
    return (
        f"可能的范围：{low}至{high}（按模型未见过的较后成交校准，目标覆盖{level}%）。",
        f"Likely range: {low} to {high} (calibrated on later deals to hold for {level} % of them).",
    )[language]


def _evidence(answer: Estimate, language: int) -> str:
    seen, policy = answer.evidence, answer.policy
    zh = f"依据：同类型、同交易方式的真实成交{seen.deals}宗，卖方报价{seen.asks}批"
    en = f"Evidence of the same kind and trade: {seen.deals} real deals, {seen.asks} batches of asking prices"
    if answer.price is None and seen.deals < policy.deals_for_price_min:
        zh += f"；给出价格至少需要{policy.deals_for_price_min}宗成交"
        en += f"; a price needs at least {policy.deals_for_price_min} deals"
    return (zh + "。", en + ".")[language]


def _reasons(answer: Estimate, language: int) -> str | None:
    if answer.withheld:
        return (
            "解释未能与价格相加一致，已不予展示。",
            "The explanation does not add up to the price and is withheld.",
        )[language]
    strongest = answer.contributions[:REASONS_NAMED_MAX]
    if not strongest:
        return None
    named = ("；" if language == 0 else "; ").join(_reason(one, language) for one in strongest)
    return (f"影响最大的因素：{named}。", f"What moves it most: {named}.")[language]


def _reason(one: Contribution, language: int) -> str:
    """The factor first, then what it is of."""
    factor = factor_text(one.factor)
    if language == 0:
        return f"×{factor} {one.label_zh}" + (f"（{one.value_zh}）" if one.value_zh else "")
    return f"×{factor} {one.label_en}" + (f" ({one.value_en})" if one.value_en else "")


def _values(answer: Estimate, language: int) -> str | None:
    """The factors of the groups: what is particular to this result, by value."""
    groups = subtotals([one.to_json() for one in answer.contributions])
    if len(groups) < 2:
        return None
    label = ("label_zh", "label_en")[language]
    named = ("；" if language == 0 else "; ").join(f"×{factor_text(one['factor'])} {one[label]}" for one in groups)
    return (f"按价值归类：{named}。", f"By value: {named}.")[language]


def _beyond(answer: Estimate, language: int) -> str | None:
    """Outside what the model has met it can only carry on from the nearest that it knows."""
    known = [features.BY_NAME[name] for name in answer.beyond if name in features.BY_NAME]
    if not known:
        return None
    named = ("、".join(one.label_zh for one in known), ", ".join(one.label_en for one in known))[language]
    return (
        f"超出模型所见范围：{named}。模型只能按最接近的情形推断，请谨慎采用，宜请技术经理人复核或委托评估。",
        f"Outside what the model has met: {named}. It can only go by the nearest that it knows; have a technology manager "
        "or an appraiser look at it.",
    )[language]


def _error(answer: Estimate, language: int) -> str | None:
    if answer.median_error is None or not math.isfinite(answer.median_error) or answer.range is None:
        return None
    percent = f"{answer.median_error * 100:.0f}"
    return (
        f"对模型未见过的较后交易，误差的中位数为{percent}%。",
        f"On later transactions that the model had not seen, half of its errors were below {percent} %.",
    )[language]


def _generated(answer: Estimate, language: int) -> str | None:
    if not answer.rests_on_generated:
        return None
    count = answer.evidence.generated
    return (
        f"本答复使用了{GENERATED[0]}{count}宗，仅供试用，不得作为定价依据。",
        f"This answer rests on {count} deals of {GENERATED[1]}: for trying out, never a basis for a price.",
    )[language]


def factor_text(factor: float) -> str:
    """A factor for people: two decimals, more where it is small or hardly differs from one."""
    if factor < 0.1:
        return f"{factor:.2g}"
    return f"{factor:.2f}" if f"{factor:.2f}" != "1.00" else f"{factor:.3f}"
