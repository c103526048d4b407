"""What can be done at the review desk."""

from valuation.reviewing.commands.deciding import ask, decide, take_up, withdraw
from valuation.reviewing.commands.inviting import invite, withdraw_invitation
from valuation.reviewing.commands.judging import review
from valuation.reviewing.commands.realising import record_realised
from valuation.reviewing.commands.seeing import open_valuation, seen
from valuation.reviewing.commands.signing import Statement, sign_review
from valuation.reviewing.commands.taking_part import engage, name_completer

__all__ = [
    "Statement",
    "ask",
    "decide",
    "engage",
    "invite",
    "name_completer",
    "open_valuation",
    "record_realised",
    "review",
    "seen",
    "sign_review",
    "take_up",
    "withdraw",
    "withdraw_invitation",
]
