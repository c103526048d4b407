"""What is refused for want of proof: notices that have not run, objections that are open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kernel.errors import Refused
from market.listings.errors.selling import ZHEJIANG_17


class ChannelsWanted(Refused):
    """The notice stands in two places: in the unit and in the technology market."""

    zh = "协议定价应当在本单位和技术交易市场两处公示。"
    article = ZHEJIANG_17


class NoticeNotRequired(Refused):
    """No public notice is required of this seller: art 17 speaks of institutes and universities set up by government."""

    zh = "该出让方依法无须公示。"
    article = ZHEJIANG_17


@dataclass(eq=False)
class NoticeNotClosed(Refused):
    """The public notice of an agreed price must have run its days before the deal."""

    zh = "协议定价公示期未满十五日，不得成交签约。"
    article = ZHEJIANG_17
    ends_at: datetime


class NoticeMissing(Refused):
    """An agreed price needs a public notice before the deal."""

    zh = "协议定价尚未公示，不得成交签约。"
    article = ZHEJIANG_17


@dataclass(eq=False)
class ObjectionOpen(Refused):
    """An objection has not been decided yet."""

    zh = "尚有异议未作出处理决定。"
    article = ZHEJIANG_17
    objections: int


@dataclass(eq=False)
class NoticeOver(Refused):
    """The notice has ended; objections are no longer taken."""

    zh = "公示期已满，不再受理异议。"
    article = ZHEJIANG_17
    ended_at: datetime


class AlreadyObjected(Refused):
    """Your objection to this notice is being examined."""

    zh = "您对该公示的异议正在处理中。"


class OwnObjection(Refused):
    """Whoever objects does not decide on the objection."""

    zh = "提出异议者不得参与对该异议的处理决定。"
    article = ZHEJIANG_17


@dataclass(eq=False)
class EstimateOfOtherTrade(Refused):
    """An estimate for one way of trade is no basis for another."""

    zh = "估价所依的交易方式与本次转化方式不一致。"
    article = ZHEJIANG_17
    valued_for: str
    used_for: str
