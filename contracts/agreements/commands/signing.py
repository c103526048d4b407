"""Signing by stamped scan: one person records a side's scan, a second checks it; with both sides checked the contract binds."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.agreements import signing
from contracts.agreements.access import CHECKING_STAFF, SIGNING_ROLES, must_stand_on, side_of, visible_to
from contracts.agreements.commands.drafting import party_of
from contracts.agreements.commands.licensing import grant, must_be_the_sellers
from contracts.agreements.errors import AlreadySigned, NoSignatureToCheck, NotYourSide, SigningStepClosed
from contracts.agreements.events import ContractSigned
from contracts.agreements.signing import PartySide, SignatureState
from contracts.agreements.states import CONTRACT, ContractAction, step
from contracts.agreements.tables import Contract, Signature
from kernel import audit, events
from kernel.calendar import local_date
from kernel.db import lock
from kernel.http.auth import Actor
from kernel.ids import ContractId


def record_signature(
    session: Session,
    *,
    contract_id: ContractId,
    side: PartySide,
    scan_sha256: str,
    signed_by_name: str,
    actor: Actor,
    now: datetime,
) -> Contract:
    """Record a side's stamped scan (线下盖章扫描件), by an authorised person of that side.

    Raises AlreadySigned, NotYourSide, MissingRole or SigningStepClosed (Civil Code 863).
    """
    contract = lock(session, Contract, contract_id, within=visible_to(actor))
    must_stand_on(contract, side, actor, *SIGNING_ROLES[side])
    contract.state = step(CONTRACT, contract.state, ContractAction.RECORD_SIGNATURE, SigningStepClosed)
    if any(row.side == side for row in _standing(session, contract_id)):
        raise AlreadySigned(side.value)
    session.add(
        Signature(
            id=uuid4(),
            contract_id=contract_id,
            side=side,
            state=SignatureState.RECORDED,
            scan_sha256=scan_sha256,
            signed_by_name=signed_by_name,
            recorded_by=actor.person_id,
            recorded_at=now,
        )
    )
    session.flush()
    _record(session, actor, "contract.record-signature", contract, side, scan_sha256, now)
    return contract


def check_signature(
    session: Session,
    *,
    contract_id: ContractId,
    side: PartySide,
    scan_sha256: str,
    agrees: bool,
    actor: Actor,
    now: datetime,
) -> Contract:
    """A second person, of that side or of the exchange, checks the scan; the second checked side makes the contract.

    `agrees` False refuses the scan, so that the side can record a better one. Raises NoSignatureToCheck,
    SamePersonChecks, ScanDiffers, NotYourSide, SigningStepClosed; LicenceConflict or AlreadyTransferred when it would take effect.
    """
    contract = lock(session, Contract, contract_id, within=visible_to(actor))
    _must_check_for(contract, side, actor)
    step(CONTRACT, contract.state, ContractAction.RECORD_SIGNATURE, SigningStepClosed)
    standing = _standing(session, contract_id)
    waiting = next((row for row in standing if row.side == side and row.state == SignatureState.RECORDED), None)
    if waiting is None:
        raise NoSignatureToCheck
    signing.check_scan(
        recorded_by=waiting.recorded_by,
        checked_by=actor.person_id,
        recorded_sha256=waiting.scan_sha256,
        seen_sha256=scan_sha256 if agrees else waiting.scan_sha256,
    )
    waiting.state = SignatureState.CHECKED if agrees else SignatureState.REFUSED
    waiting.checked_by, waiting.checked_at = actor.person_id, now
    session.flush()
    action = "contract.check-signature" if agrees else "contract.refuse-signature"
    _record(session, actor, action, contract, side, scan_sha256, now)
    if signing.both_signed(row.side for row in standing if row.state == SignatureState.CHECKED):
        _take_effect(session, contract, now)
    return contract


def _must_check_for(contract: Contract, side: PartySide, actor: Actor) -> None:
    if side_of(contract, actor) == side:
        actor.must_have(*SIGNING_ROLES[side])
    elif not actor.has(*CHECKING_STAFF):
        raise NotYourSide


def _standing(session: Session, contract_id: ContractId) -> list[Signature]:
    rows = select(Signature).where(Signature.contract_id == contract_id, Signature.state != SignatureState.REFUSED)
    return list(session.execute(rows).scalars())


def _take_effect(session: Session, contract: Contract, now: datetime) -> None:
    """Signed by both, a technology contract takes effect at once (Civil Code 490, 502); the parties are copied as they are."""
    today = local_date(now)
    must_be_the_sellers(session, contract.result_id)
    contract.state = step(CONTRACT, contract.state, ContractAction.SIGN, SigningStepClosed)
    contract.state = step(CONTRACT, contract.state, ContractAction.TAKE_EFFECT, SigningStepClosed)
    contract.signed_on = contract.effective_on = today
    for party in contract.parties:
        session.merge(party_of(session, contract.id, party.side, party.organisation_id))
    if contract.licence_kind is not None:
        grant(session, contract, on=today)
    session.flush()
    event = ContractSigned(
        contract_id=contract.id,
        deal_id=contract.deal_id,
        number=contract.number,
        seller_id=contract.seller_id,
        buyer_id=contract.buyer_id,
        price=contract.price,
        way=contract.way,
        mode=contract.mode,
        signed_on=today,
    )
    events.emit(session, event, now=now)


def _record(
    session: Session,
    actor: Actor,
    action: str,
    contract: Contract,
    side: PartySide,
    scan_sha256: str,
    now: datetime,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        kind="contract",
        object_id=contract.id,
        after={"side": side.value, "scan_sha256": scan_sha256},
        now=now,
    )
