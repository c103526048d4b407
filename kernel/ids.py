"""Typed identifiers: one kind of id cannot stand for another, and all of them sort by when they were made."""

from typing import NewType
from uuid import UUID

from uuid_utils.compat import uuid7

OrganisationId = NewType("OrganisationId", UUID)
PersonId = NewType("PersonId", UUID)
ApiKeyId = NewType("ApiKeyId", UUID)
SessionId = NewType("SessionId", UUID)
InvitationId = NewType("InvitationId", UUID)
AffiliationId = NewType("AffiliationId", UUID)

ResultId = NewType("ResultId", UUID)
ListingId = NewType("ListingId", UUID)
OfferId = NewType("OfferId", UUID)
NoticeId = NewType("NoticeId", UUID)
ObjectionId = NewType("ObjectionId", UUID)
InterestId = NewType("InterestId", UUID)
AppraisalId = NewType("AppraisalId", UUID)
DealId = NewType("DealId", UUID)

ValuationId = NewType("ValuationId", UUID)
ModelRunId = NewType("ModelRunId", UUID)
TransactionId = NewType("TransactionId", UUID)
ImportId = NewType("ImportId", UUID)
PastLotId = NewType("PastLotId", UUID)
WeightSetId = NewType("WeightSetId", UUID)
ScorecardId = NewType("ScorecardId", UUID)
WorkingPaperId = NewType("WorkingPaperId", UUID)
IndicationId = NewType("IndicationId", UUID)
PoolingReviewId = NewType("PoolingReviewId", UUID)
ReviewId = NewType("ReviewId", UUID)
ReviewInvitationId = NewType("ReviewInvitationId", UUID)
ThirdPartyReviewId = NewType("ThirdPartyReviewId", UUID)
HumanDecisionId = NewType("HumanDecisionId", UUID)

LotId = NewType("LotId", UUID)
RegistrationId = NewType("RegistrationId", UUID)
BidId = NewType("BidId", UUID)

ContractId = NewType("ContractId", UUID)
LicenceId = NewType("LicenceId", UUID)
TrialId = NewType("TrialId", UUID)
PoolEntryId = NewType("PoolEntryId", UUID)
InstalmentId = NewType("InstalmentId", UUID)
ReceiptId = NewType("ReceiptId", UUID)
TransferId = NewType("TransferId", UUID)
FactId = NewType("FactId", UUID)

EventId = NewType("EventId", UUID)
FileId = NewType("FileId", UUID)

# Every kind of id above; the database maps each to a plain uuid column.
ID_TYPES = tuple(value for name, value in dict(globals()).items() if name.endswith("Id") and isinstance(value, NewType))


def new_id() -> UUID:
    """Make a UUIDv7: 48 bits of milliseconds, then randomness. Never a secret (it can be guessed in part)."""
    return uuid7()
