"""From the letter of intent to the agreed trial: NDA, the owner's terms, the firm's acceptance."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.agreements.commands.licensing import must_not_conflict
from contracts.agreements.licensing import Granted, LicenceKind
from contracts.agreements.states import step
from contracts.licences import trying
from contracts.licences.access import must_be_either, must_be_licensee, must_be_owner, pool_in_force, visible_to
from contracts.licences.commands.running import note, price_terms, start
from contracts.licences.errors import (
    AlreadyTrying,
    NoTermsToAccept,
    NotInPool,
    OtherWayAgreed,
    OwnResult,
    TrialStepClosed,
)
from contracts.licences.events import TrialAgreed
from contracts.licences.states import TRIAL, UNDER_WAY, TrialAction
from contracts.licences.tables import PoolEntry, Trial
from contracts.licences.terms import TrialTerms
from kernel import events, rules
from kernel.calendar import local_date
from kernel.db import lock
from kernel.http.auth import Actor
from kernel.ids import LicenceId, PoolEntryId, TrialId, new_id
from parties import queries as parties
from parties.kinds import Regime
from parties.roles import Role


def ask_for_trial(
    session: Session, *, pool_entry_id: PoolEntryId, purpose: str, place: str, actor: Actor, now: datetime
) -> Trial:
    """A firm asks to try a pooled result; its size is noted as a label, not as a wall.

    Raises NotInPool, OwnResult, AlreadyTrying, NotVerified or MissingRole.
    """
    actor.must_have(Role.BUYER)
    firm = parties.must_be_verified(session, actor.organisation())
    entry = session.execute(pool_in_force().where(PoolEntry.id == pool_entry_id)).scalar_one_or_none()
    if entry is None:
        raise NotInPool
    if entry.owner_id == firm.id:
        raise OwnResult
    same = select(Trial.id).where(
        Trial.pool_entry_id == entry.id, Trial.licensee_id == firm.id, Trial.state.in_(UNDER_WAY)
    )
    if session.execute(same.limit(1)).first() is not None:
        raise AlreadyTrying
    trial = Trial(
        id=TrialId(new_id()),
        pool_entry_id=entry.id,
        owner_id=entry.owner_id,
        licensee_id=firm.id,
        licensee_size=firm.size.value if firm.size else None,
        purpose=purpose,
        place=place,
        state=TRIAL.initial,
        asked_at=now,
        terms=0,
        entry=entry,
    )
    session.add(trial)
    session.flush()
    note(session, trial, actor, "trial.ask", now)
    return trial


def sign_nda(session: Session, *, trial_id: TrialId, scan_sha256: str, actor: Actor, now: datetime) -> Trial:
    """The owner's transfer office records the confidentiality agreement signed by both. Raises TrialStepClosed."""
    trial = lock(session, Trial, trial_id, within=visible_to(actor))
    must_be_owner(trial, actor)
    trial.state = step(TRIAL, trial.state, TrialAction.SIGN_NDA, TrialStepClosed)
    trial.nda_sha256 = scan_sha256
    note(session, trial, actor, "trial.sign-nda", now)
    return trial


def propose_terms(session: Session, *, trial_id: TrialId, terms: TrialTerms, actor: Actor, now: datetime) -> Trial:
    """The owner proposes the terms of trial and conversion; a new proposal replaces the one before.

    Raises PriceAbovePool, OtherWayAgreed, PurchaseNeedsPrice, TrialTermOutOfRange, TrialOutlivesPatent, TrialStepClosed.
    """
    trial = lock(session, Trial, trial_id, within=visible_to(actor))
    must_be_owner(trial, actor)
    trial.state = step(TRIAL, trial.state, TrialAction.PROPOSE, TrialStepClosed)
    if terms.way != trial.entry.way:
        raise OtherWayAgreed(trial.entry.way)
    price = trying.capped(terms.price, pool_ceiling=trial.entry.ceiling)
    trying.check_silence(terms.silence_effect, price)
    _check_period(session, trial, local_date(now), terms.months)
    trial.terms += 1
    trial.conditions, trial.acceptance_criteria = terms.conditions, terms.acceptance_criteria
    trial.way, trial.silence_effect, trial.months = terms.way, terms.silence_effect, terms.months
    trial.price_base, trial.price_gain_bp, trial.price_cap = price.base, price.gain_bp, price.cap
    note(session, trial, actor, "trial.propose", now)
    return trial


def accept_terms(session: Session, *, trial_id: TrialId, terms: int, actor: Actor, now: datetime) -> Trial:
    """The firm accepts the proposal it has read, by its number; a private owner's trial begins at once.

    A government unit's price runs its public notice first (条例 art 17): the trial waits for `notice_closed`.
    Raises NoTermsToAccept (Civil Code 478), LicenceConflict or TrialStepClosed.
    """
    trial = lock(session, Trial, trial_id, within=visible_to(actor))
    must_be_licensee(trial, actor)
    if trial.terms == 0 or trial.terms != terms:
        raise NoTermsToAccept
    today = local_date(now)
    trial.state = step(TRIAL, trial.state, TrialAction.AGREE, TrialStepClosed)
    trial.agreed_on = today
    starts_on, ends_on = _check_period(session, trial, today, trial.months or 0)
    must_not_conflict(
        session,
        trial.entry.result_id,
        Granted(LicenceId(trial.id), LicenceKind.ORDINARY, starts_on, ends_on),
    )
    owner = parties.organisation(session, trial.owner_id)
    needs_notice = owner.regime is Regime.GOV_UNIT
    events.emit(session, _agreed(trial, needs_notice, today), now=now)
    if needs_notice:
        trial.state = step(TRIAL, trial.state, TrialAction.PUBLISH, TrialStepClosed)
    else:
        start(session, trial, now)
    note(session, trial, actor, "trial.accept", now)
    return trial


def withdraw(session: Session, *, trial_id: TrialId, actor: Actor, now: datetime) -> Trial:
    """Either side gives up before the trial has begun. Raises TrialStepClosed."""
    trial = lock(session, Trial, trial_id, within=visible_to(actor))
    must_be_either(trial, actor)
    trial.state = step(TRIAL, trial.state, TrialAction.WITHDRAW, TrialStepClosed)
    trial.ended_on = local_date(now)
    note(session, trial, actor, "trial.withdraw", now)
    return trial


def _check_period(session: Session, trial: Trial, starts_on: date, months: int) -> tuple[date, date]:
    expires = trial.entry.deal.get("patent_expires_on")
    return trying.trial_period(
        starts_on,
        months,
        months_max=rules.whole_number(session, "trials.term_months_max", on=starts_on),
        patent_expires_on=date.fromisoformat(expires) if expires else None,
    )


def _agreed(trial: Trial, needs_notice: bool, today: date) -> TrialAgreed:
    return TrialAgreed(
        trial_id=trial.id,
        pool_entry_id=trial.pool_entry_id,
        result_id=trial.entry.result_id,
        owner_id=trial.owner_id,
        licensee_id=trial.licensee_id,
        title=trial.entry.title,
        way=trial.entry.way,
        ceiling=price_terms(trial).most,
        needs_notice=needs_notice,
        agreed_on=today,
    )
