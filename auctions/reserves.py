"""The reserve price (保留价) before the sale: told to nobody, yet fixed by a commitment that everybody can see."""

import hashlib
import json

from kernel.ids import LotId
from kernel.money import Money


def commitment(lot_id: LotId, reserve: Money, salt: str) -> str:
    """The SHA-256, in hex, of the lot, its reserve in fen and a salt of 64 hex digits as canonical JSON.

    Published with the lot, it shows after a sale that the reserve was not chosen with the bids in view (拍卖法 art 28).
    """
    facts = {"lot": str(lot_id), "reserve_fen": reserve.fen, "salt": salt}
    return hashlib.sha256(json.dumps(facts, separators=(",", ":"), sort_keys=True).encode()).hexdigest()
