"""Who may see a trial and who may act on it; the pool itself is public."""

from __future__ import annotations

from sqlalchemy import Select, or_, select

from contracts.agreements.access import STAFF
from contracts.agreements.errors import NotYourSide
from contracts.licences.tables import PoolEntry, Trial
from kernel.http.auth import Actor
from parties.roles import Role


def pool_in_force() -> Select[PoolEntry]:
    """What is in the pool today: everybody may see it."""
    return select(PoolEntry).where(PoolEntry.withdrawn_on.is_(None))


def visible_to(actor: Actor) -> Select[Trial]:
    """The trials of one's organisation, as owner or licensee; all of them for the exchange's staff."""
    rows = select(Trial)
    if actor.has(*STAFF):
        return rows
    return rows.where(or_(Trial.owner_id == actor.organisation_id, Trial.licensee_id == actor.organisation_id))


def must_be_owner(trial: Trial, actor: Actor) -> None:
    """Raises NotYourSide or MissingRole unless the actor is of the owner's transfer office."""
    if actor.organisation_id != trial.owner_id:
        raise NotYourSide
    actor.must_have(Role.TRANSFER_OFFICE)


def must_be_licensee(trial: Trial, actor: Actor) -> None:
    """Raises NotYourSide or MissingRole unless the actor is a buyer of the firm that tries."""
    if actor.organisation_id != trial.licensee_id:
        raise NotYourSide
    actor.must_have(Role.BUYER)


def must_be_either(trial: Trial, actor: Actor) -> None:
    """Raises NotYourSide or MissingRole unless the actor may act for one of the two."""
    (must_be_owner if actor.organisation_id == trial.owner_id else must_be_licensee)(trial, actor)
