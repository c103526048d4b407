"""What a person says of a valuation, and which part a person has in it."""

from enum import StrEnum


class Verdict(StrEnum):
    """What a technology manager says of a valuation."""

    ACCEPT = "accept"
    """Signs the model's price, or a price within its range where it gives a range only."""
    OVERRIDE = "override"
    """Sets another price or range in its place, with a reason; both are kept."""
    OWN_PRICE = "own_price"
    """An independent price, best given before the model's is seen; signs nothing."""


SIGNING = (Verdict.ACCEPT, Verdict.OVERRIDE)
"""The verdicts that sign a valuation off."""


class Capacity(StrEnum):
    """Why a person has to do with a valuation."""

    ENGAGED = "engaged"
    """Engaged by the owner to judge the result."""
    COMPLETER = "completer"
    """成果完成人: has an interest in the price, and so judges it neither as manager nor as third party."""
