"""Which past prices were made at arm's length: related parties, wash pairs and defaulted bids teach nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Final, Protocol

WASH_DAYS_MAX: Final = 730
"""A right that comes back to its seller within two years was parked, not sold."""


class LeftOut(StrEnum):
    """Why a row teaches no price."""

    RELATED = "related-party"
    WASH = "wash-pair"
    DEFAULTED = "defaulted"
    APPRAISAL = "appraisal-is-an-indication"


class Dealt(Protocol):
    """What has to be known of a row. `seller` and `buyer` are keys, None where the list does not say."""

    @property
    def source_id(self) -> str: ...
    @property
    def application_number(self) -> str | None: ...
    @property
    def title(self) -> str: ...
    @property
    def price_type(self) -> str: ...
    @property
    def dealt_on(self) -> date: ...
    @property
    def seller(self) -> str | None: ...
    @property
    def buyer(self) -> str | None: ...
    @property
    def related_party(self) -> bool: ...
    @property
    def defaulted(self) -> bool: ...


def left_out(rows: Sequence[Dealt]) -> dict[str, LeftOut]:
    """The rows that are not used, by `source_id`, each with its first reason.

    A sale to oneself, or of one right there and back between the same two within two years, is a wash pair: both halves
    go. An appraisal is an opinion of its own and neither ask nor deal.
    """
    found: dict[str, LeftOut] = {}
    for row in rows:
        if row.related_party:
            found[row.source_id] = LeftOut.RELATED
        elif row.defaulted:
            found[row.source_id] = LeftOut.DEFAULTED
        elif row.price_type == "appraisal":
            found[row.source_id] = LeftOut.APPRAISAL
        elif row.seller is not None and row.seller == row.buyer:
            found[row.source_id] = LeftOut.WASH
    for source_id in _there_and_back(row for row in rows if row.price_type == "deal"):
        found.setdefault(source_id, LeftOut.WASH)
    return found


def _there_and_back(deals: Iterable[Dealt]) -> set[str]:
    by_right: dict[tuple[str, frozenset[str]], list[Dealt]] = {}
    for row in deals:
        if row.seller is not None and row.buyer is not None and row.seller != row.buyer:
            right = row.application_number or row.title
            by_right.setdefault((right, frozenset((row.seller, row.buyer))), []).append(row)
    washed: set[str] = set()
    for sales in by_right.values():
        sales.sort(key=lambda row: row.dealt_on)
        for before, after in pairwise(sales):
            if after.seller == before.buyer and (after.dealt_on - before.dealt_on).days <= WASH_DAYS_MAX:
                washed |= {before.source_id, after.source_id}
    return washed
