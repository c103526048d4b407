"""State machines as tables: the only door to a state column, and the source of the diagrams in the docs."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from kernel.errors import WrongState

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)

MACHINES: dict[str, StateMachine[StrEnum, StrEnum]] = {}
"""Every machine of the house by name; the docs and the shape tests walk it."""


class StateMachine(Generic[S, A]):
    """A table `(state, action) -> state` with one initial state.

    Raises ValueError if a state cannot be reached, TypeError if the table mixes states or actions of several enums:
    members of different StrEnums are equal when their text is, and would pass for each other unseen.
    """

    def __init__(self, name: str, *, initial: S, table: Mapping[tuple[S, A], S]) -> None:
        if name in MACHINES:
            raise ValueError(f"two machines are called {name}")
        self.name, self.initial, self.table = name, initial, dict(table)
        states = {type(state) for (before, _), after in table.items() for state in (before, after)}
        if states - {type(initial)} or len({type(action) for _, action in table}) > 1:
            raise TypeError(f"{name}: the states, and the actions, are each of one enum")
        unreachable = set(type(initial)) - self._reachable()
        if unreachable:
            raise ValueError(f"{name}: no path leads to {sorted(unreachable)}")
        MACHINES[name] = self  # type: ignore[assignment]  # one register for machines over different enums

    def advance(self, state: S, action: A) -> S:
        """The next state. Raises WrongState, naming what is allowed instead; TypeError for another machine's state."""
        if type(state) is not type(self.initial):
            raise TypeError(f"{self.name}: not a state of this machine: {type(state).__name__}")
        after = self.table.get((state, action))
        if after is None:
            raise WrongState(self.name, state.value, action.value, self.allowed(state))
        return after

    def allowed(self, state: S) -> tuple[str, ...]:
        """The actions open in a state, in the table's order."""
        return tuple(action.value for (before, action) in self.table if before == state)

    def is_final(self, state: S) -> bool:
        """Nothing leads on from here."""
        return not self.allowed(state)

    def mermaid(self) -> str:
        """The diagram, from the table: equal tables print equal text."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial.value}"]
        lines += [f"    {before.value} --> {after.value}: {act.value}" for (before, act), after in self.table.items()]
        lines += [f"    {state.value} --> [*]" for state in type(self.initial) if self.is_final(state)]
        return "\n".join(lines) + "\n"

    def _reachable(self) -> set[S]:
        seen, frontier = {self.initial}, [self.initial]
        while frontier:
            state = frontier.pop()
            new = {after for (before, _), after in self.table.items() if before == state} - seen
            seen |= new
            frontier += new
        return seen
