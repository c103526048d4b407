"""What the review desk refuses: a sentence, its facts, the article where one speaks, and how to cure it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kernel.errors import Forbidden, Malformed, Refused
from kernel.ids import ValuationId
from kernel.money import Money

ITEM_13: Final = "浙政办发〔2025〕27号 第13项"
PIPL_24: Final = "个人信息保护法 art 24"


@dataclass(eq=False)
class PriceOrRange(Malformed):
    """Give one price, or a range from low to high with a price inside it or none."""

    zh = "请给出单一价格，或由低到高的价格区间（价格须在区间内）。"


class ReasonWanted(Malformed):
    """Another price than the model's needs its reason."""

    zh = "另定价格须说明理由。"
    article = ITEM_13


class NotEngaged(Forbidden):
    """Only a technology manager of the owner, or one whom the owner engaged for this result, reviews its valuation."""

    zh = "仅权属单位的技术经理人或受托为本成果服务的技术经理人可以审核。"


class OwnCompletion(Refused):
    """Whoever made the result does not judge its price."""

    zh = "成果完成人不得审核本人成果的估价。"
    article = ITEM_13


@dataclass(eq=False)
class ValuationSuperseded(Refused):
    """There is a newer valuation of this result; review that one."""

    zh = "该成果已有更新的估价，请审核最新的一份。"
    newer_id: ValuationId
    valued_at: datetime


@dataclass(eq=False)
class ReviewedMeanwhile(Refused):
    """Somebody else has reviewed this valuation since you looked; read it first."""

    zh = "在您查看之后已有他人审核，请先阅读其意见。"
    reviews: int
    reviewed_at: datetime


class NothingToAccept(Refused):
    """The model gives neither price nor range here; set a price of your own, with its reason."""

    zh = "模型未给出价格或区间，无可接受；请另定价格并说明理由。"


@dataclass(eq=False)
class OutsideRange(Refused):
    """To accept is to sign the model's price, or a price within its range; anything else is an override with a reason."""

    zh = "接受即签署模型价格或其区间内的价格；区间之外须另定价格并说明理由。"
    price: Money | None
    low: Money | None
    high: Money | None


@dataclass(eq=False)
class NoThirdParty(Refused):
    """A third-party review is signed by a verified association or appraisal organisation."""

    zh = "第三方审核须由经核验的行业协会或专业化评估机构作出。"
    article = ITEM_13
    kind: str


class NotIndependent(Refused):
    """Neither the owner, nor anybody affiliated with it, nor a completer of the result, is a third party."""

    zh = "权属单位自身、其关联机构以及成果完成人不得作为第三方。"
    article = ITEM_13


class NotInvited(Refused):
    """The owner's invitation to review has been withdrawn, or was never given."""

    zh = "贵机构未受邀审核，或邀请已撤回。"


class AlreadyInvited(Refused):
    """This organisation is invited already."""

    zh = "该机构已受邀。"


class AlreadySigned(Refused):
    """Your organisation has signed its review; a signed review stands as it is."""

    zh = "贵机构已签署审核意见；签署后不得更改。"


@dataclass(eq=False)
class NotSignedOff(Refused):
    """An AI estimate becomes a benchmark price only with a technology manager's sign-off.

    Cure: let a technology manager of the unit, or one engaged for the result, accept or override the valuation.
    """

    zh = "AI 估价未经技术经理人签署，不得作为基准价格。"
    article = ITEM_13
    cure_zh: str = "请由本单位或受托的技术经理人在审核台接受该估价，或另定价格并说明理由。"
    cure_en: str = (
        "Have a technology manager of the unit, or one engaged for the result, accept or override the valuation."
    )


@dataclass(eq=False)
class RestsOnGenerated(Refused):
    """A price learnt from generated reference data is for trying out, and no benchmark as it stands."""

    zh = "该估价依据生成的参考数据，仅供试用，不得直接作为基准价格。"
    article = ITEM_13
    cure_zh: str = "请由技术经理人依据可比交易另定价格并说明理由。"
    cure_en: str = "Have the technology manager set a price of his own from comparable deals, with its reason."


@dataclass(eq=False)
class BenchmarkDiffers(Refused):
    """The benchmark is not the figure that was signed off."""

    zh = "基准价格与技术经理人签署的价格不一致。"
    article = ITEM_13
    benchmark: Money
    signed_low: Money
    signed_high: Money
    cure_zh: str = "请按签署的价格修改挂牌条件，或请技术经理人重新签署。"
    cure_en: str = "Revise the terms to the figure signed off, or have it signed off anew."


@dataclass(eq=False)
class SignOffChanged(Refused):
    """The estimate behind this benchmark was signed off anew; the seller revises the terms first."""

    zh = "该基准价格所依据的估价已重新签署，须由出让方先行修改挂牌条件。"
    article = ITEM_13
    cure_zh: str = "请联系出让方转化办。"
    cure_en: str = "Ask the seller's transfer office."


@dataclass(eq=False)
class NotDecidedTogether(Refused):
    """A signed-off estimate also needs the unit's collective decision or a third-party review.

    Cure: take the steps of the decision chain, or invite an association or an appraiser who is independent.
    """

    zh = "经签署的 AI 估价还须有单位集体决策或第三方审核，方可作为基准价格。"
    article = ITEM_13
    cure_zh: str = "请完成单位决策链各步骤，或邀请独立的行业协会、评估机构出具第三方审核意见。"
    cure_en: str = "Complete the unit's decision, or invite an independent association or appraiser to review."


@dataclass(eq=False)
class DissentUnread(Refused):
    """A third party has disagreed since the unit decided; the unit decides again with that opinion before it."""

    zh = "单位决策之后第三方出具了不同意见；须在知悉该意见后重新决策。"
    article = ITEM_13
    signed_at: datetime
    decided_at: datetime
    cure_zh: str = "请修改挂牌条件并重新决策。"
    cure_en: str = "Revise the listing and decide again."


class AlreadyAsked(Refused):
    """A human decision on this valuation is asked for already."""

    zh = "该估价已申请人工决定，正在处理。"
    article = PIPL_24


class OwnRequest(Refused):
    """Whoever asked for a human decision does not make it."""

    zh = "申请人不得自行作出人工决定。"
    article = PIPL_24


class TakenByAnother(Refused):
    """Another technology manager has taken up this request."""

    zh = "该申请已由其他技术经理人受理。"
