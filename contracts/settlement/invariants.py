"""What must never be false of the books."""

from kernel.invariants import invariant


@invariant("I1", "debits equal credits, in every transfer and in total")
def debits_equal_credits() -> str:
    """Every leg that a transfer promises is there, and the legs balance."""
    return """
        SELECT t.id::text FROM ledger_transfer t LEFT JOIN ledger_entry e ON e.transfer_id = t.id
        GROUP BY t.id, t.legs
        HAVING count(e.transfer_id) <> t.legs
            OR coalesce(sum(CASE e.side WHEN 'debit' THEN e.amount::numeric ELSE -e.amount::numeric END), 0) <> 0"""


@invariant("I2", "no account of money received stands below zero")
def no_account_below_zero() -> str:
    """Bank by debit; suspense, payables and proceeds by credit."""
    return """
        SELECT a.id::text FROM ledger_account a JOIN ledger_entry e ON e.account_id = a.id
        GROUP BY a.id, a.purpose
        HAVING sum(CASE WHEN (e.side = 'debit') = (a.purpose = 'bank') THEN e.amount::numeric
                        ELSE -e.amount::numeric END) < 0"""


@invariant("I10", "no settled contract without posted money, and what is paid is what was posted")
def paid_is_posted() -> str:
    """Instalments paid, claims and the credit legs of their postings agree; a settled contract is paid in full."""
    return """
        SELECT c.id::text FROM contract c
        LEFT JOIN LATERAL (SELECT coalesce(sum(paid::numeric), 0) AS paid FROM instalment i
                           WHERE i.contract_id = c.id) i ON true
        LEFT JOIN LATERAL (SELECT coalesce(sum(k.amount::numeric), 0) AS claimed FROM receipt_claim k
                           WHERE k.contract_id = c.id) k ON true
        LEFT JOIN LATERAL (SELECT coalesce(sum(e.amount::numeric), 0) AS posted FROM receipt_claim k
                           JOIN ledger_entry e ON e.transfer_id = k.transfer_id AND e.side = 'credit'
                           WHERE k.contract_id = c.id) p ON true
        WHERE i.paid <> k.claimed OR k.claimed <> p.posted OR (c.settled_on IS NOT NULL AND p.posted <> c.price)"""


@invariant("I10", "no posting without the document it rests on")
def posted_has_a_document() -> str:
    """A receipt's or a claim's own row stands behind each transfer; reversals point at what they reverse."""
    return """
        SELECT t.id::text FROM ledger_transfer t
        WHERE (t.kind = 'receipt' AND NOT EXISTS (SELECT FROM bank_receipt r
                 WHERE r.transfer_id = t.id AND r.id = t.document_id))
           OR (t.kind = 'claim' AND NOT EXISTS (SELECT FROM receipt_claim k
                 WHERE k.transfer_id = t.id AND k.id = t.document_id))"""


@invariant("I16", "what a receipt has been claimed for is what its claims say, and the rest stands in suspense")
def suspense_is_unclaimed() -> str:
    """For every receipt; and for every holder, suspense equals what is unclaimed."""
    return """
        SELECT r.id::text FROM bank_receipt r LEFT JOIN receipt_claim k ON k.receipt_id = r.id
        GROUP BY r.id, r.claimed HAVING coalesce(sum(k.amount::numeric), 0) <> r.claimed
        UNION ALL
        SELECT a.organisation_id::text FROM ledger_account a
        WHERE a.purpose = 'suspense' AND (
            SELECT coalesce(sum(CASE e.side WHEN 'credit' THEN e.amount::numeric ELSE -e.amount::numeric END), 0)
            FROM ledger_entry e WHERE e.account_id = a.id) <> (
            SELECT coalesce(sum(r.amount::numeric - r.claimed), 0) FROM bank_receipt r
            WHERE r.holder_id = a.organisation_id)"""
