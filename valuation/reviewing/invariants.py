"""What must never be false of the review desk in a live database."""

from kernel.invariants import invariant


@invariant("R1", "a review is of its valuation: owner, result and the model's figures are those that were judged")
def reviews_copy_their_valuation() -> str:
    """Both are kept, and neither is edited."""
    return """
        SELECT r.id::text FROM valuation_review r LEFT JOIN valuation v ON v.id = r.valuation_id
         WHERE v.id IS NULL OR (r.owner_id, r.result_id, r.model_price, r.model_low, r.model_high, r.rests_on_generated)
            IS DISTINCT FROM (v.owner_id, v.result_id, v.price, v.low, v.high, v.rests_on_generated)"""


@invariant("R2", "whether a reviewer had been shown the price is what the recorded reads say")
def sights_and_reviews_agree() -> str:
    """A read of a price of the same result that came before the review, or none."""
    return """
        SELECT r.id::text FROM valuation_review r
         WHERE r.shown_before <> EXISTS (
           SELECT FROM price_sight s WHERE s.person_id = r.reviewer_id AND s.result_id = r.result_id
              AND s.first_seen_at < r.reviewed_at)"""


@invariant("R3", "nobody judges the price of a result that he completed")
def completers_do_not_judge() -> str:
    """27号 item 13: neither as a technology manager nor as a third party."""
    return """
        SELECT r.id::text FROM valuation_review r JOIN valuation_part p
            ON p.valuation_id = r.valuation_id AND p.person_id = r.reviewer_id AND p.capacity = 'completer'
        UNION ALL
        SELECT t.id::text FROM third_party_review t JOIN valuation_part p
            ON p.valuation_id = t.valuation_id AND p.person_id = t.signed_by AND p.capacity = 'completer'"""


@invariant(
    "R4", "a third-party review is of an invited organisation other than the owner, under an invitation that stands"
)
def third_parties_were_invited() -> str:
    """An invitation that has been answered is not withdrawn."""
    return """
        SELECT t.id::text FROM third_party_review t LEFT JOIN review_invitation i ON i.id = t.invitation_id
         WHERE i.withdrawn_at IS NOT NULL OR (i.valuation_id, i.organisation_id, i.owner_id)
            IS DISTINCT FROM (t.valuation_id, t.organisation_id, t.owner_id) OR t.organisation_id = t.owner_id"""


@invariant("R5", "a signed review says in its columns what its signed document says")
def documents_say_the_same() -> str:
    """The signature itself is verified apart, with the register of keys."""
    return """
        SELECT t.id::text FROM third_party_review t
         WHERE encode(sha256(convert_to(t.document, 'UTF8')), 'hex') <> t.document_sha256
            OR (t.document::jsonb ->> 'review_id', t.document::jsonb ->> 'valuation_id',
                t.document::jsonb ->> 'organisation_id', t.document::jsonb ->> 'signed_by',
                (t.document::jsonb ->> 'agrees')::boolean, (t.document::jsonb ->> 'low')::bigint,
                (t.document::jsonb ->> 'high')::bigint, t.document::jsonb ->> 'opinion',
                t.document::jsonb ->> 'qualification', t.document::jsonb ->> 'file_sha256')
            IS DISTINCT FROM (t.id::text, t.valuation_id::text, t.organisation_id::text, t.signed_by::text, t.agrees,
                t.low, t.high, t.opinion, t.qualification, t.file_sha256)"""


@invariant("R6", "a human decision was made by who took it up, of the valuation it was asked for, and not by who asked")
def decisions_are_answered_by_a_person() -> str:
    """个人信息保护法 art 24."""
    return """
        SELECT d.id::text FROM human_decision d LEFT JOIN valuation_review r ON r.id = d.review_id
         WHERE d.taken_by = d.asked_by OR (d.state = 'decided' AND (
           (r.valuation_id, r.reviewer_id) IS DISTINCT FROM (d.valuation_id, d.taken_by) OR r.verdict = 'own_price'))"""
