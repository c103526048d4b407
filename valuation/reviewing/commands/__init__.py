"""What can be done at the review desk."""

from valuation.reviewing.commands.deciding import ask, decide, take_up, withdraw
from valuation.reviewing.commands.inviting import invite, withdraw_invitation
from valuation.reviewing.commands.judging import review
from valuation.reviewing.commands.realising import record_realised
from valuation.reviewing.commands.seeing import first_seen, open_valuation, seen
from valuation.reviewing.commands.signing import Statement, sign_review
from valuation.reviewing.commands.taking_part import Part, take_part

__all__ = [
    "Part",
    "Statement",
    "ask",
    "decide",
    "first_seen",
    "invite",
    "open_valuation",
    "record_realised",
    "review",
    "seen",
    "sign_review",
    "take_part",
    "take_up",
    "withdraw",
    "withdraw_invitation",
]
