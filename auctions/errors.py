"""What the auction room refuses: a sentence for the bidder, the next valid amount, and the article of law."""

from dataclasses import dataclass
from datetime import datetime

from kernel.errors import Refused
from kernel.money import Money

# Announcing a lot.


@dataclass(eq=False)
class NoticeTooShort(Refused):
    """The auction opens before its public notice has run."""

    zh = "公告期不足，不得在此时间开始竞价。"
    article = "拍卖法 art 45"
    notice_days: int
    earliest: datetime


@dataclass(eq=False)
class ExhibitionTooShort(Refused):
    """The lot is not shown long enough before the auction opens."""

    zh = "标的展示时间不足。"
    article = "拍卖法 art 48"
    exhibition_days: int


class DefectsNotDisclosed(Refused):
    """State the known defects of the lot, or state that none are known."""

    zh = "须说明拍卖标的的瑕疵；没有已知瑕疵的，也须明示。"
    article = "拍卖法 arts 18, 27"


class NotAnAuctionHouse(Refused):
    """Only an auctioneer acting for an auction enterprise may hold an auction under the Auction Law."""

    zh = "依照《拍卖法》的拍卖只能由拍卖企业的拍卖师主持。"
    article = "拍卖法 arts 10-16"


@dataclass(eq=False)
class ReserveBelowStart(Refused):
    """The reserve price is lower than the start price."""

    zh = "保留价不得低于起拍价。"
    start: Money


@dataclass(eq=False)
class DepositTooHigh(Refused):
    """The deposit is higher than the rules of the session allow."""

    zh = "保证金超过本场规则允许的上限。"
    maximum: Money


@dataclass(eq=False)
class BiddingTooShort(Refused):
    """The lot is not open for bids long enough."""

    zh = "竞价时间过短。"
    minutes_min: int


# Who may bid.


class OwnLot(Refused):
    """The seller may not bid for its own lot, nor have others bid for it."""

    zh = "委托人不得参与竞买，也不得委托他人代为竞买。"
    article = "拍卖法 art 30"


class StaffCannotBid(Refused):
    """The people who run the market may not bid in it."""

    zh = "拍卖人及其工作人员不得参与竞买。"
    article = "拍卖法 art 22"


class AffiliateBarred(Refused):
    """An organisation tied to the seller, or barred from this lot, may not bid for it."""

    zh = "与委托人存在关联关系或被限制参与的机构不得竞买该标的。"
    article = "拍卖法 art 30"


class AlreadyRegistered(Refused):
    """The organisation is registered for this lot already."""

    zh = "本机构已报名该标的。"


@dataclass(eq=False)
class RegistrationClosed(Refused):
    """Registration for this lot has ended."""

    zh = "该标的报名已截止。"
    closed_at: datetime


class NotRegistered(Refused):
    """Register for this lot before bidding."""

    zh = "请先报名再出价。"


@dataclass(eq=False)
class DepositMissing(Refused):
    """The deposit must have arrived before the first bid."""

    zh = "保证金到账后方可出价。"
    deposit: Money


@dataclass(eq=False)
class DepositDiffers(Refused):
    """The amount received is not the deposit that this lot asks for."""

    zh = "到账金额与应缴保证金不一致。"
    deposit: Money


class BankReferenceUsed(Refused):
    """This bank reference already stands for another deposit."""

    zh = "该银行流水号已用于另一笔保证金。"


# Bidding: decided by the rules alone, so that anybody can decide it again.


@dataclass(eq=False)
class BidRefused(Refused):
    """The bid is not valid."""

    zh = "出价无效。"
    minimum: Money
    """The next valid amount at the moment of the refusal."""


@dataclass(eq=False)
class BidTooLow(BidRefused):
    """The bid does not reach the next valid amount."""

    zh = "出价低于当前最低有效出价。"


@dataclass(eq=False)
class OffStep(BidRefused):
    """The bid is not a whole number of steps above the base."""

    zh = "出价须为基价加整数倍加价幅度。"
    step: Money
    nearest: Money


@dataclass(eq=False)
class AlreadyHighest(BidRefused):
    """Your bid is the highest already."""

    zh = "您的出价已是当前最高价，无需再次出价。"
    article = "拍卖法 art 36"


@dataclass(eq=False)
class LotNotOpen(BidRefused):
    """Bidding for this lot has not begun."""

    zh = "该标的尚未开始竞价。"
    opens_at: datetime


@dataclass(eq=False)
class LotSuspended(BidRefused):
    """Bidding for this lot is suspended; the time that was left will run again when it resumes."""

    zh = "该标的竞价已中止，恢复后继续计时。"


@dataclass(eq=False)
class LotClosed(BidRefused):
    """Bidding for this lot has ended."""

    zh = "该标的竞价已结束。"
    ended_at: datetime


# The session and the award.


@dataclass(eq=False)
class BookSealed(Refused):
    """The bid book is published after the close."""

    zh = "竞价结束后方公布竞价记录。"
    ends_at: datetime


class NoReserve(Refused):
    """This lot has no reserve price."""

    zh = "该标的未设保留价。"
    article = "拍卖法 art 50"


class ReserveLodged(Refused):
    """This lot has its reserve price already."""

    zh = "该标的保留价已经确定。"


class AlreadyBegun(Refused):
    """The auction has begun: its terms stand, and the lot can no longer be withdrawn."""

    zh = "拍卖已经开始，条件不得变更，委托人不得撤回标的。"
    article = "拍卖法 arts 29, 50"
