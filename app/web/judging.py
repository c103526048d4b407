"""What a valuation's page shows of the people who judge it: what they said, what is asked of the visitor, what he may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.web import naming
from app.web.visits import Visiting
from kernel.http.auth import Actor
from kernel.ids import OrganisationId, ValuationId
from kernel.signing import KeyFolder
from parties import queries as parties
from parties.roles import Role
from parties.states import OrganisationState
from parties.tables import Organisation
from valuation.reviewing import queries
from valuation.reviewing.commands.deciding import ASKERS
from valuation.reviewing.independence import THIRD_PARTIES
from valuation.reviewing.routes.shaping import Shaper, standing_invitations
from valuation.reviewing.schemas.comparing import ComparisonOut
from valuation.reviewing.schemas.judging import HumanDecisionOut
from valuation.reviewing.schemas.third_parties import InvitationOut, invitation_out
from valuation.reviewing.states import WAITING
from valuation.tables import Valuation

OFFERED_MAX: Final = 100
"""So many third parties are offered for inviting; more are found by their id over the interface."""


@dataclass(frozen=True, slots=True)
class Panel:
    """People's judgement of one valuation, as this visitor sees it. The `may_…` decide for the eye; commands decide by the rules."""

    seen: ComparisonOut
    waiting: HumanDecisionOut | None
    invitations: list[InvitationOut]
    offered: list[Organisation]
    names: Mapping[OrganisationId, str]
    reviews_seen: int
    newer: ValuationId | None
    may_judge: bool
    may_ask: bool
    may_withdraw: bool
    may_take_up: bool
    may_decide: bool
    may_invite: bool
    may_sign: bool
    inside: bool


def panel(visit: Visiting, row: Valuation) -> Panel:
    """The panel under a valuation. Its price has been opened by the page."""
    actor = visit.member()
    keys: KeyFolder | None = visit.request.app.state.keys
    shaper = Shaper(visit.db, row)
    seen = shaper.comparison(actor, keys, now=visit.now)
    waiting = next((one for one in seen.human_decisions if one.state in WAITING), None)
    own = actor.organisation_id == row.owner_id
    judges = queries.may_judge(visit.db, actor, row)
    invitations = [invitation_out(one) for one in standing_invitations(visit.db, actor, row)]
    signed = {one.organisation_id for one in seen.third_parties}
    may_invite = own and actor.has(Role.TRANSFER_OFFICE, Role.UNIT_APPROVER)
    offered = _offered(visit, actor, row, {one.organisation_id for one in invitations}) if may_invite else []
    mentioned = {one.organisation_id for one in seen.reviews}
    mentioned |= signed | {one.organisation_id for one in invitations}
    return Panel(
        seen=seen,
        waiting=waiting,
        invitations=[one for one in invitations if one.organisation_id not in signed],
        offered=offered,
        names=naming.organisations(visit, mentioned),
        reviews_seen=max((one.ordinal for one in seen.reviews), default=0),
        newer=shaper.newer,
        may_judge=judges and shaper.newer is None,
        may_ask=own and actor.has(*ASKERS) and waiting is None and shaper.newer is None,
        may_withdraw=own and actor.has(*ASKERS) and waiting is not None,
        may_take_up=judges and waiting is not None and waiting.state == "requested" and not _asked(actor, waiting),
        may_decide=judges and waiting is not None and waiting.taken_by == actor.person_id,
        may_invite=may_invite,
        may_sign=queries.is_invited(visit.db, actor, row) and actor.organisation_id not in signed,
        inside=queries.is_inside(visit.db, actor, row),
    )


def _asked(actor: Actor, waiting: HumanDecisionOut) -> bool:
    return waiting.asked_by == actor.person_id


def _offered(visit: Visiting, actor: Actor, row: Valuation, invited: set[OrganisationId]) -> list[Organisation]:
    """Verified associations and appraisers, by name, that are not invited yet; independence is looked at when inviting."""
    rows = parties.organisations_visible_to(actor).where(
        Organisation.kind.in_(THIRD_PARTIES),
        Organisation.state == OrganisationState.VERIFIED,
        Organisation.id.not_in({row.owner_id, *invited}),
    )
    return list(visit.db.execute(rows.order_by(Organisation.name, Organisation.id).limit(OFFERED_MAX)).scalars())
