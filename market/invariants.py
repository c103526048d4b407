"""What must never be false between the rooms below, as queries that select the offenders."""

from kernel.invariants import invariant


@invariant("M8", "what valuation knows of a lot of this market is how it ended in the hall")
def lots_are_told_truly() -> str:
    """What has not been told yet is not missing; what was told is not told otherwise."""
    return """
        SELECT p.id::text FROM past_lot p
        LEFT JOIN lot l ON l.id::text = p.source_id
        LEFT JOIN lot_award a ON a.lot_id = l.id
        WHERE p.source = 'lot' AND (
            l.id IS NULL OR l.start <> p.start OR a.price IS DISTINCT FROM p.final
            OR (p.outcome <> 'sold' AND p.outcome <> l.state))"""
