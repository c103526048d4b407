"""The calculators as pages: filled in without JavaScript, refused beside the field, kept by the unit, in both languages."""

import base64
import re
from xml.etree import ElementTree

import pytest

from app.web import calculators, layouts
from tests.support.pages import Reader, hidden_of, words_of
from tests.support.town import Town
from valuation.appraisal.methods import Method

ADDRESS = "/appraisals/calculator"
INCOME = {
    "subject": "一种视觉检测方法",
    "base_date": "2026-10-31",
    "variant": "royalty_relief",
    "timing": "mid_year",
    "plan.amounts_fen.0": "3,000,000",
    "plan.amounts_fen.1": "480万",
    "plan.source": "销售计划",
    "plan.level.value": "1",
    "plan.level.low": "0.7",
    "plan.level.high": "1.15",
    "royalty.rate.value": "3.5%",
    "royalty.rate.low": "0.025",
    "royalty.rate.high": "4.5％",
    "royalty.rate.source": "备案合同",
    "discount.rate.value": "15%",
    "life.economic.value": "8",
    "life.legal.value": "12",
    "taxes.flows": "after_tax",
    "taxes.discount": "after_tax",
}
COST = {
    "base_date": "2026-10-31",
    "items.0.kind": "labour",
    "items.0.amount.value": "100万",
    "items.0.amount.source": "决算表",
    "items.3.kind": "materials",
    "items.3.amount.value": "200000.50",
    "items.4.kind": "testing",
    "development_years.value": "2",
    "capital_rate.value": "5%",
    "profit_rate.value": "10%",
    "depreciation.functional.value": "15%",
    "depreciation.economic.value": "0.05",
}
MARKET = {"base_date": "2026-10-31"} | {
    f"comparables.{place}.{name}": text
    for place in range(3)
    for name, text in {
        "title": f"案例{place}",
        "traded_on": "2025-06-01",
        "price.value": f"{40 + place}万",
        "factors.tech.value": "1.1",
    }.items()
}


@pytest.fixture
def reader(house):
    return Reader(house, Town(house).settle("周转化", "transfer_office", kind="university"))


def send(reader, method, fields, **changes):
    return reader.send(f"{ADDRESS}/{method}", **(fields | changes))


def test_the_public_is_asked_to_sign_in(house):
    assert Reader(house).get(ADDRESS).status_code == 401


@pytest.mark.parametrize("method", list(Method))
def test_every_form_can_be_read_in_both_languages_and_fits_its_limit(reader, method):
    fields = sum(len(calculators.names(field)) for field in layouts.fields_of(method))

    zh, en = (reader.read(f"{ADDRESS}/{method}?lang={language}") for language in ("zh", "en"))

    assert layouts.title(method).zh in zh and "来源" in zh and "not an appraisal report" in en
    assert fields + 5 < 200


@pytest.mark.parametrize(
    ("method", "fields", "told"),
    [
        ("income", INCOME, "收益法测算：约"),
        ("cost", COST, "成本法测算：约"),
        ("market", MARKET, "市场法测算：约45万元"),
    ],
)
def test_what_is_filled_in_is_calculated_with_sources_and_sensitivity(reader, method, fields, told):
    answer = send(reader, method, fields)

    page = words_of(answer)
    assert answer.status_code == 200, page
    assert told in page and "方法测算底稿，非资产评估报告" in page
    assert all(head in page for head in ("敏感性", "输入项及来源", "计算过程", "口径", "practice-01"))


def test_percent_signs_and_ten_thousands_are_understood(reader):
    body = calculators.body(Method.INCOME, INCOME)

    assert body["plan"]["amounts_fen"] == [300_000_000, 480_000_000]
    assert body["royalty"]["rate"]["value"] == "0.035" and body["royalty"]["rate"]["high"] == "0.045"
    assert calculators.body(Method.COST, COST)["items"][1]["amount"] == {"value_fen": 20_000_050}


def test_the_tornado_is_a_picture_that_the_policy_allows(reader):
    page = send(reader, "income", INCOME).text

    picture = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    root = ElementTree.fromstring(base64.b64decode(picture[1]))
    assert root.tag.endswith("svg") and "style" not in base64.b64decode(picture[1]).decode()
    assert len(root.findall(".//{http://www.w3.org/2000/svg}rect")) >= 6


WRONG = [
    ({"discount.rate.value": "15"}, 422, "discount.rate"),
    ({"discount.rate.value": "一成五"}, 422, "discount.rate.value"),
    ({"plan.amounts_fen.2": "很多"}, 422, "plan.amounts_fen.2"),
    ({"life.economic.value": "13"}, 409, "life.economic"),
    ({"life.economic.value": ""}, 422, "life.economic"),
    ({"taxes.discount": "before_tax"}, 409, None),
    ({"discount.rate.value": "1" * 40}, 422, "discount.rate.value"),
    ({"subject": '"><script>alert(1)</script>', "discount.rate.value": "x"}, 422, "discount.rate.value"),
]


def test_a_refusal_stands_on_the_page_beside_its_field_with_what_was_typed(reader):
    for changes, status, field in WRONG:
        answer = send(reader, "income", INCOME, **changes)

        assert answer.status_code == status, changes
        assert 'role="alert"' in answer.text and "<script>alert" not in answer.text
        assert 'value="480万"' in answer.text
        if field is not None:
            assert f'id="{field}-wrong"' in answer.text and f'<a href="#{field}' in answer.text


def test_the_unit_keeps_a_paper_and_reads_it_again(house, reader):
    page = reader.get(f"{ADDRESS}/income")

    answer = send(reader, "income", INCOME, keep="1", **hidden_of(page))
    address = re.search(r"/appraisals/papers/[0-9a-f-]+", answer.text)[0]
    paper, listed = reader.read(address), reader.read(ADDRESS)
    other = Reader(house, Town(house).settle("陈旁人", "transfer_office"))

    assert "一种视觉检测方法" in paper and "收益法测算" in paper and "备案合同" in paper
    assert "一种视觉检测方法" in listed
    assert other.get(address).status_code == 404
    assert "一种视觉检测方法" not in other.read(ADDRESS)


def test_nothing_is_kept_unless_asked(reader):
    send(reader, "income", INCOME)

    assert "本单位的测算底稿" not in reader.read(ADDRESS)


def test_an_unknown_method_leads_nowhere(reader):
    assert reader.get(f"{ADDRESS}/astrology").status_code == 404


def test_the_desk_leads_to_the_calculators(reader):
    assert f'href="{ADDRESS}"' in reader.get("/desk").text
