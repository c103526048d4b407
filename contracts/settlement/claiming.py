"""到账认领: how much of a receipt goes to an instalment. Pure.

Without an amount, a claim takes what both sides allow: the smaller of what is left of the receipt and what is open on the
instalment. So a short payment leaves the instalment partly paid, and an overpayment stays in suspense, where it may be
claimed for another instalment. An amount that exceeds either side is refused, never trimmed.
"""

from contracts.settlement.errors import ClaimTooLarge, InstalmentPaid, NothingLeft
from kernel.money import ZERO, Money


def amount_to_claim(asked: Money | None, *, left: Money, open_: Money) -> Money:
    """The amount that moves. Raises NothingLeft, InstalmentPaid or ClaimTooLarge."""
    if left <= ZERO:
        raise NothingLeft
    if open_ <= ZERO:
        raise InstalmentPaid
    most = min(left, open_)
    if asked is None:
        return most
    if asked > most:
        raise ClaimTooLarge(asked, left, open_)
    return asked
