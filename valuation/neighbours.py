"""The nearest past deals as a part of the price: what the likest rows of the past were off by, nearer ones more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

ROWS_MAX = 4_000
"""The newest rows are kept; a model that carries a market is too heavy to be handed over."""
BLOCK = 512


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Rows of the past in standard units, (rows, width) float32, with what was left of their log price."""

    centre: Array
    scale: Array
    rows: Array
    rest: Array
    weight: Array
    count: int

    @classmethod
    def fit(cls, matrix: Array, rest: Array, weight: Array, *, count: int) -> Neighbours:
        """Keep the newest ROWS_MAX rows (they come oldest first). A missing number lies at the centre."""
        import numpy as np

        kept = slice(max(0, len(matrix) - ROWS_MAX), len(matrix))
        seen = np.isfinite(matrix)
        mass = (seen * weight[:, None]).sum(axis=0) + 1e-12
        centre = (np.where(seen, matrix, 0.0) * weight[:, None]).sum(axis=0) / mass
        spread = np.sqrt((np.where(seen, matrix - centre, 0.0) ** 2 * weight[:, None]).sum(axis=0) / mass)
        scale = np.where(spread > 1e-9, 1.0 / np.maximum(spread, 1e-9), 0.0)
        found = cls(centre, scale, np.zeros((0, 0)), rest[kept].astype(float), weight[kept].astype(float), count)
        standard = found._standard(matrix[kept]).astype(np.float32)
        return cls(centre, scale, standard, found.rest, found.weight, count)

    def of(self, matrix: Array) -> Array:
        """(rows,) weighted mean of the rest of the `count` nearest rows, weights over one plus squared distance."""
        import numpy as np

        if not len(self.rows):
            return np.zeros(len(matrix))
        found = []
        kept = self.rows.astype(float)
        for start in range(0, len(matrix), BLOCK):
            asked = self._standard(matrix[start : start + BLOCK])
            apart = ((asked**2).sum(axis=1)[:, None] - 2 * asked @ kept.T + (kept**2).sum(axis=1)).clip(min=0.0)
            near = np.argsort(apart, axis=1, kind="stable")[:, : self.count]
            mass = self.weight[near] / (1.0 + np.take_along_axis(apart, near, axis=1))
            found.append((mass * self.rest[near]).sum(axis=1) / mass.sum(axis=1))
        return np.concatenate(found) if found else np.zeros(0)

    def to_json(self) -> dict[str, Any]:
        """As plain values; the rows as they are, float32."""
        return {
            "count": self.count,
            **{
                name: getattr(self, name).astype(float).tolist()
                for name in ("centre", "scale", "rows", "rest", "weight")
            },
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Neighbours:
        """Read what `to_json` wrote."""
        import numpy as np

        names = ("centre", "scale", "rows", "rest", "weight")
        arrays = {name: np.array(stored[name], dtype=float) for name in names}
        return cls(**arrays, count=int(stored["count"]))

    def _standard(self, matrix: Array) -> Array:
        import numpy as np

        return np.where(np.isfinite(matrix), (matrix - self.centre) * self.scale, 0.0)
