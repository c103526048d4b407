"""What must never be false of reports, scorecards and indications in a live database."""

from kernel.invariants import invariant


@invariant("A1", "the document of a report is the one whose hash was recorded")
def files_are_the_recorded_ones() -> str:
    """The command compares the bytes; here the two rows are compared."""
    return """
        SELECT f.appraisal_id::text FROM appraisal_file f JOIN appraisal a ON a.id = f.appraisal_id
         WHERE f.sha256 <> a.file_sha256"""


@invariant("A2", "an indication's range is the one that its pooled form says")
def indications_say_one_thing() -> str:
    """Columns and document are written together."""
    return """
        SELECT id::text FROM indication
         WHERE (low, likely, high, method) IS DISTINCT FROM ((indication ->> 'low_fen')::bigint,
           (indication ->> 'likely_fen')::bigint, (indication ->> 'high_fen')::bigint, indication ->> 'method')"""


@invariant("A3", "a scorecard's total is α·LV + β·TV + γ·EV of the weights that it was made with")
def totals_follow_from_weights() -> str:
    """To the hundredth of a point; an open total has an open value."""
    return """
        SELECT id::text FROM scorecard
         WHERE total IS NOT NULL AND abs(total - ((weights -> 'shares_bp' ->> 'legal')::int * coalesce(legal, 0)
             + (weights -> 'shares_bp' ->> 'technical')::int * coalesce(technical, 0)
             + (weights -> 'shares_bp' ->> 'economic')::int * coalesce(economic, 0)) / 10000.0) > 0.5"""


@invariant("A4", "a working paper's value is the one that its outcome shows")
def papers_say_one_thing() -> str:
    """Columns and document are written together."""
    return "SELECT id::text FROM working_paper WHERE value <> (outcome ->> 'value_fen')::bigint"
