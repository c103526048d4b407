"""Both languages say everything: no key is missing, none is left over, and every word a page may need is there."""

import json
import re
from datetime import UTC, date, datetime
from enum import StrEnum

import pytest

from app.web.languages import CATALOGUES, LANGUAGES, chosen, words
from app.web.rendering import TEMPLATES
from auctions.rules import LegalBasis
from auctions.states import DepositState, LotState
from contracts.agreements.licensing import LicenceKind
from contracts.agreements.signing import SignatureState
from contracts.agreements.states import ContractState, RegistrationState
from contracts.licences.states import TrialState
from contracts.licences.trying import SilenceEffect
from contracts.statistics.queries import TABLES
from kernel.money import Money
from market.listings.negotiation import Side
from market.listings.states import DecisionState, InterestState, ListingState, NoticeState, ObjectionState, OfferState
from market.listings.terms import Basis, Mode, Way
from market.results.kinds import PlanSource, Priority, ResultKind
from market.results.states import ResultState
from parties.roles import Role
from valuation.grading import Grade, Reason
from valuation.reviewing.kinds import Verdict
from valuation.reviewing.states import HumanDecisionState

SPOKEN: dict[str, type[StrEnum]] = {
    "state.lot": LotState,
    "state.deposit": DepositState,
    "state.result": ResultState,
    "state.listing": ListingState,
    "state.decision": DecisionState,
    "state.offer": OfferState,
    "state.interest": InterestState,
    "state.notice": NoticeState,
    "state.objection": ObjectionState,
    "state.contract": ContractState,
    "state.registration": RegistrationState,
    "state.signature": SignatureState,
    "state.trial": TrialState,
    "result_kind": ResultKind,
    "plan_source": PlanSource,
    "priority": Priority,
    "mode": Mode,
    "basis": Basis,
    "way": Way,
    "side": Side,
    "valuation.grade": Grade,
    "state.human_decision": HumanDecisionState,
    "verdict": Verdict,
    "valuation.reason": Reason,
    "desk.may": Role,
    "legal_basis": LegalBasis,
    "licence_kind": LicenceKind,
    "silence": SilenceEffect,
    "role": Role,
}
_KEY = re.compile(r"""\bt(?:\.many)?\(\s*["']([^"']+)["']\s*([~)\],])""")
_PLACE = re.compile(r"{(\w+)}")


def _catalogue(language):
    return json.loads((CATALOGUES / f"{language}.json").read_text("utf-8"))


def _used():
    """Every key a template names in full, and every beginning to which it adds a value."""
    for path in sorted(TEMPLATES.rglob("*.html")):
        for key, after in _KEY.findall(path.read_text("utf-8")):
            yield path.name, key, after == "~"


def test_every_key_is_said_in_every_language():
    zh, en = (_catalogue(language) for language in LANGUAGES)

    assert list(zh) == list(en)
    assert [key for key in zh if not zh[key].strip() or not en[key].strip()] == []


def test_both_languages_fill_in_the_same_facts():
    zh, en = (_catalogue(language) for language in LANGUAGES)

    assert [key for key in zh if set(_PLACE.findall(zh[key])) != set(_PLACE.findall(en[key]))] == []


def test_every_key_a_template_uses_is_in_the_catalogues():
    known = _catalogue("zh")
    missing = [
        f"{name}: {key}"
        for name, key, begins in _used()
        if not (any(one.startswith(key) for one in known) if begins else {key, f"{key}.many"} & known.keys())
    ]

    assert missing == []


def test_no_key_is_left_over():
    used = list(_used())
    texts = "".join(path.read_text("utf-8") for path in TEMPLATES.parent.rglob("*.py"))
    texts += "".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html"))
    beginnings = (*(key for _, key, begins in used if begins), "fact.")
    whole = {key for _, key, begins in used if not begins}

    left = [
        key
        for key in _catalogue("zh")
        if key not in whole
        and key.removesuffix(".one").removesuffix(".many") not in whole
        and not key.startswith(beginnings)
        and f'"{key}"' not in texts
    ]

    assert left == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("prefix", SPOKEN)
def test_every_state_and_kind_has_a_name(prefix, language):
    t = words(language)

    assert [value for value in SPOKEN[prefix] if not t.knows(f"{prefix}.{value.value}")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_of_the_statistics_has_a_name(language):
    t = words(language)

    assert [
        name for name in TABLES if not (t.knows(f"statistics.table.{name}") and t.knows(f"statistics.row.{name}"))
    ] == []


def test_chinese_unless_another_language_is_asked_for():
    assert chosen(None, None) == "zh"
    assert chosen("en", None) == "en"
    assert chosen(None, "en") == "en"
    assert chosen("zh", "en") == "zh"
    assert chosen("fr", "../en") == "zh"


def test_days_and_times_are_written_as_the_language_does_in_beijing_time():
    instant = datetime(2026, 11, 20, 18, 5, 3, 7_900, tzinfo=UTC)

    assert words("zh").moment(instant) == "2026年11月21日 02:05"
    assert words("en").moment(instant) == "21 November 2026 02:05"
    assert words("en").clock(instant) == "2026-11-21 02:05:03.007"
    assert words("en").day(date(2026, 2, 1)) == "1 February 2026"


def test_prices_are_exact_and_estimates_are_not():
    amount = Money.yuan("812345.60")

    assert words("zh").price(amount) == "¥812,345.60"
    assert words("zh").price(Money.yuan(812_345)) == "¥812,345"
    assert words("zh").estimate(amount) == "81万元"
    assert words("en").estimate(amount) == "¥810,000"
    assert words("en").typed(Money.yuan(812_345)) == "812,345"


def test_shares_and_numbers():
    assert words("zh").share(1250) == "12.5%"
    assert words("zh").share(10_000) == "100%"
    assert words("en").many("months", 1) == "1 month"
    assert words("en").many("months", 1200) == "1,200 months"


def test_a_key_that_nobody_knows_is_noticed():
    with pytest.raises(KeyError):
        words("zh")("no.such.key")


@pytest.mark.parametrize(
    ("cited", "zh"),
    [
        ("拍卖法 art 36", "拍卖法第36条"),
        ("拍卖法 arts 18, 27", "拍卖法第18、27条"),
        ("民法典 arts 638–640", "民法典第638–640条"),
        ("国发〔2016〕16号", "国发〔2016〕16号"),
    ],
)
def test_articles_are_cited_as_the_language_does(cited, zh):
    assert words("zh").article(cited) == zh
    assert words("en").article(cited) == cited
