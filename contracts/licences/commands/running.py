"""The trial itself: it begins when it may, the firm reports, and the public notice opens or closes its way."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.agreements.states import step
from contracts.licences.access import must_be_licensee, visible_to
from contracts.licences.errors import TrialStepClosed
from contracts.licences.events import TrialStarted
from contracts.licences.states import TRIAL, TrialAction
from contracts.licences.tables import Trial, TrialReport
from contracts.licences.trying import PriceTerms, trial_period
from kernel import audit, events, rules
from kernel.calendar import local_date
from kernel.db import lock
from kernel.http.auth import Actor
from kernel.ids import NoticeId, TrialId
from kernel.money import ZERO, Money


def notice_closed(session: Session, *, trial_id: TrialId, notice_id: NoticeId, now: datetime) -> Trial:
    """The market tells that the public notice has run without standing objection: the trial begins.

    Raises TrialStepClosed, TrialOutlivesPatent; NotFound.
    """
    trial = lock(session, Trial, trial_id)
    start(session, trial, now)
    trial.notice_id = notice_id
    note(session, trial, None, "trial.notice-closed", now)
    return trial


def notice_failed(session: Session, *, trial_id: TrialId, notice_id: NoticeId, now: datetime) -> Trial:
    """The market tells that an objection was upheld: the trial does not take place. Raises TrialStepClosed."""
    trial = lock(session, Trial, trial_id)
    trial.state = step(TRIAL, trial.state, TrialAction.WITHDRAW, TrialStepClosed)
    trial.notice_id, trial.ended_on = notice_id, local_date(now)
    note(session, trial, None, "trial.notice-failed", now)
    return trial


def start(session: Session, trial: Trial, now: datetime) -> None:
    """The free licence begins today and runs the months agreed. Raises TrialStepClosed or TrialOutlivesPatent."""
    today = local_date(now)
    expires = trial.entry.deal.get("patent_expires_on")
    period = trial_period(
        today,
        trial.months or 0,
        months_max=rules.whole_number(session, "trials.term_months_max", on=today),
        patent_expires_on=date.fromisoformat(expires) if expires else None,
    )
    trial.state = step(TRIAL, trial.state, TrialAction.START, TrialStepClosed)
    trial.starts_on, trial.ends_on = period
    session.flush()
    event = TrialStarted(
        trial_id=trial.id,
        result_id=trial.entry.result_id,
        owner_id=trial.owner_id,
        licensee_id=trial.licensee_id,
        starts_on=period[0],
        ends_on=period[1],
    )
    events.emit(session, event, now=now)


def report(
    session: Session, *, trial_id: TrialId, text: str, measured_gain: Money | None, actor: Actor, now: datetime
) -> TrialReport:
    """The firm reports how the trial goes, with the gain measured so far where the price depends on it."""
    trial = lock(session, Trial, trial_id, within=visible_to(actor))
    must_be_licensee(trial, actor)
    trial.state = step(TRIAL, trial.state, TrialAction.REPORT, TrialStepClosed)
    before = select(func.count()).select_from(TrialReport).where(TrialReport.trial_id == trial_id)
    row = TrialReport(
        id=uuid4(),
        trial_id=trial_id,
        seq=session.execute(before).scalar_one() + 1,
        text=text,
        measured_gain=measured_gain,
        reported_by=actor.person_id,
        reported_at=now,
    )
    session.add(row)
    session.flush()
    note(session, trial, actor, "trial.report", now)
    return row


def price_terms(trial: Trial) -> PriceTerms:
    """What was agreed about the price of conversion."""
    return PriceTerms(trial.price_base or ZERO, trial.price_gain_bp or 0, trial.price_cap)


def note(session: Session, trial: Trial, actor: Actor | None, action: str, now: datetime) -> None:
    """Write the step into the audit trail."""
    session.flush()
    after = {"state": trial.state.value, "terms": trial.terms, "contract_id": trial.contract_id}
    audit.record(session, actor=actor, action=action, kind="trial", object_id=trial.id, after=after, now=now)
