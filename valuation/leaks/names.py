"""What may be a feature, by name: what stands in the feature file, is known on the day of the offer, and no price made it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kernel.errors import Refused
from valuation import features

RULES: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("rules.json").read_text("utf-8"))


@dataclass(eq=False)
class LeakRefused(Refused, ValueError):
    """These columns know the price, or what came after it; no model may learn from them."""

    zh = "这些字段含有价格或事后才知道的信息，不得用于训练模型。"
    columns: tuple[tuple[str, str], ...]
    """(column, why in English)."""


def check_features(names: Iterable[str]) -> None:
    """Pass names that are features. Raises LeakRefused with every other one and the reason."""
    refused = [(str(name), why) for name in names if (why := _why_not(str(name))) is not None]
    if refused:
        raise LeakRefused(tuple(refused))


def price_made(name: str) -> tuple[str, str] | None:
    """Why (zh, en) a column of this name is made of the price or known too late; None if its name says nothing."""
    return _PRICE_MADE.get(plain(name))


def plain(name: str) -> str:
    """A name without its way of writing: small letters, half width, no blanks, underscores, brackets or unit."""
    bare = unicodedata.normalize("NFKC", name).casefold().strip()
    bare = re.sub(r"[(\[].*?[)\]]", "", bare)
    bare = re.sub(r"[\s_\-](wan_?yuan|yuan|fen|cny|rmb|wan)$", "", bare)
    return re.sub(r"[\s_\-:.]+", "", bare)


def _why_not(name: str) -> str | None:
    if (made := price_made(name)) is not None:
        return made[1]
    feature = features.BY_NAME.get(name)
    if feature is None:
        return "not in the feature file"
    return None if feature.known_at_listing else "not known on the day of the offer"


_PRICE_MADE: Final = {plain(name): (one["zh"], one["en"]) for one in RULES["price_made"] for name in one["names"]}
