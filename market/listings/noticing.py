"""The public notice 公示 of an agreed price: its channels, its fifteen days, its frozen page, and who may object. Pure.

Source: 浙江省促进科技成果转化条例 art 17: in the unit and in the technology market, at least fifteen days; name, summary, way
and intended price of the result; a mark when the buyer is the completer or an interested party; the procedure for objections.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from kernel.calendar import WorkingCalendar, end_of_day, local_date
from market.listings.errors import ChannelsWanted, NoticeNotClosed, NoticeOver, ObjectionOpen

PROCEDURE_ZH = (
    "公示期内，任何个人或单位可实名提出异议，须说明理由并附证据；经调查核实，异议成立的撤回本次交易，不成立的公示继续。"
)
PROCEDURE_EN = (
    "Until the notice ends anybody may object under their own name, with reasons and evidence; an objection that is upheld "
    "withdraws the sale, one that is rejected lets the notice go on."
)


@dataclass(frozen=True, slots=True)
class Period:
    """A notice's period: put up at an instant, its last day in Shanghai, and the instant (24:00) at which it is over."""

    starts_at: datetime
    ends_on: date
    ends_at: datetime
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the public reads; frozen as canonical JSON when the notice goes up."""

    unit: str
    title: str
    summary: str
    way: str
    licence_kind: str | None
    price_fen: int
    payment_terms: str
    transferee: str
    related_party: bool
    related_note: str
    completers: tuple[str, ...]
    basis: str
    unit_url: str
    market_url: str
    starts_on: str
    ends_on: str
    days: int
    objection_contact: str
    procedure_zh: str = PROCEDURE_ZH
    procedure_en: str = PROCEDURE_EN

    def as_json(self) -> dict[str, Any]:
        """The page as plain values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def period(put_up_at: datetime, days: int, calendar: WorkingCalendar) -> Period:
    """The period of a notice put up now: its own day does not count, a last day off moves on (Civil Code 201, 203)."""
    ends_on = calendar.notice_ends_on(local_date(put_up_at), days)
    return Period(put_up_at, ends_on, end_of_day(ends_on), days)


def check_channels(unit_url: str, market_url: str) -> None:
    """Two channels, both on the web: the unit's own and the market's. Raises ChannelsWanted."""
    parts = [urlsplit(url) for url in (unit_url, market_url)]
    both_open = all(part.scheme in ("http", "https") and part.hostname for part in parts)
    if not both_open or unit_url == market_url:
        raise ChannelsWanted


def check_objection(*, ends_at: datetime, now: datetime) -> None:
    """Objections are taken until the notice ends. Raises NoticeOver."""
    if now >= ends_at:
        raise NoticeOver(ends_at)


def may_close(*, ends_at: datetime, now: datetime, open_objections: int) -> bool:
    """The days have run and nobody's objection is open."""
    return now >= ends_at and open_objections == 0


def check_closed(*, closed: bool, ends_at: datetime, now: datetime, open_objections: int) -> None:
    """No deal before the notice is closed. Raises ObjectionOpen or NoticeNotClosed (条例 art 17)."""
    if closed:
        return
    if now >= ends_at and open_objections:
        raise ObjectionOpen(open_objections)
    raise NoticeNotClosed(ends_at)


def page_bytes(content: dict[str, Any]) -> bytes:
    """The page as canonical JSON: sorted keys, no spaces, UTF-8."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def page_sha256(content: dict[str, Any]) -> str:
    """The hash by which a frozen page is known, lower-case hex."""
    return hashlib.sha256(page_bytes(content)).hexdigest()
