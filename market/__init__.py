"""The market: results, their listings in the pricing modes, offers, notices, interests, and the deals that come of them."""
