"""The nouns of past transactions: what was traded, how, at what kind of price, and which rows are one deal."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kernel.money import Money

TITLE_LENGTH_MAX: Final = 300
ABSTRACT_LENGTH_MAX: Final = 2_000
PACKAGE_SIZE_MAX: Final = 10_000

FROM_FILE: Final = "file"
FROM_CONTRACT: Final = "contract"
"""Where a row came from: an imported table, or a contract completed in this market."""


class Trade(StrEnum):
    """The way a result changes hands: 转让, 许可, 作价入股 (促进科技成果转化法 art 16)."""

    TRANSFER = "transfer"
    LICENCE = "licence"
    EQUITY = "equity"


class PriceType(StrEnum):
    """What kind of price a row states. They are never mixed: an ask is not a deal, an appraisal is neither.

    An unsold lot states the start at which nobody took it: the price would have been lower.
    """

    DEAL = "deal"
    ASK = "ask"
    APPRAISAL = "appraisal"
    UNSOLD = "unsold"


class Kind(StrEnum):
    """What is traded; the last five have no patent number."""

    INVENTION = "invention"
    UTILITY_MODEL = "utility_model"
    DESIGN = "design"
    SOFTWARE = "software"
    LAYOUT_DESIGN = "layout_design"
    PLANT_VARIETY = "plant_variety"
    NEW_DRUG = "new_drug"
    KNOW_HOW = "know_how"


TERM_YEARS: Final = {Kind.INVENTION: 20, Kind.UTILITY_MODEL: 10, Kind.DESIGN: 15}
"""The term of protection from the filing date, in years (专利法 art 42). Designs filed before June 2021 have ten years."""

FIRST_DAY: Final = date(1985, 4, 1)
"""The Patent Law came into force: nothing was traded under it before."""


def last_day(kind: Kind, *, filed_on: date | None, filed_year: int | None) -> date | None:
    """The last day on which a right can be alive; None where it has no term or nothing is known of its filing.

    Where only the year of filing is known, it may live to the last day of its last year.
    """
    term = TERM_YEARS.get(kind)
    if term is None or (filed_on is None and filed_year is None):
        return None
    if filed_on is None:
        return date((filed_year or 0) + term, 12, 31)
    try:
        return filed_on.replace(year=filed_on.year + term)
    except ValueError:
        return filed_on.replace(year=filed_on.year + term, day=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDeal:
    """One row of what happened: a price of a stated type for one result, or for one package stated as a whole.

    `source` and `source_id` name the row for ever: the same pair is never stored twice. `filed_year` is used where the
    day of filing is not known. `generated` marks reference data that no market has seen; `seller` and `buyer` are
    keys (see `party_key`), None where they are not stated; `defaulted`: the price was bid and never paid.
    """

    source: str
    source_id: str
    title: str
    kind: str
    trade: str
    price: Money
    dealt_on: date
    price_type: str = "deal"
    application_number: str | None = None
    related_party: bool = False
    package_id: str | None = None
    package_size: int = 1
    tech_field: str | None = None
    filed_on: date | None = None
    filed_year: int | None = None
    licence_kind: str | None = None
    generated: bool = False
    abstract: str = ""
    seller: str | None = None
    buyer: str | None = None
    defaulted: bool = False

    def package_key(self) -> str:
        """The package this row belongs to: the one it names, or else all rows of one day, trade, type and price.

        The second rule is for lists that repeat a package's price, or its share per patent, on every row: 78 such rows
        can be 25 deals. For asks it finds the batch that a seller put up in one go. It is for weights and for counting
        deals; it is made of the price and therefore never a feature and never a split.
        """
        if self.package_id is not None:
            return fingerprint(self.source, "package", self.package_id)
        if self.source == FROM_FILE:
            return fingerprint("same", self.trade, self.price_type, self.dealt_on.isoformat(), self.price.fen)
        return fingerprint(self.source, self.source_id)


def content_id(deal: PastDeal) -> str:
    """The natural key of a row that has no number of its own: all that it states. Equal rows are one row."""
    return fingerprint(
        deal.application_number,
        deal.title,
        deal.kind,
        deal.trade,
        deal.licence_kind,
        deal.price.fen,
        deal.dealt_on.isoformat(),
        deal.price_type,
        deal.package_id,
        deal.package_size,
        deal.related_party,
        deal.tech_field,
        deal.filed_on.isoformat() if deal.filed_on else None,
        deal.filed_year,
        # Added later: rows that do not state them keep the key they have always had.
        *([deal.abstract, deal.seller, deal.buyer, deal.defaulted] if _says_more(deal) else ()),
    )


def party_key(name: str) -> str:
    """A party as it is kept in the training set: a fingerprint that tells two apart and names nobody."""
    return fingerprint("party", "".join(unicodedata.normalize("NFKC", name).casefold().split()))[:32]


def _says_more(deal: PastDeal) -> bool:
    return bool(deal.abstract or deal.seller or deal.buyer or deal.defaulted)


def fingerprint(*facts: str | int | bool | None) -> str:
    """SHA-256 of the facts as a JSON list, lower-case hex: no two lists of facts run together."""
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
