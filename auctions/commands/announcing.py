"""Announcing a lot: terms checked against the rules of the day, copied with the lot, and its reserve put out of sight."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from auctions import finding
from auctions.errors import AlreadyBegun, NoReserve, ReserveBelowStart, ReserveLodged
from auctions.events import LotAnnounced
from auctions.reserves import commitment
from auctions.rules import LegalBasis, read
from auctions.states import LOT, LotState
from auctions.tables import Lot, LotBar, LotReserve
from auctions.terms import LotTerms, check, exhibition
from kernel.audit import record
from kernel.calendar import local_date
from kernel.db import lock, market_now
from kernel.events import emit
from kernel.http.auth import Actor
from kernel.ids import LotId, new_id
from kernel.merkle import CompactRange
from kernel.money import Money
from kernel.rules import rule
from parties.roles import Role


def announce(session: Session, *, terms: LotTerms, actor: Actor, now: datetime) -> Lot:
    """Announce a lot under the session rules in force today. Returns it in state `announced`.

    For the seller's transfer office, or for the exchange's auctioneer or operator; only an auctioneer may under the
    Auction Law. Raises MissingRole, NotFound for another seller's lot, and what `terms.check` refuses.
    """
    actor.must_have(Role.TRANSFER_OFFICE, Role.AUCTIONEER, Role.OPERATOR)
    if not actor.has(Role.AUCTIONEER, Role.OPERATOR):
        finding.must_act_for(actor, terms.seller_id)
    document = session_document(session, terms.legal_basis, now)
    check(terms, read(document), announced_at=now, by_auction_house=actor.has(Role.AUCTIONEER))
    lot = _lot(terms, document, now)
    salt = secrets.token_hex(32)
    if terms.reserve is not None:
        lot.reserve_commitment = commitment(lot.id, terms.reserve, salt)
    session.add(lot)
    session.flush()
    session.add_all(LotBar(lot_id=lot.id, organisation_id=barred) for barred in set(terms.barred))
    if terms.reserve is not None:
        session.add(LotReserve(lot_id=lot.id, start=terms.start, reserve=terms.reserve, salt=salt))
    session.flush()
    emit(session, LotAnnounced(lot.id, terms.subject_id, terms.seller_id), now=now)
    after = {"start": terms.start, "step": terms.step, "opens_at": terms.opens_at, "ends_at": terms.ends_at}
    record(session, actor=actor, action="lot.announce", kind="lot", object_id=lot.id, after=after, now=now)
    return lot


def _lot(terms: LotTerms, document: dict[str, Any], now: datetime) -> Lot:
    overtime = read(document).overtime
    shown_from, shown_until = exhibition(terms, now)
    return Lot(
        id=LotId(new_id()),
        subject_id=terms.subject_id,
        seller_id=terms.seller_id,
        title=terms.title,
        legal_basis=terms.legal_basis,
        state=LOT.initial,
        start=terms.start,
        step=terms.step,
        deposit=terms.deposit,
        opens_at=terms.opens_at,
        planned_end=terms.ends_at,
        ends_at=terms.ends_at,
        hard_end=None if overtime is None else terms.ends_at + overtime,
        exhibition_from=shown_from,
        exhibition_until=shown_until,
        defects_disclosed=terms.defects_disclosed,
        rules=document,
        announced_at=now,
        last_at=now,
        bidders=0,
        entries=0,
        bids=0,
        extensions=0,
        book_range=CompactRange().to_bytes(),
    )


def session_document(session: Session, basis: LegalBasis, now: datetime) -> dict[str, Any]:
    """The rules of a session in force today, as the document that a lot copies."""
    found = rule(session, f"auction.session.{basis.value}", on=local_date(now))
    return {**found.value, "version": f"{found.name} {found.version}"}


def lodge_reserve(session: Session, *, lot_id: LotId, reserve: Money, actor: Actor, now: datetime) -> Lot:
    """Lodge a reserve before the opening, so that nobody but the seller need know it (拍卖法 arts 28, 50).

    Raises NotFound for anybody but the seller, AlreadyBegun, ReserveLodged, ReserveBelowStart.
    """
    actor.must_have(Role.TRANSFER_OFFICE, Role.UNIT_APPROVER)
    lot = lock(session, Lot, lot_id)
    finding.must_act_for(actor, lot.seller_id)
    if lot.phase(market_now(session)) != LotState.ANNOUNCED:
        raise AlreadyBegun
    if lot.reserve_commitment is not None:
        raise ReserveLodged
    if reserve < lot.start:
        raise ReserveBelowStart(lot.start)
    salt = secrets.token_hex(32)
    lot.reserve_commitment = commitment(lot_id, reserve, salt)
    session.add(LotReserve(lot_id=lot_id, start=lot.start, reserve=reserve, salt=salt))
    session.flush()
    record(session, actor=actor, action="lot.lodge-reserve", kind="lot", object_id=lot_id, now=now)
    return lot


def read_reserve(session: Session, *, lot_id: LotId, actor: Actor, now: datetime) -> LotReserve:
    """The reserve, for the seller's own people; every reading is written to the audit trail.

    Raises NotFound for anybody else, NoReserve.
    """
    actor.must_have(Role.TRANSFER_OFFICE, Role.UNIT_APPROVER)
    lot = finding.lot(session, lot_id)
    finding.must_act_for(actor, lot.seller_id)
    reserve = session.get(LotReserve, lot_id)
    if reserve is None:
        raise NoReserve
    record(session, actor=actor, action="lot.read-reserve", kind="lot", object_id=lot_id, now=now)
    return reserve
