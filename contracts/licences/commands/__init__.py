"""What can be done with the pool, with trials and with the costs behind a reward."""

from contracts.licences.commands.agreeing import accept_terms, ask_for_trial, propose_terms, sign_nda, withdraw
from contracts.licences.commands.ending import convert, end_silent_trials, give_back
from contracts.licences.commands.pooling import pool, withdraw_from_pool
from contracts.licences.commands.rewarding import state_costs
from contracts.licences.commands.running import notice_closed, notice_failed, report

__all__ = [
    "accept_terms",
    "ask_for_trial",
    "convert",
    "end_silent_trials",
    "give_back",
    "notice_closed",
    "notice_failed",
    "pool",
    "propose_terms",
    "report",
    "sign_nda",
    "state_costs",
    "withdraw",
    "withdraw_from_pool",
]
