"""What the register of results refuses, each refusal with its facts and, where law speaks, its article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kernel.errors import Malformed, Refused
from kernel.money import Money


@dataclass(eq=False)
class NumberWanted(Malformed):
    """A patent or an application is registered under its application number."""

    zh = "专利或专利申请须填写申请号。"
    kind: str


@dataclass(eq=False)
class NumberForbidden(Malformed):
    """A result of this kind has no patent application number."""

    zh = "该类成果没有专利申请号。"
    kind: str


@dataclass(eq=False)
class NumberNotValid(Malformed):
    """This is not a patent application number: its form or its check digit is wrong."""

    zh = "专利申请号格式或校验位不正确。"
    reason: str


@dataclass(eq=False)
class NumberOfOtherKind(Malformed):
    """The application number belongs to another kind of patent."""

    zh = "申请号所示专利类型与所填类型不一致。"
    kind: str
    kind_of_number: str


@dataclass(eq=False)
class FiledAfterNumber(Malformed):
    """The filing date lies after the year in the application number."""

    zh = "申请日晚于申请号所示年份。"
    filed_on: date
    year: int


class NumberTaken(Refused):
    """A result with this application number is registered already; one right is offered by one owner."""

    zh = "该申请号的成果已被登记；同一权利只能由一方登记。如有权属争议，请联系交易所。"
    article = "专利法 art 14"


@dataclass(eq=False)
class SharesDoNotSum(Malformed):
    """The completers' shares must sum to 10,000 basis points, and each completer has one."""

    zh = "完成人份额之和须为 10000 个基点，且每人份额为正。"
    total_bp: int


@dataclass(eq=False)
class RightNotClear(Refused):
    """The title of this result is not clear enough to sell it."""

    zh = "成果权属检查未通过，不能交易。"
    findings: tuple[Mapping[str, str], ...]
    """Each: check, article, why and cure in both languages."""

    def __post_init__(self) -> None:
        self.article = self.findings[0]["article"]  # type: ignore[misc]  # the article of this refusal, not of its kind


class NotYourCompletion(Refused):
    """Only the completer may settle the completer's own priority."""

    zh = "优先受让权只能由该完成人本人表示。"
    article = "民法典 art 847"


class ResultInUse(Refused):
    """This result is on offer; end the listing first."""

    zh = "该成果正在交易中，请先结束挂牌。"


@dataclass(eq=False)
class PoolCeilingTooHigh(Refused):
    """The ceiling of a conversion is at most the largest amount of the market."""

    zh = "转化价格上限超出允许范围。"
    ceiling: Money
