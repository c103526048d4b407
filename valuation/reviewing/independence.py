"""Who may be a third party to a valuation: neither its owner nor a friend of its owner (27号 item 13). Pure."""

from __future__ import annotations

from typing import Final

from parties.kinds import OrganisationKind
from valuation.reviewing.errors import NoThirdParty, NotIndependent

THIRD_PARTIES: Final = frozenset({OrganisationKind.ASSOCIATION, OrganisationKind.APPRAISER})
"""行业协会 and 专业化评估机构."""


def check_third_party(
    kind: OrganisationKind, *, verified: bool, is_owner: bool, affiliated: bool, has_completer: bool = False
) -> None:
    """Let an organisation review a valuation as a third party. Raises NoThirdParty or NotIndependent."""
    if is_owner or affiliated or has_completer:
        raise NotIndependent
    if kind not in THIRD_PARTIES or not verified:
        raise NoThirdParty(kind.value)
