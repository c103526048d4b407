"""How settlement refuses."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.errors import Refused
from kernel.money import Money


@dataclass(eq=False)
class Unbalanced(Refused):
    """Debits and credits of a posting differ."""

    zh = "记账借贷不平。"
    article = "会计法 art 15"
    debits: Money
    credits: Money


class ReceiptKnown(Refused):
    """This bank reference has already been recorded for this account."""

    zh = "该银行流水号已登记。"


class ReceiptInFuture(Refused):
    """A receipt cannot be dated in the future."""

    zh = "到账日期不能晚于今日。"


class NothingLeft(Refused):
    """The whole receipt has been claimed."""

    zh = "该笔到账已全部认领。"


class InstalmentPaid(Refused):
    """This instalment is paid in full."""

    zh = "该期款项已付清。"


@dataclass(eq=False)
class ClaimTooLarge(Refused):
    """The claim is larger than what is left of the receipt or open on the instalment."""

    zh = "认领金额超过到账余额或该期未付金额。"
    asked: Money
    left: Money
    open: Money
