"""Trials over HTTP: a firm asks, both agree, the firm tries, and the trial converts or ends."""

from __future__ import annotations

from contracts.agreements.errors import LicenceConflict, NotYourSide
from contracts.agreements.routes.answers import answer as contract_answer
from contracts.agreements.schemas import ContractOut
from contracts.licences import commands, queries
from contracts.licences.errors import (
    AlreadyTrying,
    ConversionAboveCeiling,
    GainNotMeasured,
    NoTermsToAccept,
    NotInPool,
    OtherWayAgreed,
    OwnResult,
    PriceAbovePool,
    PurchaseNeedsPrice,
    TrialOutlivesPatent,
    TrialStepClosed,
    TrialTermOutOfRange,
)
from contracts.licences.schemas import (
    AcceptTerms,
    AskForTrial,
    Convert,
    GiveBack,
    ProposeTerms,
    Report,
    SignNda,
    TrialOut,
    trial_out,
)
from contracts.licences.tables import Trial
from kernel.db.locking import fetch
from kernel.http.auth import Actor
from kernel.http.context import CurrentActor, Db, Now
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import TrialId
from kernel.money import Money
from kernel.paging import Page, PageQuery, page_of

router = Router(prefix="/v1/trials", tags=["trials"])


@router.post("", operation_id="trial_ask", status_code=201, responses=problems(NotInPool, OwnResult, AlreadyTrying))
def ask_for_trial(body: AskForTrial, db: Db, actor: CurrentActor, now: Now) -> TrialOut:
    """Ask to try a pooled result (BUYER). The firm's size is a label, not a wall."""
    trial = commands.ask_for_trial(
        db, pool_entry_id=body.pool_entry_id, purpose=body.purpose, place=body.place, actor=actor, now=now
    )
    return trial_out(trial, [])


@router.get("", operation_id="trial_list")
def list_trials(db: Db, actor: CurrentActor, page: PageQuery) -> Page[TrialOut]:
    """The trials of your organisation as owner or licensee, newest first, without their reports."""
    return page_of(db, queries.visible_to(actor), Trial.id, page, lambda row: trial_out(row, []))


@router.get("/{trial_id}", operation_id="trial_get")
def get_trial(trial_id: TrialId, db: Db, actor: CurrentActor) -> TrialOut:
    """One trial with its reports: both sides, and the exchange's staff."""
    return _whole(db, fetch(db, queries.visible_to(actor), Trial, trial_id))


@router.post("/{trial_id}/nda", operation_id="trial_sign_nda", responses=problems(TrialStepClosed, NotYourSide))
def sign_nda(trial_id: TrialId, body: SignNda, db: Db, actor: CurrentActor, now: Now) -> TrialOut:
    """Record the confidentiality agreement signed by both (owner's TRANSFER_OFFICE)."""
    trial = commands.sign_nda(db, trial_id=trial_id, scan_sha256=body.scan_sha256, actor=actor, now=now)
    return _whole(db, trial)


@router.post(
    "/{trial_id}/terms",
    operation_id="trial_propose",
    responses=problems(
        PriceAbovePool, OtherWayAgreed, PurchaseNeedsPrice, TrialTermOutOfRange, TrialOutlivesPatent, TrialStepClosed
    ),
)
def propose_terms(trial_id: TrialId, body: ProposeTerms, db: Db, actor: CurrentActor, now: Now) -> TrialOut:
    """Propose the terms of trial and conversion (owner's TRANSFER_OFFICE); `terms` in the answer numbers the proposal."""
    trial = commands.propose_terms(db, trial_id=trial_id, terms=body.terms(), actor=actor, now=now)
    return _whole(db, trial)


@router.post(
    "/{trial_id}/acceptance",
    operation_id="trial_accept",
    responses=problems(NoTermsToAccept, LicenceConflict, TrialStepClosed, NotYourSide),
)
def accept_terms(trial_id: TrialId, body: AcceptTerms, db: Db, actor: CurrentActor, now: Now) -> TrialOut:
    """Accept the numbered proposal (licensee's BUYER). A government unit's trial then waits for its public notice."""
    trial = commands.accept_terms(db, trial_id=trial_id, terms=body.terms, actor=actor, now=now)
    return _whole(db, trial)


@router.post("/{trial_id}/withdrawal", operation_id="trial_withdraw", responses=problems(TrialStepClosed, NotYourSide))
def withdraw(trial_id: TrialId, db: Db, actor: CurrentActor, now: Now) -> TrialOut:
    """Give up before the trial has begun (either side)."""
    return _whole(db, commands.withdraw(db, trial_id=trial_id, actor=actor, now=now))


@router.post(
    "/{trial_id}/reports",
    operation_id="trial_report",
    status_code=201,
    responses=problems(TrialStepClosed, NotYourSide),
)
def report(trial_id: TrialId, body: Report, db: Db, actor: CurrentActor, now: Now) -> TrialOut:
    """Report how the trial goes (licensee's BUYER)."""
    commands.report(
        db, trial_id=trial_id, text=body.text, measured_gain=_gain(body.measured_gain_fen), actor=actor, now=now
    )
    return _by_id(db, trial_id, actor)


@router.post(
    "/{trial_id}/conversion",
    operation_id="trial_convert",
    status_code=201,
    responses=problems(TrialStepClosed, OtherWayAgreed, ConversionAboveCeiling, GainNotMeasured),
)
def convert(trial_id: TrialId, body: Convert, db: Db, actor: CurrentActor, now: Now) -> ContractOut:
    """Convert the trial (either side) at no more than was agreed; answers the draft of the paid contract."""
    contract = commands.convert(
        db,
        trial_id=trial_id,
        way=body.way,
        price=Money(body.price_fen),
        measured_gain=_gain(body.measured_gain_fen),
        actor=actor,
        now=now,
    )
    return contract_answer(db, contract, actor)


@router.post("/{trial_id}/return", operation_id="trial_return", responses=problems(TrialStepClosed, NotYourSide))
def give_back(trial_id: TrialId, body: GiveBack, db: Db, actor: CurrentActor, now: Now) -> TrialOut:
    """Return papers and certify deletion (licensee's BUYER), within the trial or after it has run out."""
    trial = commands.give_back(
        db,
        trial_id=trial_id,
        deletion_certificate_sha256=body.deletion_certificate_sha256,
        actor=actor,
        now=now,
    )
    return _whole(db, trial)


def _gain(fen: int | None) -> Money | None:
    return None if fen is None else Money(fen)


def _whole(db: Db, trial: Trial) -> TrialOut:
    return trial_out(trial, queries.reports_of(db, trial.id))


def _by_id(db: Db, trial_id: TrialId, actor: Actor) -> TrialOut:
    return _whole(db, fetch(db, queries.visible_to(actor), Trial, trial_id))
