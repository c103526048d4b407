"""Monte Carlo over the stated ranges of a calculation: seeded, the same on every machine, the same formula on arrays.

Uniform numbers are made from the raw 64-bit output of PCG64, whose stream NumPy guarantees, and each input draws from a
stream of its own, seeded by its name: changing one range leaves the draws of the others as they were.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from valuation.appraisal.inputs import Input, Shape
from valuation.appraisal.sheets import Sheet

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float64]]

DRAWS_MAX: Final = 200_000
DRAWS_MIN: Final = 1_000
QUANTILES: Final = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class Draws:
    """P10, P50 and P90 in yuan, from how many draws with which seed."""

    p10: float
    p50: float
    p90: float
    draws: int
    seed: int


def simulate(sheet: Sheet, *, draws: int, seed: int = 0) -> Draws:
    """Draw every input with a range from it, all independently, and compute. Raises ValueError for a silly number of draws."""
    import numpy as np

    if not DRAWS_MIN <= draws <= DRAWS_MAX:
        raise ValueError(f"between {DRAWS_MIN} and {DRAWS_MAX} draws")
    values = {one.name: _drawn(one, draws, seed) for one in sheet.inputs}
    outcome = np.broadcast_to(np.asarray(sheet.formula(values), dtype=float), (draws,))
    p10, p50, p90 = (float(one) for one in np.quantile(outcome, QUANTILES))
    return Draws(p10, p50, p90, draws, seed)


def _drawn(one: Input, draws: int, seed: int) -> Array | float:
    """The draws of an input; a number without a range, or with an empty one, is itself."""
    if one.low is None or one.high is None or one.low == one.high:
        return float(one.value)
    low, most, high = float(one.low), float(one.value), float(one.high)
    shares = _uniform(one.name, draws, seed)
    if one.shape is Shape.UNIFORM:
        return low + shares * (high - low)
    return triangular(shares, low, most, high)


def triangular(shares: Array, low: float, most: float, high: float) -> Array:
    """The inverse of the triangular distribution function, for shares between 0 and 1."""
    import numpy as np

    width = high - low
    turn = (most - low) / width
    rising = low + np.sqrt(shares * width * (most - low))
    falling = high - np.sqrt((1 - shares) * width * (high - most))
    found: Array = np.where(shares < turn, rising, falling)
    return found


def _uniform(name: str, draws: int, seed: int) -> Array:
    import numpy as np

    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    raw = np.random.PCG64(int.from_bytes(digest[:16])).random_raw(draws)
    shares: Array = (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return shares
