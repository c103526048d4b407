"""Organisations and people on a real database: registering, deciding, roles, invitations."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

import parties.invariants  # noqa: F401  # registers what is checked below
from kernel.db import market_now
from kernel.db.session import act_as
from kernel.errors import MissingRole, NotFound, WrongState
from kernel.http.auth import Actor
from kernel.invariants import check_all
from kernel.tables import AuditRow
from parties import errors, queries
from parties.applications import NewPerson, Particulars
from parties.commands import invitations, organisations, people
from parties.kinds import EnterpriseSize, OrganisationKind, Regime
from parties.roles import Role
from parties.states import OrganisationAction, OrganisationState
from parties.tables import Organisation
from tests.support import people as made
from tests.support.numbers import make_uscc

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SCHOOL = Particulars("东海大学", make_uscc(7), OrganisationKind.UNIVERSITY, Regime.GOV_UNIT, True, "330302")
FOUNDER = NewPerson("李伟", "li.wei@example.cn", made.PASSWORD)


def register(session, particulars=SCHOOL, founder=FOUNDER, actor=None):
    return organisations.register(session, particulars=particulars, founder=founder, actor=actor, now=NOW)


def test_a_registered_organisation_waits_for_the_exchange_and_its_founder_is_its_admin(session):
    home, person_id = register(session)

    assert home.state is OrganisationState.PENDING
    assert queries.roles_held(session, person_id=person_id, organisation_id=home.id) == {"admin"}


def test_an_unverified_organisation_may_not_trade__e_commerce_law_27(session):
    home, _ = register(session)

    with pytest.raises(errors.NotVerified) as refusal:
        queries.must_be_verified(session, home.id)

    assert refusal.value.article == "电子商务法 art 27"
    assert refusal.value.state == "pending"


def test_a_verified_organisation_may_trade_until_it_is_suspended(session):
    home = made.make_organisation(session, kind="enterprise")
    operator = made.operator_of(session, made.the_exchange(session))
    assert queries.must_be_verified(session, home.id) is home

    decide(session, home, OrganisationAction.SUSPEND, operator)

    with pytest.raises(errors.NotVerified):
        queries.must_be_verified(session, home.id)


def decide(session, home, action, actor):
    return organisations.decide(
        session, organisation_id=home.id, action=action, reason="已核", evidence_sha256=None, actor=actor, now=NOW
    )


def test_only_an_operator_decides_and_only_what_the_state_allows(session):
    home = made.make_organisation(session)
    operator = made.operator_of(session, made.the_exchange(session))

    with pytest.raises(MissingRole):
        decide(session, home, OrganisationAction.SUSPEND, replace(operator, roles=frozenset({"admin"})))
    with pytest.raises(WrongState):
        decide(session, home, OrganisationAction.VERIFY, operator)


def test_one_credit_code_is_one_organisation_until_the_exchange_rejects_it(session):
    home, _ = register(session)
    other = replace(FOUNDER, email="other@example.cn")

    with pytest.raises(errors.UsccTaken):
        register(session, founder=other)

    decide(session, home, OrganisationAction.REJECT, made.operator_of(session, made.the_exchange(session)))
    again, _ = register(session, founder=other)
    assert again.id != home.id


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"uscc": "91330100799655058C"}, errors.UsccNotValid),
        ({"region_code": "990000"}, errors.RegionNotValid),
        ({"party_type_code": "999"}, errors.PartyTypeNotValid),
        ({"kind": OrganisationKind.EXCHANGE}, errors.ExchangeIsFounded),
    ],
)
def test_what_cannot_be_true_of_an_organisation_is_refused(session, change, refusal):
    with pytest.raises(refusal):
        register(session, replace(SCHOOL, **change))


def test_there_is_one_exchange(session):
    exchange = made.the_exchange(session)
    another = replace(SCHOOL, kind=OrganisationKind.EXCHANGE, party_type_code="150")

    with pytest.raises(errors.ExchangeIsFounded):
        organisations.found_exchange(session, particulars=another, founder=FOUNDER, roles=(Role.ADMIN,), now=NOW)
    assert made.the_exchange(session).id == exchange.id


def test_a_name_that_looks_like_another_is_shown(session):
    known = made.make_organisation(session, kind="enterprise", name="浙江ABC科技有限公司")

    twin = made.make_organisation(session, kind="enterprise", name="浙江АВС科技有限公司")

    assert queries.look_alikes(session, twin) == [known]


def test_an_address_has_one_account(session):
    register(session)

    with pytest.raises(errors.EmailTaken):
        register(session, replace(SCHOOL, uscc=make_uscc(8)), replace(FOUNDER, email="LI.WEI@example.cn"))


def test_a_person_may_found_a_second_organisation_and_belongs_to_both(session):
    first, person_id = register(session)
    actor = Actor(person_id, first.id, frozenset({"admin"}))

    second, _ = register(session, replace(SCHOOL, uscc=make_uscc(8), name="西湖大学"), founder=None, actor=actor)

    homes = [home.id for home, _ in queries.memberships_of(session, person_id)]
    assert set(homes) == {first.id, second.id}


def test_the_size_follows_from_the_figures_and_the_standard(session):
    home = made.make_organisation(session, kind="enterprise", size="small")

    assert home.size is EnterpriseSize.SMALL
    with session.begin_nested():
        act_as(session, person=None, organisation=home.id)
        row = session.execute(text("SELECT size, standard FROM size_declaration")).one()
    assert row == ("small", "工信部联企业〔2011〕300号")


def test_a_university_has_no_size(session):
    with pytest.raises(errors.OnlyEnterprises):
        made.make_organisation(session, size="small")


def test_an_invitation_works_once(session):
    home = made.make_organisation(session)
    admin = made.admin_of(session, home.id)
    _, secret = invitations.invite(session, email="new@example.cn", roles=[Role.COMPLETER], actor=admin, now=NOW)
    session.flush()

    membership = accept(session, secret.text)

    assert membership.roles == ["completer"]
    with pytest.raises(errors.InvitationNotGood):
        accept(session, secret.text, name="另一人")


def accept(session, token, *, name="王芳", password=made.PASSWORD, actor=None, now=NOW):
    return invitations.accept(session, token=token, name=name, password=password, actor=actor, now=now)


def test_an_invitation_expires_after_a_week(session):
    admin = made.admin_of(session, made.make_organisation(session).id)
    _, secret = invitations.invite(session, email="new@example.cn", roles=[Role.BUYER], actor=admin, now=NOW)
    session.flush()

    with pytest.raises(errors.InvitationNotGood):
        accept(session, secret.text, now=NOW + timedelta(days=7))


def test_a_withdrawn_invitation_opens_nothing(session):
    admin = made.admin_of(session, made.make_organisation(session).id)
    row, secret = invitations.invite(session, email="new@example.cn", roles=[Role.BUYER], actor=admin, now=NOW)
    session.flush()

    invitations.withdraw(session, invitation_id=row.id, actor=admin, now=NOW)
    session.flush()

    with pytest.raises(errors.InvitationNotGood):
        accept(session, secret.text)


def test_somebody_with_an_account_signs_in_to_accept_and_nobody_else_can(session):
    first, second = made.make_organisation(session), made.make_organisation(session)
    person = made.make_person(session, first.id, ["completer"], email="known@example.cn")
    stranger = made.make_person(session, first.id, ["completer"])
    admin = made.admin_of(session, second.id)
    _, secret = invitations.invite(session, email="known@example.cn", roles=[Role.BUYER], actor=admin, now=NOW)
    session.flush()

    with pytest.raises(errors.EmailTaken):
        accept(session, secret.text)
    with pytest.raises(errors.InvitationForAnother):
        accept(session, secret.text, actor=Actor(stranger.id, first.id, frozenset()))
    membership = accept(session, secret.text, actor=Actor(person.id, first.id, frozenset()))

    assert (membership.person_id, membership.organisation_id) == (person.id, second.id)


def test_an_administrator_cannot_invite_a_buyer_into_the_exchange__auction_law_22(session):
    operator = made.operator_of(session, made.the_exchange(session))

    with pytest.raises(errors.RoleNotHere):
        invitations.invite(session, email="new@example.cn", roles=[Role.BUYER], actor=operator, now=NOW)


def test_the_database_itself_refuses_a_role_of_the_exchange_elsewhere(db):
    with db.session("web") as session:
        home = made.make_organisation(session).id
        person = made.make_person(session, home, ["completer"]).id

    with pytest.raises(Exception, match="ck_membership_roles_open_here"), db.session("owner") as session:
        session.execute(
            text("UPDATE membership SET roles = '{operator}' WHERE person_id = :person"), {"person": person}
        )


def test_roles_are_changed_by_an_administrator_of_the_same_organisation(session):
    home, other = made.make_organisation(session), made.make_organisation(session)
    person = made.make_person(session, home.id, ["completer"])
    admin = made.admin_of(session, home.id)

    people.set_roles(session, person_id=person.id, roles=[Role.FINANCE, Role.BUYER], actor=admin, now=NOW)

    assert queries.roles_held(session, person_id=person.id, organisation_id=home.id) == {"finance", "buyer"}
    elsewhere = made.admin_of(session, other.id)
    with pytest.raises(NotFound):
        people.set_roles(session, person_id=person.id, roles=[Role.FINANCE], actor=elsewhere, now=NOW)


def test_the_last_administrator_stays(session):
    home = made.make_organisation(session)
    admin = made.admin_of(session, home.id)

    with pytest.raises(errors.LastAdmin), session.begin_nested():
        people.set_roles(session, person_id=admin.person_id, roles=[Role.FINANCE], actor=admin, now=NOW)
    with pytest.raises(errors.LastAdmin), session.begin_nested():
        people.end_membership(session, person_id=admin.person_id, actor=admin, now=NOW)


def test_an_administrator_may_leave_when_there_is_another(session):
    home = made.make_organisation(session)
    made.make_person(session, home.id, ["admin"])
    admin = made.admin_of(session, home.id)

    people.end_membership(session, person_id=admin.person_id, actor=admin, now=NOW)

    assert len(queries.members(session, home.id, role=Role.ADMIN)) == 1


def test_somebody_who_left_may_be_asked_in_again(session):
    home = made.make_organisation(session)
    person = made.make_person(session, home.id, ["completer"], email="back@example.cn")
    admin = made.admin_of(session, home.id)
    people.end_membership(session, person_id=person.id, actor=admin, now=NOW)
    _, secret = invitations.invite(session, email="back@example.cn", roles=[Role.FINANCE], actor=admin, now=NOW)
    session.flush()

    accept(session, secret.text, actor=Actor(person.id, None, frozenset()))

    assert queries.roles_held(session, person_id=person.id, organisation_id=home.id) == {"finance"}


def test_everything_that_was_done_is_in_the_audit_trail(db):
    with db.session("web") as session:
        home = made.make_organisation(session, kind="enterprise", size="micro")
        made.make_person(session, home.id, ["buyer"])

    with db.session("owner") as session:
        actions = set(session.execute(select(AuditRow.action)).scalars())
    assert actions >= {
        "organisation.register",
        "organisation.verify",
        "organisation.size",
        "invitation.make",
        "invitation.accept",
    }


def test_what_must_never_be_false_holds_and_is_noticed_when_it_does_not(db):
    with db.session("web") as session:
        home = made.make_organisation(session, kind="enterprise", size="micro").id
    with db.session("owner") as session:
        assert check_all(session) == []

        session.execute(text("UPDATE membership SET roles = '{buyer}' WHERE organisation_id = :id"), {"id": home})
        session.execute(
            text("UPDATE organisation SET size = 'large', party_type_code = '999' WHERE id = :id"), {"id": home}
        )
        broken = {violation.number for violation in check_all(session)}

        assert broken >= {"P1", "P2", "P3"}
        session.rollback()


def test_market_time_decides_when_an_organisation_was_registered(session):
    home = made.make_organisation(session)

    assert abs(session.get_one(Organisation, home.id).registered_at - market_now(session)) < timedelta(minutes=1)
