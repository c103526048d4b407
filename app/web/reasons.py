"""The table of reasons of a valuation: by group with subtotals, the same numbers as in its picture."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.money import Money
from valuation.schemas import ContributionOut, ValuationOut
from valuation.statements import factor_text
from valuation.waterfall import printed


@dataclass(frozen=True, slots=True)
class Line:
    """A reason, or the subtotal of a group: its factor as printed and its yuan, where the explanation is in yuan."""

    label: str
    value: str
    indicator: str | None
    factor: str
    rises: bool
    amount: Money | None


@dataclass(frozen=True, slots=True)
class Group:
    """Reasons of one value with their subtotal."""

    total: Line
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Table:
    """Base, groups and price as they are printed; base and price are there only where the explanation is in yuan."""

    base: Money | None
    groups: list[Group]
    price: Money | None


def reasons_of(found: ValuationOut, language: str) -> Table:
    """The table of a valuation. As printed, the yuan of a group are the sum of its lines, and all of them close."""
    numbers = _numbers(found)
    amounts = dict(zip((one.feature for one in found.contributions), numbers[1:-1], strict=False))
    lines = {one.feature: _line(one, amounts.get(one.feature), language) for one in found.contributions}
    groups = []
    for one in found.groups:
        amount = Money(sum(amounts[name].fen for name in one.features)) if numbers else None
        label = one.label_zh if language == "zh" else one.label_en
        total = Line(label, "", None, factor_text(one.factor), one.factor >= 1, amount)
        groups.append(Group(total, [lines[name] for name in one.features]))
    return Table(numbers[0] if numbers else None, groups, numbers[-1] if numbers else None)


def _line(one: ContributionOut, amount: Money | None, language: str) -> Line:
    label, value = (one.label_zh, one.value_zh) if language == "zh" else (one.label_en, one.value_en)
    return Line(label, value, one.indicator, factor_text(one.factor), one.factor >= 1, amount)


def _numbers(found: ValuationOut) -> list[Money]:
    """Base, amounts and price as they are printed; nothing where the explanation is not in yuan."""
    amounts = [one.yuan_fen for one in found.contributions]
    whole = [Money(one) for one in amounts if one is not None]
    if found.base_fen is None or found.price_fen is None or len(whole) < len(amounts):
        return []
    return printed(Money(found.base_fen), whole)
