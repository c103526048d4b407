"""What is refused for want of proof: notices that have not run, reports that do not carry a price."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

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
class TooFewMethods(Refused):
    """An appraisal uses at least two different methods."""

    zh = "评估应当选择两种以上评估方法。"
    article = "资产评估法 art 26"
    methods_min: int


@dataclass(eq=False)
class TooFewSigners(Refused):
    """An appraisal report is signed by at least two appraisers."""

    zh = "评估报告应当由至少两名评估专业人员签名。"
    article = "资产评估法 arts 27-28"
    signers_min: int


@dataclass(eq=False)
class ValidityTooLong(Refused):
    """A report is good from its base date for a bounded time."""

    zh = "评估报告有效期超出规则上限，或基准日晚于今日。"
    base_date: date
    latest: date


@dataclass(eq=False)
class AppraisalExpired(Refused):
    """This report is no longer valid."""

    zh = "评估报告已过有效期。"
    article = "资产评估法 art 32"
    valid_until: date


class AppraisalOfOtherResult(Refused):
    """This report appraises another result."""

    zh = "该评估报告的评估对象不是本成果。"
    article = "资产评估法 art 32"


@dataclass(eq=False)
class PurposeDiffers(Refused):
    """A report is used for its stated purpose only."""

    zh = "评估报告应按载明的目的使用。"
    article = "资产评估法 art 32"
    purpose: str
    used_for: str


@dataclass(eq=False)
class EstimateOfOtherTrade(Refused):
    """An estimate for one way of trade is no basis for another."""

    zh = "估价所依的交易方式与本次转化方式不一致。"
    article = ZHEJIANG_17
    valued_for: str
    used_for: str


class ReportKnown(Refused):
    """A report with this number of this agency is recorded already."""

    zh = "该机构的该编号评估报告已登记。"


class AgencyUnknown(Refused):
    """A report is put on file by the agency that made it, or by the owner of the result, under a valid credit code."""

    zh = "评估报告须由出具机构或成果持有单位登记，且机构统一社会信用代码须正确。"
    article = "资产评估法 art 15"
