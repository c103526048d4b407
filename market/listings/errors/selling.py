"""What is refused to those who sell: terms outside the regime, decisions out of order, deals not yet due."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.errors import Malformed, Refused
from kernel.money import Money

ZHEJIANG_17 = "浙江省促进科技成果转化条例 art 17"


class WayUnclear(Malformed):
    """A licence names its kind, and nothing else has one."""

    zh = "许可须注明独占、排他或普通；转让不得填写许可种类。"


@dataclass(eq=False)
class ModeNotOpen(Refused):
    """A seller of this regime may not sell in this mode."""

    zh = "该类出让方不得采用此定价方式；企业国有知识产权对外转让应在产权交易机构公开进行。"
    article = "企业国有资产交易监督管理办法 art 48"
    mode: str
    regime: str
    allowed: tuple[str, ...]


@dataclass(eq=False)
class AppraisalRequired(Refused):
    """A state-owned seller's price rests on an appraisal."""

    zh = "国有企业转让须以资产评估为定价依据。"
    article = "企业国有资产法 art 47"
    regime: str


@dataclass(eq=False)
class BasisNotShown(Refused):
    """The report or the estimate on which the price rests is missing, or states no price."""

    zh = "所选定价依据缺少评估报告或估价结果。"
    article = ZHEJIANG_17
    basis: str


@dataclass(eq=False)
class BenchmarkMissing(Refused):
    """A listing or an auction starts from a reasonable benchmark price."""

    zh = "挂牌交易、拍卖应当合理确定基准价格。"
    article = ZHEJIANG_17
    mode: str


@dataclass(eq=False)
class FloorAbovePrice(Malformed):
    """The lowest price that the decision covers is positive and not above the price."""

    zh = "决策底价须为正数且不高于报价。"
    floor: Money
    price: Money


@dataclass(eq=False)
class DepositOutOfRange(Refused):
    """The deposit is outside the share of the price that the rule allows."""

    zh = "保证金比例超出规则范围。"
    article = "法释〔2016〕18号 art 17"
    deposit: Money
    least: Money
    most: Money


@dataclass(eq=False)
class PeriodOutOfRange(Refused):
    """The listing period is outside the rule, or was given for a mode that has none."""

    zh = "挂牌期限不符合规则，或该定价方式没有挂牌期。"
    article = "国资发产权规〔2025〕17号"
    working_days: int
    working_days_min: int
    working_days_max: int


@dataclass(eq=False)
class ApprovalWanted(Refused):
    """A price this far below the appraised value needs a written approval."""

    zh = "价格低于评估结果的规定比例，须经批准单位书面同意。"
    article = "国资发产权规〔2025〕17号"
    price: Money
    benchmark: Money
    least: Money


@dataclass(eq=False)
class ConditionsNameBuyer(Refused):
    """Buyer conditions must be objective; these point to one organisation."""

    zh = "受让条件不得具有指向性：其中出现了特定机构。"
    article = "国资发产权规〔2025〕17号"
    name: str


class ConditionsNeedApproval(Refused):
    """A state-owned seller sets no conditions for buyers unless they have been approved."""

    zh = "国有企业转让原则上不得设置受让方资格条件，确需设置的须经批准。"
    article = "国资发产权规〔2025〕17号"


class WrongMode(Refused):
    """This step belongs to another pricing mode."""

    zh = "该步骤不适用于本挂牌的定价方式。"


@dataclass(eq=False)
class ChainTooThin(Refused):
    """A government unit decides together: at least two steps that always apply, the last by its approver, names apart."""

    zh = "决策链须至少两步、步骤名称不重复，并以单位审批人为末步。"
    article = "浙江省促进科技成果转化条例 art 19"
    regime: str
    steps_min: int
    steps_max: int


@dataclass(eq=False)
class NotTheNextStep(Refused):
    """The steps of a decision are taken in their order."""

    zh = "决策须按顺序逐步进行。"
    article = "浙江省促进科技成果转化条例 art 19"
    step: str
    next_step: str


@dataclass(eq=False)
class WrongDecider(Refused):
    """This step is taken by another role."""

    zh = "该决策步骤应由其他角色作出。"
    article = "浙江省促进科技成果转化条例 art 19"
    step: str
    role: str


@dataclass(eq=False)
class SamePersonDecides(Refused):
    """Each step of a decision is taken by a different person."""

    zh = "同一人不得作出两个决策步骤。"
    article = "浙江省促进科技成果转化条例 art 19"
    step: str


class AlreadyOnOffer(Refused):
    """This result is on offer already; end that listing first."""

    zh = "该成果已有未结束的挂牌。"


class NoContractYet(Refused):
    """The deal cannot be made in this state."""

    zh = "当前状态下不能成交。"
