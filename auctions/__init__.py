"""Auctions and online bidding: lots, their bidders, the order of their bids, and a close that anybody can recompute."""
