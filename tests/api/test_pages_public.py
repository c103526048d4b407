"""What the public sees: pages that are true in both languages, escaped, and silent about what is not public."""

import html
import re

import pytest

from app.web import assets
from kernel.money import Money
from tests.support import people
from tests.support.contracting import sale
from tests.support.desk import AGREED, LISTED, Desk, ok
from tests.support.pages import Reader, words_of
from tests.support.town import Town

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)//",
    "' onmouseover='alert(1)",
    "<svg><style>@import '//evil'</style></svg>",
]
PUBLIC = ["/", "/lots", "/notices", "/pool", "/statistics", "/about", "/sign-in"]


@pytest.fixture
def reader(house):
    return Reader(house)


@pytest.mark.parametrize("path", PUBLIC)
def test_every_public_page_can_be_read_before_anything_is_there(reader, path):
    zh, en = reader.get(path), reader.get(f"{path}?lang=en")

    assert (zh.status_code, en.status_code) == (200, 200)
    assert '<html lang="zh-CN"' in zh.text and '<html lang="en"' in en.text
    assert len(re.findall("<h1", zh.text)) == 1


@pytest.mark.parametrize("path", PUBLIC)
def test_pages_may_run_and_load_nothing_but_our_own(reader, path):
    answer = reader.get(path)

    assert "script-src 'self'; style-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)", answer.text)


def test_the_language_stays_once_it_is_chosen(reader):
    chosen = reader.get("/about?lang=en")
    later = reader.get("/lots")
    back = reader.get("/lots?lang=zh")

    cookie = chosen.headers["set-cookie"]
    assert "lang=en" in cookie and "HttpOnly" in cookie and "Secure" in cookie and "SameSite=lax" in cookie
    assert '<html lang="en"' in later.text
    assert '<html lang="zh-CN"' in back.text


def test_a_language_nobody_speaks_is_not_kept(reader):
    answer = reader.get("/about?lang=../../etc")

    assert '<html lang="zh-CN"' in answer.text
    assert "set-cookie" not in answer.headers


def test_the_language_switch_keeps_the_search(reader):
    page = reader.get("/?q=电池&mode=auction").text

    assert 'href="/?q=%E7%94%B5%E6%B1%A0&amp;mode=auction&amp;lang=en"' in page


def test_files_may_be_kept_for_good_under_their_digest(reader):
    fresh = reader.get(assets.address("css/market.css"))
    stale = reader.get("/static/0000000000000000/css/market.css")

    assert fresh.status_code == 200
    assert fresh.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert fresh.headers["content-type"].startswith("text/css")
    assert stale.status_code == 404


@pytest.mark.parametrize("path", ["/nowhere", "/lots/not-an-id", "/results/00000000-0000-0000-0000-000000000000"])
def test_what_is_not_there_is_said_on_a_page_with_the_request_id(reader, path):
    answer = reader.get(path)

    assert answer.status_code == 404
    assert "没有找到" in words_of(answer)
    assert answer.headers["x-request-id"] in answer.text


def test_programs_are_answered_with_documents(house):
    answer = house.client.get("/v1/nowhere", headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/lots?after=x", "/?offset=-1", "/?offset=99999", "/statistics?year=1", "/statistics?table=x"]
)
def test_an_address_that_makes_no_sense_leads_nowhere(reader, path):
    assert reader.get(path).status_code == 404


def test_hostile_text_is_only_ever_text__asvs_1_2_1(house, reader):
    title = " ".join(HOSTILE)
    desk = Desk(house).registered(title=title, summary=title).drafted(LISTED, disclosures=title).decided().published()

    pages = [reader.get(path) for path in ("/", f"/results/{desk.result_id}", f"/listings/{desk.listing_id}")]
    searched = reader.get("/", params={"q": title[:200]})

    for page in [*pages, searched]:
        assert page.status_code == 200
        assert not re.search(r"<script(?![^>]* src=\"/static)|<img src=x|<svg|<style| onmouseover='", page.text)
    assert all(title in html.unescape(page.text) for page in pages)
    assert title[:200] in html.unescape(searched.text)


def test_the_search_finds_by_words_field_and_mode(house, reader):
    desk = Desk(house)
    desk.registered(title="石墨烯锂电池负极材料", tech_field="05").drafted(AGREED).decided().published()
    desk.registered(title="低温余热发电装置", tech_field="06").drafted(LISTED).decided().published()

    by_words = reader.read("/?q=余热")
    by_field = reader.read("/?field=05")
    by_mode = reader.read("/?mode=listed")
    nothing = reader.read("/?q=高铁")

    assert "低温余热发电装置" in by_words and "石墨烯" not in by_words
    assert "石墨烯锂电池负极材料" in by_field and "余热" not in by_field
    assert "低温余热发电装置" in by_mode and "石墨烯" not in by_mode
    assert "没有找到" in nothing


def test_a_filter_that_nobody_knows_filters_nothing(house, reader):
    Desk(house).registered(title="低温余热发电装置").drafted(LISTED).decided().published()

    assert "低温余热发电装置" in reader.read("/?field=99&mode=barter")


def test_what_is_not_published_is_not_there(house, reader):
    desk = Desk(house).registered(title="尚未公开的成果").drafted(AGREED)

    assert reader.get(f"/results/{desk.result_id}").status_code == 404
    assert reader.get(f"/listings/{desk.listing_id}").status_code == 404
    assert "尚未公开的成果" not in reader.read("/")


def test_the_public_reads_a_result_but_no_estimate_and_no_floor(house, reader):
    desk = Desk(house).registered(title="一种光伏逆变器的散热结构")
    valued = ok(desk.office.post(f"/v1/results/{desk.result_id}/valuations", json={}), 201)
    desk.drafted(AGREED).decided().published()

    result, listing = reader.read(f"/results/{desk.result_id}"), reader.read(f"/listings/{desk.listing_id}")

    assert "一种光伏逆变器的散热结构" in result and "王教授" in result and "70%" not in result
    assert "初始化估价" not in result.replace("初始化定价", "")
    assert "¥500,000" in listing and "伍拾万元整" in listing and "¥400,000" not in listing
    assert reader.get(f"/valuations/{valued['id']}").status_code == 401


def test_small_figures_are_not_published__statistics_law_25(house, reader):
    sale(house).signed().registered()

    page = reader.read("/statistics?table=by_type")

    assert "–*" in page and "1,000,000" not in page and "统计法" in page


def test_the_statistician_sees_every_cell_and_is_told_so(house):
    sale(house).signed().registered()
    with house.database.session("owner") as session:
        exchange = people.the_exchange(session).id
    statistician = Town(house).settle("孙统计", "statistician", home=exchange)

    page = Reader(house, statistician).read("/statistics?table=by_type")

    assert "¥1,000,000" in page and "请勿外传" in page and "–*" not in page


def test_the_statistics_page_shows_what_the_interface_answers(house, reader):
    for number in range(3):
        sale(house, price=Money.yuan(100_000 + number)).signed().registered()

    page = reader.read("/statistics?table=totals")
    answer = house.client.get("/v1/statistics/totals").json()

    assert "¥300,003" in page
    assert answer["total"]["contract_value_fen"] == 30_000_300
