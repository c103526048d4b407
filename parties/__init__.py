"""Who takes part in the market: organisations, their people and roles, sign-in, keys, and who belongs to whom."""
