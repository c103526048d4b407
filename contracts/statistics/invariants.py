"""What must never be false of the figures."""

from kernel.invariants import invariant


@invariant("I18", "every figure that was taken back had been counted, and no more than counted is taken back")
def facts_alternate() -> str:
    """Of each contract at most one count stands."""
    return """
        SELECT contract_id::text FROM statistics_fact WHERE contract_id IS NOT NULL
        GROUP BY contract_id HAVING sum(contracts) NOT IN (0, 1)"""
