"""Registration (认定登记) as the registry decides it: the number, the three amounts, and the income of each receipt.

Source: 浙江省技术市场条例 arts 15–18, 24; 技术合同认定登记规则. The registry decides, the platform enters back what it decided.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from contracts.agreements.errors import RegistrationNumberMalformed, TechnologyValueTooHigh
from kernel.money import ZERO, Money

_NUMBER = re.compile(r"[0-9]{14}|[0-9]{16}")
"""Newer numbers have 16 digits, older ones 14; nothing is read into the digits."""


def check_number(number: str) -> str:
    """The number as it stands. Raises RegistrationNumberMalformed."""
    if not _NUMBER.fullmatch(number):
        raise RegistrationNumberMalformed
    return number


def check_amounts(*, contract_value: Money, technology_value: Money, technology_income: Money) -> None:
    """技术性收入 ≤ 技术交易额 ≤ 合同成交额: equipment and material are taken off, never added.

    Raises TechnologyValueTooHigh, naming the amount that is exceeded.
    """
    if technology_value > contract_value:
        raise TechnologyValueTooHigh("technology_value", technology_value, contract_value)
    if technology_income > technology_value:
        raise TechnologyValueTooHigh("technology_income", technology_income, technology_value)


def income_of_receipts(receipts: Sequence[Money], *, contract_value: Money, technology_value: Money) -> list[Money]:
    """技术性收入 of each receipt (核定表): its share by 技术交易额 / 合同成交额, in order of arrival.

    Shares are taken of the running total, so that all receipts together give exactly 技术交易额 once the whole contract
    value has come in. Money beyond the contract value carries no technology income.
    """
    income, received, recognised = [], ZERO, ZERO
    for receipt in receipts:
        received = min(received + receipt, contract_value)
        after = Money(received.fen * technology_value.fen // contract_value.fen)
        income.append(after - recognised)
        recognised = after
    return income
