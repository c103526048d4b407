"""Registering bidders: who is let in, under which number, and whether the deposit has come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auctions import finding
from auctions.admission import Candidate, admit
from auctions.commands.bookkeeping import hold
from auctions.errors import AlreadyRegistered, BankReferenceUsed, DepositDiffers, RegistrationClosed
from auctions.events import DepositReleased
from auctions.rules import RegistrationUntil
from auctions.states import DEPOSIT, RUNNING, DepositAction, DepositState
from auctions.tables import Lot, Registration
from kernel.audit import record
from kernel.calendar import local_date
from kernel.db import lock
from kernel.errors import MissingRole, NotFound
from kernel.events import emit
from kernel.http.auth import Actor
from kernel.ids import LotId, RegistrationId, new_id
from kernel.money import Money
from parties import queries as parties
from parties.roles import Role


def register(session: Session, *, lot_id: LotId, conflicts: str, actor: Actor, now: datetime) -> Registration:
    """Register the actor's organisation as a bidder and give it the next number; the deposit is then required.

    `conflicts` is what the bidder declares about ties to the seller, empty for none.
    Raises NotFound, MissingRole, NotVerified, StaffCannotBid, OwnLot, AffiliateBarred, RegistrationClosed, AlreadyRegistered.
    """
    actor.must_have(Role.BUYER)
    organisation_id = actor.organisation()
    admit_bidder(session, finding.lot(session, lot_id), actor=actor, now=now)
    parties.must_be_verified(session, organisation_id)
    lot, at = hold(session, lot_id)
    _must_take_bidders(lot, at)
    if finding.registration_of(session, lot_id, organisation_id) is not None:
        raise AlreadyRegistered
    lot.bidders += 1
    waived = lot.deposit == Money(0)
    registration = Registration(
        id=RegistrationId(new_id()),
        lot_id=lot_id,
        organisation_id=organisation_id,
        number=lot.bidders,
        conflicts=conflicts,
        registered_at=at,
        registered_by=actor.person_id,
        deposit=lot.deposit,
        deposit_state=DEPOSIT.advance(DEPOSIT.initial, DepositAction.WAIVE) if waived else DEPOSIT.initial,
    )
    session.add(registration)
    session.flush()
    after = {"number": registration.number, "conflicts": conflicts}
    record(session, actor=actor, action="lot.register", kind="lot", object_id=lot_id, after=after, now=at)
    return registration


def admit_bidder(session: Session, lot: Lot, *, actor: Actor, now: datetime) -> None:
    """Ask whether the actor's organisation may bid for a lot at all. Raises what `admission.admit` raises."""
    organisation_id = actor.organisation()
    candidate = Candidate(
        organisation_id=organisation_id,
        is_staff=finding.runs_the_market(session, actor),
        affiliated=parties.are_affiliated(session, organisation_id, lot.seller_id, on=local_date(now)),
        barred=finding.is_barred(session, lot.id, organisation_id),
    )
    admit(candidate, seller_id=lot.seller_id)


def mark_deposit_paid(
    session: Session,
    *,
    registration_id: RegistrationId,
    amount: Money,
    bank_reference: str,
    actor: Actor,
) -> Registration:
    """Record that a deposit has arrived, under the bank's reference: the port that settlement feeds.

    For finance and operators of the exchange. A deposit that comes after the end is recorded and owed back at once.
    Raises MissingRole, NotFound, DepositDiffers, BankReferenceUsed, WrongState if it was paid before.
    """
    _must_keep_deposits(session, actor)
    visible = finding.registrations_visible_to(session, actor).where(Registration.id == registration_id)
    lot_id = session.execute(visible.with_only_columns(Registration.lot_id)).scalar_one_or_none()
    if lot_id is None:
        raise NotFound
    lot, at = hold(session, lot_id)
    registration = lock(session, Registration, registration_id)
    paid = DEPOSIT.advance(registration.deposit_state, DepositAction.PAY)
    if amount != registration.deposit:
        raise DepositDiffers(registration.deposit)
    if session.execute(select(Registration.id).where(Registration.bank_reference == bank_reference)).first():
        raise BankReferenceUsed
    registration.deposit_state, registration.deposit_paid_at, registration.bank_reference = paid, at, bank_reference
    record(
        session,
        actor=actor,
        action="lot.deposit-paid",
        kind="lot-registration",
        object_id=registration_id,
        after={"amount": amount, "bank_reference": bank_reference},
        now=at,
    )
    if lot.phase(at) not in RUNNING:
        settle_deposit(session, registration, DepositAction.RELEASE, now=at)
    session.flush()
    return registration


def settle_deposits(session: Session, lot: Lot, *, winner: int | None, now: datetime) -> int:
    """At the end of a lot: lock the winner's deposit, release the others'. Returns how many bidders there were.

    法释〔2016〕18号 art 23: the losers' deposits are back within 24 hours.
    """
    rows = select(Registration).where(Registration.lot_id == lot.id).order_by(Registration.number).with_for_update()
    registrations = session.execute(rows.execution_options(populate_existing=True)).scalars().all()
    for registration in registrations:
        if registration.deposit_state == DepositState.PAID:
            won = registration.number == winner
            settle_deposit(session, registration, DepositAction.LOCK if won else DepositAction.RELEASE, now=now)
    return len(registrations)


def settle_deposit(session: Session, registration: Registration, action: DepositAction, *, now: datetime) -> None:
    """Move one deposit on; a released one is told to whoever pays it back."""
    registration.deposit_state = DEPOSIT.advance(registration.deposit_state, action)
    if registration.deposit_state == DepositState.RELEASED:
        released = DepositReleased(
            registration.id, registration.lot_id, registration.organisation_id, registration.deposit
        )
        emit(session, released, now=now)


def _must_take_bidders(lot: Lot, at: datetime) -> None:
    """Raises RegistrationClosed."""
    if lot.phase(at) not in RUNNING:
        raise RegistrationClosed(lot.ends_at)
    if lot.session_rules.registration_until == RegistrationUntil.OPENING and at >= lot.opens_at:
        raise RegistrationClosed(lot.opens_at)


def _must_keep_deposits(session: Session, actor: Actor) -> None:
    actor.must_have(Role.FINANCE, Role.OPERATOR)
    # Every organisation has finance people; deposits are kept by those of the exchange.
    if not finding.acts_for_exchange(session, actor):
        raise MissingRole((Role.OPERATOR.value,))
