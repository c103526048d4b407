"""The audit of a training set: every column alone, and the whole engine on permuted prices, which must score nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from valuation import features, measuring, splitting
from valuation.leaks.columns import GATES, ColumnFinding, examine
from valuation.leaks.names import LeakRefused
from valuation.measuring.inputs import prices, same_length

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Array = np.ndarray[Any, np.dtype[Any]]
    Predict = Callable[[pd.DataFrame], Array]
    Fit = Callable[[pd.DataFrame, Array, Array | None, Array], Predict]


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found of each column, and R² (log scale, later packages) on permuted prices by seed; no seeds: not run."""

    columns: tuple[ColumnFinding, ...]
    permuted_r2: tuple[float, ...]

    @property
    def scores_nothing(self) -> bool:
        """A model of permuted prices did not do better than chance, on the mean of the seeds."""
        return not self.permuted_r2 or sum(self.permuted_r2) / len(self.permuted_r2) <= GATES["permuted_r2"]

    @property
    def leaks(self) -> tuple[ColumnFinding, ...]:
        """The columns that are not honest."""
        return tuple(one for one in self.columns if one.leaks)

    def must_be_clean(self) -> None:
        """Raises LeakRefused with every leak and why."""
        found = [(one.column, "; ".join(en for _, en in one.why)) for one in self.leaks]
        if not self.scores_nothing:
            found.append(
                ("(permuted prices)", f"the engine foretells prices that were dealt at random: {self.permuted_r2}")
            )
        if found:
            raise LeakRefused(tuple(found))

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        columns = [asdict(one) | {"leaks": one.leaks} for one in self.columns]
        return {"columns": columns, "permuted_r2": list(self.permuted_r2), "scores_nothing": self.scores_nothing}


def audit(
    frame: pd.DataFrame,
    price: Any,
    when: Any,
    group: Any,
    fit: Fit | None = None,
    *,
    seeds: Sequence[int] = (1, 2, 3),
    folds: int = 5,
) -> Audit:
    """Look for leaks in a training set: a feature frame, prices, days of listing (None: by package) and package keys.

    `fit(frame, price, when, group)` learns and returns `predict(frame)`; it is run on prices that were dealt to the packages
    at random, once a seed, by the splits that the model is judged by. Raises what bad prices raise, and ValueError for days
    that are none.
    """
    import numpy as np

    paid, packages = prices("price", price), np.asarray(group)
    same_length("group", packages, paid)
    days = None if when is None else np.asarray(when, dtype="datetime64[D]")
    findings = tuple(
        examine(frame[name], paid, days, packages, folds=folds, known=str(name) in features.BY_NAME)
        for name in frame.columns
    )
    permuted = () if fit is None else tuple(_permuted(frame, paid, days, packages, fit, seed, folds) for seed in seeds)
    return Audit(findings, permuted)


def _permuted(
    frame: pd.DataFrame, price: Array, when: Array | None, group: Array, fit: Fit, seed: int, folds: int
) -> float:
    """R² on later packages after the packages have dealt their prices among themselves."""
    import numpy as np

    _, first, at, count = np.unique(group, return_index=True, return_inverse=True, return_counts=True)
    dealt = price[first][np.random.default_rng(seed).permutation(len(first))][at]
    splits = splitting.by_group(group, folds=folds) if when is None else splitting.forward(when, group, folds=folds)
    rows, told = [], []
    for past, future in splits:
        predict = fit(frame.iloc[past], dealt[past], None if when is None else when[past], group[past])
        told.append(predict(frame.iloc[future]))
        rows.append(future)
    if not rows:
        raise ValueError("too few days or packages to examine anything")
    examined = np.concatenate(rows)
    return measuring.r2_log(np.concatenate(told), dealt[examined], 1.0 / count[at[examined]])
