"""What the auction room tells the house."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event
from kernel.ids import LotId, OrganisationId, RegistrationId
from kernel.money import Money


@dataclass(frozen=True)
class LotAnnounced(Event):
    """A lot has been announced to the public."""

    lot_id: LotId
    subject_id: UUID
    seller_id: OrganisationId


@dataclass(frozen=True)
class LotSold(Event):
    """A lot was sold to the highest bidder."""

    lot_id: LotId
    subject_id: UUID
    seller_id: OrganisationId
    winner_id: OrganisationId
    price: Money
    bids: int
    bidders: int


@dataclass(frozen=True)
class LotUnsold(Event):
    """A lot will not be sold: `below_reserve`, `no_bids`, `withdrawn` or `cancelled`."""

    lot_id: LotId
    subject_id: UUID
    outcome: str


@dataclass(frozen=True)
class AwardConfirmed(Event):
    """The confirmation of sale (成交确认书) has been recorded."""

    lot_id: LotId
    subject_id: UUID
    confirmation_number: str


@dataclass(frozen=True)
class AwardDefaulted(Event):
    """The winner has not kept the sale; what follows is the seller's choice under the rules."""

    lot_id: LotId
    subject_id: UUID
    winner_id: OrganisationId


@dataclass(frozen=True)
class DepositReleased(Event):
    """A deposit is owed back to the bidder who paid it."""

    registration_id: RegistrationId
    lot_id: LotId
    organisation_id: OrganisationId
    amount: Money
