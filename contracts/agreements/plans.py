"""Payment plans: one lump sum or instalments on dates, that sum to the price to the fen (Civil Code 民法典 art 846)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from contracts.agreements.errors import DueDatesOutOfOrder, PlanDoesNotSum, TooManyInstalments
from kernel.money import ZERO, Money, total

INSTALMENTS_MAX = 240


@dataclass(frozen=True, slots=True)
class PlannedPayment:
    """An amount and the day on which it falls due (Asia/Shanghai)."""

    due_on: date
    amount: Money


def check_plan(plan: Sequence[PlannedPayment], *, price: Money, agreed_on: date) -> None:
    """A plan holds if its parts sum to the price and its dates run forward from the day of agreement.

    Raises TooManyInstalments, PlanDoesNotSum or DueDatesOutOfOrder.
    """
    if not 1 <= len(plan) <= INSTALMENTS_MAX:
        raise TooManyInstalments(len(plan), INSTALMENTS_MAX)
    planned = total([payment.amount for payment in plan])
    if planned != price or any(payment.amount <= ZERO for payment in plan):
        raise PlanDoesNotSum(price, planned)
    days = [agreed_on, *(payment.due_on for payment in plan)]
    for number, (before, after) in enumerate(pairwise(days), start=1):
        if after < before or (number > 1 and after == before):
            raise DueDatesOutOfOrder(number, before, after)


def lump_sum(price: Money, *, due_on: date) -> list[PlannedPayment]:
    """One payment of the whole price: 一次总付."""
    return [PlannedPayment(due_on, price)]


def equal_parts(price: Money, *, due_on: Sequence[date]) -> list[PlannedPayment]:
    """As equal as whole fen allow, one part a date, the odd fen first. Raises ValueError without dates."""
    return [PlannedPayment(day, part) for day, part in zip(due_on, price.split([1] * len(due_on)), strict=True)]


def open_amount(amount: Money, paid: Money) -> Money:
    """What is still to pay of an instalment, never below zero."""
    return max(amount - paid, ZERO)
