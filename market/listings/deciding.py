"""The decision chain 决策链: which steps a unit takes before anything is published, by whom, in which order. Pure.

A chain is data of the unit, in versions. Each step may be bound to modes, bases, ways or amounts; the steps that apply to a
listing are fixed when it goes into decision. Source: 浙江省促进科技成果转化条例 arts 17, 19; 浙政办发〔2025〕27号 item 13.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kernel.money import Money
from market.listings.errors import ChainTooThin, NotTheNextStep, SamePersonDecides, WrongDecider
from market.listings.terms import Basis, Mode, Way

STEPS_MAX: Final = 12
COLLECTIVE_STEPS_MIN: Final = 2
"""A government unit decides in at least two steps, by different people."""

APPROVER: Final = "unit_approver"
SIGN_OFF: Final = "ai_sign_off"
MANAGER: Final = "technology_manager"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, the role that takes it, and when it is taken. Empty conditions mean always."""

    name: str
    role: str
    modes: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    price_from: Money | None = None

    @property
    def always(self) -> bool:
        """The step is part of every decision."""
        return not (self.modes or self.bases or self.ways or self.price_from)


AI_SIGN_OFF: Final = Step(SIGN_OFF, MANAGER, bases=(Basis.AI_ESTIMATE_REVIEWED.value,))
"""An estimate becomes a price basis only with a technology manager's sign-off (27号 item 13). It is given at the review
desk, before the decision, and stands in the decision as its first step."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be decided."""

    mode: Mode
    basis: Basis
    way: Way
    price: Money


def steps_for(chain: Sequence[Step], matter: Matter) -> list[Step]:
    """The steps this matter takes, in order; the sign-off of an AI estimate comes first, whatever the chain says."""
    steps = [step for step in chain if step.name != SIGN_OFF and _applies(step, matter)]
    return [AI_SIGN_OFF, *steps] if matter.basis is Basis.AI_ESTIMATE_REVIEWED else steps


def check_chain(chain: Sequence[Step], *, regime: str) -> None:
    """A government unit's chain decides every matter in at least two steps and ends with its approver.

    Raises ChainTooThin.
    """
    always = [step for step in chain if step.always]
    if len(chain) > STEPS_MAX or len({step.name for step in chain}) < len(chain):
        raise ChainTooThin(regime, COLLECTIVE_STEPS_MIN, STEPS_MAX)
    if regime == "GOV_UNIT" and (len(always) < COLLECTIVE_STEPS_MIN or chain[-1].role != APPROVER):
        raise ChainTooThin(regime, COLLECTIVE_STEPS_MIN, STEPS_MAX)


def check_decider(
    step: Step, *, named: str, roles: Collection[str], person: object, before: Collection[object]
) -> None:
    """Let a person take a step: the next one, in the step's role, and nobody takes two.

    Raises NotTheNextStep, WrongDecider or SamePersonDecides.
    """
    if named != step.name:
        raise NotTheNextStep(named, step.name)
    if step.role not in roles:
        raise WrongDecider(step.name, step.role)
    if person in before:
        raise SamePersonDecides(step.name)


def decided_together(steps: Collection[tuple[str, object | None, datetime | None]]) -> datetime | None:
    """When a decision was complete, if it was a collective one: every step taken, by at least two people of the unit.

    `steps`: (name, who approved it, when), None where it has not been approved. The sign-off of an estimate is no part of it.
    """
    own = [(who, when) for name, who, when in steps if name != SIGN_OFF]
    taken = [when for who, when in own if who is not None and when is not None]
    if len({who for who, _ in own}) < COLLECTIVE_STEPS_MIN or len(taken) < len(own):
        return None
    return max(taken)


def read_chain(document: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """The steps kept in a chain's document. Raises KeyError or TypeError for a document that is none."""
    return tuple(
        Step(
            entry["name"],
            entry["role"],
            tuple(entry.get("modes", ())),
            tuple(entry.get("bases", ())),
            tuple(entry.get("ways", ())),
            Money(entry["price_from_fen"]) if entry.get("price_from_fen") else None,
        )
        for entry in document
    )


def write_chain(chain: Sequence[Step]) -> list[dict[str, Any]]:
    """The document of a chain, as `read_chain` reads it."""
    return [
        {
            "name": step.name,
            "role": step.role,
            "modes": list(step.modes),
            "bases": list(step.bases),
            "ways": list(step.ways),
            "price_from_fen": step.price_from.fen if step.price_from else None,
        }
        for step in chain
    ]


def _applies(step: Step, matter: Matter) -> bool:
    return (
        (not step.modes or matter.mode in step.modes)
        and (not step.bases or matter.basis in step.bases)
        and (not step.ways or matter.way in step.ways)
        and (step.price_from is None or matter.price >= step.price_from)
    )
