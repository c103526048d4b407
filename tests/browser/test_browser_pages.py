"""Every page in a real browser, in both languages, on a phone and on a desk: it fits, breaks no policy, and axe finds nothing."""

import re

import pytest

from kernel.money import Money
from tests.support.auction_room import AuctionRoom
from tests.support.desk import LISTED, Desk, ok

pytestmark = [pytest.mark.browser, pytest.mark.long]

WIDTHS = (320, 1280)
PAGES = {
    "home": (None, "/"),
    "search": (None, "/?q=石墨烯"),
    "nothing found": (None, "/?q=zzz&mode=auction"),
    "rules": (None, "/about"),
    "sign in": (None, "/sign-in"),
    "lots": (None, "/lots"),
    "announced lot": ("bidder", "/lots/{lot_soon}"),
    "open lot": (None, "/lots/{lot_live}"),
    "open lot for a bidder": ("bidder", "/lots/{lot_live}"),
    "sold lot": (None, "/lots/{lot_sold}"),
    "notices": (None, "/notices"),
    "notice": ("rival", "/notices/{notice}"),
    "pool": (None, "/pool"),
    "pooled result": ("rival", "/pool/{pool_entry}"),
    "statistics": (None, "/statistics?table=by_region"),
    "result": (None, "/results/{result_listed}"),
    "result for its owner": ("seller", "/results/{result_private}"),
    "valuation": ("seller", "/valuations/{valuation}"),
    "no valuation": ("seller", "/valuations/{abstention}"),
    "valuation for its manager": ("manager", "/valuations/{valuation}"),
    "valuation for a third party": ("invited", "/valuations/{valuation}"),
    "review desk": ("manager", "/reviews"),
    "review desk of a third party": ("invited", "/reviews"),
    "pricing blind": ("manager", "/valuations/{valuation_to_judge}/blind"),
    "result for its manager": ("manager", "/results/{result_to_judge}"),
    "listing": ("rival", "/listings/{listing_listed}"),
    "listing for offers": ("rival", "/listings/{listing_open}"),
    "listing for its owner": ("seller", "/listings/{listing_open}"),
    "contract": ("seller", "/contracts/{contract}"),
    "calculator by income": ("seller", "/appraisals/calculator"),
    "calculator by cost": ("seller", "/appraisals/calculator/cost"),
    "calculator by comparable deals": ("seller", "/appraisals/calculator/market"),
    "working paper": ("seller", "/appraisals/papers/{working_paper}"),
    "desk": ("seller", "/desk"),
    "not found": (None, "/nowhere"),
}
HOSTILE = '"><img src=x onerror="window.__hit=1"><script>window.__hit=1</script>'


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_keeps_the_policy_and_can_be_read_by_all__wcag_22_aa(visiting, town, name, width):
    who, path = PAGES[name]
    found = []

    with visiting(width=width, person=town.residents.get(who)) as visitor:
        for language in ("zh", "en"):
            address = path.format(**town.things)
            status = visitor.go(f"{address}{'&' if '?' in address else '?'}lang={language}")
            found += [f"{language}: answered {status}"] if status >= 500 else []
            visitor.page.wait_for_timeout(150)
            # Before axe runs: it makes style elements of its own, which the policy rightly blocks.
            found += [f"{language}: {one}" for one in visitor.violations()]
            found += [f"{language}: {visitor.overflow()} px too wide"] if visitor.overflow() > 0 else []
            found += [f"{language}: {one}" for one in visitor.invisible()]
            found += [f"{language}: {one}" for one in visitor.axe()]
        found += visitor.faults

    assert found == []


def test_the_page_speaks_of_the_amount_in_capitals_while_one_types(visiting, town):
    with visiting(person=town.residents["bidder"]) as visitor:
        visitor.go(f"/lots/{town.things['lot_live']}")
        field = visitor.page.get_by_label("出价金额（元）")
        field.fill("1280000")

        assert visitor.page.locator("#amount-capitals").inner_text() == "壹佰贰拾捌万元整"

        field.press("Tab")

        assert field.input_value() == "1,280,000"


def test_the_browser_writes_capitals_as_the_server_does(visiting):
    from kernel.money import capitals

    amounts = [
        "1",
        "10",
        "105",
        "1001",
        "10000",
        "100001",
        "1010000",
        "20000000",
        "100000000",
        "100010001.05",
        "0.10",
        "7.08",
        "0",
    ]
    with visiting() as visitor:
        visitor.go("/about")
        source = visitor.page.evaluate(
            "async () => { const page = await (await fetch('/lots')).text();"
            " return document.querySelector('link[rel=stylesheet]').href.replace('css/market.css', 'js/money.js'); }"
        )
        said = visitor.page.evaluate(
            "async ([source, amounts]) => { const { capitals } = await import(source); return amounts.map(capitals); }",
            [source, amounts],
        )

    assert said == [capitals(Money.yuan(one)) for one in amounts]


def test_a_bid_of_somebody_else_comes_by_itself(visiting, town):
    room, rival = AuctionRoom(town.house.database), town.residents["rival"]
    lot = room.lot(town.things["lot_live"])
    with visiting(person=town.residents["bidder"]) as visitor:
        visitor.go(f"/lots/{lot.id}")

        room.bid(lot, rival.actor, (lot.highest or lot.start) + lot.step)
        visitor.page.get_by_text("您的出价未领先").wait_for(timeout=15_000)

        assert "¥250,000" in visitor.page.locator("#standing").inner_text()
        assert visitor.violations() == []
        assert visitor.axe() == []


def test_one_bids_by_keyboard_alone(visiting, town):
    with visiting() as visitor:
        page = visitor.page
        visitor.go(f"/sign-in?next=/lots/{town.things['lot_live']}")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
        page.keyboard.press("Enter")
        for text in (town.residents["bidder"].email, town.residents["bidder"].password):
            page.keyboard.press("Tab")
            page.keyboard.type(text)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        while page.evaluate("document.activeElement.id") != "amount":
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_text("出价已受理").wait_for()

        assert visitor.violations() == []
        assert visitor.axe() == []


def test_everything_works_without_scripts(visiting, town):
    with visiting(person=None, java_script_enabled=False) as visitor:
        page = visitor.page
        visitor.sign_in(town.residents["rival"])
        page.goto("/?q=石墨烯")
        page.get_by_role("link", name="石墨烯改性水性防腐涂料及其制备方法").click()
        page.get_by_role("link", name=re.compile("挂牌交易")).click()
        page.get_by_role("button", name="登记受让意向").click()

        assert page.get_by_text("贵方的受让意向").is_visible()

        page.goto(f"/lots/{town.things['lot_live']}")
        page.get_by_role("button", name="确认出价").click()

        assert page.get_by_text("出价已受理").is_visible()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("language", "said"), [("zh", "模型行为，非因果关系。"), ("en", "Model behaviour, not cause.")]
)
def test_a_what_if_answers_by_itself_and_can_be_read_by_all(visiting, town, width, language, said):
    with visiting(width=width, person=town.residents["seller"]) as visitor:
        visitor.go(f"/valuations/{town.things['valuation']}?lang={language}")
        visitor.page.locator("select[name=trade]").select_option("licence")
        visitor.page.locator("#what-if-answer").get_by_text(said).wait_for()

        assert visitor.violations() == []
        assert visitor.overflow() <= 0
        assert visitor.axe() == []


def test_a_refusal_can_be_read_by_all(visiting, town):
    with visiting(width=320, person=town.residents["bidder"]) as visitor:
        visitor.go(f"/lots/{town.things['lot_live']}")
        visitor.page.get_by_label("出价金额（元）").fill("1")
        visitor.page.get_by_role("button", name="确认出价").click()
        visitor.page.get_by_role("alert").wait_for()

        assert "出价低于当前最低有效出价" in visitor.page.get_by_role("alert").inner_text()
        assert visitor.overflow() <= 0
        assert visitor.axe() == []


def test_signing_out_leaves_nothing_behind(visiting, town):
    with visiting(person=town.residents["seller"]) as visitor:
        visitor.go("/desk")
        visitor.page.get_by_role("button", name="退出登录").click()

        assert visitor.go("/desk") == 401


def test_hostile_text_does_nothing_in_a_browser__asvs_1_2_1(visiting, town):
    desk = Desk(town.house, name="某大学<b>（测试）</b>")
    desk.registered(title=HOSTILE, summary=HOSTILE)
    valued = ok(desk.office.post(f"/v1/results/{desk.result_id}/valuations", json={}), 201)["id"]
    desk.drafted(LISTED, disclosures=HOSTILE).decided().published()
    owner = town.settle("周转化", "transfer_office", home=desk.home)
    pages = (
        "/",
        f"/?q={HOSTILE}",
        f"/results/{desk.result_id}",
        f"/listings/{desk.listing_id}",
        f"/valuations/{valued}",
    )

    with visiting(person=owner) as visitor:
        for path in (*pages, f"/v1/valuations/{valued}/waterfall.svg"):
            assert visitor.go(path) == 200
            assert visitor.page.evaluate("window.__hit") is None
            assert visitor.violations() == []
            assert visitor.page.locator("main img[src=x]").count() == 0


@pytest.mark.parametrize("setting", [{"reduced_motion": "reduce"}, {"forced_colors": "active"}])
def test_pages_honour_what_a_reader_needs(visiting, town, setting):
    with visiting(person=None, **setting) as visitor:
        visitor.go(f"/lots/{town.things['lot_live']}")

        assert visitor.page.locator(".standing").is_visible()
        assert visitor.axe() == []
