"""The roles of the market: which a person may hold in the exchange, and which in any other organisation."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from parties.errors import NoRoles, RoleNotHere
from parties.kinds import OrganisationKind


class Role(StrEnum):
    """What a person may do. A person acts in one organisation at a time, with the roles held there."""

    COMPLETER = "completer"
    """成果完成人: made the result, applies for its conversion."""
    UNIT_APPROVER = "unit_approver"
    """Approves a step of the unit's decision chain 决策链."""
    TRANSFER_OFFICE = "transfer_office"
    """转化办: registers results, lists, negotiates, signs for the unit."""
    FINANCE = "finance"
    """Claims receipts 到账认领, keeps the bank account; at the exchange, keeps the deposits."""
    BUYER = "buyer"
    """Offers, bids, takes licences."""
    TECHNOLOGY_MANAGER = "technology_manager"
    """技术经理人: checks valuations, brokers deals."""
    APPRAISER = "appraiser"
    """Signs appraisal reports and reviews."""
    REGISTRAR = "registrar"
    """Admits listings, enters registrations back."""
    AUCTIONEER = "auctioneer"
    """拍卖师: announces and runs lots."""
    OPERATOR = "operator"
    """Verifies organisations, runs sessions, handles objections."""
    STATISTICIAN = "statistician"
    """Publishes figures."""
    SUPERVISOR = "supervisor"
    """Reads the audit trail; changes nothing."""
    ADMIN = "admin"
    """Keeps an organisation's people and roles; sees no sealed price by it."""


EXCHANGE_ROLES: Final = frozenset(
    {
        Role.REGISTRAR,
        Role.AUCTIONEER,
        Role.OPERATOR,
        Role.STATISTICIAN,
        Role.SUPERVISOR,
        Role.FINANCE,
        Role.ADMIN,
    }
)
"""Held in the exchange only, but for FINANCE and ADMIN, which every organisation has. Staff cannot bid: 拍卖法 art 22."""

ORGANISATION_ROLES: Final = frozenset(
    {
        Role.COMPLETER,
        Role.UNIT_APPROVER,
        Role.TRANSFER_OFFICE,
        Role.FINANCE,
        Role.BUYER,
        Role.TECHNOLOGY_MANAGER,
        Role.APPRAISER,
        Role.ADMIN,
    }
)


def roles_open_in(kind: OrganisationKind) -> frozenset[Role]:
    """The roles that may be held in an organisation of this kind."""
    return EXCHANGE_ROLES if kind is OrganisationKind.EXCHANGE else ORGANISATION_ROLES


def check_roles(kind: OrganisationKind, roles: Iterable[Role]) -> tuple[Role, ...]:
    """The roles, each once, in the order of the enum. Raises NoRoles for none and RoleNotHere for one that is not open."""
    wanted = frozenset(roles)
    if not wanted:
        raise NoRoles
    if closed := wanted - roles_open_in(kind):
        raise RoleNotHere(kind.value, tuple(sorted(closed)))
    return tuple(role for role in Role if role in wanted)
