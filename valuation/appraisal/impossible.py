"""What no calculator computes with: each refusal names the field, as a pointer into the inputs, and never bends a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from kernel.errors import Malformed, Refused


@runtime_checkable
class OfAField(Protocol):
    """A refusal that names its field."""

    field: str


@dataclass(eq=False)
class NotANumber(Malformed):
    """This input is not a finite number."""

    zh = "该输入项不是有限的数字。"
    field: str


@dataclass(eq=False)
class OutOfBounds(Malformed):
    """This input is outside what it can be."""

    zh = "该输入项超出可能的取值范围。"
    field: str
    bounds: str


@dataclass(eq=False)
class LooksLikePercent(Malformed):
    """This rate is written as a share of one: 0.15 for 15 %."""

    zh = "比率应以小数表示：15% 写作 0.15。"
    field: str
    bounds: str


@dataclass(eq=False)
class RangeUpsideDown(Malformed):
    """A stated range goes from low to high, and the value lies in it."""

    zh = "区间应由低到高，且包含所填数值。"
    field: str


@dataclass(eq=False)
class InputMissing(Malformed):
    """This input is needed."""

    zh = "缺少必需的输入项。"
    field: str


@dataclass(eq=False)
class SourceMissing(Malformed):
    """State where this number comes from."""

    zh = "请注明该数值的来源。"
    field: str


@dataclass(eq=False)
class TooManyInputs(Malformed):
    """There are more items here than a calculation takes."""

    zh = "该列表的项目过多。"
    field: str
    limit: int


@dataclass(eq=False)
class UnknownIndustry(Malformed):
    """No royalty range is configured for this industry."""

    zh = "未配置该行业的分成率区间。"
    field: str
    known: tuple[str, ...]


@dataclass(eq=False)
class BeyondLegalLife(Refused):
    """The remaining economic life is not longer than the legal life."""

    zh = "剩余经济寿命不得超过剩余法定保护期。"
    article = "专利法 art 42"
    field: str
    life: str
    legal_life: str


@dataclass(eq=False)
class NoLifeLeft(Refused):
    """The right has run out on the base date."""

    zh = "截至评估基准日，权利保护期已届满。"
    article = "专利法 art 42"
    field: str


@dataclass(eq=False)
class PlanBeyondLife(Refused):
    """The plan has more years than the remaining economic life."""

    zh = "预测年数超过剩余经济寿命。"
    field: str
    life: str


@dataclass(eq=False)
class GrowthReachesDiscount(Refused):
    """Growth, less decay, must stay below the discount rate, or later years would be worth more than earlier ones for ever."""

    zh = "增长率（扣除衰减后）须低于折现率，否则现值不收敛。"
    field: str
    growth: str
    discount: str


@dataclass(eq=False)
class TaxBasesDiffer(Refused):
    """Cash flows and discount rate are both before tax, or both after tax."""

    zh = "现金流与折现率的税前、税后口径须一致。"
    field: str


@dataclass(eq=False)
class WeightsDoNotSum(Refused):
    """The weights sum to one."""

    zh = "权重之和应为 1。"
    field: str
    total: str


@dataclass(eq=False)
class TooFewComparables(Refused):
    """The market method needs more comparable deals."""

    zh = "市场法的可比交易案例数量不足。"
    field: str
    deals_min: int
    given: int


@dataclass(eq=False)
class NotADeal(Refused):
    """An asking price or an appraised value is no comparable deal."""

    zh = "挂牌价、评估价不是成交价，不得作为可比交易案例（挂牌价参考，非价值）。"
    field: str
    price_type: str


@dataclass(eq=False)
class RelatedDeal(Refused):
    """A deal between related parties is no comparable."""

    zh = "关联交易不得作为可比交易案例。"
    field: str


@dataclass(eq=False)
class AfterBaseDate(Refused):
    """A comparable deal was made by the base date."""

    zh = "可比交易日期不得晚于评估基准日。"
    field: str


@dataclass(eq=False)
class DepreciationAboveOne(Refused):
    """Functional and economic obsolescence together are at most the whole cost."""

    zh = "功能性贬值与经济性贬值之和不得超过 100%。"
    field: str
    total: str


@dataclass(eq=False)
class NoPositiveValue(Refused):
    """The inputs give no positive value by this method."""

    zh = "按所填数据，该方法得不出正的价值。"
    field: str


@dataclass(eq=False)
class ValueTooLarge(Refused):
    """The inputs give a value above every price of this market."""

    zh = "按所填数据得出的价值超过本市场允许的最大金额。"
    field: str
    limit_fen: int


@dataclass(eq=False)
class AboveOpenLicenceCap(Refused):
    """A fee above the caps for open licences is explained, or agreed in another form of licence."""

    zh = "超出专利开放许可使用费的上限，须说明理由或改用其他许可方式。"
    article = "国家知识产权局专利开放许可通知（媒体引用）"
    field: str
    cap: str
    stated: str


@dataclass(eq=False)
class OneWayOnly(Malformed):
    """State this in one way only."""

    zh = "此项只能以一种方式填写。"
    field: str
    ways: tuple[str, ...]
