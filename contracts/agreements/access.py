"""Who may see a contract and who may act on it: both parties, and the exchange's registrar, operator and supervisor."""

from __future__ import annotations

from sqlalchemy import Select, or_, select

from contracts.agreements.errors import NotYourSide
from contracts.agreements.signing import PartySide
from contracts.agreements.tables import Contract
from kernel.http.auth import Actor
from parties.roles import Role

STAFF = (Role.REGISTRAR, Role.OPERATOR, Role.SUPERVISOR)
"""Held in the exchange only. Their reads of contracts are audited."""

SIGNING_ROLES = {
    PartySide.SELLER: (Role.TRANSFER_OFFICE, Role.UNIT_APPROVER),
    PartySide.BUYER: (Role.BUYER, Role.UNIT_APPROVER),
}
CHECKING_STAFF = (Role.REGISTRAR, Role.OPERATOR)


def visible_to(actor: Actor) -> Select[Contract]:
    """The contracts of one's organisation; all of them for the exchange's registrar, operator and supervisor."""
    rows = select(Contract)
    if actor.has(*STAFF):
        return rows
    return rows.where(or_(Contract.seller_id == actor.organisation_id, Contract.buyer_id == actor.organisation_id))


def side_of(contract: Contract, actor: Actor) -> PartySide | None:
    """The side on which the actor stands, if any."""
    if actor.organisation_id is None:
        return None
    sides = {contract.seller_id: PartySide.SELLER, contract.buyer_id: PartySide.BUYER}
    return sides.get(actor.organisation_id)


def must_stand_on(contract: Contract, side: PartySide, actor: Actor, *roles: Role) -> None:
    """Raises NotYourSide or MissingRole unless the actor belongs to that side and holds one of the roles."""
    if side_of(contract, actor) != side:
        raise NotYourSide
    actor.must_have(*roles)


def must_be_registrar_or_seller(contract: Contract, actor: Actor) -> None:
    """The exchange's registrar, or the transfer office of the seller, enters what the registry decides."""
    if not actor.has(Role.REGISTRAR):
        must_stand_on(contract, PartySide.SELLER, actor, Role.TRANSFER_OFFICE)
