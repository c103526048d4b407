"""The model on tables it was not made for: as good as untuned LightGBM, and its ranges keep their promise."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from valuation import measuring
from valuation.model import PriceModel


def houses(rows: int, seed: int) -> tuple[pd.DataFrame, Any]:
    """Houses: two city centres, income, age with gaps, a zone; the noise is larger where people are rich."""
    random = np.random.default_rng(seed)
    north, west = random.uniform(32, 42, rows), random.uniform(-124, -114, rows)
    income, age = random.gamma(4, 1, rows), random.integers(1, 52, rows).astype(float)
    zone = random.choice(list("abcdefgh"), rows)
    log_price = 12 + 0.7 * np.log(income) + 0.004 * age * (income > 4)
    log_price += np.exp(-((north - 37.7) ** 2 + (west + 122.4) ** 2) / 1.5)
    log_price += 0.9 * np.exp(-((north - 34) ** 2 + (west + 118.3) ** 2) / 2)
    log_price += 0.02 * np.array([ord(one) % 5 for one in zone])
    log_price += random.normal(0, 0.22, rows) * (1 + 0.5 * (income > 6))
    age[random.random(rows) < 0.05] = np.nan
    return pd.DataFrame({"north": north, "west": west, "income": income, "age": age, "zone": zone}), np.exp(log_price)


def untuned(frame: pd.DataFrame, price: Any, asked: pd.DataFrame) -> Any:
    """What LightGBM says with nothing set."""
    import lightgbm

    both = [one.assign(zone=pd.Categorical(one["zone"], list("abcdefgh"))) for one in (frame, asked)]
    model = lightgbm.LGBMRegressor(verbosity=-1, n_jobs=1).fit(both[0], np.log(price))
    return np.exp(model.predict(both[1]))


@pytest.mark.parametrize(
    ("rows", "seed"),
    [
        (450, 5),
        (900, 5),
        *(pytest.param(*one, marks=pytest.mark.long) for one in product((250, 600, 1_500, 6_000), (1, 2, 5))),
    ],
)
def test_houses_are_valued_as_well_as_by_untuned_lightgbm(rows: int, seed: int) -> None:
    frame, price = houses(rows, seed)
    ours, others, inside, examined, calibration = [], [], 0, 0, rows

    # Each third once: a single third of a small table says little.
    for third in range(3):
        teaching = np.arange(rows) % 3 != third
        asked, paid = frame[~teaching], price[~teaching]
        model = PriceModel().fit(frame[teaching], price[teaching])
        low, high = model.predict_interval(asked, 0.9)
        ours.append(measuring.r2_log(model.predict(asked), paid))
        others.append(measuring.r2_log(untuned(frame[teaching], price[teaching], asked), paid))
        inside += round(measuring.coverage(low, high, paid) * len(paid))
        examined, calibration = examined + len(paid), min(calibration, model.calibration.packages)

    assert np.mean(ours) >= np.mean(others) - 0.005
    assert measuring.beta_binomial_p(inside, 0.9, examined, calibration) >= 0.01
