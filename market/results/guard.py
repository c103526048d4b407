"""The title guard: what stands in the way of selling a right, each finding with its article and its cure. Pure.

Run before a result is listed or pooled, and again before the deal: a patent may have run out and a licence may have been
granted meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from market.results.kinds import Priority


class Stage(StrEnum):
    """When the guard is asked: before listing, the completer's reserved priority may stand; before the deal it may not."""

    LISTING = "listing"
    DEAL = "deal"


@dataclass(frozen=True, slots=True)
class LicenceInForce:
    """A licence that binds the right: `kind` exclusive, sole or ordinary; `ends_on` None for as long as the right lives."""

    kind: str
    ends_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleFacts:
    """What is known of a right on a day. `expires_on` None: the right has no term, or it is not known yet."""

    on: date
    numbered: bool
    number: str | None
    filed_on: date | None
    expires_on: date | None
    secret: bool
    co_owned: bool
    co_owners_consent: bool
    priorities: tuple[Priority, ...]
    licences: tuple[LicenceInForce, ...] = ()
    listed_elsewhere: bool = False
    sold: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that stands in the way: which check, by which article, why, and what would cure it."""

    check: str
    article: str
    why_zh: str
    why_en: str
    cure_zh: str
    cure_en: str

    def as_fact(self) -> dict[str, str]:
        """The finding for a problem document."""
        return {name: getattr(self, name) for name in self.__slots__}


def inspect(facts: TitleFacts, *, way: str, licence_kind: str | None, stage: Stage) -> list[Finding]:
    """Every finding against offering the right in this way, in the order of the checks; an empty list is a clear title."""
    checks = (_life, _secrecy, _co_owners, _sold, _licences, _priority, _twice)
    return [finding for check in checks for finding in check(facts, way, licence_kind, stage)]


def _life(facts: TitleFacts, _way: str, _kind: str | None, _stage: Stage) -> Iterator[Finding]:
    if facts.numbered and facts.number is None:
        yield Finding(
            "number",
            "专利法 art 39",
            "没有有效的申请号。",
            "The right has no valid application number.",
            "补登正确的申请号。",
            "Register the right application number.",
        )
    if facts.numbered and facts.filed_on is None:
        yield Finding(
            "filing_date",
            "专利法 art 42",
            "申请日未登记，无法确认权利存续期限。",
            "The filing date is not registered, so nobody can say how long the right lives.",
            "补登申请日。",
            "Register the filing date.",
        )
    if facts.expires_on is not None and facts.on >= facts.expires_on:
        yield Finding(
            "life",
            "专利法 art 42",
            f"权利期限已于 {facts.expires_on} 届满。",
            f"The right ran out on {facts.expires_on}.",
            "期限届满的专利不能转让或许可，可以技术服务方式合作。",
            "A right that has run out cannot be sold; offer the know-how or a service instead.",
        )


def _secrecy(facts: TitleFacts, _way: str, _kind: str | None, _stage: Stage) -> Iterator[Finding]:
    if facts.secret:
        yield Finding(
            "secrecy",
            "浙江省促进科技成果转化条例 art 16",
            "涉密成果不得公开交易。",
            "A secret result cannot be offered in public.",
            "依照保密规定办理解密或审批后再登记。",
            "Have it declassified, or have the competent authority approve, before it is offered.",
        )


def _co_owners(facts: TitleFacts, way: str, kind: str | None, _stage: Stage) -> Iterator[Finding]:
    # Without an agreement each co-owner may grant an ordinary licence; everything else needs all of them.
    alone = way == "licence" and (kind or "ordinary") == "ordinary"
    if facts.co_owned and not facts.co_owners_consent and not alone:
        yield Finding(
            "co_owners",
            "专利法 art 14",
            "共有人尚未全部同意；未经约定时仅可单独给予普通许可。",
            "Not all co-owners have agreed; alone, an owner may grant an ordinary licence only.",
            "取得全体共有人的书面同意，或改为普通许可。",
            "Obtain the consent of every co-owner, or offer an ordinary licence.",
        )


def _sold(facts: TitleFacts, _way: str, _kind: str | None, _stage: Stage) -> Iterator[Finding]:
    if facts.sold:
        yield Finding(
            "sold",
            "专利法 art 10",
            "该权利已经转让。",
            "The right has been sold already.",
            "不能重复转让。",
            "It cannot be sold twice.",
        )


def _licences(facts: TitleFacts, way: str, kind: str | None, _stage: Stage) -> Iterator[Finding]:
    in_force = [one for one in facts.licences if one.ends_on is None or one.ends_on >= facts.on]
    closed = [one for one in in_force if one.kind in ("exclusive", "sole")]
    wants_all = way == "licence" and kind in ("exclusive", "sole")
    if closed and way == "licence":
        yield _conflict(closed, "已有独占或排他许可在有效期内。", "An exclusive or sole licence is in force.")
    elif in_force and wants_all:
        yield _conflict(in_force, "已有许可在有效期内，不能再作独占或排他许可。", "Licences are in force.")


def _conflict(in_force: Sequence[LicenceInForce], why_zh: str, why_en: str) -> Finding:
    last = max((one.ends_on for one in in_force if one.ends_on is not None), default=None)
    until_zh = f"待现有许可于 {last} 期满，" if last else ""
    until_en = f"Wait until {last}, or " if last else ""
    return Finding(
        "licences",
        "专利法实施细则 art 86",
        why_zh,
        why_en,
        f"{until_zh}或与被许可人协商变更许可种类。",
        f"{until_en}agree with the licensee on another kind of licence.",
    )


def _priority(facts: TitleFacts, way: str, _kind: str | None, stage: Stage) -> Iterator[Finding]:
    if way != "transfer":
        return  # the completer's right is to buy, not to be licensed
    open_ = Priority.OPEN in facts.priorities
    if open_ or (stage is Stage.DEAL and Priority.RESERVED in facts.priorities):
        yield Finding(
            "priority",
            "民法典 art 847",
            "完成人同等条件优先受让权尚未处理。",
            "The completer's right to buy on equal terms is not settled.",
            "由完成人声明保留或放弃；保留的，成交前须由完成人决定是否行使。",
            "Let each completer reserve or waive it; where it is reserved, ask again before the deal.",
        )


def _twice(facts: TitleFacts, _way: str, _kind: str | None, _stage: Stage) -> Iterator[Finding]:
    if facts.listed_elsewhere:
        yield Finding(
            "listed_twice",
            "电子商务法 art 27",
            "同一申请号的权利正在另行挂牌。",
            "The right is on offer elsewhere in the market under the same number.",
            "先结束另一挂牌，或提出权属异议。",
            "End the other listing, or contest its title.",
        )
