"""The one search: Chinese and English words, numbers, filters, and nothing that is not on offer."""

from tests.support.desk import AGREED, LISTED, Desk, ok


def offered(house, title, terms=AGREED, **changes):
    return Desk(house).registered(title=title, **changes).drafted(terms).decided().published()


def find(house, **asked):
    return ok(house.client.get("/v1/search", params=asked))


def titles(answer):
    return [item["title"] for item in answer["items"]]


def test_words_are_found_in_title_and_summary_and_the_title_weighs_more(house):
    offered(house, "一种水处理装置", summary="可用于石墨烯废水")
    offered(house, "石墨烯电池及其制备方法", summary="一种储能器件")
    offered(house, "阀门密封结构", summary="用于化工管道")

    assert titles(find(house, q="石墨烯")) == ["石墨烯电池及其制备方法", "一种水处理装置"]
    assert titles(find(house, q="石墨烯 电池")) == ["石墨烯电池及其制备方法"]
    assert find(house, q="拖拉机")["items"] == []


def test_english_words_and_numbers_are_found(house):
    desk = offered(house, "基于Transformer的故障诊断软件 PumpGuard", kind="software", number=None)
    patent = offered(house, "锂电池隔膜")
    number = ok(house.client.get(f"/v1/results/{patent.result_id}"))["number"]

    assert find(house, q="pumpguard")["items"][0]["result_id"] == desk.result_id
    assert find(house, q="pump")["total"] == 1
    assert titles(find(house, q=number)) == ["锂电池隔膜"]


def test_filters_narrow_and_the_newest_come_first_without_words(house):
    first = offered(house, "甲成果", tech_field="01")
    second = offered(house, "乙成果", LISTED, tech_field="02")

    assert titles(find(house)) == ["乙成果", "甲成果"]
    assert titles(find(house, field="01")) == ["甲成果"]
    assert titles(find(house, mode="listed")) == ["乙成果"]
    assert find(house, kind="design")["total"] == 0
    (item,) = find(house, mode="listed")["items"]
    assert (item["listing_id"], item["price_fen"], item["listing_state"]) == (second.listing_id, 50_000_000, "listed")
    assert find(house, limit=1)["has_more"] and titles(find(house, limit=1, offset=1)) == ["甲成果"]
    assert first.result_id == find(house, field="01")["items"][0]["result_id"]


def test_what_is_not_on_offer_is_not_found_and_not_counted(house):
    Desk(house).registered(title="隐秘的石墨烯成果").drafted(AGREED)

    assert find(house, q="石墨烯") == {"items": [], "total": 0, "total_is_bounded": False, "has_more": False}


def test_operators_quotes_and_noise_are_words_or_nothing(house):
    offered(house, "石墨烯电池")

    for text in ("'", "石墨 & | ! :*", "<->", "\\", "%_", "\u202e石墨", "'; DROP TABLE result; --"):
        assert house.client.get("/v1/search", params={"q": text}).status_code == 200
    assert find(house, q="!!!")["total"] == 0
    assert house.client.get("/v1/search", params={"q": "长" * 201}).status_code == 422
