"""The review desk on pages: what awaits the visitor, pricing blind, and the forms under a valuation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from starlette.responses import Response

from app.web import forms, naming
from app.web.pages.valuations import show_valuation
from app.web.routing import PageRouter
from app.web.visits import Visit, Visiting, go
from kernel.errors import Forbidden, NotFound, Problem
from kernel.http.context import Keys, WallNow
from kernel.ids import HumanDecisionId, ReviewInvitationId, ValuationId
from market.results import queries as results
from parties.roles import Role
from valuation.reviewing import commands, queries
from valuation.reviewing.commands.seeing import was_shown
from valuation.reviewing.kinds import Verdict
from valuation.reviewing.schemas.blind import blind_out
from valuation.reviewing.schemas.judging import AskIn, DecisionIn, ReviewIn
from valuation.reviewing.schemas.third_parties import InviteIn, SignIn
from valuation.reviewing.signatures import PURPOSE
from valuation.tables import Valuation
from valuation.words import KINDS, TRADES

router = PageRouter()


@router.get("/reviews")
def desk(visit: Visit) -> Response:
    """What awaits the visitor: valuations to judge, human decisions to make, reviews to sign."""
    actor = visit.member()
    actor.must_have(Role.TECHNOLOGY_MANAGER, Role.APPRAISER)
    judges, signs = actor.has(Role.TECHNOLOGY_MANAGER), actor.has(Role.APPRAISER)
    decisions = visit.db.execute(queries.decisions_waiting(actor)).scalars().all() if judges else []
    invitations = visit.db.execute(queries.invitations_waiting(actor)).scalars().all() if signs else []
    valued = [one.valuation_id for one in decisions] + [one.valuation_id for one in invitations]
    owners = [one.owner_id for one in decisions] + [one.owner_id for one in invitations]
    return visit.show(
        "reviews.html",
        tasks=queries.tasks(visit.db, actor) if judges else [],
        decisions=decisions,
        invitations=invitations,
        titles=_titles(visit, valued),
        owners=naming.organisations(visit, owners),
        judges=judges,
        signs=signs,
        kinds=KINDS,
        trades=TRADES,
    )


@router.get("/valuations/{valuation_id}/blind")
def blind(visit: Visit, valuation_id: ValuationId) -> Response:
    """Price a result before the model's price is shown."""
    return _blind(visit, valuation_id)


@router.post("/valuations/{valuation_id}/own-price")
def own_price(visit: Visit, valuation_id: ValuationId) -> Response:
    """Give an own price; only then is the model's shown."""
    actor, typed = visit.member(), visit.form

    def step() -> Any:
        body = forms.as_body(
            ReviewIn,
            verdict=Verdict.OWN_PRICE,
            price_fen=forms.fen(typed.get("own_price", "")),
            reason=typed.get("reason", ""),
        )
        return commands.review(
            visit.db,
            valuation_id=valuation_id,
            verdict=body.verdict,
            stated=body.figure(),
            reason=body.reason,
            actor=actor,
            now=visit.now,
        )

    made = visit.attempt(step)
    if not isinstance(made, Problem):
        return go(f"/valuations/{valuation_id}#review")
    if isinstance(made, NotFound | Forbidden):
        raise made
    return _blind(visit, valuation_id, problem=made)


@router.post("/valuations/{valuation_id}/reviews")
def review(visit: Visit, valuation_id: ValuationId) -> Response:
    """Accept the model's price, or override it with a reason."""
    typed = visit.form
    verdict = typed.get("verdict", "")
    names = ("accept_price",) if verdict == Verdict.ACCEPT else ("override_price", "override_low", "override_high")

    def step() -> Any:
        body = forms.as_body(
            ReviewIn,
            verdict=verdict,
            reason=typed.get(f"{verdict}_reason", ""),
            reviews_seen=_whole(typed.get("reviews_seen", "")),
            **_amounts(visit, *names),
        )
        return commands.review(
            visit.db,
            valuation_id=valuation_id,
            verdict=body.verdict,
            stated=body.figure(),
            reason=body.reason,
            reviews_seen=body.reviews_seen,
            actor=visit.member(),
            now=visit.now,
        )

    return _done(visit, valuation_id, step)


@router.post("/valuations/{valuation_id}/human-decisions")
def ask(visit: Visit, valuation_id: ValuationId) -> Response:
    """Ask that a person decides."""

    def step() -> Any:
        body = forms.as_body(AskIn, grounds=visit.form.get("grounds", ""))
        return commands.ask(
            visit.db, valuation_id=valuation_id, grounds=body.grounds, actor=visit.member(), now=visit.now
        )

    return _done(visit, valuation_id, step)


@router.post("/valuations/{valuation_id}/human-decisions/{decision_id}/taking-up")
def take_up(visit: Visit, valuation_id: ValuationId, decision_id: HumanDecisionId) -> Response:
    """Take a request up."""

    def step() -> Any:
        return commands.take_up(
            visit.db, valuation_id=valuation_id, decision_id=decision_id, actor=visit.member(), now=visit.now
        )

    return _done(visit, valuation_id, step)


@router.post("/valuations/{valuation_id}/human-decisions/{decision_id}/withdrawal")
def withdraw(visit: Visit, valuation_id: ValuationId, decision_id: HumanDecisionId) -> Response:
    """Take a request back."""

    def step() -> Any:
        return commands.withdraw(
            visit.db, valuation_id=valuation_id, decision_id=decision_id, actor=visit.member(), now=visit.now
        )

    return _done(visit, valuation_id, step)


@router.post("/valuations/{valuation_id}/human-decisions/{decision_id}/decision")
def decide(visit: Visit, valuation_id: ValuationId, decision_id: HumanDecisionId) -> Response:
    """Decide in place of the model."""
    typed = visit.form

    def step() -> Any:
        amounts = _amounts(visit, "decide_price", "decide_low", "decide_high")
        body = forms.as_body(
            DecisionIn, verdict=typed.get("verdict", ""), reason=typed.get("decide_reason", ""), **amounts
        )
        return commands.decide(
            visit.db,
            valuation_id=valuation_id,
            decision_id=decision_id,
            verdict=body.verdict,
            stated=body.figure(),
            reason=body.reason,
            actor=visit.member(),
            now=visit.now,
        )

    return _done(visit, valuation_id, step)


@router.post("/valuations/{valuation_id}/invitations")
def invite(visit: Visit, valuation_id: ValuationId) -> Response:
    """Invite a third party."""

    def step() -> Any:
        body = forms.as_body(InviteIn, organisation_id=visit.form.get("organisation_id", ""))
        return commands.invite(
            visit.db,
            valuation_id=valuation_id,
            organisation_id=body.organisation_id,
            actor=visit.member(),
            now=visit.now,
        )

    return _done(visit, valuation_id, step)


@router.post("/valuations/{valuation_id}/invitations/{invitation_id}/withdrawal")
def disinvite(visit: Visit, valuation_id: ValuationId, invitation_id: ReviewInvitationId) -> Response:
    """Take an invitation back."""

    def step() -> Any:
        return commands.withdraw_invitation(
            visit.db, valuation_id=valuation_id, invitation_id=invitation_id, actor=visit.member(), now=visit.now
        )

    return _done(visit, valuation_id, step)


@router.post("/valuations/{valuation_id}/third-party-reviews")
def sign(visit: Visit, valuation_id: ValuationId, wall_now: WallNow, keys: Keys) -> Response:
    """Sign a third-party review."""
    typed = visit.form

    def step() -> Any:
        body = forms.as_body(
            SignIn,
            agrees=typed.get("agrees") == "yes",
            opinion=typed.get("opinion", ""),
            qualification=typed.get("qualification", ""),
            file_sha256=typed.get("file_sha256", "").strip().lower(),
            **_amounts(visit, "sign_low", "sign_high"),
        )
        return commands.sign_review(
            visit.db,
            valuation_id=valuation_id,
            statement=body.statement(),
            signer=keys.signer(PURPOSE, wall_now),
            actor=visit.member(),
            now=visit.now,
            wall_now=wall_now,
        )

    return _done(visit, valuation_id, step)


def _done(visit: Visiting, valuation_id: ValuationId, step: Callable[[], Any]) -> Response:
    """Back to the valuation; what was refused stands on its page with what was typed."""
    made = visit.attempt(step)
    if isinstance(made, Problem):
        return show_valuation(visit, valuation_id, problem=made)
    return go(f"/valuations/{valuation_id}#review")


def _blind(visit: Visiting, valuation_id: ValuationId, *, problem: Problem | None = None) -> Response:
    actor = visit.member()
    row = queries.reviewable(visit.db, actor, valuation_id)
    seen = blind_out(row, already_shown=was_shown(visit.db, actor.person_id, row.result_id))
    return visit.show(
        "blind.html",
        status=problem.status if problem else 200,
        here=f"/valuations/{valuation_id}/blind",
        blind=seen,
        summary=results.result(visit.db, actor, row.result_id).summary,
        newer=queries.newer_than(visit.db, row),
        kinds=KINDS,
        trades=TRADES,
        problem=problem,
        typed=visit.form if problem else {},
    )


def _amounts(visit: Visiting, *fields: str) -> dict[str, int]:
    """What was typed into fields such as `override_low`, in fen, under the API's names; empty fields state nothing."""
    typed = {field: visit.form.get(field, "") for field in fields}
    return {f"{field.rpartition('_')[2]}_fen": forms.fen(text) for field, text in typed.items() if text.strip()}


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _titles(visit: Visiting, valuation_ids: list[ValuationId]) -> dict[ValuationId, str]:
    rows = select(Valuation.id, Valuation.subject["title"].astext).where(Valuation.id.in_(valuation_ids))
    return {row[0]: row[1] for row in visit.db.execute(rows)}
