"""How the price that stands was reached: the model's reasons, what other indications made of it, what a person set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.money import Money
from valuation.explaining import OVERRIDE, RECONCILIATION, OutOfMoney, with_bar


def reconciled(explanation: Mapping[str, Any]) -> dict[str, Any] | None:
    """The explanation that ends at the reasoned price of several methods; None where there is no such price."""
    pooled = explanation.get("indications")
    price = pooled["price_fen"] if pooled else None
    return None if price is None else _ends_at(explanation, RECONCILIATION, Money(price))


def overridden(explanation: Mapping[str, Any], price: Money | None) -> dict[str, Any] | None:
    """The explanation that ends at the price which a person set; None where they set a range only."""
    return None if price is None else _ends_at(reconciled(explanation) or explanation, OVERRIDE, price)


def _ends_at(explanation: Mapping[str, Any], name: str, price: Money) -> dict[str, Any] | None:
    """None where nothing leads there: no model has spoken, or its own reasons do not add up."""
    if explanation["withheld"] or explanation.get("base_log") is None:
        return None
    try:
        return with_bar(explanation, name, price)
    except OutOfMoney:
        return None
