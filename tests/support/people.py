"""Organisations, people and keys for tests, made by the commands of the house, not by writing tables.

The session may be of any role; whoever acted in it before acts again afterwards.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from kernel.db import market_now
from kernel.db.session import act_as
from kernel.errors import NotFound
from kernel.http.auth import Actor
from kernel.ids import OrganisationId, PersonId
from kernel.money import Money
from parties import passwords, queries
from parties.applications import Figures, NewPerson, Particulars
from parties.commands import invitations, keys, organisations
from parties.kinds import OrganisationKind, Regime
from parties.roles import EXCHANGE_ROLES, Role
from parties.states import OrganisationAction
from parties.tables import Organisation, Person
from tests.support.numbers import make_uscc

PASSWORD = "a lamp beside the river"
_serial = itertools.count(1)
_GOVERNMENT_RUN = ("university", "institute", "hospital", "government")
_FIGURES = {
    "micro": Figures("industry", 5, Money.wan(100), None, "声明函"),
    "small": Figures("industry", 50, Money.wan(1_000), None, "声明函"),
    "medium": Figures("industry", 400, Money.wan(5_000), None, "声明函"),
    "large": Figures("industry", 2_000, Money.wan(90_000), None, "声明函"),
}

passwords.use(passwords.Hasher.cheap())


def the_exchange(session: Session) -> Organisation:
    """The one exchange of the market; founded when first asked for."""
    try:
        return queries.exchange(session)
    except NotFound:
        serial = next(_serial)
        with _stepping_aside(session):
            home, _ = organisations.found_exchange(
                session,
                particulars=_particulars(serial, "exchange", name="浙江技术交易中心", party_type_code="150"),
                founder=NewPerson("交易所管理员", f"exchange-{serial}@example.cn", PASSWORD),
                roles=(Role.ADMIN, Role.OPERATOR),
                now=market_now(session),
            )
        return home


def make_organisation(
    session: Session, *, kind: str = "university", verified: bool = True, size: str | None = None, **fields: Any
) -> Organisation:
    """A verified organisation with an administrator; `fields` are those of Particulars, `size` micro … large."""
    kind = str(kind).lower()
    if kind == "exchange":
        return the_exchange(session)
    exchange, serial = the_exchange(session), next(_serial)
    founder = NewPerson(f"管理员{serial}", f"admin-{serial}@example.cn", PASSWORD)
    with _stepping_aside(session):
        home, admin = organisations.register(
            session,
            particulars=_particulars(serial, kind, **fields),
            founder=founder,
            actor=None,
            now=market_now(session),
        )
        if size is not None:
            actor = Actor(admin, home.id, frozenset({Role.ADMIN}))
            organisations.declare_size(session, figures=_FIGURES[size], actor=actor, now=market_now(session))
        if verified:
            verify(session, home.id, by=operator_of(session, exchange))
    return home


def make_person(session: Session, organisation: OrganisationId, roles: Iterable[str], **names: str) -> Person:
    """A new person with roles in an organisation, invited by its administrator; without roles, one that fits anywhere."""
    serial, now = next(_serial), datetime.now(UTC)
    home = queries.organisation(session, organisation)
    harmless = Role.SUPERVISOR if home.kind is OrganisationKind.EXCHANGE else Role.COMPLETER
    email = names.get("email", f"person-{serial}@example.cn")
    with _stepping_aside(session):
        admin = admin_of(session, organisation)
        wanted = [Role(role) for role in roles] or [harmless]
        _, secret = invitations.invite(session, email=email, roles=wanted, actor=admin, now=now)
        session.flush()
        membership = invitations.accept(
            session,
            token=secret.text,
            name=names.get("name", f"人员{serial}"),
            password=names.get("password", PASSWORD),
            actor=None,
            now=now,
        )
        return session.get_one(Person, membership.person_id)


def make_key(session: Session, person: PersonId, organisation: OrganisationId, **settings: Any) -> str:
    """An API key of a person in an organisation, with all roles held there. Returns the secret."""
    now = datetime.now(UTC)
    with _stepping_aside(session):
        act_as(session, person=person, organisation=organisation)
        held = queries.roles_held(session, person_id=person, organisation_id=organisation)
        _, secret = keys.issue(
            session,
            name=settings.get("name", "test"),
            roles=settings.get("roles"),
            may_write=settings.get("may_write", True),
            expires_at=settings.get("expires_at", now + timedelta(days=300)),
            livemode=False,
            actor=Actor(person, organisation, held),
            now=settings.get("now", now),
        )
        session.flush()
    return secret.text


def admin_of(session: Session, organisation: OrganisationId) -> Actor:
    """An administrator of an organisation, as an actor; the session acts for it from here on."""
    # Row policies show members to their own organisation only.
    act_as(session, person=None, organisation=organisation)
    person, roles = queries.members(session, organisation, role=Role.ADMIN)[0]
    act_as(session, person=person.id, organisation=organisation)
    return Actor(person.id, organisation, roles, name=person.name)


def operator_of(session: Session, exchange: Organisation) -> Actor:
    """The exchange's own first person, with every role of staff; the session acts for it from here on."""
    admin = admin_of(session, exchange.id)
    return Actor(admin.person_id, exchange.id, frozenset(role.value for role in EXCHANGE_ROLES), name=admin.name)


def verify(session: Session, organisation: OrganisationId, *, by: Actor) -> None:
    """The exchange verifies an organisation."""
    organisations.decide(
        session,
        organisation_id=organisation,
        action=OrganisationAction.VERIFY,
        reason="营业执照已核",
        evidence_sha256=None,
        actor=by,
        now=market_now(session),
    )
    session.flush()


def today(session: Session) -> date:
    """The day in Shanghai by market time."""
    from kernel.calendar import local_date

    return local_date(market_now(session))


def _particulars(serial: int, kind: str, **fields: Any) -> Particulars:
    regime = Regime(fields.get("regime", "GOV_UNIT" if kind in _GOVERNMENT_RUN else "PRIVATE"))
    region = fields.get("region_code", "330302")
    return Particulars(
        name=fields.get("name", f"测试机构{serial}号"),
        uscc=fields.get("uscc")
        or make_uscc(500_000 + serial, prefix="12" if kind in _GOVERNMENT_RUN else "91", region=region),
        kind=OrganisationKind(kind),
        regime=regime,
        is_gov_run=fields.get("is_gov_run", regime is Regime.GOV_UNIT),
        region_code=region,
        party_type_code=fields.get("party_type_code", "170" if kind in ("enterprise", "appraiser") else None),
    )


@contextmanager
def _stepping_aside(session: Session) -> Iterator[None]:
    before = session.info.get("actor") or {"person": "", "organisation": ""}
    try:
        yield
    finally:
        if session.in_transaction() and session.is_active:
            session.flush()
        act_as(session, person=before["person"] or None, organisation=before["organisation"] or None)
