"""The rules of a listing period: who may be registered, how it ends, how it may go on when nobody came. Pure.

Sources: 国资发产权规〔2025〕17号 for state-owned sellers; exchange practice for the others (see the trading rules).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from kernel.money import Money
from market.listings.errors import (
    BelowListPrice,
    ConditionsNameBuyer,
    ConditionsNeedApproval,
    CutTooDeep,
    ExtensionsUsedUp,
    PeriodOver,
)
from market.listings.states import ListingAction

_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_COMPANY: Final = re.compile("([一-鿿（）()]{2,40}?)(?:股份有限公司|有限责任公司|有限公司|集团公司|研究院|研究所)")
# What stands between a proper name and the rest of the sentence, and words for a kind of company rather than for one.
_NO_NAME: Final = re.compile(
    "[的为是或等须应之与和及在于]|以上|以下|仅限|任何|各类|其他|具有|依法|设立|注册|经营|境内|省内|市内"
    "|国有|民营|独资|控股|中小|科技型|高新技术|上市|生产|制造|企业"
)
NAME_LENGTH_MIN: Final = 4


def check_conditions(text: str | None, *, known_names: Iterable[str], need_approval: bool, approved: bool) -> None:
    """Buyer conditions are objective and point to no single buyer: they name no organisation and no credit code.

    Raises ConditionsNameBuyer, or ConditionsNeedApproval where the regime wants none without approval (17号).
    """
    if not text:
        return
    if need_approval and not approved:
        raise ConditionsNeedApproval
    for name in (*known_names, *_USCC.findall(text.upper()), *_proper_names(text)):
        if name and (name in text or name in text.upper()):
            raise ConditionsNameBuyer(name[:60])


def check_interest(price: Money, *, list_price: Money, ends_at: datetime, now: datetime) -> None:
    """An interest comes in time and at the list price or above. Raises PeriodOver or BelowListPrice."""
    if now >= ends_at:
        raise PeriodOver(ends_at)
    if price < list_price:
        raise BelowListPrice(price, list_price)


def outcome(qualified: int) -> ListingAction:
    """How a period ends: 0 nobody, 1 a deal at the list price or above, N competitive bidding."""
    if qualified == 0:
        return ListingAction.CLOSE_EMPTY
    return ListingAction.CLOSE_WITH_ONE if qualified == 1 else ListingAction.CLOSE_WITH_MANY


def check_extension(extensions: int, *, extensions_max: int) -> None:
    """A period goes on a bounded number of times. Raises ExtensionsUsedUp."""
    if extensions >= extensions_max:
        raise ExtensionsUsedUp(extensions_max)


def check_cut(price: Money, *, before: Money, cut_bp_max: int) -> None:
    """A new list or start price is not above the old one and not cut too deep. Raises CutTooDeep."""
    least = before.share_up(10_000 - cut_bp_max)
    if not least <= price <= before:
        raise CutTooDeep(price, least, before)


def _proper_names(text: str) -> list[str]:
    """What looks like one company's name: at least four characters straight before a company's ending."""
    cores = [_NO_NAME.split(match[1])[-1] for match in _COMPANY.finditer(text)]
    return [core for core in cores if len(core) >= NAME_LENGTH_MIN]
