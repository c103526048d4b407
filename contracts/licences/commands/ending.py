"""How a trial ends: converted into a paid contract, returned with a deletion certificate, or by what silence means."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.agreements import commands as agreements
from contracts.agreements.facts import DealFacts
from contracts.agreements.states import step
from contracts.agreements.tables import Contract
from contracts.licences import trying
from contracts.licences.access import must_be_either, must_be_licensee, visible_to
from contracts.licences.commands.running import note, price_terms
from contracts.licences.errors import OtherWayAgreed, TrialStepClosed
from contracts.licences.events import TrialConverted, TrialEnded
from contracts.licences.states import TRIAL, TrialAction, TrialState
from contracts.licences.tables import PoolEntry, Trial
from contracts.licences.trying import SilenceEffect
from kernel import events
from kernel.calendar import local_date
from kernel.db import lock
from kernel.http.auth import Actor
from kernel.ids import TrialId
from kernel.money import Money
from parties import queries as parties

BATCH_MAX = 100


def convert(
    session: Session,
    *,
    trial_id: TrialId,
    way: str,
    price: Money,
    measured_gain: Money | None,
    actor: Actor,
    now: datetime,
) -> Contract:
    """Convert a trial into the draft of its paid contract, at no more than was agreed beforehand; only once.

    Raises TrialStepClosed (Civil Code 638–640), OtherWayAgreed, ConversionAboveCeiling, GainNotMeasured.
    """
    trial = lock(session, Trial, trial_id, within=visible_to(actor))
    must_be_either(trial, actor)
    state = step(TRIAL, trial.state, TrialAction.CONVERT, TrialStepClosed)
    if way != trial.way:
        raise OtherWayAgreed(str(trial.way))
    ceiling = trying.conversion_ceiling(price_terms(trial), measured_gain=measured_gain)
    trying.check_conversion(price, ceiling=ceiling)
    contract = _draft(session, trial, price, state, now, actor)
    note(session, trial, actor, "trial.convert", now)
    return contract


def give_back(
    session: Session, *, trial_id: TrialId, deletion_certificate_sha256: str, actor: Actor, now: datetime
) -> Trial:
    """The firm returns papers and certifies that copies are deleted: within the trial, or after it has run out."""
    trial = lock(session, Trial, trial_id, within=visible_to(actor))
    must_be_licensee(trial, actor)
    trial.state = step(TRIAL, trial.state, TrialAction.RETURN, TrialStepClosed)
    trial.deletion_certificate_sha256 = deletion_certificate_sha256
    trial.ended_on = trial.ended_on or local_date(now)
    events.emit(session, _ended(trial, "returned", local_date(now)), now=now)
    note(session, trial, actor, "trial.return", now)
    return trial


def end_silent_trials(session: Session, now: datetime) -> int:
    """What silence means, for every trial whose last day is over (Civil Code 638): its return, or its purchase.

    Returns how many trials were ended; takes its rows with SKIP LOCKED, so that several workers may ask at once.
    """
    today = local_date(now)
    over = select(Trial).where(Trial.state == TrialState.TRIAL, Trial.ends_on < today).order_by(Trial.ends_on)
    rows = over.limit(BATCH_MAX).with_for_update(of=Trial, skip_locked=True)
    trials = list(session.execute(rows).scalars())
    for trial in trials:
        if _buys(trial, today):
            state = step(TRIAL, trial.state, TrialAction.CONVERT, TrialStepClosed)
            _draft(session, trial, price_terms(trial).base, state, now, None)
        else:
            trial.state = step(TRIAL, trial.state, TrialAction.EXPIRE, TrialStepClosed)
            trial.ended_on = today
            events.emit(session, _ended(trial, "expired", today), now=now)
        note(session, trial, None, "trial.silence", now)
    return len(trials)


def _buys(trial: Trial, today: date) -> bool:
    """Silence buys where that was agreed, unless the right has run out meanwhile (Civil Code 865)."""
    expires = trial.entry.deal["patent_expires_on"]
    return trial.silence_effect == SilenceEffect.PURCHASE and (not expires or date.fromisoformat(expires) > today)


def _draft(
    session: Session, trial: Trial, price: Money, state: TrialState, now: datetime, actor: Actor | None
) -> Contract:
    today = local_date(now)
    affiliated = parties.are_affiliated(session, trial.owner_id, trial.licensee_id, on=today)
    facts = _facts(trial, trial.entry, price, related_party=affiliated, agreed_on=today)
    contract = agreements.draft(session, facts=facts, now=now, actor=actor)
    trial.state, trial.contract_id, trial.ended_on = state, contract.id, today
    session.flush()
    event = TrialConverted(
        trial_id=trial.id,
        contract_id=contract.id,
        result_id=trial.entry.result_id,
        owner_id=trial.owner_id,
        licensee_id=trial.licensee_id,
        way=contract.way,
        price=price,
        days=(today - (trial.starts_on or today)).days,
        converted_on=today,
    )
    events.emit(session, event, now=now)
    return contract


def _facts(trial: Trial, entry: PoolEntry, price: Money, *, related_party: bool, agreed_on: date) -> DealFacts:
    """The trial is the deal: its id is the deal's, so that no second contract can be drafted from it."""
    deal = entry.deal
    return DealFacts(
        deal_id=trial.id,
        seller_id=trial.owner_id,
        buyer_id=trial.licensee_id,
        title=entry.title,
        result_id=entry.result_id,
        way=entry.way,
        licence_kind=entry.licence_kind,
        contract_type=deal["contract_type"],
        price=price,
        mode="trial",
        basis=deal["basis"],
        related_party=related_party,
        tech_field=deal["tech_field"],
        ip_kind=deal["ip_kind"],
        application_numbers=tuple(deal["application_numbers"]),
        valuation_id=UUID(deal["valuation_id"]) if deal["valuation_id"] else None,
        list_price=entry.ceiling,
        notice_id=trial.notice_id,
        agreed_on=agreed_on,
        patent_expires_on=date.fromisoformat(deal["patent_expires_on"]) if deal["patent_expires_on"] else None,
        plan_source=deal["plan_source"],
        trial_id=trial.id,
    )


def _ended(trial: Trial, outcome: str, ended_on: date) -> TrialEnded:
    return TrialEnded(trial_id=trial.id, result_id=trial.entry.result_id, outcome=outcome, ended_on=ended_on)
