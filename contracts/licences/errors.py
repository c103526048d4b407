"""How trials and rewards are refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kernel.errors import Refused, WrongState
from kernel.money import Money


class TrialStepClosed(WrongState):
    """This step of the trial is not open now; a trial converts or ends once."""

    zh = "试用当前不能执行此步骤；一次试用只能转化或终止一次。"
    article = "民法典 arts 638–640"


@dataclass(eq=False)
class PriceAbovePool(Refused):
    """The agreed price exceeds the ceiling published in the pool."""

    zh = "约定转化价格超过入池公布的上限。"
    article = "浙政办发〔2025〕27号 item 13"
    agreed: Money
    ceiling: Money


@dataclass(eq=False)
class ConversionAboveCeiling(Refused):
    """The price of conversion exceeds what was agreed before the trial."""

    zh = "转化价格超过试用前约定的上限。"
    article = "浙政办发〔2025〕27号 item 13"
    price: Money
    ceiling: Money


class GainNotMeasured(Refused):
    """The agreed formula needs the measured gain."""

    zh = "约定的计价公式需要填报实测效益。"


class PurchaseNeedsPrice(Refused):
    """Silence can mean purchase only at a fixed price."""

    zh = "约定“沉默视为购买”须有固定价格。"
    article = "民法典 art 638"


@dataclass(eq=False)
class TrialTermOutOfRange(Refused):
    """The length of the trial is outside the rule."""

    zh = "试用期限超出规则允许的范围。"
    months: int
    months_max: int


@dataclass(eq=False)
class TrialOutlivesPatent(Refused):
    """A trial is a licence and ends with the patent at the latest."""

    zh = "试用许可不得超过专利权存续期限。"
    article = "民法典 art 865"
    patent_expires_on: date


@dataclass(eq=False)
class OtherWayAgreed(Refused):
    """The trial converts in the way that was agreed; another way is another deal."""

    zh = "转化方式与试用协议约定不一致，应另行交易。"
    article = "浙政办发〔2025〕27号 item 13"
    agreed_way: str


class OwnResult(Refused):
    """Nobody tries his own result."""

    zh = "不能试用本单位的成果。"


class AlreadyTrying(Refused):
    """You already have a trial of this result under way."""

    zh = "该成果的试用已在进行中。"


class NotInPool(Refused):
    """This result is not in the pool at present."""

    zh = "该成果当前不在先用后转成果池中。"


class AlreadyPooled(Refused):
    """This result is already in the pool."""

    zh = "该成果已在先用后转成果池中。"


class NoTermsToAccept(Refused):
    """The owner has not yet proposed terms, or they have changed since you read them."""

    zh = "成果持有方尚未提出试用条款，或条款已变更。"
    article = "民法典 art 478"


class NoRewardDue(Refused):
    """No minimum reward is due on this contract."""

    zh = "该合同不适用法定最低奖励。"
    article = "浙江省促进科技成果转化条例 art 37"


@dataclass(eq=False)
class FiscalAboveCost(Refused):
    """The fiscally funded part exceeds the cost."""

    zh = "财政资金部分不得超过成本总额。"
    article = "浙江省促进科技成果转化条例 art 37"
    fiscal: Money
    cost: Money
