"""The straight part of the model: ridge regression on numbers, categories and titles, every column a contribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from valuation.columns import Columns

    Array = np.ndarray[Any, np.dtype[Any]]

INDICATORS_MAX = 50
"""A category with more values than this says nothing straight: its values are left to the trees."""


@dataclass(frozen=True, slots=True)
class Linear:
    """Σ coefficient·(x − centre), x kept within what was learnt; a missing x says nothing.

    Each term reads one column of the matrix (`place`), as a number (`code` is NaN) or as "is it this code".
    """

    place: Array
    code: Array
    centre: Array
    low: Array
    high: Array
    coefficient: Array

    @classmethod
    def fit(
        cls,
        matrix: Array,
        rest: Array,
        weight: Array,
        columns: Columns,
        *,
        penalty: float,
        share: float,
        directions: Sequence[int],
    ) -> Linear:
        """Fit to log residuals; `penalty` in packages of weight, then shrunk by `share`.

        `directions` by column of the matrix: a term whose sign is certain and comes out wrong is dropped and the rest
        fitted again (+1 dearer, −1 cheaper, 0 not certain).
        """
        import numpy as np

        terms = _terms(matrix, weight, columns)
        place, code, low, high = (np.array(one, dtype=float) for one in zip(*terms, strict=True))
        linear = cls(place.astype(int), code, np.zeros(len(terms)), low, high, np.zeros(len(terms)))
        raw = linear._values(matrix)
        seen = np.isfinite(raw)
        mass = (seen * weight[:, None]).sum(axis=0) + 1e-12
        filled = np.where(seen, raw, 0.0)
        centre = (filled * weight[:, None]).sum(axis=0) / mass
        deviation = np.where(seen, raw - centre, 0.0)
        scale = np.sqrt((deviation**2 * weight[:, None]).sum(axis=0) / mass)
        kept = np.flatnonzero(scale > 1e-9)
        coefficient = np.zeros(len(terms))
        signs = np.array([directions[one] for one in linear.place])
        while len(kept):
            standard = deviation[:, kept] / scale[kept]
            gram = (standard * weight[:, None]).T @ standard + penalty * np.eye(len(kept))
            middle = np.average(rest, weights=weight)
            fitted = np.linalg.solve(gram, (standard * weight[:, None]).T @ (rest - middle))
            wrong = fitted * signs[kept] < 0
            if not wrong.any():
                coefficient[kept] = share * fitted / scale[kept]
                break
            kept = kept[~wrong]
        useful = np.flatnonzero(coefficient)
        return cls(*(one[useful] for one in (linear.place, code, centre, low, high, coefficient)))

    def terms(self, matrix: Array) -> Array:
        """(rows, terms) log contributions."""
        import numpy as np

        raw = self._values(matrix)
        return np.where(np.isfinite(raw), (raw - self.centre) * self.coefficient, 0.0)

    def of(self, matrix: Array) -> Array:
        """(rows,) log contribution of the whole part."""
        total: Array = self.terms(matrix).sum(axis=1)
        return total

    def parts(self, matrix: Array) -> Array:
        """(rows, columns of the matrix) log contributions."""
        import numpy as np

        parts = np.zeros(matrix.shape)
        np.add.at(parts.T, self.place, self.terms(matrix).T)
        return parts

    def to_json(self) -> dict[str, Any]:
        """As plain values, exact."""
        import numpy as np

        return {
            "place": self.place.tolist(),
            "code": [None if np.isnan(one) else one for one in self.code.tolist()],
            **{name: getattr(self, name).tolist() for name in ("centre", "low", "high", "coefficient")},
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Linear:
        """Read what `to_json` wrote."""
        import numpy as np

        code = np.array([np.nan if one is None else one for one in stored["code"]], dtype=float)
        rest = (np.array(stored[name], dtype=float) for name in ("centre", "low", "high", "coefficient"))
        return cls(np.array(stored["place"], dtype=int), code, *rest)

    def _values(self, matrix: Array) -> Array:
        import numpy as np

        values = matrix[:, self.place]
        is_code = np.isfinite(self.code)
        values = np.where(is_code & np.isfinite(values), (values == self.code).astype(float), values)
        return np.clip(values, self.low, self.high)


def _terms(matrix: Array, weight: Array, columns: Columns) -> list[tuple[float, float, float, float]]:
    """(place, code, low, high): numbers are held within the middle 99 % of what was learnt, so that none runs away."""
    import numpy as np

    terms = []
    categories = {columns.names.index(name): len(values) for name, values in columns.categories.items()}
    for place in range(matrix.shape[1]):
        if place in categories:
            if categories[place] <= INDICATORS_MAX:
                terms += [(float(place), float(code), 0.0, 1.0) for code in range(categories[place])]
            continue
        seen = matrix[np.isfinite(matrix[:, place]), place]
        if len(seen):
            low, high = np.quantile(seen, (0.005, 0.995))
            terms.append((float(place), float("nan"), float(low), float(high)))
    return terms or [(0.0, 0.0, 0.0, 0.0)]
