"""Affiliations on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from kernel.http.fields import Canonical, Day, LongText, ShortText, Wire
from kernel.ids import AffiliationId, OrganisationId
from parties.control import Relation
from parties.tables import Affiliation


class DeclareAffiliation(Wire):
    """Who the other organisation is to ours: our parent, our subsidiary, under the same controller, or closely related.

    `organisation_id` is needed from an operator, who speaks for neither side.
    """

    organisation_id: Canonical[OrganisationId] | None = None
    other_id: Canonical[OrganisationId]
    other_is: Literal["parent", "subsidiary", "same_controller", "close_relation"]
    starts_on: Day
    ends_on: Day | None = None
    evidence: LongText


class EndAffiliation(Wire):
    """The last day of the relation, and how that is known."""

    ends_on: Day
    reason: ShortText


class AffiliationOut(Wire):
    """A declared relation; for `control` the first organisation is the parent of the second."""

    id: AffiliationId
    first_id: OrganisationId
    second_id: OrganisationId
    relation: Relation
    starts_on: date
    ends_on: date | None
    evidence: str
    declared_for: OrganisationId
    declared_at: datetime
    is_confirmed: bool

    @classmethod
    def of(cls, row: Affiliation) -> AffiliationOut:
        """The row."""
        names = [name for name in cls.model_fields if name != "is_confirmed"]
        return cls(**{name: getattr(row, name) for name in names}, is_confirmed=row.confirmed_at is not None)
