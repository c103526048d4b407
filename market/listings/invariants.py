"""What must never be false of the market, as queries that select the offenders."""

from kernel.invariants import invariant


@invariant("M1", "a government unit's agreed sale has a closed notice that ran its fifteen days before the deal")
def notice_before_deal() -> str:
    """浙江省促进科技成果转化条例 art 17."""
    return """
        SELECT d.id::text FROM deal d JOIN listing l ON l.id = d.listing_id
         WHERE d.mode = 'agreed' AND l.regime = 'GOV_UNIT' AND NOT EXISTS (
           SELECT FROM notice n WHERE n.id = d.notice_id AND n.state = 'closed' AND n.days >= 15
              AND n.closed_at <= d.made_at AND d.made_at >= n.starts_at + interval '15 days'
              AND (n.price, n.transferee_id, n.listing_id) = (d.price, d.buyer_id, d.listing_id))"""


@invariant("M2", "a listing that has come to a deal has one, with its contract, and no other listing has")
def deals_and_listings() -> str:
    """One deal a listing is a unique constraint; this looks at it from the listing's side."""
    return """
        SELECT l.id::text FROM listing l LEFT JOIN deal d ON d.listing_id = l.id
         WHERE (l.state = 'deal') <> (d.id IS NOT NULL)"""


@invariant("M3", "deal and contract say the same: parties, price, mode, basis, result")
def deals_and_contracts() -> str:
    """The contract copies the deal's facts in the transaction that makes it."""
    return """
        SELECT d.id::text FROM deal d JOIN contract c ON c.id = d.contract_id
         WHERE (c.deal_id, c.seller_id, c.buyer_id, c.price, c.mode, c.basis, c.result_id, c.related_party)
            IS DISTINCT FROM (d.id, d.seller_id, d.buyer_id, d.price, d.mode, d.basis, d.result_id, d.related_party)"""


@invariant("M4", "nothing is published before its decision is complete")
def decided_before_published() -> str:
    """条例 art 19: each step of the round that stands is approved."""
    return """
        SELECT l.id::text FROM listing l
         WHERE l.state NOT IN ('draft', 'in_decision', 'withdrawn')
           AND (l.approved_at IS NULL OR EXISTS (
             SELECT FROM decision s WHERE s.listing_id = l.id AND s.round = l.round AND s.state <> 'approved'))"""


@invariant("M5", "a published notice is what its hash says")
def notices_are_frozen() -> str:
    """The page is frozen by a trigger; here price and transferee are compared with the page's own words."""
    return """
        SELECT id::text FROM notice
         WHERE content IS NOT NULL AND ((content ->> 'price_fen')::bigint <> price
            OR (content ->> 'ends_on') <> ends_on::text OR (content ->> 'days')::int <> days)"""


@invariant("M6", "completers' shares sum to the whole")
def shares_sum() -> str:
    """Ten thousand basis points a result."""
    return """
        SELECT r.id::text FROM result r LEFT JOIN result_completer c ON c.result_id = r.id
         GROUP BY r.id HAVING coalesce(sum(c.share_bp), 0) <> 10000"""


@invariant("M7", "a sale by bidding is the award of its lot")
def deals_and_awards() -> str:
    """Price and lot of the deal are those of the award."""
    return """
        SELECT d.id::text FROM deal d LEFT JOIN lot_award a ON a.lot_id = d.lot_id
         WHERE d.lot_id IS NOT NULL AND d.price IS DISTINCT FROM a.price"""


@invariant("M8", "a government unit's benchmark from an estimate was signed off before it was public")
def benchmarks_are_signed_off() -> str:
    """浙政办发〔2025〕27号 item 13: a technology manager signed this very figure, or a range that holds it, and besides the
    unit decided together or a third party supported it.
    """
    return """
        SELECT l.id::text FROM listing l
         WHERE l.regime = 'GOV_UNIT' AND l.basis = 'ai_estimate_reviewed' AND l.published_at IS NOT NULL
           AND l.state NOT IN ('draft', 'in_decision', 'approved') AND NOT (
             EXISTS (
               SELECT FROM valuation_review r
                WHERE r.valuation_id = l.valuation_id AND r.verdict IN ('accept', 'override')
                  AND r.reviewed_at <= l.published_at AND NOT (r.verdict = 'accept' AND r.rests_on_generated)
                  AND l.benchmark BETWEEN coalesce(r.low, r.price) AND coalesce(r.high, r.price))
             AND (
               (SELECT count(DISTINCT s.decided_by) >= 2 FROM decision s
                 WHERE s.listing_id = l.id AND s.round = l.round AND s.state = 'approved' AND s.step <> 'ai_sign_off')
               OR EXISTS (
                 SELECT FROM third_party_review t WHERE t.valuation_id = l.valuation_id
                    AND (t.agrees OR l.benchmark BETWEEN t.low AND t.high))))"""


@invariant("M9", "a realised price is that of its settled contract")
def realised_prices_are_those_of_contracts() -> str:
    """Price, seller, result and the mark of related parties are the contract's."""
    return """
        SELECT p.contract_id::text FROM realised_price p LEFT JOIN contract c ON c.id = p.contract_id
         WHERE (c.price, c.seller_id, c.result_id, c.way, NOT c.related_party)
            IS DISTINCT FROM (p.price, p.owner_id, p.result_id, p.trade, p.arms_length)"""
