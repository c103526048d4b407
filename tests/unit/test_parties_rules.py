"""Roles, names, sizes and limits: the pure rules of taking part."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parties.applications import Account, NewPerson, Particulars
from parties.errors import IndustryNotKnown, NoRoles, PartyTypeNotValid, RoleNotHere
from parties.kinds import EnterpriseSize, OrganisationKind, Regime
from parties.limits import ACCOUNT_FROM_ADDRESS, Throttle, network_of
from parties.names import email_key, skeleton
from parties.roles import EXCHANGE_ROLES, ORGANISATION_ROLES, Role, check_roles
from parties.sizes import Limits, classify
from parties.states import ORGANISATION, OrganisationAction, OrganisationState

WAN = 1_000_000
INDUSTRY = (Limits("staff", 20, 300, 1_000), Limits("revenue", 300 * WAN, 2_000 * WAN, 40_000 * WAN))
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_every_role_can_be_held_somewhere():
    assert set(Role) == EXCHANGE_ROLES | ORGANISATION_ROLES


@pytest.mark.parametrize("role", sorted(EXCHANGE_ROLES - ORGANISATION_ROLES))
def test_a_role_of_the_exchange_cannot_be_held_in_a_university(role):
    with pytest.raises(RoleNotHere) as refusal:
        check_roles(OrganisationKind.UNIVERSITY, [Role.ADMIN, role])

    assert refusal.value.roles == (role,)


def test_staff_of_the_exchange_cannot_hold_the_role_of_a_buyer__auction_law_22():
    with pytest.raises(RoleNotHere):
        check_roles(OrganisationKind.EXCHANGE, [Role.AUCTIONEER, Role.BUYER])


def test_roles_come_once_and_in_order():
    assert check_roles(OrganisationKind.HOSPITAL, [Role.ADMIN, Role.COMPLETER, Role.ADMIN]) == (
        Role.COMPLETER,
        Role.ADMIN,
    )


def test_a_member_without_a_role_is_refused():
    with pytest.raises(NoRoles):
        check_roles(OrganisationKind.UNIVERSITY, [])


@pytest.mark.parametrize(
    "name",
    ["浙江АВС科技有限公司", "浙江Ａｂｃ科技有限公司", "浙江 a·b·c 科技有限公司", "浙江A\u200bBC科技有限公司"],
    ids=["cyrillic", "full width", "spaced", "zero width"],
)
def test_names_that_look_alike_have_one_skeleton(name):
    assert skeleton(name) == skeleton("浙江ABC科技有限公司")


@pytest.mark.parametrize("other", ["温州医科大学", "温州大学瓯江学院", "温州第2大学"])
def test_different_names_have_different_skeletons(other):
    assert skeleton(other) != skeleton("温州大学")


@given(st.text(max_size=60))
def test_the_skeleton_of_a_skeleton_is_itself(name):
    assert skeleton(skeleton(name)) == skeleton(name)


def test_an_address_is_one_account_however_it_is_written():
    assert email_key(" Li.Wei@Example.CN ") == email_key("li.wei@example.cn")


@pytest.mark.parametrize(
    ("staff", "revenue", "size"),
    [
        (1_000, 40_000, EnterpriseSize.LARGE),
        (999, 40_000, EnterpriseSize.MEDIUM),
        (1_000, 39_999, EnterpriseSize.MEDIUM),
        (300, 2_000, EnterpriseSize.MEDIUM),
        (299, 2_000, EnterpriseSize.SMALL),
        (5_000, 1_000, EnterpriseSize.SMALL),
        (20, 300, EnterpriseSize.SMALL),
        (19, 90_000, EnterpriseSize.MICRO),
        (5_000, 299, EnterpriseSize.MICRO),
        (0, 0, EnterpriseSize.MICRO),
    ],
)
def test_an_industrial_enterprise_needs_both_lower_limits_of_its_class__gongxinbu_2011_300(staff, revenue, size):
    assert classify(INDUSTRY, {"staff": staff, "revenue": revenue * WAN, "assets": None}) is size


@given(st.integers(0, 3_000), st.integers(0, 90_000), st.integers(0, 3_000), st.integers(0, 90_000))
def test_growing_never_makes_an_enterprise_smaller(staff, revenue, more_staff, more_revenue):
    order = list(EnterpriseSize)
    before = classify(INDUSTRY, {"staff": staff, "revenue": revenue * WAN})
    after = classify(INDUSTRY, {"staff": staff + more_staff, "revenue": (revenue + more_revenue) * WAN})

    assert order.index(after) >= order.index(before)


@pytest.mark.parametrize(("limits", "figures"), [((), {"staff": 5}), (INDUSTRY, {"staff": 5, "revenue": None})])
def test_a_class_is_not_guessed_without_the_standard_or_a_figure(limits, figures):
    with pytest.raises(IndustryNotKnown):
        classify(limits, figures)


def test_a_throttle_opens_when_the_oldest_failure_leaves_its_window():
    failures = [NOON - timedelta(minutes=minutes) for minutes in (14, 10, 3, 2, 1)]

    assert ACCOUNT_FROM_ADDRESS.wait(failures, NOON) == 60
    assert ACCOUNT_FROM_ADDRESS.wait(failures[1:], NOON) == 0


@given(st.lists(st.integers(0, 4_000), max_size=20), st.integers(1, 6))
def test_after_the_wait_the_next_attempt_is_open(seconds_ago, failures_max):
    throttle = Throttle(failures_max, timedelta(minutes=15))
    failures = [NOON - timedelta(seconds=ago) for ago in seconds_ago]

    wait = throttle.wait(failures, NOON)

    assert 0 <= wait <= 900
    assert throttle.wait(failures, NOON + timedelta(seconds=wait)) == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("testclient", "testclient"),
    ],
)
def test_one_customer_of_ipv6_counts_as_one_address(address, network):
    assert network_of(address) == network


def test_an_enterprise_must_say_which_party_type_it_is():
    particulars = Particulars(
        "甲公司", "91330100799655058B", OrganisationKind.ENTERPRISE, Regime.PRIVATE, False, "330302"
    )

    with pytest.raises(PartyTypeNotValid):
        particulars.party_type()


def test_a_university_is_a_university_by_its_kind():
    particulars = Particulars(
        "甲大学", "91330100799655058B", OrganisationKind.UNIVERSITY, Regime.GOV_UNIT, True, "330302"
    )

    assert particulars.party_type() == "022"


def test_a_masked_account_shows_its_last_four_digits():
    assert Account("甲大学", "工商银行", "6222021234567890").masked == "************7890"


def test_a_password_does_not_show_in_a_log():
    assert "hunter" not in repr(NewPerson("李伟", "li@example.cn", "hunter and prey"))


def test_nobody_trades_again_after_a_rejection():
    state = ORGANISATION.advance(OrganisationState.PENDING, OrganisationAction.REJECT)

    assert ORGANISATION.is_final(state)
