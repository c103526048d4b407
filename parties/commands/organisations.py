"""Organisations: registering one, the exchange's decision about it, its bank account and its size class."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.calendar import local_date
from kernel.codes import region_code_is_valid, uscc_is_valid
from kernel.db import lock
from kernel.db.session import act_as
from kernel.errors import Unauthenticated
from kernel.events import emit
from kernel.http.auth import Actor
from kernel.ids import OrganisationId, PersonId, new_id
from parties.applications import Account, Figures, NewPerson, Particulars
from parties.commands import people
from parties.errors import ExchangeIsFounded, NotBySession, OnlyEnterprises, PartyTypeNotValid, UsccTaken
from parties.events import OrganisationDecided, OrganisationRegistered
from parties.kinds import EnterpriseSize, OrganisationKind
from parties.names import skeleton
from parties.roles import Role
from parties.sizes import Limits, classify
from parties.states import ORGANISATION, OrganisationAction, OrganisationState
from parties.tables import BankAccount, Organisation, PartyType, SizeDeclaration, SizeThreshold


@dataclass(frozen=True, slots=True)
class Founder:
    """Who acts for an organisation at its first moment."""

    person_id: PersonId
    organisation_id: OrganisationId


def register(
    session: Session, *, particulars: Particulars, founder: NewPerson | None, actor: Actor | None, now: datetime
) -> tuple[Organisation, PersonId]:
    """Register an organisation, pending until the exchange has verified it; its first person is its ADMIN.

    `founder` is a person without an account; without it, the signed-in person founds. Raises UsccNotValid, UsccTaken,
    RegionNotValid, PartyTypeNotValid, ExchangeIsFounded, EmailTaken, Unauthenticated, NotBySession.
    """
    if particulars.kind is OrganisationKind.EXCHANGE:
        raise ExchangeIsFounded
    if founder is None and actor is None:
        raise Unauthenticated
    if founder is None and actor is not None and actor.api_key_id is not None:
        raise NotBySession
    home = _enter(session, particulars, now=now)
    if founder is not None:
        person_id = people.enter(session, new=founder, organisation_id=home.id, now=now).id
    else:
        assert actor is not None
        person_id = actor.person_id
        act_as(session, person=person_id, organisation=home.id)
    _found(session, home, person_id, (Role.ADMIN,), now=now)
    emit(session, OrganisationRegistered(home.id), now=now)
    return home, person_id


def found_exchange(
    session: Session, *, particulars: Particulars, founder: NewPerson, roles: Iterable[Role], now: datetime
) -> tuple[Organisation, PersonId]:
    """Make the one exchange of the market and its first person; for setting up, never over the wire.

    Raises ExchangeIsFounded if there is one, and what `register` raises.
    """
    there = select(Organisation.id).where(Organisation.kind == OrganisationKind.EXCHANGE)
    if particulars.kind is not OrganisationKind.EXCHANGE or session.execute(there).first() is not None:
        raise ExchangeIsFounded
    home = _enter(session, particulars, now=now)
    home.state = ORGANISATION.advance(home.state, OrganisationAction.VERIFY)
    home.verified_at = now
    person = people.enter(session, new=founder, organisation_id=home.id, now=now)
    _found(session, home, person.id, roles, now=now)
    return home, person.id


def decide(
    session: Session,
    *,
    organisation_id: OrganisationId,
    action: OrganisationAction,
    reason: str,
    evidence_sha256: str | None,
    actor: Actor,
    now: datetime,
) -> Organisation:
    """Verify, reject, suspend or reinstate an organisation (电子商务法 art 27). OPERATOR. Raises NotFound, WrongState."""
    actor.must_have(Role.OPERATOR)
    home = lock(session, Organisation, organisation_id)
    before = home.state
    home.state = ORGANISATION.advance(before, action)
    home.state_reason = reason
    if home.state is OrganisationState.VERIFIED:
        home.verified_at, home.verified_by = now, actor.person_id
        home.evidence_sha256 = evidence_sha256 or home.evidence_sha256
    emit(session, OrganisationDecided(home.id, home.state.value), now=now)
    record(
        session,
        actor=actor,
        action=f"organisation.{action.value}",
        kind="organisation",
        object_id=home.id,
        before={"state": before.value},
        after={"state": home.state.value, "evidence_sha256": evidence_sha256},
        reason=reason,
        now=now,
    )
    return home


def set_bank_account(session: Session, *, account: Account, actor: Actor, now: datetime) -> BankAccount:
    """Say where one's organisation is paid. ADMIN or FINANCE."""
    actor.must_have(Role.ADMIN, Role.FINANCE)
    home = actor.organisation()
    row = session.get(BankAccount, home, with_for_update=True)
    before = None if row is None else {"bank": row.bank, "number": row.number}
    if row is None:
        row = BankAccount(organisation_id=home, holder="", bank="", number="", updated_at=now)
        session.add(row)
    row.holder, row.bank, row.number, row.updated_at = account.holder, account.bank, account.number, now
    record(
        session,
        actor=actor,
        action="bank_account.set",
        kind="organisation",
        object_id=home,
        before=before,
        after={"bank": account.bank, "number": account.number},
        now=now,
    )
    return row


def declare_size(session: Session, *, figures: Figures, actor: Actor, now: datetime) -> SizeDeclaration:
    """中小企业声明函: declare the figures of one's enterprise; the class follows from the standard in force that day.

    ADMIN. Raises OnlyEnterprises, IndustryNotKnown.
    """
    actor.must_have(Role.ADMIN)
    home = lock(session, Organisation, actor.organisation())
    if home.kind is not OrganisationKind.ENTERPRISE:
        raise OnlyEnterprises
    limits, standard = _limits(session, figures.industry, now)
    before, home.size = home.size, classify(limits, figures.by_measure())
    row = SizeDeclaration(
        id=new_id(),
        organisation_id=home.id,
        industry=figures.industry,
        staff=figures.staff,
        revenue=figures.revenue,
        assets=figures.assets,
        size=home.size,
        standard=standard,
        evidence=figures.evidence,
        evidence_sha256=figures.evidence_sha256,
        declared_by=actor.person_id,
        declared_at=now,
    )
    session.add(row)
    _record_size(session, home, before, row.id, actor=actor, now=now)
    return row


def _record_size(
    session: Session,
    home: Organisation,
    before: EnterpriseSize | None,
    declaration: UUID,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    record(
        session,
        actor=actor,
        action="organisation.size",
        kind="organisation",
        object_id=home.id,
        before={"size": before},
        after={"size": home.size, "declaration": declaration},
        now=now,
    )


def _limits(session: Session, industry: str, now: datetime) -> tuple[list[Limits], str]:
    on = local_date(now)
    rows = session.execute(
        select(SizeThreshold).where(
            SizeThreshold.industry == industry,
            SizeThreshold.valid_from <= on,
            or_(SizeThreshold.valid_to.is_(None), SizeThreshold.valid_to > on),
        )
    ).scalars()
    found = [(Limits(row.measure, row.small_from, row.medium_from, row.large_from), row.source) for row in rows]
    return [limit for limit, _ in found], "; ".join(sorted({source for _, source in found}))


def _enter(session: Session, particulars: Particulars, *, now: datetime) -> Organisation:
    particulars.check(
        uscc_is_valid=uscc_is_valid(particulars.uscc), region_is_valid=region_code_is_valid(particulars.region_code)
    )
    taken = select(Organisation.id).where(
        Organisation.uscc == particulars.uscc, Organisation.state != OrganisationState.REJECTED
    )
    if session.execute(taken).first() is not None:
        raise UsccTaken
    home = Organisation(
        id=OrganisationId(new_id()),
        name=particulars.name,
        name_skeleton=skeleton(particulars.name),
        uscc=particulars.uscc,
        kind=particulars.kind,
        regime=particulars.regime,
        is_gov_run=particulars.is_gov_run,
        region_code=particulars.region_code,
        party_type_code=_party_type_in_force(session, particulars.party_type(), now),
        size=None,
        state=ORGANISATION.initial,
        state_reason=None,
        registered_at=now,
        verified_at=None,
        verified_by=None,
        evidence_sha256=None,
    )
    session.add(home)
    session.flush()
    return home


def _party_type_in_force(session: Session, code: str, now: datetime) -> str:
    on = local_date(now)
    row = select(PartyType.code).where(
        PartyType.code == code,
        PartyType.valid_from <= on,
        or_(PartyType.valid_to.is_(None), PartyType.valid_to > on),
    )
    if session.execute(row).first() is None:
        raise PartyTypeNotValid(code)
    return code


def _found(session: Session, home: Organisation, person_id: PersonId, roles: Iterable[Role], *, now: datetime) -> None:
    people.join(session, person_id=person_id, organisation_id=home.id, kind=home.kind, roles=roles, now=now)
    record(
        session,
        actor=Founder(person_id, home.id),
        action="organisation.register",
        kind="organisation",
        object_id=home.id,
        after={"name": home.name, "uscc": home.uscc, "kind": home.kind.value, "region": home.region_code},
        now=now,
    )
