"""Guidance in sentences, Chinese and English from the same numbers; prices for people carry two significant digits."""

from __future__ import annotations

from typing import Final

from kernel.money import for_people
from valuation.starting.guidance import Abstention, Guidance, Point
from valuation.words import LABEL

TITLES: Final = ("起拍价参考", "Guidance on the start price")
_WHY: Final = {
    Abstention.NO_REFERENCE: ("该成果没有单一参考价", "the result has no single reference price"),
    Abstention.TOO_FEW_LOTS: ("可用的历史标的不足", "there are too few past lots"),
    Abstention.TOO_FEW_UNSOLD: (
        "流拍标的不足，无从判断起拍价过高的后果",
        "too few lots went unsold to tell when a start is too high",
    ),
    Abstention.TOO_FEW_SOLD: ("成交标的不足", "too few lots were sold"),
    Abstention.STARTS_ALIKE: (
        "历史起拍价与参考价之比过于接近",
        "past starts were nearly the same share of the reference",
    ),
    Abstention.TOO_UNSTABLE: (
        "历史标的集中于个别场次，结果不稳定",
        "past lots come from so few sessions that nothing is stable",
    ),
    Abstention.OUT_OF_MONEY: ("参考价超出可计算范围", "the reference price is beyond what can be reckoned with"),
}


def statement(guidance: Guidance) -> dict[str, list[str]]:
    """{"zh": sentences, "en": sentences}: the answer first, then what it rests on, what was left out, and the label."""
    zh, en = _answer(guidance)
    counted, policy = guidance.counted, guidance.policy
    zh += [
        f"依据：有参考价的历史标的{counted.lots}宗，成交{counted.sold}宗，未成交{counted.unsold}宗"
        f"（其中未达保留价{counted.below_reserve}宗），共{counted.sessions}场次；"
        f"给出建议至少需要{policy.lots_min}宗，其中未成交{policy.unsold_min}宗、成交{policy.sold_min}宗。"
    ]
    en += [
        f"Evidence: {counted.lots} past lots with a reference price, {counted.sold} sold, {counted.unsold} unsold "
        f"(of these {counted.below_reserve} below the reserve), from {counted.sessions} sessions; "
        f"guidance needs at least {policy.lots_min}, of them {policy.unsold_min} unsold and {policy.sold_min} sold."
    ]
    if counted.without_reference:
        zh.append(f"另有{counted.without_reference}宗标的事先没有评估或估价，无法比较，未计入。")
        en.append(
            f"Another {counted.without_reference} lots had no estimate or appraisal beforehand: they cannot be compared "
            "and are not counted."
        )
    return {"zh": [*zh, LABEL[0] + "。"], "en": [*en, LABEL[1] + "."]}


def _answer(guidance: Guidance) -> tuple[list[str], list[str]]:
    if guidance.reason is not None:
        zh, en = _WHY[guidance.reason]
        return [f"样本不足，不给出起拍价建议：{zh}。"], [f"Not enough evidence, no guidance on the start price: {en}."]
    if guidance.recommended is None:
        share = guidance.policy.sale_min_bp // 100
        return (
            [f"在试过的各起拍价上，成交可能都低于{share}%，建议改用协议定价、挂牌或调低预期。"],
            [
                f"At every start that was tried a sale is less likely than {share} %: consider an agreed price or a listing."
            ],
        )
    return _recommendation(guidance)


def _recommendation(guidance: Guidance) -> tuple[list[str], list[str]]:
    found = guidance.recommended
    assert found is not None
    best = next(point for point in guidance.points if point.start == found.best)
    zh = [
        f"建议起拍价在{for_people(found.low)}至{for_people(found.high)}之间；"
        f"以{for_people(found.best)}起拍时，预计成交可能{_share(best)}，平均收入约{for_people(best.proceeds.value)}"
        f"（{for_people(best.proceeds.low)}至{for_people(best.proceeds.high)}，流拍按零计）。"
    ]
    en = [
        f"Start between {for_people(found.low, 'en')} and {for_people(found.high, 'en')}; "
        f"at {for_people(found.best, 'en')} a sale is likely at {_share(best)} and brings "
        f"{for_people(best.proceeds.value, 'en')} on average ({for_people(best.proceeds.low, 'en')} to "
        f"{for_people(best.proceeds.high, 'en')}; an unsold lot brings nothing)."
    ]
    if found.open_below:
        zh.append("更低的起拍价历史上几乎没有试过，建议区间的下端只是经验的边界。")
        en.append("Lower starts were hardly ever tried: the lower end is only the end of what is known.")
    if found.open_above:
        zh.append("更高的起拍价历史上几乎没有试过，建议区间的上端只是经验的边界。")
        en.append("Higher starts were hardly ever tried: the upper end is only the end of what is known.")
    return zh, en


def _share(point: Point) -> str:
    chance = point.chance
    return f"{chance.value_bp / 100:.0f}%（{chance.low_bp / 100:.0f}–{chance.high_bp / 100:.0f}%）"
