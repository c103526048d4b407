"""What is refused to those who buy: offers out of turn or time, interests out of a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kernel.errors import Malformed, Refused
from kernel.money import Money
from market.listings.errors.selling import ZHEJIANG_17


class OwnListing(Refused):
    """Nobody buys from himself."""

    zh = "出让方不得受让自己的成果。"


@dataclass(eq=False)
class OfferTooLong(Malformed):
    """An offer stands for some time that is not over yet and not longer than the rule allows."""

    zh = "要约有效期须晚于当前时间，且不超过规则上限。"
    latest: datetime


@dataclass(eq=False)
class OfferExpired(Refused):
    """The offer has run out; an acceptance now would be a new offer."""

    zh = "要约已过承诺期限；此时作出的承诺为新要约。"
    article = "民法典 art 486"
    expired_at: datetime


@dataclass(eq=False)
class NotYourOffer(Refused):
    """An offer is answered by the other side and withdrawn by its own."""

    zh = "要约只能由对方答复，由本方撤销。"
    article = "民法典 arts 476, 479"
    made_by: str


@dataclass(eq=False)
class OfferIsFirm(Refused):
    """A firm offer cannot be withdrawn before it runs out."""

    zh = "已明示不可撤销的要约，在承诺期限内不得撤销。"
    article = "民法典 art 476"
    expires_at: datetime


@dataclass(eq=False)
class OfferAnswered(Refused):
    """This offer stands no longer."""

    zh = "该要约已失效。"
    article = "民法典 art 478"
    state: str


@dataclass(eq=False)
class BelowDecision(Refused):
    """The unit's decision does not cover this price; decide again before accepting it."""

    zh = "该价格低于单位决策确定的底价，须重新决策。"
    article = ZHEJIANG_17
    price: Money


@dataclass(eq=False)
class PeriodOver(Refused):
    """The listing period is over."""

    zh = "挂牌期已满。"
    article = "国资发产权规〔2025〕17号"
    ended_at: datetime


@dataclass(eq=False)
class BelowListPrice(Refused):
    """On a listing nobody buys below the list price; other terms are an agreed price and need a notice."""

    zh = "摘牌价不得低于挂牌价；变更条件的，应按协议定价并公示。"
    article = ZHEJIANG_17
    price: Money
    list_price: Money


@dataclass(eq=False)
class ExtensionsUsedUp(Refused):
    """The listing has been extended as often as the rule allows."""

    zh = "延期次数已达上限。"
    extensions_max: int


@dataclass(eq=False)
class CutTooDeep(Refused):
    """The new price is above the old one, or cut deeper than the rule allows in one go."""

    zh = "新价格高于原价，或单次降幅超过规则上限。"
    article = "法释〔2016〕18号 art 26"
    price: Money
    least: Money
    most: Money


class RelatedBuyer(Refused):
    """A buyer tied to the seller buys at an agreed price with a public notice that says so."""

    zh = "与出让方有关联关系的受让方，应采用协议定价并在公示中标明。"
    article = ZHEJIANG_17


class AlreadyInterested(Refused):
    """Your organisation is registered for this listing already."""

    zh = "本机构已登记受让意向。"


@dataclass(eq=False)
class DepositDiffers(Refused):
    """The amount received is not the deposit that this listing asks for."""

    zh = "到账金额与应缴保证金不一致。"
    deposit: Money


class StaffCannotBuy(Refused):
    """The people who run the market may not buy in it."""

    zh = "交易所及其工作人员不得参与受让。"
    article = "拍卖法 art 22"


class OfferStanding(Refused):
    """An offer between you and the seller is standing; answer or withdraw it first."""

    zh = "您与出让方之间已有未答复的要约，请先答复或撤销。"
    article = "民法典 art 478"
