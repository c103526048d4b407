"""The steps of a listing and of all that happens on it, as tables: decision, offer, notice, objection, interest, deal."""

from __future__ import annotations

from enum import StrEnum

from kernel.states import StateMachine


class ListingState(StrEnum):
    """Where a listing stands between its draft and its deal."""

    DRAFT = "draft"
    IN_DECISION = "in_decision"
    APPROVED = "approved"
    OPEN = "open"
    """Agreed price: offers are taken."""
    AGREED = "agreed"
    """Agreed price: transferee and price are fixed."""
    NOTICE = "notice"
    """Agreed price: the public notice 公示 runs."""
    CLEARED = "cleared"
    """Agreed price: the notice is closed."""
    LISTED = "listed"
    """Listing: the period runs, interests are registered."""
    CLOSED_0 = "closed_0"
    CLOSED_1 = "closed_1"
    CLOSED_N = "closed_n"
    BIDDING = "bidding"
    """A lot is announced or open in the auction room."""
    UNSOLD = "unsold"
    HELD = "held"
    """The hammer has fallen, but the title is not clear: no contract before it is cured."""
    DEAL = "deal"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class ListingAction(StrEnum):
    """What may be done with a listing."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    REVISE = "revise"
    OPEN = "open"
    ACCEPT = "accept"
    GIVE_NOTICE = "give-notice"
    CLEAR = "clear"
    REOPEN = "reopen"
    LIST = "list"
    CLOSE_EMPTY = "close-empty"
    CLOSE_WITH_ONE = "close-with-one"
    CLOSE_WITH_MANY = "close-with-many"
    EXTEND = "extend"
    RELIST = "relist"
    ANNOUNCE = "announce"
    SELL = "sell"
    HOLD = "hold"
    LAPSE = "lapse"
    CONCLUDE = "conclude"
    WITHDRAW = "withdraw"
    END = "end"


_L, _A = ListingState, ListingAction

LISTING = StateMachine(
    "listing",
    initial=_L.DRAFT,
    table={
        (_L.DRAFT, _A.SUBMIT): _L.IN_DECISION,
        (_L.DRAFT, _A.REVISE): _L.DRAFT,
        (_L.DRAFT, _A.WITHDRAW): _L.WITHDRAWN,
        (_L.IN_DECISION, _A.APPROVE): _L.APPROVED,
        (_L.IN_DECISION, _A.REJECT): _L.DRAFT,
        (_L.IN_DECISION, _A.WITHDRAW): _L.WITHDRAWN,
        (_L.APPROVED, _A.OPEN): _L.OPEN,
        (_L.APPROVED, _A.LIST): _L.LISTED,
        (_L.APPROVED, _A.ANNOUNCE): _L.BIDDING,
        (_L.APPROVED, _A.REVISE): _L.DRAFT,
        (_L.APPROVED, _A.WITHDRAW): _L.WITHDRAWN,
        # Agreed price. A change of price, way or transferee goes back to the offers or to the decision: the notice starts anew.
        (_L.OPEN, _A.ACCEPT): _L.AGREED,
        (_L.OPEN, _A.REVISE): _L.DRAFT,
        (_L.OPEN, _A.WITHDRAW): _L.WITHDRAWN,
        (_L.AGREED, _A.GIVE_NOTICE): _L.NOTICE,
        (_L.AGREED, _A.CONCLUDE): _L.DEAL,
        (_L.AGREED, _A.REOPEN): _L.OPEN,
        (_L.AGREED, _A.REVISE): _L.DRAFT,
        (_L.AGREED, _A.WITHDRAW): _L.WITHDRAWN,
        (_L.NOTICE, _A.CLEAR): _L.CLEARED,
        (_L.NOTICE, _A.REOPEN): _L.OPEN,
        (_L.NOTICE, _A.REVISE): _L.DRAFT,
        (_L.NOTICE, _A.WITHDRAW): _L.WITHDRAWN,
        (_L.CLEARED, _A.CONCLUDE): _L.DEAL,
        (_L.CLEARED, _A.REOPEN): _L.OPEN,
        (_L.CLEARED, _A.REVISE): _L.DRAFT,
        (_L.CLEARED, _A.WITHDRAW): _L.WITHDRAWN,
        # Listing. While the period runs the terms stand.
        (_L.LISTED, _A.CLOSE_EMPTY): _L.CLOSED_0,
        (_L.LISTED, _A.CLOSE_WITH_ONE): _L.CLOSED_1,
        (_L.LISTED, _A.CLOSE_WITH_MANY): _L.CLOSED_N,
        (_L.LISTED, _A.WITHDRAW): _L.WITHDRAWN,
        (_L.CLOSED_0, _A.EXTEND): _L.LISTED,
        (_L.CLOSED_0, _A.RELIST): _L.LISTED,
        (_L.CLOSED_0, _A.REVISE): _L.DRAFT,
        (_L.CLOSED_0, _A.END): _L.ENDED,
        (_L.CLOSED_1, _A.CONCLUDE): _L.DEAL,
        (_L.CLOSED_1, _A.END): _L.ENDED,
        (_L.CLOSED_N, _A.ANNOUNCE): _L.BIDDING,
        (_L.CLOSED_N, _A.END): _L.ENDED,
        # Auction, and competitive bidding after a listing with several buyers.
        (_L.BIDDING, _A.SELL): _L.DEAL,
        (_L.BIDDING, _A.HOLD): _L.HELD,
        (_L.BIDDING, _A.LAPSE): _L.UNSOLD,
        (_L.HELD, _A.SELL): _L.DEAL,
        (_L.HELD, _A.END): _L.ENDED,
        (_L.UNSOLD, _A.ANNOUNCE): _L.BIDDING,
        (_L.UNSOLD, _A.REVISE): _L.DRAFT,
        (_L.UNSOLD, _A.END): _L.ENDED,
    },
)

PRIVATE_STATES = frozenset({_L.DRAFT, _L.IN_DECISION, _L.APPROVED})
"""Before publication a listing is seen by its owner's people only."""

OVER = frozenset({_L.DEAL, _L.WITHDRAWN, _L.ENDED})
"""A listing in one of these leaves room for another of the same result."""


class DecisionState(StrEnum):
    """Where a step of the decision chain stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    VOID = "void"


class DecisionAction(StrEnum):
    """What may be done with a step."""

    APPROVE = "approve"
    REJECT = "reject"
    SET_ASIDE = "set-aside"


_D, _DA = DecisionState, DecisionAction

DECISION = StateMachine(
    "decision",
    initial=_D.PENDING,
    table={
        (_D.PENDING, _DA.APPROVE): _D.APPROVED,
        (_D.PENDING, _DA.REJECT): _D.REJECTED,
        # Revised terms need a new decision; what was decided about the old ones is kept, and void.
        (_D.PENDING, _DA.SET_ASIDE): _D.VOID,
        (_D.APPROVED, _DA.SET_ASIDE): _D.VOID,
    },
)


class OfferState(StrEnum):
    """Where an offer stands."""

    STANDING = "standing"
    COUNTERED = "countered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    LAPSED = "lapsed"


class OfferAction(StrEnum):
    """What may be done with an offer."""

    COUNTER = "counter"
    ACCEPT = "accept"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    LAPSE = "lapse"


_O, _OA = OfferState, OfferAction

OFFER = StateMachine(
    "offer",
    initial=_O.STANDING,
    table={
        (_O.STANDING, _OA.COUNTER): _O.COUNTERED,
        (_O.STANDING, _OA.ACCEPT): _O.ACCEPTED,
        (_O.STANDING, _OA.REJECT): _O.REJECTED,
        (_O.STANDING, _OA.WITHDRAW): _O.WITHDRAWN,
        (_O.STANDING, _OA.EXPIRE): _O.EXPIRED,
        # The listing went another way: sold to somebody else, withdrawn, or its terms were changed.
        (_O.STANDING, _OA.LAPSE): _O.LAPSED,
        (_O.ACCEPTED, _OA.LAPSE): _O.LAPSED,
    },
)


class NoticeState(StrEnum):
    """Where a public notice stands."""

    DRAFT = "draft"
    RUNNING = "running"
    OBJECTED = "objected"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class NoticeAction(StrEnum):
    """What may happen to a notice."""

    PUBLISH = "publish"
    OBJECT = "object"
    RESUME = "resume"
    UPHOLD = "uphold"
    CLOSE = "close"
    SUPERSEDE = "supersede"


_N, _NA = NoticeState, NoticeAction

NOTICE = StateMachine(
    "notice",
    initial=_N.DRAFT,
    table={
        (_N.DRAFT, _NA.PUBLISH): _N.RUNNING,
        (_N.DRAFT, _NA.SUPERSEDE): _N.SUPERSEDED,
        (_N.RUNNING, _NA.OBJECT): _N.OBJECTED,
        (_N.RUNNING, _NA.CLOSE): _N.CLOSED,
        (_N.RUNNING, _NA.SUPERSEDE): _N.SUPERSEDED,
        (_N.OBJECTED, _NA.OBJECT): _N.OBJECTED,
        (_N.OBJECTED, _NA.RESUME): _N.RUNNING,
        (_N.OBJECTED, _NA.UPHOLD): _N.WITHDRAWN,
        (_N.OBJECTED, _NA.SUPERSEDE): _N.SUPERSEDED,
        # Closed, but price, way or transferee changed before the deal: the fifteen days run again.
        (_N.CLOSED, _NA.SUPERSEDE): _N.SUPERSEDED,
    },
)

NOTICE_UNDER_WAY = frozenset({_N.RUNNING, _N.OBJECTED})


class ObjectionState(StrEnum):
    """Where an objection stands."""

    RECEIVED = "received"
    UPHELD = "upheld"
    REJECTED = "rejected"
    MOOT = "moot"


class ObjectionAction(StrEnum):
    """What may be done with an objection."""

    UPHOLD = "uphold"
    REJECT = "reject"
    SET_ASIDE = "set-aside"


_J, _JA = ObjectionState, ObjectionAction

OBJECTION = StateMachine(
    "objection",
    initial=_J.RECEIVED,
    table={
        (_J.RECEIVED, _JA.UPHOLD): _J.UPHELD,
        (_J.RECEIVED, _JA.REJECT): _J.REJECTED,
        # The notice is gone for another reason.
        (_J.RECEIVED, _JA.SET_ASIDE): _J.MOOT,
    },
)


class InterestState(StrEnum):
    """Where an interested buyer stands on a listing."""

    REGISTERED = "registered"
    QUALIFIED = "qualified"
    CHOSEN = "chosen"
    CARRIED = "carried"
    RELEASED = "released"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class InterestAction(StrEnum):
    """What may happen to an interest."""

    QUALIFY = "qualify"
    WITHDRAW = "withdraw"
    CHOOSE = "choose"
    CARRY = "carry"
    RELEASE = "release"
    LAPSE = "lapse"


_I, _IA = InterestState, InterestAction

INTEREST = StateMachine(
    "interest",
    initial=_I.REGISTERED,
    table={
        (_I.REGISTERED, _IA.QUALIFY): _I.QUALIFIED,
        (_I.REGISTERED, _IA.WITHDRAW): _I.WITHDRAWN,
        # The period ended before the deposit arrived.
        (_I.REGISTERED, _IA.LAPSE): _I.LAPSED,
        (_I.QUALIFIED, _IA.CHOOSE): _I.CHOSEN,
        (_I.QUALIFIED, _IA.CARRY): _I.CARRIED,
        (_I.QUALIFIED, _IA.RELEASE): _I.RELEASED,
    },
)


class DealState(StrEnum):
    """How far a deal has come; what the contract room tells may arrive in any order."""

    MADE = "made"
    SIGNED = "signed"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class DealAction(StrEnum):
    """What the contract room tells of it."""

    SIGN = "sign"
    SETTLE = "settle"
    CANCEL = "cancel"


_M, _MA = DealState, DealAction

DEAL = StateMachine(
    "deal",
    initial=_M.MADE,
    table={
        (_M.MADE, _MA.SIGN): _M.SIGNED,
        (_M.MADE, _MA.SETTLE): _M.SETTLED,
        (_M.MADE, _MA.CANCEL): _M.CANCELLED,
        (_M.SIGNED, _MA.SIGN): _M.SIGNED,
        (_M.SIGNED, _MA.SETTLE): _M.SETTLED,
        (_M.SIGNED, _MA.CANCEL): _M.CANCELLED,
        (_M.SETTLED, _MA.SIGN): _M.SETTLED,
        (_M.SETTLED, _MA.SETTLE): _M.SETTLED,
        (_M.CANCELLED, _MA.SIGN): _M.CANCELLED,
        (_M.CANCELLED, _MA.CANCEL): _M.CANCELLED,
    },
)
