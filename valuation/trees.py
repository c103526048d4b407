"""The trees of the model: LightGBM on what segments, time and the straight part leave, a few views averaged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from valuation import treeshap

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

ABSOLUTE: Final = "regression_l1"
"""LightGBM's name of absolute errors."""
FEW_PACKAGES: Final = 300
"""Below this number of packages with titles, trees are kept smallest and absolute errors alone are minimised: packages of
many titles and one price are easily learnt by heart, and a wild price must move nothing."""
MANY_PACKAGES: Final = 1_000
"""From this number on trees may grow larger."""


@dataclass(frozen=True, slots=True)
class Growth:
    """How trees are grown. `objectives` and `views` (with titles or without) make one booster each per seed."""

    objectives: tuple[str, ...]
    views: tuple[bool, ...]
    seeds: int
    rounds: int
    leaves: int
    learning_rate: float
    leaf_packages_min: float
    features_share: float
    category_packages_min: float

    @classmethod
    def for_size(cls, packages: int, *, titled: bool) -> Growth:
        """What has done well without tuning, on few patents, on some hundreds of houses and on many of them."""
        views = (True, False) if titled else (False,)
        if titled and packages < FEW_PACKAGES:
            return cls((ABSOLUTE,), views, 3, 150, 8, 0.05, 2.0, 0.6, 1.0)
        if packages < MANY_PACKAGES:
            return cls(("regression", ABSOLUTE), views, 1 if titled else 2, 200, 16, 0.05, 10.0, 0.7, 10.0)
        return cls(("regression", ABSOLUTE), views[:1], 1, 400, 31, 0.05, 10.0, 0.7, 20.0)


@dataclass(frozen=True, slots=True)
class Tree:
    """One booster and the columns of the matrix that it reads, in its own order."""

    places: tuple[int, ...]
    booster: Any


@dataclass(frozen=True, slots=True)
class Forest:
    """Boosters whose mean is the log price that segments, time and the straight part leave."""

    members: tuple[Tree, ...]

    @classmethod
    def grow(
        cls,
        matrix: Array,
        rest: Array,
        weight: Array,
        growth: Growth,
        *,
        titles: Sequence[int],
        hidden: Sequence[int],
        categorical: Sequence[int],
        directions: Sequence[int],
        seed: int,
        threads: int,
    ) -> Forest:
        """Grow on `matrix` (rows, width), `rest` (rows,) log residuals and `weight` in packages, the same on every run.

        `titles`: the title directions that trees may use, `hidden` those that they may not. `directions`: by column,
        +1 dearer, −1 cheaper, 0 not certain. LightGBM keeps no direction under absolute errors: boosters of that kind do
        not see a column whose direction is certain, so that the whole model keeps it.
        """
        apart = {*titles, *hidden}
        plain = [place for place in range(len(directions)) if place not in apart]
        members = []
        views = (
            (objective, view) for objective in growth.objectives for view in growth.views for _ in range(growth.seeds)
        )
        for number, (objective, with_titles) in enumerate(views):
            places = [*plain, *titles] if with_titles else plain
            if objective == ABSOLUTE:
                places = [place for place in places if directions[place] == 0]
            if not places:
                continue
            codes = [own for own, place in enumerate(places) if place in categorical]
            signs = [directions[place] for place in places]
            parameters = _parameters(growth, objective, signs, seed + number, threads)
            booster = _train(matrix[:, places], rest, weight, codes, parameters, growth.rounds)
            members.append(Tree(tuple(places), booster))
        return cls(tuple(members))

    def of(self, matrix: Array, *, threads: int) -> Array:
        """(rows,) the mean of the boosters."""
        import numpy as np

        total = np.zeros(len(matrix))
        for one in self.members:
            total += one.booster.predict(matrix[:, one.places], num_threads=threads)
        return total / max(1, len(self.members))

    def parts(self, matrix: Array, *, threads: int) -> tuple[float, Array]:
        """(base, contributions): exact SHAP values (rows, columns of the matrix) and the mean over the training rows."""
        import numpy as np

        base, parts = 0.0, np.zeros(matrix.shape)
        for one in self.members:
            base += treeshap.base_value(one.booster)
            parts[:, one.places] += treeshap.shap_values(one.booster, matrix[:, one.places], threads=threads)
        count = max(1, len(self.members))
        return base / count, parts / count

    def leaves(self, matrix: Array, *, threads: int) -> Array:
        """(rows, trees) the leaf that each row falls into: rows that share many leaves are priced alike."""
        import numpy as np

        found = [
            one.booster.predict(matrix[:, one.places], pred_leaf=True, num_threads=threads).reshape(len(matrix), -1)
            for one in self.members
        ]
        return np.hstack(found).astype(np.int32) if found else np.zeros((len(matrix), 0), dtype=np.int32)

    def to_json(self) -> list[dict[str, Any]]:
        """Places and LightGBM's own text."""
        return [{"places": list(one.places), "trees": one.booster.model_to_string()} for one in self.members]

    @classmethod
    def from_json(cls, stored: Iterable[dict[str, Any]]) -> Forest:
        """Read what `to_json` wrote; the caller has checked its hash: LightGBM does not survive every damaged text."""
        import lightgbm

        return cls(tuple(Tree(tuple(one["places"]), lightgbm.Booster(model_str=one["trees"])) for one in stored))


def _parameters(growth: Growth, objective: str, directions: Sequence[int], seed: int, threads: int) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        "objective": objective,
        "learning_rate": growth.learning_rate,
        "num_leaves": growth.leaves,
        # Rows of one package are one deal: leaves are kept large by weight, not by rows.
        "min_data_in_leaf": 1,
        "min_sum_hessian_in_leaf": growth.leaf_packages_min,
        "min_data_per_group": max(1, round(growth.category_packages_min)),
        "cat_smooth": max(1.0, growth.category_packages_min / 2),
        "feature_fraction": growth.features_share,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": threads,
        "verbosity": -1,
    }
    if any(directions):
        parameters["monotone_constraints"] = list(directions)
    return parameters


def _train(
    matrix: Array, rest: Array, weight: Array, categorical: Sequence[int], parameters: dict[str, Any], rounds: int
) -> Any:
    import lightgbm

    data = lightgbm.Dataset(
        matrix,
        label=rest,
        weight=weight,
        feature_name=[f"f{place}" for place in range(matrix.shape[1])],
        categorical_feature=[place for place in categorical if place < matrix.shape[1]],
    )
    booster = lightgbm.train(parameters, data, rounds)
    # The text carries the training parameters; a model from text is what serves, so that is what is kept here too.
    return lightgbm.Booster(model_str=booster.model_to_string())
