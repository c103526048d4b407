"""The chance of a sale and the price of one, against the start in shares of the reference price. Floats only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from valuation.starting.policy import StartPolicy

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float64]]

STEPS_MAX: Final = 100
STEP_MAX: Final = 2.0
"""No step of Newton's method is longer: on separable lots it would run away before the prior calls it back."""
STILL: Final = 1e-10
RATIO_MAX: Final = 5.0
"""A start of more than five references is a slip of the pen or a refusal to sell; it must not bend the curve."""
FAR_WEIGHT: Final = 0.05
"""What a lot far from a start weighs against one at it, so that a start with few neighbours is not told by one of them."""


@dataclass(frozen=True, slots=True)
class Tried:
    """Past lots as the curves see them: ln(start/reference), sold or not, and final/reference, nought where not sold."""

    log_ratio: Array
    sold: Array
    final: Array


@dataclass(frozen=True, slots=True)
class Curves:
    """Fitted curves, one a draw; r is the start in shares of the reference.

    The odds of a sale are exp(level − slope·(r − 1)) with slope ≥ 0: linear in r, because a start near nought does not sell what
    nobody wants. The price of a sale is local. What is certain bounds both: a higher start sells no oftener, lowers no price,
    and raises none by more than itself.
    """

    level: Array
    slope: Array
    counts: Array
    tried: Tried
    policy: StartPolicy

    def chance(self, starts: Array) -> Array:
        """(draws, starts): the probability of a sale at each log ratio."""
        return _logistic(self.level[:, None] - self.slope[:, None] * _beyond(starts))

    def final(self, starts: Array) -> Array:
        """(draws, starts): the mean price of a sale in shares of the reference at ascending log ratios; never below the start.

        Local linear regression of the price on the start over sold lots, the nearer counting more (Fan & Gijbels 1996 §3),
        its slope drawn to the prior's and held between nought and one.
        """
        import numpy as np

        rows = self.tried.sold > 0
        log_ratio, final, counts = self.tried.log_ratio[rows], self.tried.final[rows], self.counts[:, rows]
        ratio = np.exp(log_ratio)
        prices = []
        for start in starts:
            near = FAR_WEIGHT + np.exp(-0.5 * ((log_ratio - start) / self.policy.neighbours) ** 2)
            weight = counts * near / (counts * near).sum(axis=1, keepdims=True)
            middle, price = weight @ ratio, weight @ final
            along = weight @ (ratio * final) - middle * price
            spread, prior = weight @ ratio**2 - middle**2, self.policy.price_weight
            slope = np.clip((along + prior * self.policy.price_slope) / (spread + prior), 0, 1)
            prices.append(np.maximum(price + slope * (np.exp(start) - middle), np.exp(start)))
        return np.maximum.accumulate(np.stack(prices, axis=1), axis=1)


def fit(tried: Tried, counts: Array, policy: StartPolicy) -> Curves:
    """Fit the curves for each draw. `counts`: (draws, lots), how often each lot was drawn; each draw has a sold lot."""
    return Curves(*_chance_curve(tried, counts, policy), counts, tried, policy)


def _chance_curve(tried: Tried, counts: Array, policy: StartPolicy) -> tuple[Array, Array]:
    """Logistic regression with normal priors on both coefficients, at its mode; a slope below nought is nought."""
    import numpy as np

    free = _newton(tried, counts, policy, np.ones(len(counts), dtype=bool))
    rising = free[1] < 0
    if not rising.any():
        return free
    flat = _newton(tried, counts[rising], policy, np.zeros(int(rising.sum()), dtype=bool))
    level, slope = free[0].copy(), np.maximum(free[1], 0)
    level[rising] = flat[0]
    return level, slope


def _newton(tried: Tried, counts: Array, policy: StartPolicy, sloped: Array) -> tuple[Array, Array]:
    """(level, slope) by draw; where not `sloped`, the slope stays nought."""
    import numpy as np

    x = _beyond(tried.log_ratio)
    level = np.full(len(counts), policy.prior_log_odds)
    slope = np.where(sloped, policy.prior_slope, 0.0)
    tight, steep = 1 / policy.prior_log_odds_sd**2, 1 / policy.prior_slope_sd**2
    for _ in range(STEPS_MAX):
        chance = _logistic(level[:, None] - slope[:, None] * x)
        missed, spread = counts * (tried.sold - chance), counts * chance * (1 - chance)
        by_level = missed.sum(axis=1) - tight * (level - policy.prior_log_odds)
        by_slope = -(missed @ x) - steep * (slope - policy.prior_slope)
        a, b, d = spread.sum(axis=1) + tight, -(spread @ x), spread @ x**2 + steep
        b, by_slope = np.where(sloped, b, 0.0), np.where(sloped, by_slope, 0.0)
        determinant = a * d - b * b
        steps = ((d * by_level - b * by_slope) / determinant, (a * by_slope - b * by_level) / determinant)
        level, slope = level + np.clip(steps[0], -STEP_MAX, STEP_MAX), slope + np.clip(steps[1], -STEP_MAX, STEP_MAX)
        if max(np.abs(steps[0]).max(), np.abs(steps[1]).max()) < STILL:
            break
    return level, slope


def _beyond(log_ratio: Array) -> Array:
    """How far starts lie above the reference, in shares of it; beyond the cap they are all alike: far too high."""
    import numpy as np

    return np.exp(np.minimum(log_ratio, np.log(RATIO_MAX))) - 1


def _logistic(log_odds: Array) -> Array:
    import numpy as np

    shown: Array = 0.5 * (1 + np.tanh(0.5 * log_odds))
    return shown
