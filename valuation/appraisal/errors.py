"""What the register of appraisal reports refuses: a sentence, its facts, and the article of law where one speaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kernel.errors import Refused


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


class ReportKnown(Refused):
    """A report with this number of this agency is recorded already."""

    zh = "该机构的该编号评估报告已登记。"


class AgencyUnknown(Refused):
    """A report is put on file by the agency that made it, or by the owner of the result, under a valid credit code."""

    zh = "评估报告须由出具机构或成果持有单位登记，且机构统一社会信用代码须正确。"
    article = "资产评估法 art 15"


class ReportDayWrong(Refused):
    """A report is dated between its base date and today."""

    zh = "评估报告日应在评估基准日与今日之间。"


class SignersNotRegistered(Refused):
    """Statutory appraisal is signed by at least two registered asset appraisers, with their numbers."""

    zh = "法定评估业务应当由至少两名资产评估师签名，并登记其执业编号。"
    article = "资产评估法 arts 27-28"


class FileDiffers(Refused):
    """This is not the file of the report: its SHA-256 is another."""

    zh = "文件与登记的评估报告不一致（SHA-256 不同）。"


class FileReceived(Refused):
    """The file of this report has been received already."""

    zh = "该评估报告的文件已收存。"


@dataclass(eq=False)
class SceneDiffers(Refused):
    """These weights are for another scene."""

    zh = "该权重集适用于其他评估场景。"
    article = "GB/T 42748-2023"
    weights_for: str
    scene: str


@dataclass(eq=False)
class BaseDateTooOld(Refused):
    """The base date of stated inputs is not in the future and not too old."""

    zh = "评估基准日不得晚于今日，也不得过旧。"
    base_date: date
    months_max: int


class NothingToReview(Refused):
    """The newest valuation of this result is not held for ranges that do not meet."""

    zh = "该成果最新的估价并无各方法区间不相衔接的情形，无须复核。"


class OwnIndication(Refused):
    """Whoever stated an indication or recorded a report does not review how it is pooled."""

    zh = "陈述指示或登记评估报告的人不得复核其合并。"


class NothingLeftToPool(Refused):
    """A review that leaves every method out leaves nothing to pool."""

    zh = "复核不得剔除全部方法。"
