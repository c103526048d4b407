"""Affiliation through chains of control: who belongs to whom, and who does not."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from kernel.ids import OrganisationId
from parties.control import Link, Relation, affiliated, group_above

A, B, C, D, E, F = (OrganisationId(UUID(int=number)) for number in range(1, 7))
DAY = date(2026, 3, 2)


def owns(parent, child, **more):
    return Link(parent, child, Relation.CONTROL, starts_on=date(2020, 1, 1), **more)


def linked(one, other, relation, **more):
    return Link(one, other, relation, starts_on=date(2020, 1, 1), **more)


def test_a_parent_and_its_subsidiary_are_affiliated():
    assert affiliated([owns(A, B)], A, B, on=DAY)


def test_two_subsidiaries_of_one_parent_are_affiliated():
    assert affiliated([owns(A, B), owns(A, C)], B, C, on=DAY)


def test_a_chain_of_control_is_followed_to_the_common_parent():
    links = [owns(A, B), owns(B, C), owns(A, D), owns(D, E)]

    assert affiliated(links, C, E, on=DAY)
    assert affiliated(links, A, E, on=DAY)


def test_two_owners_of_one_joint_venture_are_not_affiliated_by_that_alone():
    assert not affiliated([owns(A, C), owns(B, C)], A, B, on=DAY)


def test_organisations_under_the_same_controller_are_affiliated_with_each_others_subsidiaries():
    links = [linked(A, B, Relation.SAME_CONTROLLER), owns(B, C), owns(A, D)]

    assert affiliated(links, A, C, on=DAY)
    assert affiliated(links, C, D, on=DAY)


def test_a_close_relation_reaches_the_subsidiaries_but_not_the_relations_of_relations():
    links = [linked(A, B, Relation.CLOSE_RELATION), linked(B, C, Relation.CLOSE_RELATION), owns(A, D), owns(B, E)]

    assert affiliated(links, D, E, on=DAY)
    assert not affiliated(links, A, C, on=DAY)


def test_a_relation_counts_from_its_first_day_to_its_last():
    links = [Link(A, B, Relation.CONTROL, starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30))]

    assert not affiliated(links, A, B, on=date(2025, 12, 31))
    assert affiliated(links, A, B, on=date(2026, 1, 1))
    assert affiliated(links, A, B, on=date(2026, 6, 30))
    assert not affiliated(links, A, B, on=date(2026, 7, 1))


def test_a_chain_with_a_link_that_has_ended_does_not_hold():
    links = [owns(A, B), owns(A, C, ends_on=DAY - timedelta(days=1))]

    assert not affiliated(links, B, C, on=DAY)


def test_an_unconfirmed_word_binds_the_two_it_names_and_nobody_else():
    links = [owns(A, B, confirmed=False), owns(A, C, confirmed=False)]

    assert affiliated(links, A, B, on=DAY)
    assert not affiliated(links, B, C, on=DAY)


def test_a_circle_of_control_comes_to_an_end():
    links = [owns(A, B), owns(B, C), owns(C, A)]

    assert group_above(links, A) == {A, B, C}


some = st.sampled_from([A, B, C, D, E, F])
links_between = st.lists(
    st.builds(
        Link,
        some,
        some,
        st.sampled_from(Relation),
        starts_on=st.just(date(2020, 1, 1)),
        confirmed=st.booleans(),
    ),
    max_size=12,
)


@given(links_between, some, some)
def test_affiliation_is_symmetric(links, one, other):
    assert affiliated(links, one, other, on=DAY) == affiliated(links, other, one, on=DAY)


@given(links_between, some, some, st.randoms())
def test_the_order_of_declarations_does_not_matter(links, one, other, random):
    shuffled = list(links)
    random.shuffle(shuffled)

    assert affiliated(shuffled, one, other, on=DAY) == affiliated(links, one, other, on=DAY)


@given(links_between, links_between, some, some)
def test_more_declarations_never_separate_two_organisations(links, more, one, other):
    if affiliated(links, one, other, on=DAY):
        assert affiliated(links + more, one, other, on=DAY)


@given(links_between, some)
def test_everybody_belongs_to_itself(links, one):
    assert affiliated(links, one, one, on=DAY)
