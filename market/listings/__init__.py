"""Listings: a result offered at an agreed price, on a listing, or by auction; and on which basis its price rests."""
