"""What can be done with a result: register, settle a priority, let somebody see it, value it, pool it, publish it."""

from market.results.commands.pooling import pool
from market.results.commands.registering import mark_returned, mark_sold, publish, register, settle_priority, withdraw
from market.results.commands.valuing import engage, value

__all__ = [
    "engage",
    "mark_returned",
    "mark_sold",
    "pool",
    "publish",
    "register",
    "settle_priority",
    "value",
    "withdraw",
]
