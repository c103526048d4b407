"""What an owner states about a result when registering it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kernel.ids import PersonId
from market.results.errors import SharesDoNotSum
from market.results.kinds import PlanSource, Priority, ResultKind

WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleterEntry:
    """A completer as stated: name, account if there is one, share in basis points, and the priority right."""

    name: str
    person_id: PersonId | None
    share_bp: int
    priority: Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultEntry:
    """A result as stated by its owner; `number` in any usual form."""

    title: str
    summary: str
    kind: ResultKind
    number: str | None
    filed_on: date | None
    tech_field: str
    ipc: str | None
    trl: int | None
    completers: Sequence[CompleterEntry]
    co_owners: tuple[str, ...]
    co_owners_consent: bool
    plan_source: PlanSource
    secret: bool

    @property
    def fiscally_funded(self) -> bool:
        """A public plan paid for the work (科学技术进步法 art 32 speaks of such results)."""
        return self.plan_source is not PlanSource.NONE


def check_shares(completers: Sequence[CompleterEntry]) -> None:
    """The completers' shares are positive and sum to the whole. Raises SharesDoNotSum."""
    stated = sum(completer.share_bp for completer in completers)
    if stated != WHOLE_BP or any(completer.share_bp < 1 for completer in completers):
        raise SharesDoNotSum(stated)
