"""What is known of a result's title on a day, and the wall that the title guard makes of it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from kernel.codes import ApplicationNumber, normalise_application_number
from market.results import rights
from market.results.access import PUBLIC
from market.results.errors import RightNotClear
from market.results.guard import Finding, LicenceInForce, Stage, TitleFacts, inspect
from market.results.kinds import NUMBERED
from market.results.states import ResultState
from market.results.tables import Result

# The seller sees his own licences only; the guard must know kinds and dates of all. No names are told.
_LICENCES = text("SELECT kind, ends_on FROM licences_in_force(:result_id)")


def number_of(result: Result) -> ApplicationNumber | None:
    """The application number, read."""
    return normalise_application_number(result.number) if result.number else None


def expires_on(result: Result) -> date | None:
    """The day on which the right has run out, if it has a term and its filing date is known."""
    number = number_of(result)
    return rights.expires_on(number.kind if number else None, result.filed_on)


def title_facts(session: Session, result: Result, *, on: date) -> TitleFacts:
    """What is known of the right on a day."""
    in_force = session.execute(_LICENCES, {"result_id": result.id})
    return TitleFacts(
        on=on,
        numbered=result.kind in NUMBERED,
        number=result.number,
        filed_on=result.filed_on,
        expires_on=expires_on(result),
        secret=result.secret,
        co_owned=bool(result.co_owners),
        co_owners_consent=result.co_owners_consent,
        priorities=tuple(completer.priority for completer in result.completers),
        licences=tuple(LicenceInForce(row.kind, row.ends_on) for row in in_force),
        listed_elsewhere=_is_offered_elsewhere(session, result),
        sold=result.state is ResultState.TRANSFERRED,
    )


def findings(
    session: Session, result: Result, *, way: str, licence_kind: str | None, stage: Stage, on: date
) -> list[Finding]:
    """What stands in the way of offering the result in this way on this day."""
    return inspect(title_facts(session, result, on=on), way=way, licence_kind=licence_kind, stage=stage)


def must_be_clear(
    session: Session, result: Result, *, way: str, licence_kind: str | None, stage: Stage, on: date
) -> None:
    """Raises RightNotClear with every finding, each with its article and cure."""
    found = findings(session, result, way=way, licence_kind=licence_kind, stage=stage, on=on)
    if found:
        raise RightNotClear(tuple(finding.as_fact() for finding in found))


def _is_offered_elsewhere(session: Session, result: Result) -> bool:
    if result.number is None:
        return False
    same = exists().where(Result.number == result.number, Result.id != result.id, Result.state.in_(PUBLIC))
    return bool(session.execute(select(same)).scalar_one())
