"""How indications were pooled, step by step, in sentences of both languages; prices carry two significant digits."""

from __future__ import annotations

import math
from typing import Final

from kernel.money import Money, for_people
from valuation.appraisal.saying import Said
from valuation.grading import Grade
from valuation.indications import WAYS, Indication
from valuation.reconciling import Entered, Held, Reconciled
from valuation.words import GENERATED, LABEL

ADVICE: Final = Said("建议资产评估或公开竞价。", "An appraisal or an auction is advised.")
HELD: Final = {
    Held.NOTHING: Said("各方法均无可用指示，不予估价。", "No method has an indication to give: no price."),
    Held.ASKS_ONLY: Said("仅有挂牌价：挂牌价参考，非价值。", "There are asking prices only: for reference, not a value."),
    Held.DISJOINT: Said(
        "各方法的区间互不相交，未经复核说明理由前不合并、不给出价格。",
        "The ranges do not meet: they are not pooled, and no price is given, until somebody has reviewed why.",
    ),
    Held.ABOVE_ASKS: Said(
        "合并值高于同类成果的挂牌价上限，未经复核不给出价格。",
        "The pooled value lies above what sellers ask for such results: no price until somebody has reviewed why.",
    ),
    Held.ONE_METHOD: Said(
        "只有一种方法，且成交样本不足，只给区间，不给单一价格。",
        "One method alone, without enough deals behind it: a range, and no single price.",
    ),
    Held.TOO_WIDE: Said("区间过宽，不给出单一价格。", "The range is too wide for one price."),
}  # fmt: skip


def sentences(answer: Reconciled) -> list[Said]:
    """Every step: what each method says, what was left aside and why, how they weigh, the range, and what follows."""
    said = [_answer(answer)]
    said += [_indication(one) for one in answer.entered]
    said += [_aside(one, answer) for one in answer.aside]
    said += _weights(answer)
    if answer.review is not None:
        told = answer.review
        said.append(Said(f"已复核（{told.reviewer}）：{told.reason}", f"Reviewed ({told.reviewer}): {told.reason}"))
    said += _range(answer)
    if answer.rests_on_generated:
        said.append(Said(f"含{GENERATED[0]}，仅供试用。", f"Rests on {GENERATED[1]}, for trying out only."))
    said.append(Said(f"{LABEL[0]}。", f"{LABEL[1]}."))
    return said


def _answer(answer: Reconciled) -> Said:
    if answer.price is not None:
        return _money(answer.price, "综合参考价约{}。", "The reconciled price is about {}.")
    held = HELD[answer.held or Held.NOTHING]
    return Said(held.zh + ADVICE.zh, f"{held.en} {ADVICE.en}")


def _indication(one: Entered) -> Said:
    told, name = one.indication, WAYS[one.indication.method]
    ends = [_level(told, language) for language in ("zh", "en")]
    widened = (
        Said("；区间过窄，已按最小幅度放宽", "; too narrow, widened to the least spread")
        if one.widened
        else Said("", "")
    )
    return Said(
        f"{name.zh}（证据等级{told.grade.value}）：{ends[0]}，最可能{for_people(told.likely)}{widened.zh}；来源：{told.source.zh}。",
        f"By {name.en} (evidence {told.grade.value}): {ends[1]}, most likely {for_people(told.likely, 'en')}{widened.en}; "
        f"source: {told.source.en}.",
    )


def _level(one: Indication, language: str) -> str:
    low, high = for_people(one.low, language), for_people(one.high, language)
    percent = one.level_bp // 100
    return f"{low}至{high}（{percent}%）" if language == "zh" else f"{low} to {high} ({percent} %)"


def _aside(one: Indication, answer: Reconciled) -> Said:
    name = WAYS[one.method]
    if one.grade is Grade.C:
        high = for_people(one.high), for_people(one.high, "en")
        return Said(
            f"{name.zh}仅有挂牌价（上限{high[0]}）：挂牌价参考，非价值，只作上限，不参与合并。",
            f"By {name.en} there are asking prices only (up to {high[1]}): for reference, not a value; an upper bound, not pooled.",
        )
    if one.grade is Grade.D:
        return Said(f"{name.zh}样本不足，不参与合并。", f"By {name.en} there is too little evidence: it abstains.")
    return Said(f"{name.zh}经复核剔除。", f"By {name.en}: left out by the review.")


def _weights(answer: Reconciled) -> list[Said]:
    if len(answer.entered) < 2 or answer.likely is None:
        return []
    shares = [(WAYS[one.indication.method], round(one.weight * 100)) for one in answer.entered]
    zh = "、".join(f"{name.zh}{share}%" for name, share in shares)
    en = ", ".join(f"{name.en} {share} %" for name, share in shares)
    policy = answer.policy
    rho, least = f"{policy.correlation:g}", f"{policy.spread_min * 100:g}"
    return [
        Said(
            f"按对数区间的精度（方差倒数）加权：{zh}；方法间误差相关系数取{rho}，单一方法最小幅度±{least}%（{policy.version}，本市场设定）。",
            f"Weighed by precision (inverse variance of the log ranges): {en}; errors of methods are taken to correlate by {rho}, "
            f"the least spread of one method is ±{least} % ({policy.version}, the market's own choice).",
        )
    ]


def _range(answer: Reconciled) -> list[Said]:
    if answer.low is None or answer.high is None or answer.ratio is None:
        return []
    low, high = [(for_people(one), for_people(one, "en")) for one in (answer.low, answer.high)]
    ratio = f"{math.ceil(answer.ratio * 10) / 10:g}"
    said = [
        Said(
            f"合并区间（P10–P90）：{low[0]}至{high[0]}，P90/P10 = {ratio}。",
            f"Pooled range (P10 to P90): {low[1]} to {high[1]}, P90/P10 = {ratio}.",
        )
    ]
    if answer.capped:
        said.append(Said("区间上端以挂牌价上限为限。", "The upper end is cut off at what sellers ask."))
    if answer.held is Held.TOO_WIDE:
        limit = f"{answer.policy.range_ratio_max:g}"
        said.append(Said(f"P90/P10 超过规则上限 {limit}。", f"P90/P10 is above the rule's limit of {limit}."))
    return said


def _money(amount: Money, zh: str, en: str) -> Said:
    return Said(zh.format(for_people(amount)), en.format(for_people(amount, "en")))
