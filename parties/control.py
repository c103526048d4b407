"""Who belongs to whom: affiliation between organisations through chains of control. Pure: links in, yes or no out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kernel.ids import OrganisationId

DEPTH_MAX: Final = 10
"""Levels of control followed upwards; a group deeper than this is looked at by a person."""


class Relation(StrEnum):
    """How two organisations are related. CONTROL goes from the first (the parent) to the second; the others both ways."""

    CONTROL = "control"
    SAME_CONTROLLER = "same_controller"
    CLOSE_RELATION = "close_relation"


@dataclass(frozen=True, slots=True)
class Link:
    """A declared relation, from its first day to its last (both included; None: still lasting).

    An unconfirmed link rests on the word of one side: it binds the two organisations it names, but no chain runs
    through it, or anybody could declare two strangers into one group and so bar them from each other's sales.
    """

    first: OrganisationId
    second: OrganisationId
    relation: Relation
    starts_on: date
    ends_on: date | None = None
    confirmed: bool = True

    def lasts_on(self, day: date) -> bool:
        """The relation exists on this day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def joins(self, a: OrganisationId, b: OrganisationId) -> bool:
        """The relation is between these two, in either order."""
        return {self.first, self.second} == {a, b}


def group_above(links: Iterable[Link], of: OrganisationId) -> frozenset[OrganisationId]:
    """The organisation, all that control it, and all under the same controller as any of these."""
    known = [link for link in links if link.confirmed and link.relation is not Relation.CLOSE_RELATION]
    group, frontier = {of}, {of}
    for _ in range(DEPTH_MAX):
        above = {link.first for link in known if link.second in frontier}
        beside = {link.second for link in known if link.relation is Relation.SAME_CONTROLLER and link.first in frontier}
        frontier = (above | beside) - group
        if not frontier:
            break
        group |= frontier
    return frozenset(group)


def affiliated(links: Iterable[Link], a: OrganisationId, b: OrganisationId, *, on: date) -> bool:
    """Whether a and b are affiliated on a day: one organisation, one group, or a close relation between their groups.

    Two owners of one joint venture are not affiliated by that alone; two ventures of one owner are.
    Symmetric. Source: 企业会计准则第36号 arts 3–4 for control and common control, applied to bidders by 拍卖法 arts 30, 37.
    """
    lasting = [link for link in links if link.lasts_on(on)]
    if a == b or any(link.joins(a, b) for link in lasting):
        return True
    over_a, over_b = group_above(lasting, a), group_above(lasting, b)
    if over_a & over_b:
        return True
    close = [link for link in lasting if link.confirmed and link.relation is Relation.CLOSE_RELATION]
    return any(_meets(link, over_a, over_b) or _meets(link, over_b, over_a) for link in close)


def _meets(link: Link, left: frozenset[OrganisationId], right: frozenset[OrganisationId]) -> bool:
    return link.first in left and link.second in right
