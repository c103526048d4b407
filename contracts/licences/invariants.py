"""What must never be false of trials."""

from kernel.invariants import invariant


@invariant("I17", "a converted trial has one contract of its own, at no more than the price agreed")
def conversions_hold() -> str:
    """Fixed prices are checked against the agreement, formulas against their cap."""
    return """
        SELECT t.id::text FROM trial t LEFT JOIN contract c ON c.id = t.contract_id
        WHERE t.state = 'converted' AND (c.id IS NULL OR c.trial_id IS DISTINCT FROM t.id
          OR c.price > CASE WHEN t.price_gain_bp = 0 THEN t.price_base ELSE coalesce(t.price_cap, c.price) END)"""
