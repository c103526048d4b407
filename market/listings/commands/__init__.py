"""What can be done on the listing desk. Each command loads and locks, asks the rules, writes, tells."""

from market.listings.commands.appraising import record_report
from market.listings.commands.bidding import announce_lot, carry_bidders, take_failure, take_sale
from market.listings.commands.dealing import conclude
from market.listings.commands.deciding import decide, set_chain
from market.listings.commands.drafting import draft, revise, submit, withdraw
from market.listings.commands.negotiating import OfferEntry, accept, counter, expire_due, offer, reject, withdraw_offer
from market.listings.commands.noticing import close_due, draft_trial_notice, give_notice, publish_notice
from market.listings.commands.objecting import decide_objection, object_to
from market.listings.commands.opening import end, extend, publish, relist
from market.listings.commands.removing import withdraw_result
from market.listings.commands.reopening import reopen
from market.listings.commands.taking import close_periods, record_deposit, register_interest, withdraw_interest

__all__ = [
    "OfferEntry",
    "accept",
    "announce_lot",
    "carry_bidders",
    "close_due",
    "close_periods",
    "conclude",
    "counter",
    "decide",
    "decide_objection",
    "draft",
    "draft_trial_notice",
    "end",
    "expire_due",
    "extend",
    "give_notice",
    "object_to",
    "offer",
    "publish",
    "publish_notice",
    "record_deposit",
    "record_report",
    "register_interest",
    "reject",
    "relist",
    "reopen",
    "revise",
    "set_chain",
    "submit",
    "take_failure",
    "take_sale",
    "withdraw",
    "withdraw_interest",
    "withdraw_offer",
    "withdraw_result",
]
