"""Names behind ids and codes: organisations, technology fields, completers as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.web.visits import Visiting
from contracts.statistics import queries as statistics
from kernel.calendar import local_date
from kernel.ids import OrganisationId
from parties import queries as parties


def organisations(visit: Visiting, ids: Iterable[OrganisationId | None]) -> Mapping[OrganisationId, str]:
    """The names of organisations by id, in one query."""
    wanted = {one for one in ids if one is not None}
    return parties.names(visit.db, wanted) if wanted else {}


def fields(visit: Visiting) -> dict[str, str]:
    """The eleven technology fields in force, by code, in the visitor's language."""
    names = statistics.names_of(visit.db, "tech_field", on=local_date(visit.now))
    return {code: visit.t.either(*both) for code, both in sorted(names.items())}
