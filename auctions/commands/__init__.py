"""What can be done to a lot: announce it, register for it, bid, run it, close it, confirm or default its sale."""

from auctions.commands.announcing import announce, lodge_reserve, read_reserve
from auctions.commands.awarding import close_due, confirm, default
from auctions.commands.placing import Decision, place_bid
from auctions.commands.registering import mark_deposit_paid, register
from auctions.commands.running import cancel, open_due, resume, suspend, withdraw

__all__ = [
    "Decision",
    "announce",
    "cancel",
    "close_due",
    "confirm",
    "default",
    "lodge_reserve",
    "mark_deposit_paid",
    "open_due",
    "place_bid",
    "read_reserve",
    "register",
    "resume",
    "suspend",
    "withdraw",
]
