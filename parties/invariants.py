"""What must never be false among the parties, beyond what a constraint can say."""

from kernel.invariants import invariant


@invariant("P1", "every organisation that trades or may trade has an administrator")
def organisations_have_an_admin() -> str:
    """Organisations without any administrator, shut accounts included."""
    return """SELECT o.id::text FROM organisation o WHERE o.state <> 'rejected' AND NOT EXISTS (
                SELECT FROM membership m
                WHERE m.organisation_id = o.id AND m.ended_at IS NULL AND 'admin' = ANY (m.roles))"""


@invariant("P2", "an organisation's party type code was in force when it registered")
def party_types_are_known() -> str:
    """Organisations under a code that was not in force on the day in Shanghai."""
    return """SELECT o.id::text FROM organisation o WHERE NOT EXISTS (
                SELECT FROM party_type t WHERE t.code = o.party_type_code
                AND t.valid_from <= (o.registered_at AT TIME ZONE 'Asia/Shanghai')::date
                AND (t.valid_to IS NULL OR t.valid_to > (o.registered_at AT TIME ZONE 'Asia/Shanghai')::date))"""


@invariant("P3", "an organisation's size is that of its last declaration")
def sizes_follow_declarations() -> str:
    """Enterprises whose size differs from their last declaration."""
    return """SELECT o.id::text FROM organisation o LEFT JOIN LATERAL (
                SELECT d.size FROM size_declaration d WHERE d.organisation_id = o.id
                ORDER BY d.declared_at DESC, d.id DESC LIMIT 1) last ON true
              WHERE o.size IS DISTINCT FROM last.size"""


@invariant("P4", "a live API key belongs to a live membership, or opens nothing")
def keys_hold_no_more_than_their_person() -> str:
    """Unrevoked keys with a role that cannot be held in the kind of their organisation."""
    return """SELECT k.id::text FROM api_key k JOIN membership m USING (organisation_id, person_id)
              WHERE k.revoked_at IS NULL AND m.organisation_kind <> 'exchange'
              AND k.roles && ARRAY['registrar', 'auctioneer', 'operator', 'statistician', 'supervisor']"""
