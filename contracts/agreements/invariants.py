"""What must never be false of contracts."""

from kernel.invariants import invariant


@invariant("I11", "the instalments of a contract sum to its price")
def instalments_sum() -> str:
    """The plan that holds, to the fen."""
    return """
        SELECT c.id::text FROM contract c
        LEFT JOIN instalment i ON i.contract_id = c.id AND i.plan = c.plan
        GROUP BY c.id, c.price HAVING coalesce(sum(i.amount::numeric), 0) <> c.price"""


@invariant("I13", "a contract in force carries two checked signatures, checked by other persons than recorded them")
def signed_by_both() -> str:
    """Civil Code 490, 863."""
    return """
        SELECT c.id::text FROM contract c
        WHERE c.state IN ('signed', 'effective', 'performing', 'completed') AND 2 <> (
            SELECT count(DISTINCT s.side) FROM contract_signature s
            WHERE s.contract_id = c.id AND s.state = 'checked' AND s.checked_by <> s.recorded_by)"""


@invariant("I14", "a licence contract in force has its licence, and no two licences in force exclude each other")
def licences_stand() -> str:
    """司法解释 art 25: exclusive and sole licences suffer no other over the same days."""
    return """
        SELECT c.id::text FROM contract c
        WHERE c.way = 'licence' AND c.state IN ('effective', 'performing', 'completed')
          AND NOT EXISTS (SELECT FROM licence l WHERE l.contract_id = c.id AND l.ended_on IS NULL)
        UNION ALL
        SELECT a.id::text FROM licence a JOIN licence b ON b.result_id = a.result_id AND b.id <> a.id
        WHERE a.ended_on IS NULL AND b.ended_on IS NULL AND a.kind IN ('exclusive', 'sole')
          AND daterange(a.starts_on, a.ends_on, '[]') && daterange(b.starts_on, b.ends_on, '[]')"""


@invariant("I15", "the facts of a contract's statistics are its registration, to the fen")
def facts_are_registrations() -> str:
    """What stands of the facts equals what stands at the registry; a cancelled registration leaves nothing."""
    return """
        SELECT coalesce(r.contract_id, f.contract_id)::text
        FROM (SELECT contract_id, contract_value, technology_value FROM contract_registration
              WHERE cancelled_on IS NULL) r
        FULL JOIN (SELECT contract_id, sum(contracts) AS contracts, sum(contract_value::numeric) AS contract_value,
                          sum(technology_value::numeric) AS technology_value
                   FROM statistics_fact WHERE source = 'platform' GROUP BY contract_id
                   HAVING sum(contracts) <> 0 OR sum(contract_value::numeric) <> 0) f
          ON f.contract_id = r.contract_id
        WHERE (f.contracts, f.contract_value, f.technology_value)
              IS DISTINCT FROM (1, r.contract_value, r.technology_value)"""
