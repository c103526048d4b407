"""Finding what commands and queries both start from: a lot, a bidder's registration, an award, who acts for whom."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from auctions.tables import Award, BookLine, Lot, LotBar, Registration
from kernel.db.locking import fetch
from kernel.errors import NotFound
from kernel.http.auth import Actor
from kernel.ids import LotId, OrganisationId
from parties import queries as parties
from parties.kinds import OrganisationKind
from parties.roles import Role


def visible_to(_actor: Actor | None) -> Select[Lot]:
    """Lots are announced to the public: everybody sees all of them."""
    return select(Lot)


def lot(session: Session, lot_id: LotId) -> Lot:
    """One lot. Raises NotFound."""
    return fetch(session, visible_to(None), Lot, lot_id)


def book(session: Session, lot_id: LotId, *, after: int = 0, limit: int | None = None) -> Sequence[BookLine]:
    """The lines of the book in their order."""
    rows = select(BookLine).where(BookLine.lot_id == lot_id, BookLine.seq > after).order_by(BookLine.seq)
    return session.execute(rows.limit(limit)).scalars().all()


def award(session: Session, lot_id: LotId) -> Award | None:
    """The award, if the lot was sold."""
    return session.get(Award, lot_id)


def registrations_visible_to(session: Session, actor: Actor) -> Select[Registration]:
    """One's own registrations; the exchange's operators, auctioneers and finance see all. The row policy says the same.

    A seller is shown the winner by `winner_of`.
    """
    if acts_for_exchange(session, actor) and actor.has(Role.OPERATOR, Role.AUCTIONEER, Role.FINANCE):
        return select(Registration)
    return select(Registration).where(Registration.organisation_id == actor.organisation_id)


def registration_of(session: Session, lot_id: LotId, organisation_id: OrganisationId) -> Registration | None:
    """The registration of an organisation for a lot."""
    rows = select(Registration).where(Registration.lot_id == lot_id, Registration.organisation_id == organisation_id)
    return session.execute(rows).scalar_one_or_none()


def winner_of(session: Session, award: Award) -> Registration:
    """Who stands behind the winning number. Under the web role: the seller, the winner, the exchange; else NotFound."""
    rows = select(Registration).where(Registration.lot_id == award.lot_id, Registration.number == award.winner)
    found = session.execute(rows).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def is_barred(session: Session, lot_id: LotId, organisation_id: OrganisationId) -> bool:
    """The lot was announced with this organisation barred."""
    return session.get(LotBar, (lot_id, organisation_id)) is not None


def acts_for_exchange(session: Session, actor: Actor) -> bool:
    """The actor acts for the exchange."""
    home = actor.organisation_id
    return home is not None and parties.organisation(session, home).kind is OrganisationKind.EXCHANGE


def runs_the_market(session: Session, actor: Actor) -> bool:
    """The actor acts for the exchange, or is one of its people acting for somebody else (拍卖法 art 22)."""
    try:
        exchange = parties.exchange(session).id
    except NotFound:
        return False  # before the exchange is founded it has no people
    held = parties.roles_held(session, person_id=actor.person_id, organisation_id=exchange)
    return actor.organisation_id == exchange or bool(held)


def must_act_for(actor: Actor, organisation_id: OrganisationId) -> None:
    """Raises NotFound unless the actor acts for the organisation: what is another's is not there."""
    if actor.organisation_id != organisation_id:
        raise NotFound
