"""The tables of the listing desk."""

from market.listings.tables.buying import Interest, Notice, Objection, Offer
from market.listings.tables.selling import Deal, Decision, DecisionChain, Listing

__all__ = ["Deal", "Decision", "DecisionChain", "Interest", "Listing", "Notice", "Objection", "Offer"]
