"""The desk: for whom one acts, what that allows, and what of one's own is under way."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from app.web import naming
from app.web.routing import PageRouter
from app.web.visits import Visit, Visiting
from auctions import finding, shapes
from auctions.tables import Lot, Registration
from contracts.agreements import queries as contracts
from contracts.agreements.tables import Contract
from contracts.licences import queries as licences
from contracts.licences.tables import Trial
from kernel.http.auth import Actor
from kernel.paging import PageAsked
from market.listings import queries as listings
from market.listings.tables import Listing
from market.results import queries as results
from market.results.tables import Result
from parties import queries as parties

SHOWN: Final = 20

router = PageRouter()


@router.get("/desk")
def desk(visit: Visit) -> Response:
    """One's own desk. Who belongs to several organisations first chooses the one to act for."""
    actor = visit.member()
    homes = parties.memberships_of(visit.db, actor.person_id)
    things = _things(visit, actor) if actor.organisation_id is not None else {}
    return visit.show("desk.html", homes=homes, roles=sorted(actor.roles), **things)


def _things(visit: Visiting, actor: Actor) -> dict[str, Any]:
    """What stands under the organisation's name, newest first."""
    few = PageAsked(SHOWN, None)
    agreed, _ = visit.rows(contracts.visible_to(actor), Contract.id, few)
    tried, _ = visit.rows(licences.visible_to(actor), Trial.id, few)
    sides = {row.seller_id for row in agreed} | {row.buyer_id for row in agreed}
    sides |= {row.owner_id for row in tried} | {row.licensee_id for row in tried}
    return {
        "results": visit.rows(results.owned_by(actor), Result.id, few)[0],
        "listings": visit.rows(listings.owned_by(actor), Listing.id, few)[0],
        "contracts": agreed,
        "trials": tried,
        "names": naming.organisations(visit, sides),
        "lots": _lots(visit, actor),
    }


def _lots(visit: Visiting, actor: Actor) -> list[Any]:
    """The lots that one's organisation is registered for."""
    own = finding.registrations_visible_to(visit.db, actor)
    own = own.where(Registration.organisation_id == actor.organisation_id)
    lots = finding.visible_to(actor).where(Lot.id.in_(own.with_only_columns(Registration.lot_id)))
    return [shapes.lot(row, visit.now) for row in visit.rows(lots, Lot.id, PageAsked(SHOWN, None))[0]]
