"""A state machine is its table: what it does not list cannot happen, and its diagram says the same."""

from enum import StrEnum

import pytest

from kernel import states
from kernel.errors import WrongState
from kernel.states import StateMachine


class S(StrEnum):
    DRAFT = "draft"
    LISTED = "listed"
    SOLD = "sold"


class A(StrEnum):
    LIST = "list"
    SELL = "sell"
    AMEND = "amend"


class OtherS(StrEnum):
    DRAFT = "draft"


TABLE = {(S.DRAFT, A.AMEND): S.DRAFT, (S.DRAFT, A.LIST): S.LISTED, (S.LISTED, A.SELL): S.SOLD}


@pytest.fixture(autouse=True)
def apart(monkeypatch):
    monkeypatch.setattr(states, "MACHINES", {})


def test_a_step_of_the_table_is_taken():
    machine = StateMachine("sale", initial=S.DRAFT, table=TABLE)

    assert machine.advance(S.DRAFT, A.LIST) is S.LISTED
    assert machine.advance(S.DRAFT, A.AMEND) is S.DRAFT
    assert machine.is_final(S.SOLD)
    assert not machine.is_final(S.LISTED)


def test_any_other_step_is_refused_and_says_what_is_open():
    machine = StateMachine("sale", initial=S.DRAFT, table=TABLE)

    with pytest.raises(WrongState) as refused:
        machine.advance(S.DRAFT, A.SELL)

    assert refused.value.facts() == {
        "machine": "sale",
        "state": "draft",
        "action": "sell",
        "allowed": ("amend", "list"),
    }


def test_every_pair_is_either_in_the_table_or_refused():
    machine = StateMachine("sale", initial=S.DRAFT, table=TABLE)

    for state in S:
        for action in A:
            if (state, action) in TABLE:
                assert machine.advance(state, action) is TABLE[state, action]
            else:
                with pytest.raises(WrongState):
                    machine.advance(state, action)


def test_a_state_that_cannot_be_reached_is_a_fault_of_the_table():
    with pytest.raises(ValueError, match="no path leads to"):
        StateMachine("sale", initial=S.DRAFT, table={(S.DRAFT, A.LIST): S.LISTED, (S.SOLD, A.SELL): S.SOLD})


def test_two_machines_of_one_name_are_refused():
    StateMachine("sale", initial=S.DRAFT, table=TABLE)

    with pytest.raises(ValueError, match="two machines"):
        StateMachine("sale", initial=S.DRAFT, table=TABLE)


def test_a_refused_machine_is_not_registered():
    with pytest.raises(ValueError):
        StateMachine("sale", initial=S.DRAFT, table={})

    assert states.MACHINES == {}


@pytest.mark.parametrize("stranger", [OtherS.DRAFT, "draft"])
def test_a_state_of_another_machine_is_never_taken_for_one_of_this(stranger):
    machine = StateMachine("sale", initial=S.DRAFT, table=TABLE)

    with pytest.raises(TypeError):
        machine.advance(stranger, A.LIST)


def test_a_table_of_mixed_states_is_refused():
    with pytest.raises(TypeError):
        StateMachine("sale", initial=S.DRAFT, table={**TABLE, (OtherS.DRAFT, A.SELL): S.SOLD})
    with pytest.raises(TypeError):
        StateMachine("sale", initial=S.DRAFT, table={**TABLE, (S.SOLD, A.SELL): OtherS.DRAFT})


def test_the_table_of_a_machine_does_not_change_when_its_source_does():
    source = dict(TABLE)
    machine = StateMachine("sale", initial=S.DRAFT, table=source)

    source.clear()

    assert machine.advance(S.DRAFT, A.LIST) is S.LISTED


def test_the_diagram_is_the_table():
    machine = StateMachine("sale", initial=S.DRAFT, table=TABLE)

    assert machine.mermaid() == (
        "stateDiagram-v2\n"
        "    [*] --> draft\n"
        "    draft --> draft: amend\n"
        "    draft --> listed: list\n"
        "    listed --> sold: sell\n"
        "    sold --> [*]\n"
    )
