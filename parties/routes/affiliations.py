"""Affiliations over HTTP: declared, confirmed, ended."""

from __future__ import annotations

from kernel.http.auth import Actor
from kernel.http.context import CurrentActor, Db, Now
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import AffiliationId
from kernel.paging import Page, PageQuery, page_of
from parties import errors, queries
from parties.commands import affiliations
from parties.control import Relation
from parties.schemas.affiliations import AffiliationOut, DeclareAffiliation, EndAffiliation
from parties.tables import Affiliation

router = Router(prefix="/v1/affiliations", tags=["affiliations"])


@router.post(
    "",
    status_code=201,
    operation_id="affiliation_declare",
    responses=problems(errors.AffiliatedToItself, errors.PeriodNotValid),
)
def declare(body: DeclareAffiliation, db: Db, actor: CurrentActor, now: Now) -> AffiliationOut:
    """Declare who belongs to whom. ADMIN of one side, or OPERATOR of the exchange (whose word confirms it)."""
    return AffiliationOut.of(affiliations.declare(db, declared=_declared(body, actor), actor=actor, now=now))


@router.get("", operation_id="affiliation_list")
def listed(db: Db, actor: CurrentActor, page: PageQuery) -> Page[AffiliationOut]:
    """The affiliations of one's organisation; operators see all."""
    return page_of(db, queries.affiliations_visible_to(actor), Affiliation.id, page, AffiliationOut.of)


@router.post(
    "/{affiliation_id}/confirmation", operation_id="affiliation_confirm", responses=problems(errors.AlreadyConfirmed)
)
def confirm(affiliation_id: AffiliationId, db: Db, actor: CurrentActor, now: Now) -> AffiliationOut:
    """Confirm what the other side declared; from then on chains run through it. ADMIN of the other side, or OPERATOR."""
    return AffiliationOut.of(affiliations.confirm(db, affiliation_id=affiliation_id, actor=actor, now=now))


@router.post("/{affiliation_id}/end", operation_id="affiliation_end", responses=problems(errors.PeriodNotValid))
def end(affiliation_id: AffiliationId, body: EndAffiliation, db: Db, actor: CurrentActor, now: Now) -> AffiliationOut:
    """Set the last day of a relation. OPERATOR of the exchange."""
    row = affiliations.end(
        db, affiliation_id=affiliation_id, ends_on=body.ends_on, reason=body.reason, actor=actor, now=now
    )
    return AffiliationOut.of(row)


def _declared(body: DeclareAffiliation, actor: Actor) -> affiliations.Declared:
    ours = body.organisation_id or actor.organisation()
    first, second = (body.other_id, ours) if body.other_is == "parent" else (ours, body.other_id)
    relation = Relation.CONTROL if body.other_is in ("parent", "subsidiary") else Relation(body.other_is)
    return affiliations.Declared(first, second, relation, body.starts_on, body.ends_on, body.evidence)
