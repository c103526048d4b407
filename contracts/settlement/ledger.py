"""The rules of the books: accounts by party and purpose, and transfers whose debits equal their credits. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from contracts.settlement.errors import Unbalanced
from kernel.ids import OrganisationId
from kernel.money import ZERO, Money, total


class Purpose(StrEnum):
    """What an account is for. Money of nobody in particular stands in suspense, never nowhere."""

    BANK = "bank"
    """What the holder's bank account holds: an asset, grows by debit."""
    SUSPENSE = "suspense"
    """Received by the holder, not yet matched to an instalment: a liability, grows by credit."""
    SELLER_PAYABLE = "seller_payable"
    """Received by the exchange for a seller and still to be paid out: a liability."""
    SALE_PROCEEDS = "sale_proceeds"
    """Received by a seller on his own account for his contracts: income."""


class Side(StrEnum):
    """Left and right."""

    DEBIT = "debit"
    CREDIT = "credit"


class TransferKind(StrEnum):
    """What a posting records."""

    RECEIPT = "receipt"
    CLAIM = "claim"
    REVERSAL = "reversal"


GROWS_BY = {
    Purpose.BANK: Side.DEBIT,
    Purpose.SUSPENSE: Side.CREDIT,
    Purpose.SELLER_PAYABLE: Side.CREDIT,
    Purpose.SALE_PROCEEDS: Side.CREDIT,
}


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the books: whose, and for what."""

    purpose: Purpose
    organisation_id: OrganisationId


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a posting. The amount is positive; the side says which way it goes."""

    account: Account
    side: Side
    amount: Money


def check_balanced(legs: Sequence[Leg]) -> None:
    """Debits equal credits, every leg is positive and there are at least two. Raises Unbalanced."""
    debits = total([leg.amount for leg in legs if leg.side == Side.DEBIT])
    credits = total([leg.amount for leg in legs if leg.side == Side.CREDIT])
    if len(legs) < 2 or debits != credits or any(leg.amount <= ZERO for leg in legs):
        raise Unbalanced(debits, credits)


def receipt_legs(holder: OrganisationId, amount: Money) -> list[Leg]:
    """Money has come in and nobody has said what for: bank against suspense."""
    return [
        Leg(Account(Purpose.BANK, holder), Side.DEBIT, amount),
        Leg(Account(Purpose.SUSPENSE, holder), Side.CREDIT, amount),
    ]


def claim_legs(holder: OrganisationId, seller: OrganisationId, amount: Money) -> list[Leg]:
    """Money in suspense was for a seller's contract: his proceeds, or a debt to him if another holds it for him."""
    purpose = Purpose.SALE_PROCEEDS if holder == seller else Purpose.SELLER_PAYABLE
    return [
        Leg(Account(Purpose.SUSPENSE, holder), Side.DEBIT, amount),
        Leg(Account(purpose, seller), Side.CREDIT, amount),
    ]


def reversed_legs(legs: Iterable[Leg]) -> list[Leg]:
    """The same posting the other way round: history is answered, never erased."""
    other = {Side.DEBIT: Side.CREDIT, Side.CREDIT: Side.DEBIT}
    return [Leg(leg.account, other[leg.side], leg.amount) for leg in legs]


def balance(account: Account, legs: Iterable[Leg]) -> Money:
    """What stands on an account, positive on the side by which it grows."""
    own = GROWS_BY[account.purpose]
    return total([leg.amount if leg.side == own else -leg.amount for leg in legs if leg.account == account])
