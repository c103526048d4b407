"""Reading what is measured: lists, tuples, arrays or Series of numbers, checked once, with the place of the first fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from valuation.measuring.refusals import (
    BadQuantile,
    BadWeight,
    NotANumber,
    NotFinite,
    NotPositive,
    TooFew,
    UnequalLengths,
)

if TYPE_CHECKING:
    import numpy as np

    Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

Numbers: TypeAlias = Any
"""A one-dimensional list, tuple, array or Series of ints, floats or Decimals; the order of the rows is what counts."""


def numbers(name: str, values: Numbers) -> Array:
    """The values as finite floats. Raises NotANumber or NotFinite."""
    import numpy as np

    raw = np.asarray(values.to_numpy() if hasattr(values, "to_numpy") else values)
    if raw.ndim != 1:
        raise NotANumber(name, f"{raw.ndim} dimensions")
    if raw.size and (raw.dtype.kind not in "iufO" or any(isinstance(one, str | bool) for one in _objects(raw))):
        raise NotANumber(name, str(raw.dtype))
    try:
        found = np.asarray(raw, dtype=float)
    except (TypeError, ValueError):
        found = _one_by_one(name, raw)
    good = np.isfinite(found)
    if not good.all():
        place = int(np.argmin(good))
        raise NotFinite(name, place, float(found[place]))
    return found


def prices(name: str, values: Numbers) -> Array:
    """The values as prices above zero. Raises NotANumber, NotFinite or NotPositive."""
    found = numbers(name, values)
    if found.size and found.min() <= 0:
        place = int((found <= 0).argmax())
        raise NotPositive(name, place, float(found[place]))
    return found


def pair(measure: str, estimate: Numbers, sale_price: Numbers, *, rows_min: int) -> tuple[Array, Array]:
    """Estimates and sale prices of the same rows. Raises what `prices` raises, UnequalLengths and TooFew."""
    estimates, sales = prices("estimate", estimate), prices("sale_price", sale_price)
    same_length("estimate", estimates, sales)
    enough(measure, sales, rows_min)
    return estimates, sales


def weights(weight: Numbers | None, like: Array) -> Array | None:
    """The weights of the rows; None stays None. Raises BadWeight, UnequalLengths, NotANumber or NotFinite."""
    if weight is None:
        return None
    found = numbers("weight", weight)
    same_length("weight", found, like)
    if (found < 0).any() or not found.any():
        place = int((found < 0).argmax())
        raise BadWeight(place, float(found[place]))
    return found


def same_length(name: str, values: Array, like: Array) -> None:
    """Raises UnequalLengths."""
    if len(values) != len(like):
        raise UnequalLengths(name, len(values), len(like))


def enough(measure: str, values: Array, rows_min: int) -> None:
    """Raises TooFew."""
    if len(values) < rows_min:
        raise TooFew(measure, len(values), rows_min)


def share(name: str, value: float) -> float:
    """A number strictly between nought and one. Raises BadQuantile."""
    if not 0 < value < 1:
        raise BadQuantile(name, value)
    return value


def _objects(raw: Any) -> Any:
    return raw.tolist() if raw.dtype.kind == "O" else ()


def _one_by_one(name: str, raw: Any) -> Array:
    """Objects that do not turn into an array of floats at once: None and pandas' NA are missing, other things no numbers."""
    import numpy as np

    found = np.full(len(raw), np.nan)
    for place, one in enumerate(raw.tolist()):
        if one is None or type(one).__name__ == "NAType":
            raise NotFinite(name, place, float("nan"))
        try:
            found[place] = float(one)
        except (TypeError, ValueError):
            raise NotANumber(name, type(one).__name__) from None
    return found
