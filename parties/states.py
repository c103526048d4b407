"""The life of an organisation in the market: nobody trades before a person of the exchange has checked who it is."""

from enum import StrEnum

from kernel.states import StateMachine


class OrganisationState(StrEnum):
    """Where an organisation stands."""

    PENDING = "pending"
    VERIFIED = "verified"
    SUSPENDED = "suspended"
    REJECTED = "rejected"


class OrganisationAction(StrEnum):
    """What the exchange may do about it."""

    VERIFY = "verify"
    REJECT = "reject"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"


S, A = OrganisationState, OrganisationAction

ORGANISATION = StateMachine(
    "organisation",
    initial=S.PENDING,
    table={
        (S.PENDING, A.VERIFY): S.VERIFIED,
        (S.PENDING, A.REJECT): S.REJECTED,
        (S.VERIFIED, A.SUSPEND): S.SUSPENDED,
        (S.SUSPENDED, A.REINSTATE): S.VERIFIED,
    },
)
