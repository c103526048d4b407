"""What may be asked at the review desk: who may judge, what stands, what waits, and how prices compare."""

from valuation.reviewing.queries.comparisons import Anchor, Report, anchored, realised_of, report
from valuation.reviewing.queries.judging import is_invited, may_judge, model_figure, newer_than, owned_by, reviewable
from valuation.reviewing.queries.standing import sign_off, third_parties
from valuation.reviewing.queries.waiting import Task, decisions_waiting, invitations_waiting, tasks
from valuation.reviewing.queries.written import (
    decisions_of,
    invitations_of,
    reviews_of,
    standing_invitations,
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
    "invitations_of",
    "invitations_waiting",
    "is_invited",
    "may_judge",
    "model_figure",
    "newer_than",
    "owned_by",
    "realised_of",
    "report",
    "reviewable",
    "reviews_of",
    "sign_off",
    "standing_invitations",
    "tasks",
    "third_parties",
    "third_party_reviews_of",
    "under_review",
]
