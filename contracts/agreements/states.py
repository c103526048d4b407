"""The steps of a contract and of its registration: two tables, because money and the registry move independently."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from kernel.errors import WrongState
from kernel.states import StateMachine


class ContractState(StrEnum):
    """Where a contract stands between its draft and its last payment."""

    DRAFT = "draft"
    SIGNED = "signed"
    EFFECTIVE = "effective"
    PERFORMING = "performing"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class ContractAction(StrEnum):
    """What can be done with a contract."""

    PLAN = "plan"
    RECORD_SIGNATURE = "record-signature"
    SIGN = "sign"
    TAKE_EFFECT = "take-effect"
    PAY = "pay"
    SETTLE = "settle"
    CANCEL = "cancel"


class RegistrationState(StrEnum):
    """Where the registration (认定登记) of a contract stands at the registry."""

    NONE = "none"
    REG_APPLIED = "reg_applied"
    REGISTERED = "registered"
    NOT_REGISTERED = "not_registered"
    REG_CANCELLED = "reg_cancelled"


class RegistrationAction(StrEnum):
    """What the transfer office hands in and what the registry decides."""

    APPLY = "apply"
    REGISTER = "register"
    REFUSE = "refuse"
    CHANGE = "change"
    CANCEL = "cancel"


_C, _A = ContractState, ContractAction

CONTRACT = StateMachine(
    "contract",
    initial=_C.DRAFT,
    table={
        (_C.DRAFT, _A.PLAN): _C.DRAFT,
        (_C.DRAFT, _A.RECORD_SIGNATURE): _C.DRAFT,
        (_C.DRAFT, _A.SIGN): _C.SIGNED,
        (_C.DRAFT, _A.CANCEL): _C.CANCELLED,
        (_C.SIGNED, _A.TAKE_EFFECT): _C.EFFECTIVE,
        (_C.SIGNED, _A.CANCEL): _C.CANCELLED,
        (_C.EFFECTIVE, _A.PAY): _C.PERFORMING,
        (_C.EFFECTIVE, _A.CANCEL): _C.CANCELLED,
        (_C.PERFORMING, _A.PAY): _C.PERFORMING,
        (_C.PERFORMING, _A.SETTLE): _C.COMPLETED,
    },
)

_R, _D = RegistrationState, RegistrationAction

REGISTRATION = StateMachine(
    "contract registration",
    initial=_R.NONE,
    table={
        (_R.NONE, _D.APPLY): _R.REG_APPLIED,
        # A file handed in at the registry itself comes back registered without an application recorded here.
        (_R.NONE, _D.REGISTER): _R.REGISTERED,
        (_R.REG_APPLIED, _D.REGISTER): _R.REGISTERED,
        (_R.REG_APPLIED, _D.REFUSE): _R.NOT_REGISTERED,
        (_R.NOT_REGISTERED, _D.APPLY): _R.REG_APPLIED,
        (_R.REGISTERED, _D.CHANGE): _R.REGISTERED,
        (_R.REGISTERED, _D.CANCEL): _R.REG_CANCELLED,
    },
)

IN_FORCE = frozenset({ContractState.EFFECTIVE, ContractState.PERFORMING, ContractState.COMPLETED})
"""A contract that binds: both sides have signed and nobody has undone it."""

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


def step(machine: StateMachine[S, A], state: S, action: A, closed: type[WrongState]) -> S:
    """Advance, or refuse with the kind of WrongState that cites the article behind the order of steps."""
    try:
        return machine.advance(state, action)
    except WrongState as refused:
        raise closed(refused.machine, refused.state, refused.action, refused.allowed) from None
