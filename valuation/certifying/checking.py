"""What a certificate says, checked against what its own model gives: to a billionth, and what differs by name.

Standard library and the walker only. What is signed and cannot be computed again (labels, words, comparables, evidence) is
checked for its form, no more: for that the signature stands.
"""

from __future__ import annotations

import base64
import hashlib
import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from valuation.certifying.forms import FEN_MAX, LABEL, Fault, NotCanonical, decode
from valuation.certifying.recomputing import Model, Walked
from valuation.certifying.walking import BadModel

WITHIN: Final = 1e-9
"""How far logs may be apart: a price or factor is then wrong by a billionth at most."""
MODEL_BYTES_MAX: Final = 24 << 20
ODD_FEN_MAX: Final = 3
"""Amounts are whole fen that must close: an allocation may move the odd ones."""


@dataclass(slots=True)
class Report:
    """What was found: faults, what the model gives, and how far the certificate's numbers lay from that."""

    faults: list[Fault] = field(default_factory=list)
    compared: int = 0
    apart: float = 0.0
    walked: Walked | None = None

    def agree(self, said: float, found: float, fault: Fault) -> None:
        """Two logs are the same number, or there is a fault."""
        self.compared += 1
        self.apart = max(self.apart, abs(said - found))
        if not abs(said - found) <= WITHIN:
            self.faults.append(fault)

    def must(self, holds: bool, fault: Fault) -> None:
        """It holds, or there is a fault."""
        if not holds:
            self.faults.append(fault)


def check(body: Mapping[str, Any]) -> Report:
    """Check a certificate of the right form (`forms.misfit`) against its model, its grade and itself."""
    report = Report()
    valuation, price = body["valuation"], body["price"]
    report.must(body["label"] == LABEL, Fault("label", "the label is not the one that must stand here", "标识文字不符"))
    has_price = price is not None and price["fen"] is not None
    report.must(
        has_price == (valuation["reason"] is None) and not (has_price and valuation["grade"] == "D"),
        Fault("grade", "grade, reason and price contradict each other", "证据等级、原因与价格相互矛盾"),
    )
    model = _model(body, report)
    if model is None:
        empty = not (body["contributions"] or body["after"] or body["bars"] or body["base"] or price or body["range"])
        if body["model"] is None:
            report.must(empty, Fault("model", "numbers without a model to compute them", "有数值而无模型可供复算"))
        return report
    if price is None or body["base"] is None:
        report.faults.append(Fault("model", "a model without the numbers that it gives", "有模型而无其给出的数值"))
    elif _repeated(body):
        report.faults.append(Fault("names", "a name stands twice", "名称重复"))
    else:
        _recompute(body, model, report)
    return report


def _repeated(body: Mapping[str, Any]) -> bool:
    bars = [part for one in body["bars"] for part in one["parts"]]
    logs = [one["name"] for part in ("contributions", "after") for one in body[part]]
    features = [one["name"] for one in body["features"]]
    return any(len(set(one)) != len(one) for one in (bars, logs, features))


def unpack(packed: str) -> bytes:
    """The model's JSON out of base64 and zlib. Raises BadModel: not in one exact form, or larger than any model."""
    try:
        content = base64.b64decode(packed, validate=True)
        inflate = zlib.decompressobj()
        text = inflate.decompress(content, MODEL_BYTES_MAX)
    except (ValueError, zlib.error):
        raise BadModel("the packed model cannot be unpacked") from None
    if base64.b64encode(content).decode() != packed or inflate.unused_data or not inflate.eof:
        raise BadModel("the packed model cannot be unpacked whole, or is too large")
    return text


def _model(body: Mapping[str, Any], report: Report) -> Model | None:
    """The model, if it is the one whose hash stands in the certificate and it can be read."""
    if body["model"] is None:
        return None
    try:
        digest, model = _read(body["model"]["packed"], body["model"]["sha256"])
    except (BadModel, NotCanonical) as bad:
        report.faults.append(Fault("model", f"the model cannot be used: {bad}", "模型无法解开或读取"))
        return None
    same = digest == body["model"]["sha256"]
    report.must(same, Fault("model-hash", "the hash of the model differs", "模型校验值不符"))
    return model


@lru_cache(maxsize=2)
def _read(packed: str, wanted: str) -> tuple[str, Model | None]:
    """(hash, model); a model of another hash than the wanted one is not read. Certificates of one run share their model."""
    text = unpack(packed)
    digest = hashlib.sha256(text).hexdigest()
    return digest, Model(decode(text)) if digest == wanted else None


def _recompute(body: Mapping[str, Any], model: Model, report: Report) -> None:
    facts = {one["name"]: one["value"] for one in body["features"]}
    try:
        walked = model.walk(facts)
        half = None if body["range"] is None else model.half_width(facts, body["range"]["level_bp"] / 10_000)
    except BadModel as bad:
        report.faults.append(Fault("model", f"the model cannot be walked: {bad}", "模型无法复算"))
        return
    report.walked = walked
    said = {one["name"]: one["log"] for one in body["contributions"]}
    _contributions(said, walked, body["base"]["log"], report)
    total = walked.log_price
    for one in body["after"]:
        _after(one, total, report)
        said[one["name"]] = one["log"]
        total += one["log"]
    price = body["price"]
    both = _yuan(math.exp(price["log"]) * 100), _yuan(_exp_fen(total))
    report.agree(price["log"], total, _differs("price", "the price", "价格", *both))
    closed = math.fsum([body["base"]["log"], *said.values()])
    report.agree(
        closed, price["log"], Fault("closure", "base and contributions do not add up", "基准与各项贡献之和不等于价格")
    )
    if price["fen"] is not None:
        both = _yuan(price["fen"]), _yuan(_exp_fen(total))
        report.must(_is_fen(price["fen"], total), _differs("price", "the price", "价格", *both))
    _range(body, half, total, report)
    _bars(body, said, report)


def _contributions(said: Mapping[str, float], walked: Walked, base: float, report: Report) -> None:
    report.agree(base, walked.base, _differs("base", "the base", "基准", f"{base!r}", f"{walked.base!r}"))
    for name in sorted(said.keys() ^ walked.parts.keys()):
        shown = shown_name(name)
        report.faults.append(
            Fault("contribution", f"{shown} is a contribution on one side only", f"{shown} 仅一方列有")
        )
    for name in sorted(said.keys() & walked.parts.keys()):
        both = f"×{math.exp(said[name]):.12g}", f"×{_exp(walked.parts[name]):.12g}"
        fault = _differs("contribution", f"the contribution of {shown_name(name)}", f"{shown_name(name)} 的贡献", *both)
        report.agree(said[name], walked.parts[name], fault)


def _after(one: Mapping[str, Any], before: float, report: Report) -> None:
    """A bar that follows the model: a rule with numbers is applied again, a stated one only has to add up."""
    found = _ruled(one["rule"], before)
    shown = shown_name(one["name"])
    if found is None:
        report.faults.append(Fault("after", f"the rule of {shown} is not known", f"{shown} 所依规则不明"))
        return
    fault = _differs("after", f"the step {shown}", f"步骤 {shown}", f"×{_exp(one['log']):.12g}", f"×{_exp(found):.12g}")
    report.agree(one["log"], one["log"] if math.isnan(found) else found, fault)


def _ruled(rule: Mapping[str, Any], before: float) -> float | None:
    """The log of a rule: a discount in basis points, at most an amount, set to an amount; NaN where it is only stated."""
    match dict(rule):
        case {"kind": "discount", "bp": int(bp)} if 0 < bp < 10_000:
            return math.log1p(-bp / 10_000)
        case {"kind": "at_most", "fen": int(fen)} if 1 <= fen <= FEN_MAX:
            return min(0.0, math.log(fen / 100) - before)
        case {"kind": "set_to", "fen": int(fen)} if 1 <= fen <= FEN_MAX:
            return math.log(fen / 100) - before
        case {"kind": "stated", "text": str()}:
            return math.nan
    return None


def _range(body: Mapping[str, Any], half: float | None, log: float, report: Report) -> None:
    span, price = body["range"], body["price"]["fen"]
    if span is None:
        report.must(price is None, Fault("range", "a price without a range", "有价格而无区间"))
        return
    low, high = span["low_fen"], span["high_fen"]
    inside = low <= high and (price is None or low <= price <= high)
    report.must(inside, Fault("range", "the range does not hold its own price", "区间不含其价格"))
    match dict(span["rule"]):
        case {"kind": "model"} if half is None:
            report.faults.append(Fault("range", "no range can be promised at this level", "该水平的区间无从保证"))
        case {"kind": "model"}:
            said = span["half_width"]
            fault = _differs("range", "the half width of the range", "区间半宽", f"{said!r}", f"{half!r}")
            report.agree(said, half if half is not None else math.nan, fault)
            ends = _exp_fen(log - said), _exp_fen(log + said)
            found = _yuan(ends[0]), _yuan(ends[1])
            fault = _differs("range", "the range", "区间", f"{_yuan(low)}–{_yuan(high)}", "–".join(found))
            report.must(_near(low, max(1.0, ends[0])) and _near(high, min(FEN_MAX, ends[1])), fault)
        case {"kind": "stated", "text": str()}:
            pass
        case _:
            report.faults.append(Fault("range", "the rule of the range is not known", "区间所依规则不明"))


def _bars(body: Mapping[str, Any], logs: Mapping[str, float], report: Report) -> None:
    """The reasons as people see them: each part in one of them, factors and yuan those of the logs, closing to the fen."""
    base, price = body["base"], body["price"]
    named = {part for bar in body["bars"] for part in bar["parts"]}
    for name in sorted(named ^ logs.keys()):
        left_out = name in logs and abs(logs[name]) <= WITHIN
        report.must(left_out, Fault("bar", f"{shown_name(name)} is in no reason", f"{shown_name(name)} 未列入任何因素"))
    amounts = [bar["yuan_fen"] for bar in body["bars"]]
    in_yuan = base["fen"] is not None
    if any((one is not None) != in_yuan for one in amounts) or (in_yuan and price["fen"] is None):
        report.faults.append(Fault("yuan", "some reasons are in yuan and some are not", "部分因素缺少金额"))
        return
    if in_yuan:
        fault = _differs("base", "the base in yuan", "基准金额", _yuan(base["fen"]), _yuan(_exp_fen(base["log"])))
        report.must(_is_fen(base["fen"], base["log"]), fault)
        closes = base["fen"] + sum(amounts) == price["fen"]
        report.must(closes, Fault("yuan", "the amounts do not add up to the price", "各因素金额之和不等于价格"))
    mean = _log_mean(price["log"] - base["log"], _exp_fen(base["log"]))
    for bar in body["bars"]:
        log = math.fsum(logs.get(part, 0.0) for part in bar["parts"])
        shown = shown_name(bar["name"])
        both = f"×{bar['factor']:.12g}", f"×{_exp(log):.12g}"
        report.agree(math.log(bar["factor"]), log, _differs("bar", f"the factor of {shown}", f"{shown} 的倍数", *both))
        if in_yuan:
            both = _yuan(bar["yuan_fen"]), _yuan(log * mean)
            off = abs(bar["yuan_fen"] - log * mean)
            fault = _differs("yuan", f"the amount of {shown}", f"{shown} 的金额", *both)
            report.must(off <= ODD_FEN_MAX + WITHIN * abs(log * mean), fault)


def _log_mean(difference: float, base: float) -> float:
    if abs(difference) < 1e-5:
        return base * (1 + difference / 2 + difference**2 / 6)
    return base * math.expm1(difference) / difference if difference < 600 else math.inf


def _differs(code: str, en: str, zh: str, said: str, found: str) -> Fault:
    return Fault(
        code,
        f"{en} differs from what the model gives: the certificate says {said}, it is {found}",
        f"{zh}与模型复算结果不符：证书为 {said}，复算为 {found}",
    )


def _is_fen(fen: int, log: float) -> bool:
    exact = _exp_fen(log)
    return abs(fen - exact) <= 0.5 + WITHIN * exact + 1e-6


def _near(fen: int, exact: float) -> bool:
    return abs(fen - exact) <= 1 + WITHIN * exact + 1e-6


def _exp(log: float) -> float:
    return math.exp(min(log, 700.0))


def _exp_fen(log: float) -> float:
    return 100 * _exp(log)


def _yuan(fen: float) -> str:
    return f"{fen / 100:,.2f} 元" if abs(fen) < 1e17 else f"{fen / 100:.3g} 元"


def shown_name(name: str) -> str:
    """A name out of a file that nobody vouches for: shortened, and without what a terminal would obey."""
    plain = "".join(one if one.isprintable() else "�" for one in name[:60])
    return f"“{plain}”"
