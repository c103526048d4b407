"""Statistics of the technology market: code tables, one fact a registered contract, official tables that reconcile to the fen."""
