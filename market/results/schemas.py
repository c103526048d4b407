"""Results on the wire: what an owner states, what the public reads, what only the owner's people see."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from kernel.http.fields import (
    BasisPoints,
    Canonical,
    Code,
    Day,
    FenIn,
    Flag,
    IntBetween,
    Line,
    LongText,
    Name,
    ShortText,
    TechField,
    Wire,
)
from kernel.ids import OrganisationId, PersonId, ResultId
from market.results.access import sees_inside
from market.results.entries import CompleterEntry, ResultEntry
from market.results.guard import Finding
from market.results.kinds import PlanSource, Priority, ResultKind
from market.results.states import ResultState
from market.results.tables import Result, ResultGrant
from market.results.titles import expires_on
from parties.kinds import Regime

COMPLETERS_MAX = 100
CO_OWNERS_MAX = 20

NumberText = Annotated[str, Line(40)]
Ipc = Annotated[
    str,
    Code("ipc", "^[A-H][0-9]{2}[A-Z][0-9 /]{0,14}$", "应为 IPC 分类号，如 H01M 10/0525。", "An IPC symbol.", 4, 18),
]
Trl = Annotated[int, IntBetween(1, 9)]
Title = Annotated[str, Line(300)]


class CompleterIn(Wire):
    """A completer with the share in basis points; `priority` as declared in writing (民法典 art 847)."""

    name: Name
    person_id: Canonical[PersonId] | None = None
    share_bp: Annotated[int, IntBetween(1, 10_000)]
    priority: Priority = Priority.OPEN


class RegisterResult(Wire):
    """A result to be registered. `number` is the application number in any usual form, for patents and applications."""

    title: Title
    summary: LongText
    kind: ResultKind
    number: NumberText | None = None
    filed_on: Day | None = None
    tech_field: TechField
    ipc: Ipc | None = None
    trl: Trl | None = None
    completers: Annotated[list[CompleterIn], Field(min_length=1, max_length=COMPLETERS_MAX)]
    co_owners: Annotated[tuple[ShortText, ...], Field(max_length=CO_OWNERS_MAX)] = ()
    co_owners_consent: Flag = False
    plan_source: PlanSource = PlanSource.NONE
    secret: Flag = False

    def entry(self) -> ResultEntry:
        """As the command takes it."""
        completers = [
            CompleterEntry(name=one.name, person_id=one.person_id, share_bp=one.share_bp, priority=one.priority)
            for one in self.completers
        ]
        same = {name: getattr(self, name) for name in type(self).model_fields if name != "completers"}
        return ResultEntry(completers=completers, **same)


class SettlePriority(Wire):
    """A completer's declaration: reserved or waived."""

    priority: Literal[Priority.RESERVED, Priority.WAIVED]


class EngageIn(Wire):
    """A technology manager or an appraiser who is let see the result, acting in this organisation."""

    organisation_id: Canonical[OrganisationId]
    person_id: Canonical[PersonId]


class ValueIn(Wire):
    """For which way the price is asked."""

    trade: Literal["transfer", "licence", "equity"] = "transfer"


class PoolIn(Wire):
    """Into the pool of 先用后转: the most that a conversion may cost, or a share of the measured gain up to that."""

    ceiling_fen: FenIn
    gain_bp: BasisPoints = 0
    way: Literal["transfer", "licence"] = "licence"
    licence_kind: Literal["exclusive", "sole", "ordinary"] | None = None
    term_months: Annotated[int, IntBetween(1, 60)] | None = None
    silence_effect: Literal["return", "purchase"] = "return"


class CompleterOut(Wire):
    """A completer. Share and priority are told to the owner's people only."""

    ordinal: int
    name: str
    share_bp: int | None
    priority: Priority | None
    person_id: PersonId | None


class ResultInside(Wire):
    """What only the owner's people see."""

    co_owners_consent: bool
    plan_source: PlanSource
    secret: bool
    registered_by: PersonId


class ResultOut(Wire):
    """A result as the actor may see it; `inside` is null for everybody but the owner's people."""

    id: ResultId
    owner_id: OrganisationId
    title: str
    summary: str
    kind: ResultKind
    number: str | None
    filed_on: date | None
    expires_on: date | None
    tech_field: str
    ipc: str | None
    trl: int | None
    fiscally_funded: bool
    co_owners: list[str]
    regime: Regime
    state: ResultState
    registered_at: datetime
    published_at: datetime | None
    completers: list[CompleterOut]
    inside: ResultInside | None


class GrantOut(Wire):
    """Who was let see a result."""

    result_id: ResultId
    organisation_id: OrganisationId
    person_id: PersonId
    granted_at: datetime


class FindingOut(Wire):
    """What stands in the way of selling a right: by which article, why, and its cure."""

    check: str
    article: str
    why_zh: str
    why_en: str
    cure_zh: str
    cure_en: str


class TitleOut(Wire):
    """The answer of the title guard: clear, or its findings."""

    clear: bool
    findings: list[FindingOut]


def result_out(result: Result, actor: Any) -> ResultOut:
    """The result as this actor may see it."""
    inside = sees_inside(result, actor)
    apart = ("expires_on", "completers", "inside", "co_owners")
    same = {name: getattr(result, name) for name in ResultOut.model_fields if name not in apart}
    return ResultOut(
        expires_on=expires_on(result),
        co_owners=[str(one) for one in result.co_owners],
        completers=[
            CompleterOut(
                ordinal=one.ordinal,
                name=one.name,
                share_bp=one.share_bp if inside else None,
                priority=one.priority if inside else None,
                person_id=one.person_id if inside else None,
            )
            for one in result.completers
        ],
        inside=ResultInside(**{name: getattr(result, name) for name in ResultInside.model_fields}) if inside else None,
        **same,
    )


def grant_out(grant: ResultGrant) -> GrantOut:
    """A grant on the wire."""
    return GrantOut(**{name: getattr(grant, name) for name in GrantOut.model_fields})


def title_out(findings: list[Finding]) -> TitleOut:
    """The findings on the wire."""
    return TitleOut(clear=not findings, findings=[FindingOut(**finding.as_fact()) for finding in findings])
