"""What must never be false of lots and their books; each query selects the offenders.

The numbers are those of the house's list: I4 order, I5 valid bids, I6 one right award, I8 the end never moves back.
"""

from kernel.invariants import invariant

LINE = "bid_book.lot_id || ' seq ' || bid_book.seq"


@invariant("I4", "the book of a lot runs from 1 to n without gaps, in order of time")
def book_has_no_gaps() -> str:
    """Lots whose lines are not 1…n, do not match the lot's own count, or run backwards in time."""
    return """
    SELECT lot.id::text FROM lot LEFT JOIN (
        SELECT lot_id, count(*) AS lines, min(seq) AS first, max(seq) AS last, bool_and(at >= before) AS in_order
        FROM (SELECT lot_id, seq, at, coalesce(lag(at) OVER (PARTITION BY lot_id ORDER BY seq), at) AS before FROM bid_book) line
        GROUP BY lot_id) book ON book.lot_id = lot.id
    WHERE coalesce(book.lines, 0) <> lot.entries OR book.first <> 1 OR book.last <> book.lines OR NOT book.in_order"""


@invariant("I5", "every valid bid reaches the bid before it plus a whole number of steps, and came before the end")
def bids_are_valid() -> str:
    """Lines of valid bids that are too low, off the step, or at or after the end as it stood before them."""
    return f"""
    SELECT {LINE} FROM (
        SELECT lot_id, seq, kind, amount, at,
               lag(ends_at) OVER (PARTITION BY lot_id ORDER BY seq) AS end_before,
               max(amount) FILTER (WHERE kind = 'bid') OVER (PARTITION BY lot_id ORDER BY seq
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS highest_before
        FROM bid_book) bid_book JOIN lot ON lot.id = bid_book.lot_id
    WHERE kind = 'bid' AND (
        at < lot.opens_at OR at >= coalesce(end_before, lot.planned_end)
        OR amount < coalesce(highest_before + lot.step, lot.start)
        OR (amount - coalesce(highest_before, lot.start)) % lot.step <> 0)"""


@invariant("I6", "a lot has an award if and only if it was sold, and the award is its highest valid bid")
def award_is_the_highest_bid() -> str:
    """Lots with an award that is missing, unfounded, not the highest valid bid, or below the reserve."""
    return """
    SELECT lot.id::text FROM lot
    LEFT JOIN lot_award award ON award.lot_id = lot.id
    LEFT JOIN lot_reserve secret ON secret.lot_id = lot.id
    LEFT JOIN LATERAL (
        SELECT seq, bidder, amount FROM bid_book WHERE bid_book.lot_id = lot.id AND kind = 'bid'
        ORDER BY amount DESC, seq LIMIT 1) best ON true
    WHERE (award.lot_id IS NOT NULL) <> (lot.state IN ('sold', 'confirmed', 'defaulted'))
       OR (award.lot_id IS NOT NULL AND (award.winning_seq, award.winner, award.price)
           IS DISTINCT FROM (best.seq, best.bidder, best.amount))
       OR award.price < secret.reserve
       OR (lot.state = 'below_reserve' AND best.amount >= coalesce(secret.reserve, 0))
       OR (lot.state = 'no_bids' AND best.seq IS NOT NULL)"""


@invariant("I8", "the end of a lot never moves back and never passes its hard end")
def end_never_moves_back() -> str:
    """Lines after which the lot ended earlier than before, and lots past their hard end."""
    return f"""
    SELECT {LINE} FROM (
        SELECT lot_id, seq, ends_at, lag(ends_at) OVER (PARTITION BY lot_id ORDER BY seq) AS end_before
        FROM bid_book) bid_book WHERE ends_at < end_before
    UNION ALL
    SELECT id::text FROM lot WHERE ends_at < planned_end OR ends_at > hard_end"""


@invariant("I6", "only the winner's deposit stays with the market after the close")
def deposits_after_the_close() -> str:
    """Registrations whose deposit does not fit the outcome of their lot."""
    return """
    SELECT registration.id::text FROM lot_registration registration
    JOIN lot ON lot.id = registration.lot_id
    LEFT JOIN lot_award award ON award.lot_id = lot.id AND award.winner = registration.number
    WHERE (registration.deposit_state IN ('locked', 'applied', 'forfeited') AND award.lot_id IS NULL)
       OR (registration.deposit_state = 'paid'
           AND lot.state NOT IN ('announced', 'open', 'extended', 'suspended', 'closed'))"""


@invariant("I3", "an organisation is registered for a lot at most once, and never for its own")
def registrations_are_unique() -> str:
    """Registrations that repeat another, number a lot with gaps, or are the seller's own."""
    return """
    SELECT min(registration.id::text) FROM lot_registration registration
    GROUP BY lot_id, organisation_id HAVING count(*) > 1
    UNION ALL
    SELECT registration.id::text FROM lot_registration registration
    JOIN lot ON lot.id = registration.lot_id WHERE lot.seller_id = registration.organisation_id
    UNION ALL
    SELECT lot.id::text FROM lot
    WHERE lot.bidders <> (SELECT count(*) FROM lot_registration r WHERE r.lot_id = lot.id)"""
