"""What the model would say if a person changed what a person can change: its behaviour, never a cause."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kernel.errors import Malformed, Refused
from kernel.money import for_people
from valuation import features
from valuation.estimates import Estimate
from valuation.features import Feature
from valuation.model import PriceModel
from valuation.statements import factor_text, statement
from valuation.words import WHAT_IF, value_in_words

STEP: Final = 1
CHANGEABLE: Final = {feature.name: feature for feature in features.FEATURES if feature.changeable}

Change = int | str


@dataclass(eq=False)
class UnknownFeature(Malformed):
    """There is no such feature."""

    zh = "没有这样的特征。"
    feature: str


@dataclass(eq=False)
class NotChangeable(Refused):
    """Nobody can change this of a result; only what is still open before the trade can be varied."""

    zh = "该特征由成果本身决定，不能变更；只能改变交易前仍可改变的特征。"
    feature: str
    changeable: tuple[str, ...]


@dataclass(eq=False)
class NotLearnt(Refused):
    """The model that made this valuation has learnt nothing of this feature, or knows only one value of it."""

    zh = "作出该估值的模型没有学到此特征的影响，或只见过一个取值。"
    feature: str


@dataclass(eq=False)
class OutsideLearnt(Refused):
    """The value lies outside what the model has met; it would be a guess."""

    zh = "取值超出模型所见的范围，结果只会是猜测。"
    feature: str
    least: int | None
    most: int | None
    among: tuple[str, ...] = ()


class NoModelToAsk(Refused):
    """No model made this valuation, so there is none to ask what would change."""

    zh = "该估值没有模型给出，无从推演。"


class NothingChanged(Malformed):
    """Change at least one thing to another value than it has."""

    zh = "请至少改变一项，并与现值不同。"


@dataclass(frozen=True, slots=True)
class Limit:
    """How far a feature can be varied: from `low` to `high` by `step`, or among `choices` (code, zh, en)."""

    feature: Feature
    value: Change | None
    low: int | None = None
    high: int | None = None
    choices: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What the model says before and after; `factor` is after over before, None where one of them says nothing."""

    changes: tuple[tuple[Feature, Any, Any], ...]
    before: Estimate
    after: Estimate

    @property
    def factor(self) -> float | None:
        """The middle of what the model says after, over before, also where neither is a price."""
        if self.before.centre_log is None or self.after.centre_log is None:
            return None
        return math.exp(self.after.centre_log - self.before.centre_log)

    def factor_before(self, feature: str) -> float:
        """The factor that a reason had before; one where it was none."""
        return next((one.factor for one in self.before.contributions if one.feature == feature), 1.0)

    def sentences(self) -> dict[str, list[str]]:
        """{"zh": sentences, "en": sentences}: what changed, what the model makes of it, and that it is no cause."""
        return {"zh": self._said(0), "en": self._said(1)}

    def _said(self, language: int) -> list[str]:
        named = []
        for feature, old, new in self.changes:
            words = [value_in_words(feature.name, one)[language] for one in (old, new)]
            label = (feature.label_zh, feature.label_en)[language]
            named.append((f"{label}由{words[0]}变为{words[1]}", f"{label} from {words[0]} to {words[1]}")[language])
        first = (f"若{'、'.join(named)}：", f"With {', '.join(named)}: ")[language] + self._outcome(language)
        rest = statement(self.after)[("zh", "en")[language]][1:2] if self.after.range else []
        return [first, *rest, (WHAT_IF[0] + "。", WHAT_IF[1][:1].upper() + WHAT_IF[1][1:] + ".")[language]]

    def _outcome(self, language: int) -> str:
        if self.factor is None:
            return ("样本不足，模型不作回答。", "not enough evidence, the model says nothing.")[language]
        times = factor_text(self.factor)
        said = (f"模型的估计为原来的{times}倍", f"the model says {times} times what it said")[language]
        if self.after.price is None:
            return said + ("，不给出单一价格。", "; no single price is given.")[language]
        price = for_people(self.after.price, ("zh", "en")[language])
        return said + (f"，约{price}。", f", about {price}.")[language]


def limits(model: PriceModel | None, facts: Mapping[str, Any]) -> list[Limit]:
    """What can be varied of these facts, within what the model has met. Nothing where there is no model."""
    return [] if model is None else [one for name in CHANGEABLE if (one := _limit(model, name, facts)) is not None]


def _limit(model: PriceModel, name: str, facts: Mapping[str, Any]) -> Limit | None:
    """None where the model knows less than two values."""
    columns, feature = model.columns, CHANGEABLE[name]
    if columns is None or name not in columns.names:
        return None
    if name in columns.categories:
        codes = columns.categories[name]
        choices = tuple((code, *value_in_words(name, code)) for code in codes)
        return Limit(feature, facts.get(name), choices=choices) if len(codes) > 1 else None
    if name not in columns.ranges:
        return None
    low, high = columns.ranges[name]
    value = facts.get(name)
    if high - low < STEP:
        return None
    return Limit(feature, None if value is None else round(value), low=-int(-low // 1), high=int(high // 1))


def changed(model: PriceModel, facts: Mapping[str, Any], changes: Mapping[str, Change]) -> dict[str, Any]:
    """The facts after the changes. Raises UnknownFeature, NotChangeable, NotLearnt, OutsideLearnt and NothingChanged."""
    made = dict(facts)
    for name, value in changes.items():
        if name not in features.BY_NAME:
            raise UnknownFeature(name)
        if name not in CHANGEABLE:
            raise NotChangeable(name, tuple(CHANGEABLE))
        limit = _limit(model, name, facts)
        if limit is None:
            raise NotLearnt(name)
        made[name] = _within(limit, value)
    if all(made.get(name) == facts.get(name) for name in changes):
        raise NothingChanged
    return made


def _within(limit: Limit, value: Change) -> float | str:
    name = limit.feature.name
    if limit.choices:
        among = tuple(code for code, _, _ in limit.choices)
        if value not in among:
            raise OutsideLearnt(name, None, None, among)
        return str(value)
    low, high = limit.low or 0, limit.high or 0
    if isinstance(value, str) or not low <= value <= high:
        raise OutsideLearnt(name, low, high)
    return float(value)
