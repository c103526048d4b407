"""Model runs over HTTP and as pages: for everybody who is signed in, in both languages, with nothing of a single party."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.support.desk import ok
from tests.support.house import Client, House
from tests.support.pages import Reader
from tests.support.runs import keep_run, reference
from tests.support.town import Town
from valuation.tables import ModelRun

HOSTILE = "<script>alert(1)</script>|x"


@pytest.fixture
def buyer(house: House) -> Client:
    return house.act("buyer", kind="enterprise")


def a_run(house: House) -> ModelRun:
    return keep_run(
        house.database,
        reference=reference().to_json(),
        chosen={"real": "lightgbm"},
        out_of_time={"real": {"mdape": 0.24, "r2_log": 0.6}},
        loss="mean_abs_log_ratio",
        candidates={"real": {"lightgbm": {"mean_abs_log_ratio": 0.3, "packages": 40.0}, HOSTILE: {}}},
        left_out={"related-party": 3},
        rows={"deals": 60, "asks": 4},
        features=["kind", "remaining_life"],
        secret="of one party",
    )


def test_whoever_is_signed_in_reads_runs_and_cards(house: House, buyer: Client) -> None:
    old = a_run(house)
    new = keep_run(house.database, 2)

    listed = ok(buyer.get("/v1/models?limit=1"))
    rest = ok(buyer.get(f"/v1/models?starting_after={listed['next_after']}"))
    found = ok(buyer.get(f"/v1/models/{old.id}"))

    assert [one["model_id"] for one in listed["items"]] == [new.model_id] and listed["has_more"]
    assert [(one["id"], one["chosen"]) for one in rest["items"]] == [(str(old.id), {"real": "lightgbm"})]
    assert found["label_zh"] == "AI初始价格参考，非资产评估报告" and found["artefact_sha256"] == old.artefact_sha256
    assert [one["language"] for one in found["cards"]] == ["zh", "en"]
    assert {one["name"] for one in found["cards"][0]["sections"]} == {
        "purpose", "standing", "data", "candidates", "measures", "calibration",
        "discount", "features", "drift", "ethics", "appeal", "versions",
    }  # fmt: skip


def test_what_is_not_public_is_not_shown(house: House, buyer: Client) -> None:
    run = a_run(house)

    found = ok(buyer.get(f"/v1/models/{run.id}"))

    assert not {"reference", "secret"} & set(found["manifest"])
    assert "of one party" not in buyer.get(f"/v1/models/{run.id}").text


def test_runs_are_not_there_for_the_public_and_an_unknown_one_for_nobody(house: House, buyer: Client) -> None:
    run = a_run(house)

    assert house.client.get("/v1/models").status_code == 401
    assert house.client.get(f"/v1/models/{run.id}").status_code == 401
    assert buyer.get(f"/v1/models/{uuid4()}").status_code == 404
    assert buyer.get("/v1/models/1").status_code == 422
    assert Reader(house).get("/models").status_code == 401


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh",
            (
                "模型卡",
                "用途与限制",
                "关联交易",
                "候选模型与选择",
                "入选",
                "剩余经济寿命",
                "漂移监测",
                "非资产评估报告",
            ),
        ),
        (
            "en",
            ("Model card", "Purpose and limits", "related parties", "chosen", "How to disagree", "not an appraisal"),
        ),
    ],
)
def test_the_pages_say_it_in_both_languages(house: House, language: str, words: tuple[str, ...]) -> None:
    run = a_run(house)
    house.drain()
    reader = Reader(house, Town(house).settle("陈受让", "buyer"))

    listed = reader.read(f"/models?lang={language}")
    page = reader.read(f"/models/{run.id}?lang={language}")

    assert run.model_id in listed and "24%" in listed
    assert [word for word in words if word not in page] == []
    assert "<script>alert" not in reader.get(f"/models/{run.id}").text
    assert reader.get(f"/models/{uuid4()}").status_code == 404


def test_before_any_training_the_page_says_so(house: House) -> None:
    reader = Reader(house, Town(house).settle("陈受让", "buyer"))

    assert "尚未训练任何模型" in reader.read("/models")
