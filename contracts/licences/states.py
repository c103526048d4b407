"""The steps of a trial (先用后转)."""

from __future__ import annotations

from enum import StrEnum

from kernel.states import StateMachine


class TrialState(StrEnum):
    """Where a trial stands between the first letter and its end."""

    INTENT = "intent"
    NDA_SIGNED = "nda_signed"
    AGREED = "agreed"
    PUBLICITY = "publicity"
    TRIAL = "trial"
    CONVERTED = "converted"
    RETURNED = "returned"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class TrialAction(StrEnum):
    """What can be done with a trial."""

    SIGN_NDA = "sign-nda"
    PROPOSE = "propose"
    AGREE = "agree"
    PUBLISH = "publish"
    START = "start"
    REPORT = "report"
    CONVERT = "convert"
    RETURN = "return"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"


_S, _A = TrialState, TrialAction

TRIAL = StateMachine(
    "trial",
    initial=_S.INTENT,
    table={
        (_S.INTENT, _A.SIGN_NDA): _S.NDA_SIGNED,
        (_S.INTENT, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.NDA_SIGNED, _A.PROPOSE): _S.NDA_SIGNED,
        (_S.NDA_SIGNED, _A.AGREE): _S.AGREED,
        (_S.NDA_SIGNED, _A.WITHDRAW): _S.WITHDRAWN,
        # A government unit's price must run its public notice first; the trial of others starts at once.
        (_S.AGREED, _A.PUBLISH): _S.PUBLICITY,
        (_S.AGREED, _A.START): _S.TRIAL,
        (_S.PUBLICITY, _A.START): _S.TRIAL,
        (_S.PUBLICITY, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.TRIAL, _A.REPORT): _S.TRIAL,
        (_S.TRIAL, _A.CONVERT): _S.CONVERTED,
        (_S.TRIAL, _A.RETURN): _S.RETURNED,
        (_S.TRIAL, _A.EXPIRE): _S.EXPIRED,
        (_S.EXPIRED, _A.RETURN): _S.RETURNED,
    },
)

UNDER_WAY = frozenset({_S.INTENT, _S.NDA_SIGNED, _S.AGREED, _S.PUBLICITY, _S.TRIAL})
"""A trial that has not ended in any way."""
