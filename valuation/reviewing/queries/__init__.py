"""What may be asked at the review desk: who may judge, what stands, what waits, and how prices compare."""

from valuation.reviewing.queries.comparisons import Anchor, Report, anchored, realised_of, report
from valuation.reviewing.queries.judging import is_invited, may_judge, model_figure, newer_than, owned_by, reviewable
from valuation.reviewing.queries.standing import forged_reviews, review_sha256, sign_off, signed, third_parties
from valuation.reviewing.queries.waiting import Task, decisions_waiting, invitations_waiting, tasks
from valuation.reviewing.queries.written import (
    decisions_of,
    invitations_of,
    is_inside,
    review,
    reviews_of,
    standing_invitations,
    standing_review,
    third_party_reviews_of,
    under_review,
)

__all__ = [
    "Anchor",
    "Report",
    "Task",
    "anchored",
    "decisions_of",
    "decisions_waiting",
    "forged_reviews",
    "invitations_of",
    "invitations_waiting",
    "is_inside",
    "is_invited",
    "may_judge",
    "model_figure",
    "newer_than",
    "owned_by",
    "realised_of",
    "report",
    "review",
    "review_sha256",
    "reviewable",
    "reviews_of",
    "sign_off",
    "signed",
    "standing_invitations",
    "standing_review",
    "tasks",
    "third_parties",
    "third_party_reviews_of",
    "under_review",
]
