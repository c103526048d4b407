"""An auction room on a real database for tests: a seller, bidders with deposits, and market time that moves."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.wiring import load_everything
from auctions import commands
from auctions.commands import Decision
from auctions.rules import LegalBasis
from auctions.tables import BookLine, Lot, Registration
from auctions.terms import LotTerms
from kernel.db import Database, market_now
from kernel.db.clock import advance
from kernel.db.session import act_as
from kernel.http.auth import Actor
from kernel.ids import LotId, OrganisationId, new_id
from kernel.invariants import check_all
from kernel.money import Money
from tests.support import people

_references = itertools.count(1)


@dataclass
class AuctionRoom:
    """One lot after another in a database; every step commits."""

    db: Database
    _finance: Actor | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        load_everything()

    def actor(
        self, *roles: str, organisation: OrganisationId | None = None, kind: str = "enterprise", **fields: Any
    ) -> Actor:
        """A new person with roles, in an organisation given or new."""
        with self.db.session("owner") as session:
            home = organisation or people.make_organisation(session, kind=kind, **fields).id
            person = people.make_person(session, organisation=home, roles=roles)
            return Actor(person.id, home, frozenset(roles), name=person.name)

    def staff(self, *roles: str) -> Actor:
        """A new person of the exchange."""
        with self.db.session("owner") as session:
            home = people.the_exchange(session).id
        return self.actor(*roles, organisation=home)

    @contextmanager
    def acting(self, actor: Actor | None) -> Iterator[Session]:
        """A transaction of the web role in which the actor acts; commits."""
        with self.db.session("web") as session:
            act_as(session, person=actor and actor.person_id, organisation=actor and actor.organisation_id)
            yield session

    def seller(self) -> Actor:
        """A university's transfer office."""
        return self.actor("transfer_office", "unit_approver", kind="university")

    def announce(
        self, seller: Actor | None = None, *, by: Actor | None = None, lasts: timedelta | None = None, **changes: Any
    ) -> Lot:
        """Announce a lot that opens in ten days: start 20万元, step 1万元, deposit 2万元, no reserve, for one day."""
        seller = seller or self.seller()
        now = self.now()
        opens_at = now + timedelta(days=10)
        facts: dict[str, Any] = {
            "subject_id": new_id(),
            "seller_id": seller.organisation(),
            "title": "一种低温余热发电装置",
            "legal_basis": LegalBasis.EXCHANGE_BIDDING,
            "start": Money.wan(20),
            "reserve": None,
            "step": Money.wan(1),
            "deposit": Money.wan(2),
            "opens_at": opens_at,
            "ends_at": opens_at + (lasts or timedelta(days=1)),
            "defects_disclosed": "未发现权利瑕疵",
        }
        with self.acting(by or seller) as session:
            return commands.announce(session, terms=LotTerms(**facts | changes), actor=by or seller, now=now)

    def register(self, lot: Lot, bidder: Actor, *, paid: bool = True) -> Registration:
        """Register a bidder, with the deposit paid unless told otherwise."""
        with self.acting(bidder) as session:
            made = commands.register(session, lot_id=lot.id, conflicts="", actor=bidder, now=self.now())
        if paid and made.deposit > Money(0):
            self.pay(made)
        return made

    def bidder(self, lot: Lot, *, paid: bool = True) -> Actor:
        """A new enterprise, registered for the lot."""
        bidder = self.actor("buyer")
        self.register(lot, bidder, paid=paid)
        return bidder

    def pay(self, registration: Registration) -> Registration:
        """The exchange's finance records the deposit."""
        finance = self._finance = self._finance or self.staff("finance")
        with self.acting(finance) as session:
            return commands.mark_deposit_paid(
                session,
                registration_id=registration.id,
                amount=registration.deposit,
                bank_reference=f"流水{next(_references)}",
                actor=finance,
            )

    def bid(self, lot: Lot, bidder: Actor, amount: Money) -> Decision:
        """Bid and commit."""
        with self.acting(bidder) as session:
            return commands.place_bid(session, lot_id=lot.id, amount=amount, actor=bidder, now=market_now(session))

    def close_due(self) -> int:
        """One round of the closing worker."""
        with self.db.session("worker") as session:
            return commands.close_due(session, market_now(session))

    def now(self) -> datetime:
        """Market time."""
        with self.db.session("web") as session:
            return market_now(session)

    def move_to(self, instant: datetime) -> None:
        """Move market time forward to an instant."""
        with self.db.session("web") as session:
            advance(session, instant - market_now(session))

    def lot(self, lot_id: LotId) -> Lot:
        """The lot as it is now."""
        with self.db.session("web") as session:
            return session.get_one(Lot, lot_id)

    def book(self, lot: Lot) -> list[BookLine]:
        """The lines of a book, read with the owner's eyes."""
        with self.db.session("owner") as session:
            return list(
                session.execute(select(BookLine).where(BookLine.lot_id == lot.id).order_by(BookLine.seq)).scalars()
            )

    def registrations(self, lot: Lot) -> list[Registration]:
        """All registrations of a lot by number, read with the owner's eyes."""
        with self.db.session("owner") as session:
            rows = select(Registration).where(Registration.lot_id == lot.id).order_by(Registration.number)
            return list(session.execute(rows).scalars())

    def violations(self) -> list[object]:
        """What the audit finds."""
        with self.db.session("owner") as session:
            return list(check_all(session))


def all_at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """Run works in threads that start together; an exception is an answer like any other."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        barrier.wait(timeout=30)
        try:
            return work()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))
