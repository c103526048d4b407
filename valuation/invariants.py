"""What must never be false of imports and valuations in a live database."""

from kernel.invariants import invariant


@invariant("I11", "the reasons of a valuation sum to its price, to the fen")
def reasons_close() -> str:
    """The stored allocation in yuan, where there is one."""
    return """
        SELECT v.id::text FROM valuation v
        WHERE v.price IS NOT NULL AND v.explanation ->> 'base_fen' IS NOT NULL
          AND v.price <> (v.explanation ->> 'base_fen')::bigint + (
              SELECT coalesce(sum((one ->> 'yuan_fen')::bigint), 0)
              FROM jsonb_array_elements(v.explanation -> 'contributions') AS one)"""


@invariant("I3", "an import stored exactly the rows that it says")
def imports_whole() -> str:
    """A row that lost its import, or an import that lost rows."""
    return """
        SELECT b.id::text FROM import_batch b
        LEFT JOIN (SELECT import_id, count(*) AS kept FROM past_transaction GROUP BY import_id) t ON t.import_id = b.id
        LEFT JOIN (SELECT import_id, count(*) AS kept FROM past_lot GROUP BY import_id) l ON l.import_id = b.id
        WHERE b.rows_stored <> coalesce(t.kept, 0) + coalesce(l.kept, 0)"""


@invariant("I3", "a price has the model run that made it")
def prices_have_models() -> str:
    """No price out of nowhere."""
    return "SELECT id::text FROM valuation WHERE price IS NOT NULL AND run_id IS NULL"
