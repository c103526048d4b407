"""What the review desk tells the house: that a person has judged, never at which price."""

from dataclasses import dataclass
from datetime import datetime

from kernel.events import Event
from kernel.ids import HumanDecisionId, OrganisationId, ReviewId, ThirdPartyReviewId, ValuationId


@dataclass(frozen=True)
class ValuationReviewed(Event):
    """A technology manager has accepted or overridden a valuation, or given an independent price."""

    valuation_id: ValuationId
    review_id: ReviewId
    owner_id: OrganisationId
    verdict: str


@dataclass(frozen=True)
class ThirdPartyReviewSigned(Event):
    """An association or an appraiser has signed a review."""

    valuation_id: ValuationId
    review_id: ThirdPartyReviewId
    owner_id: OrganisationId
    organisation_id: OrganisationId
    agrees: bool


@dataclass(frozen=True)
class HumanDecisionAsked(Event):
    """The seller wants a person to decide instead of the model."""

    valuation_id: ValuationId
    decision_id: HumanDecisionId
    owner_id: OrganisationId
    due_at: datetime


@dataclass(frozen=True)
class HumanDecisionMade(Event):
    """A technology manager has decided."""

    valuation_id: ValuationId
    decision_id: HumanDecisionId
    owner_id: OrganisationId
    review_id: ReviewId
