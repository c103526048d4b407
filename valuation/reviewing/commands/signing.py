"""A third party signs its review of a valuation: what it says is sealed word for word with a key of the market's register."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from kernel.audit import canonical, record
from kernel.db import market_now
from kernel.db.locking import fetch
from kernel.events import emit
from kernel.http.auth import Actor
from kernel.ids import ThirdPartyReviewId, ValuationId, new_id
from parties import queries as parties
from parties.roles import Role
from parties.tables import Organisation
from valuation import queries as valuations
from valuation.reviewing.commands.inviting import must_be_independent, standing_invitation
from valuation.reviewing.errors import AlreadySigned, NotInvited, PriceOrRange
from valuation.reviewing.events import ThirdPartyReviewSigned
from valuation.reviewing.figures import Figure
from valuation.reviewing.signatures import Sealed, Signs, seal
from valuation.reviewing.tables import ReviewInvitation, ThirdPartyReview
from valuation.tables import Valuation


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a third party says: it agrees, or disagrees with a range of its own; `qualification` 资质, `file_sha256` of its paper."""

    agrees: bool
    range: Figure | None
    opinion: str
    qualification: str
    file_sha256: str


def sign_review(
    session: Session,
    *,
    valuation_id: ValuationId,
    statement: Statement,
    signer: Signs,
    actor: Actor,
    now: datetime,
    wall_now: datetime,
) -> ThirdPartyReview:
    """Sign, once, for the organisation that was invited; independence is looked at again today.

    For its appraisers. Raises NotFound, MissingRole, NotInvited, NoThirdParty, NotIndependent, AlreadySigned, PriceOrRange.
    """
    actor.must_have(Role.APPRAISER)
    found = fetch(session, valuations.visible_to(actor), Valuation, valuation_id)
    home = parties.organisation(session, actor.organisation())
    if home.id == found.owner_id:
        raise NotInvited
    invitation = standing_invitation(session, actor, valuation_id)
    must_be_independent(session, found, home, now=now)
    signed = exists().where(ThirdPartyReview.valuation_id == found.id, ThirdPartyReview.organisation_id == home.id)
    if session.execute(select(signed)).scalar_one():
        raise AlreadySigned
    own = statement.range
    if (not statement.agrees and own is None) or (own is not None and own.low is None):
        raise PriceOrRange
    made = _signed(session, found, invitation, home, statement, signer, actor, wall_now)
    session.add(made)
    session.flush()
    _tell(session, made, actor, now)
    return made


def _signed(
    session: Session,
    found: Valuation,
    invitation: ReviewInvitation,
    home: Organisation,
    statement: Statement,
    signer: Signs,
    actor: Actor,
    wall_now: datetime,
) -> ThirdPartyReview:
    review_id, at = ThirdPartyReviewId(new_id()), market_now(session)
    said: dict[str, Any] = {
        "review_id": review_id,
        "valuation_id": found.id,
        "organisation_id": home.id,
        "signed_by": actor.person_id,
        "agrees": statement.agrees,
        "low": statement.range.low if statement.range else None,
        "high": statement.range.high if statement.range else None,
        "opinion": statement.opinion,
        "qualification": statement.qualification,
        "file_sha256": statement.file_sha256,
        "reviewed_at": at,
        "signed_at": wall_now,
    }
    sealed: Sealed = seal(said | _about(found, home, actor), signer)
    kept = {name: value for name, value in said.items() if name != "review_id"}
    return ThirdPartyReview(
        id=review_id,
        invitation_id=invitation.id,
        owner_id=found.owner_id,
        document=sealed.document,
        document_sha256=sealed.sha256,
        signature=sealed.signature,
        key_id=sealed.key_id,
        **kept,
    )


def _about(found: Valuation, home: Organisation, actor: Actor) -> dict[str, Any]:
    """Who speaks of what: names as of today, and the hash of the whole valuation that lay before them."""
    return {
        "organisation": home.name,
        "organisation_uscc": home.uscc,
        "signed_by_name": actor.name,
        "result_id": found.result_id,
        "owner_id": found.owner_id,
        "valued_at": found.valued_at,
        "model_price": found.price,
        "model_low": found.low,
        "model_high": found.high,
        "valuation_sha256": valuation_sha256(found),
    }


def valuation_sha256(found: Valuation) -> str:
    """The SHA-256 of the canonical JSON of everything that a valuation says."""
    names = ("id", "result_id", "owner_id", "run_id", "subject", "grade", "reason", "price", "low", "high", "level_bp")
    facts = {name: getattr(found, name) for name in names}
    more = {name: getattr(found, name) for name in ("rests_on_generated", "evidence", "explanation", "comparables")}
    return hashlib.sha256(canonical(facts | more | {"valued_at": found.valued_at})).hexdigest()


def _tell(session: Session, made: ThirdPartyReview, actor: Actor, now: datetime) -> None:
    told = ThirdPartyReviewSigned(made.valuation_id, made.id, made.owner_id, made.organisation_id, made.agrees)
    emit(session, told, now=now)
    after = {"review": made.id, "document_sha256": made.document_sha256, "agrees": made.agrees, "key": made.key_id}
    record(
        session,
        actor=actor,
        action="valuation.sign-third-party-review",
        kind="valuation",
        object_id=made.valuation_id,
        after=after,
        now=now,
    )
