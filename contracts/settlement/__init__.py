"""Settlement: a double-entry ledger that only grows, bank receipts, and the claim that says what a receipt was for."""
