"""Whether the world has moved since a run was trained: what is asked about, and what is paid against what was estimated. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from statistics import NormalDist
from typing import Any, Final

from valuation.runs.profiles import CATEGORIES, Column, Profile, is_missing

SEED: Final = 20_261_125
DRAWS: Final = 500
CLIPPED_AT: Final = 3.0
"""One wild deal counts as three standard deviations and no more (robust CUSUM, Lucas & Crosier 1982)."""
SMOOTHED_BY: Final = 0.5
"""Half a row is added to every bin, on both sides: an empty bin would make the index infinite."""


class Alarm(StrEnum):
    """What has drifted."""

    DISTRIBUTION = "distribution"
    MISSING = "missing"
    UNSEEN = "unseen-categories"
    LEVEL = "level"
    CUSUM = "cusum"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When to raise an alarm: the trading rule `valuation.drift`, with its source."""

    window_days: int
    inputs_min: int
    psi_max_bp: int
    chance_bp: int
    missing_change_max_bp: int
    unseen_share_max_bp: int
    realised_min: int
    level_low_bp: int
    level_high_bp: int
    interval_level_bp: int
    cusum_slack_bp: int
    cusum_limit_bp: int
    version: str
    source: str

    @classmethod
    def from_rule(cls, value: Mapping[str, Any], *, version: str, source: str) -> Thresholds:
        """Read the rule. Raises KeyError or ValueError where it is not complete or not sensible: faults of configuration."""
        names = [name for name in cls.__slots__ if name not in ("version", "source")]
        found = cls(**{name: int(value[name]) for name in names}, version=version, source=source)
        sensible = found.level_low_bp < 10_000 < found.level_high_bp and 0 < found.interval_level_bp < 10_000
        if not sensible or not 0 < found.chance_bp < 10_000 or any(getattr(found, name) < 1 for name in names):
            raise ValueError("the thresholds of the drift watch contradict themselves")
        return found


@dataclass(frozen=True, slots=True)
class InputDrift:
    """One feature, training against now. `psi` is judged by `psi_limit`, `js` (bits, 0 to 1) is shown beside it.

    `rows` have the feature; without enough questions, or where training taught nothing about it, no alarm is raised.
    """

    feature: str
    rows: int
    psi: float | None
    psi_limit: float | None
    js: float | None
    missing_before: float
    missing_now: float
    unseen: float
    taught_nothing: bool
    alarms: tuple[Alarm, ...]


@dataclass(frozen=True, slots=True)
class OutputDrift:
    """Realised prices against estimates: the median of realised/estimated with its interval, and the two-sided CUSUM.

    `crossed_on` is the day on which the CUSUM first passed its limit.
    """

    ratios: int
    median: float | None
    low: float | None
    high: float | None
    cusum_up: float | None
    cusum_down: float | None
    crossed_on: str | None
    alarms: tuple[Alarm, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """One look at a run. `few_inputs` and `few_outputs`: too few to say."""

    questions: int
    few_inputs: bool
    few_outputs: bool
    inputs: tuple[InputDrift, ...]
    outputs: OutputDrift
    thresholds: Thresholds

    @property
    def alarm(self) -> bool:
        """Something has drifted."""
        return bool(self.outputs.alarms) or any(one.alarms for one in self.inputs)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {**asdict(self), "alarm": self.alarm}


def watch(
    reference: Profile,
    asked: Sequence[Mapping[str, Any]],
    realised: Iterable[tuple[float, date]],
    thresholds: Thresholds,
    *,
    sigma: float | None,
) -> Report:
    """Compare what is asked now (facts, one for each result) and what was realised with what the run knew.

    `realised`: (ln realised/estimated, day of the deal); `sigma`: the standard deviation of log errors that the run measured
    out of time, None where it measured none (no CUSUM then).
    """
    inputs = tuple(_input(name, column, asked, reference, thresholds) for name, column in reference.columns.items())
    outputs = _outputs(sorted(realised, key=lambda one: one[1]), thresholds, sigma)
    few = len(asked) < thresholds.inputs_min
    return Report(len(asked), few, outputs.median is None, inputs, outputs, thresholds)


def psi(before: Sequence[float], now: Sequence[float]) -> float:
    """The population stability index Σ (q − p)·ln(q/p) of two lists of shares above nought (Siddiqi 2006, §7)."""
    return math.fsum((q - p) * math.log(q / p) for p, q in zip(before, now, strict=True))


def jensen_shannon(before: Sequence[float], now: Sequence[float]) -> float:
    """The Jensen–Shannon divergence in bits: 0 for equal shares, 1 for shares that have no bin in common (Lin 1991)."""

    def against_middle(ours: Sequence[float], theirs: Sequence[float]) -> float:
        return math.fsum(p * math.log2(2 * p / (p + q)) for p, q in zip(ours, theirs, strict=True) if p > 0)

    return max(0.0, (against_middle(before, now) + against_middle(now, before)) / 2)


def psi_by_chance(bins: int, before: int, now: int, chance: float) -> float:
    """What PSI exceeds with that chance although nothing has moved: χ²(bins − 1)·(1/n + 1/m) (Yurdakul & Naranjo 2020).

    The χ² quantile is Wilson & Hilferty's (1931), good to a per cent from three degrees of freedom on.
    """
    freedom = max(1, bins - 1)
    spread = 2 / (9 * freedom)
    quantile = freedom * (1 - spread + NormalDist().inv_cdf(1 - chance) * math.sqrt(spread)) ** 3
    return quantile * (1 / before + 1 / now)


def cusum(steps: Iterable[tuple[float, date]], *, slack: float, limit: float) -> tuple[float, float, date | None]:
    """(largest upper sum, largest lower sum, first day beyond the limit) of standardised steps (Montgomery, SQC §9.1)."""
    up = down = highest = lowest = 0.0
    crossed = None
    for step, day in steps:
        held = max(-CLIPPED_AT, min(CLIPPED_AT, step))
        up, down = max(0.0, up + held - slack), max(0.0, down - held - slack)
        highest, lowest = max(highest, up), max(lowest, down)
        if crossed is None and max(up, down) > limit:
            crossed = day
    return highest, lowest, crossed


def _input(
    name: str, column: Column, asked: Sequence[Mapping[str, Any]], reference: Profile, thresholds: Thresholds
) -> InputDrift:
    there = [value for one in asked if not is_missing(value := _value(name, one.get(name)))]
    missing = 1 - len(there) / len(asked) if asked else 0.0
    unseen = sum(str(one) not in column.known for one in there) / len(there) if there and column.known else 0.0
    if not column.shares or not there:
        index = limit = js = None
    else:
        before, now = _shares(column, there, reference.packages)
        index, js = psi(before, now), jensen_shannon(before, now)
        chance = thresholds.chance_bp / 10_000 / len(reference.columns)
        known = max(1, round(reference.packages * (1 - column.missing)))
        limit = max(thresholds.psi_max_bp / 10_000, psi_by_chance(len(now), known, len(there), chance))
    alarms = []
    if len(asked) >= thresholds.inputs_min and not column.taught_nothing:
        if index is not None and limit is not None and len(there) >= thresholds.inputs_min and index > limit:
            alarms.append(Alarm.DISTRIBUTION)
        if abs(missing - column.missing) > thresholds.missing_change_max_bp / 10_000:
            alarms.append(Alarm.MISSING)
        if unseen > thresholds.unseen_share_max_bp / 10_000:
            alarms.append(Alarm.UNSEEN)
    return InputDrift(
        name, len(there), index, limit, js, column.missing, missing, unseen, column.taught_nothing, tuple(alarms)
    )


def _value(name: str, value: Any) -> Any:
    """A number that is none is a missing one: facts that were kept are looked at, not trusted."""
    if name in CATEGORIES or value is None:
        return value
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _shares(column: Column, there: Sequence[Any], packages: int) -> tuple[list[float], list[float]]:
    """(training, now) shares over the same bins, smoothed alike."""
    counts = [0.0] * len(column.shares)
    for value in there:
        counts[column.place(value)] += 1
    rows, known, more = len(there), packages * (1 - column.missing), SMOOTHED_BY * len(counts)
    before = [(share * known + SMOOTHED_BY) / (known + more) for share in column.shares]
    return before, [(count + SMOOTHED_BY) / (rows + more) for count in counts]


def _outputs(realised: Sequence[tuple[float, date]], thresholds: Thresholds, sigma: float | None) -> OutputDrift:
    from valuation import measuring
    from valuation.measuring.refusals import BadMeasurement

    few = OutputDrift(len(realised), None, None, None, None, None, None, ())
    if len(realised) < thresholds.realised_min:
        return few
    logs, days = [ratio for ratio, _ in realised], [day.isoformat() for _, day in realised]
    level = thresholds.interval_level_bp / 10_000
    try:
        ratios = [math.exp(one) for one in logs]
        ones = [1.0] * len(logs)
        found = measuring.bootstrap(measuring.median_ratio, ratios, ones, days, seed=SEED, draws=DRAWS, level=level)
    except BadMeasurement:  # all on one day, for one
        return few
    alarms = []
    if found.low > thresholds.level_high_bp / 10_000 or found.high < thresholds.level_low_bp / 10_000:
        alarms.append(Alarm.LEVEL)
    up = down = crossed = None
    if sigma is not None and sigma > 0:
        slack, limit = thresholds.cusum_slack_bp / 10_000, thresholds.cusum_limit_bp / 10_000
        up, down, crossed = cusum([(ratio / sigma, day) for ratio, day in realised], slack=slack, limit=limit)
    if crossed is not None:
        alarms.append(Alarm.CUSUM)
    day = crossed.isoformat() if crossed else None
    return OutputDrift(len(realised), found.value, found.low, found.high, up, down, day, tuple(alarms))
