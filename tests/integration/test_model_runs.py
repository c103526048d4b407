"""Model runs in a real database: measured, exported, taken in, refused, and watched for drift once a day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text, update
from typer.testing import CliRunner

from app import wiring
from app.cli import runs, valuation
from kernel.db import Database
from kernel.ids import ContractId, ModelRunId, OrganisationId, ResultId, ValuationId, new_id
from kernel.money import Money
from kernel.tables import EventRow
from tests.support import people
from tests.support.past_deals import NOW, a_deal
from tests.support.runs import asked, keep_run, reference
from valuation import commands, registry, shelf, training
from valuation.deals import PriceType
from valuation.grading import Grade
from valuation.reviewing.commands import record_realised
from valuation.runs import files, transferring
from valuation.runs.due import watch_the_serving_run
from valuation.runs.files import RefusedFiles
from valuation.runs.tables import ModelWatch
from valuation.runs.transferring import import_run
from valuation.runs.watching import realised_ratios, serving_run
from valuation.tables import ModelPromotion, ModelRun, Valuation

LATER = NOW + timedelta(days=10)


@pytest.fixture
def cli(db: Database, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    @contextmanager
    def opened(_settings: object = None) -> Iterator[Database]:
        yield db

    monkeypatch.setattr(wiring, "open_database", opened)
    return CliRunner()


@pytest.fixture
def proved_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not the subject, artefacts are proved in this process: the one of its own takes two seconds to start."""
    monkeypatch.setattr(transferring, "prove", registry.unpack)


def say(cli: CliRunner, *words: str, code: int = 0) -> str:
    done = cli.invoke(valuation.app, list(words))
    assert done.exit_code == code, done.output
    return done.output


def forget(db: Database, run: ModelRun) -> None:
    with db.session("owner") as session:
        session.execute(delete(ModelPromotion).where(ModelPromotion.run_id == run.id))
        session.execute(delete(ModelRun).where(ModelRun.id == run.id))


def served(db: Database) -> ModelRunId | None:
    with db.session("web") as session:
        found = shelf.serving(session)
        return found[0].id if found else None


def take_in(db: Database, folder: Path, *, serve: bool = False) -> tuple[ModelRun, bool]:
    with db.session("worker") as session:
        return import_run(session, folder, serve=serve, now=LATER)


def ask(db: Database, run: ModelRun, facts: list[dict[str, Any]], *, at: datetime, price: Money | None = None) -> None:
    """Questions of different results that the run has answered."""
    with db.session("owner") as session:
        home = OrganisationId(people.make_organisation(session, kind="university").id)
        for one in facts:
            amount = {"price": price, "low": price, "high": price, "level_bp": 9_000} if price else {}
            session.add(
                Valuation(
                    id=ValuationId(new_id()),
                    result_id=ResultId(new_id()),
                    owner_id=home,
                    run_id=run.id,
                    subject=one,
                    grade=Grade.A,
                    reason=None if price else "too-little",
                    rests_on_generated=False,
                    evidence={},
                    explanation={},
                    comparables=[],
                    valued_at=at,
                    **amount,
                )
            )


def test_a_training_keeps_measures_by_group_and_price_and_what_it_looked_like(db: Database, cli: CliRunner) -> None:
    with db.session("worker") as session:
        for number in range(90):
            deal = a_deal(number, kind="invention" if number % 3 else "utility_model")
            commands.record_deal(session, deal=deal, now=NOW)
            commands.record_deal(
                session,
                deal=a_deal(number, source_id=f"ask-{number}", price_type=PriceType.ASK, title=f"第{number}号挂牌"),
                now=NOW,
            )
        run = training.train(session, NOW)

    deals = run.manifest["measures"]["real"]["deal"]
    parts = {(one["part"], one["name"]) for one in deals["study"]}
    assert set(run.manifest["measures"]["real"]) == {"ask", "deal"}
    assert {("overall", "overall"), ("kind", "invention"), ("kind", "utility_model"), ("trade", "transfer")} < parts
    assert {name for part, name in parts if part == "price"} == {"1/4", "2/4", "3/4", "4/4"}
    whole = deals["study"][0]["figures"]
    assert whole["median_ratio"][1] <= whole["median_ratio"][0] <= whole["median_ratio"][2]
    assert whole["cod"][3] in {"within", "outside-not-shown", "outside"}
    assert deals["promise"]["packages"] > 9 and 0 <= deals["promise"]["p"] <= 1
    assert deals["coverage"][0]["figures"]["coverage"][0] == pytest.approx(
        deals["promise"]["covered"] / deals["promise"]["packages"], abs=1e-5
    )
    assert deals["calibration"]["groups"]["examined"]["factors"]["90%"] > 1
    assert run.manifest["reference"]["packages"] == 180
    _the_commands_show_it(cli, run)


def _the_commands_show_it(cli: CliRunner, run: ModelRun) -> None:
    listed = json.loads(say(cli, "runs", "--json"))
    card, english = say(cli, "card"), say(cli, "card", run.model_id, "--language", "en")
    told = json.loads(say(cli, "card", str(run.id), "--json"))

    assert [(one["model_id"], one["serves"]) for one in listed] == [(run.model_id, True)]
    assert run.model_id in say(cli, "runs")
    for words in (
        "AI初始价格参考，非资产评估报告",
        "个人信息保护法第24条",
        "GB/T 42748",
        "敏感性",
        run.artefact_sha256,
    ):
        assert words in card.replace("\\", "")
    for words in ("mean |ln(estimate/price)|", "chosen", "price quantile: 1/4", "How to disagree", run.data_hash):
        assert words in english.replace("\\", "")
    assert "reference" not in told["manifest"] and told["manifest"]["measures"] == run.manifest["measures"]
    assert "暂不判断" in say(cli, "drift") and "no such run" in say(cli, "card", "2020-01-01/00", code=1).lower()


def test_a_run_goes_out_as_files_and_comes_back_as_it_was(db: Database, cli: CliRunner, tmp_path: Path) -> None:
    run = keep_run(db)

    say(cli, "export", "serving", str(tmp_path / "run"))
    assert "there already" in say(cli, "export", "serving", str(tmp_path / "run"), code=2)
    forget(db, run)
    assert served(db) is None
    assert "serves now" in say(cli, "import-run", str(tmp_path / "run"))

    assert served(db) == run.id
    with db.session("worker") as session:
        back = session.get_one(ModelRun, run.id)
        columns = [column.key for column in ModelRun.__table__.columns]
        assert [getattr(back, name) for name in columns] == [getattr(run, name) for name in columns]
    with db.session("worker") as session:
        assert session.execute(select(func.count()).select_from(ModelPromotion)).scalar_one() == 1


def test_a_damaged_folder_is_refused_and_the_old_model_serves_on(db: Database, cli: CliRunner, tmp_path: Path) -> None:
    champion, other = keep_run(db), keep_run(db, 2, trained_at=LATER, promoted=False)
    say(cli, "export", other.model_id, str(tmp_path / "run"))
    forget(db, other)
    artefact = tmp_path / "run" / files.ARTEFACT
    artefact.write_bytes(artefact.read_bytes()[:-1] + b"\x00")

    said = say(cli, "import-run", str(tmp_path / "run"), "--serve", code=1)

    assert "artefact.zlib" in said and "nothing has changed" in said
    assert served(db) == champion.id
    with db.session("worker") as session:
        assert session.execute(select(func.count()).select_from(ModelRun)).scalar_one() == 1


@pytest.mark.usefixtures("proved_here")
def test_a_run_taken_in_serves_only_when_told_and_never_when_older(
    db: Database, cli: CliRunner, tmp_path: Path
) -> None:
    champion = keep_run(db)
    newer, older = (
        keep_run(db, 2 + n, trained_at=NOW + timedelta(days), promoted=False) for n, days in ((0, 5), (1, -5))
    )
    for name, run in (("newer", newer), ("older", older)):
        say(cli, "export", run.model_id, str(tmp_path / name))
        forget(db, run)

    with pytest.raises(RefusedFiles, match="older than the run that serves"):
        take_in(db, tmp_path / "older", serve=True)
    assert not take_in(db, tmp_path / "older")[1] and not take_in(db, tmp_path / "newer")[1]
    assert served(db) == champion.id

    assert take_in(db, tmp_path / "newer", serve=True)[1]
    assert served(db) == newer.id


@pytest.mark.usefixtures("proved_here")
def test_another_run_under_a_known_name_is_refused(db: Database, cli: CliRunner, tmp_path: Path) -> None:
    run = keep_run(db)
    say(cli, "export", "serving", str(tmp_path / "run"))
    assert "whole" in say(cli, "verify-run", str(tmp_path / "run"))
    with db.session("owner") as session:
        session.execute(update(ModelRun).where(ModelRun.id == run.id).values(data_hash="e" * 64))

    with pytest.raises(RefusedFiles, match="another run is kept here"):
        take_in(db, tmp_path / "run")


def test_a_corrupted_row_is_neither_exported_nor_watched(db: Database, cli: CliRunner, tmp_path: Path) -> None:
    old, new = keep_run(db), keep_run(db, 2, trained_at=LATER)
    with db.session("owner") as session:
        session.execute(update(ModelRun).where(ModelRun.id == new.id).values(artefact=new.artefact[:-1]))

    assert "the hash differs" in say(cli, "export", new.model_id, str(tmp_path / "run"), code=1)
    assert not (tmp_path / "run").exists()
    with db.session("worker") as session:
        watched = serving_run(session)
        assert watched is not None and watched.id == old.id == served(db)


def test_a_well_hashed_row_of_nonsense_is_passed_over(db: Database) -> None:
    import hashlib
    import zlib

    old, new = keep_run(db), keep_run(db, 2, trained_at=LATER)
    nonsense = zlib.compress(b'{"form":2,"models":{"real":{}},"golden":{},"evidence":[],"discount":null}')
    with db.session("owner") as session:
        values = {"artefact": nonsense, "artefact_sha256": hashlib.sha256(nonsense).hexdigest()}
        session.execute(update(ModelRun).where(ModelRun.id == new.id).values(values))

    assert served(db) == old.id


def look(db: Database, now: datetime) -> int:
    with db.session("worker") as session:
        return watch_the_serving_run(session, now)


def told_of_drift(db: Database) -> list[dict[str, Any]]:
    with db.session("owner") as session:
        rows = select(EventRow.payload).where(EventRow.name == "model-drifted").order_by(EventRow.happened_at)
        return list(session.execute(rows).scalars())


def test_drift_is_told_once_a_run_and_day(db: Database, cli: CliRunner) -> None:
    run = keep_run(db, reference=reference().to_json())
    ask(db, run, asked(3, 60, remaining_life=1.5), at=LATER)

    done = [look(db, LATER), look(db, LATER + timedelta(hours=1)), look(db, LATER + timedelta(days=1))]

    assert done == [1, 0, 1]
    assert [(one["run_id"], one["alarms"]) for one in told_of_drift(db)] == [
        (str(run.id), ["remaining_life:distribution"])
    ] * 2
    with db.session("owner") as session:
        audited = text("SELECT count(*) FROM audit_entry WHERE action = 'valuation.drift'")
        assert session.execute(audited).scalar_one() == 2
    assert "有警报" in say(cli, "drift", code=1)
    assert json.loads(say(cli, "drift", "--json", code=1))["alarm"] is True


def test_an_ordinary_market_raises_no_alarm_and_old_questions_are_forgotten(db: Database, cli: CliRunner) -> None:
    run = keep_run(db, reference=reference().to_json())
    ask(db, run, asked(3, 60, remaining_life=1.5), at=NOW)
    ask(db, run, asked(4, 60), at=NOW + timedelta(days=120))

    assert look(db, NOW + timedelta(days=121)) == 1

    with db.session("worker") as session:
        seen = session.execute(select(ModelWatch)).scalar_one()
        assert not seen.alarm and seen.report["questions"] == 60
    assert told_of_drift(db) == []


def test_a_run_from_before_references_were_kept_is_looked_at_once_and_says_nothing(
    db: Database, cli: CliRunner
) -> None:
    keep_run(db)

    assert [look(db, LATER), look(db, LATER)] == [1, 0]
    assert "nothing to compare with" in say(cli, "drift")


def test_without_a_model_there_is_nothing_to_watch(db: Database) -> None:
    assert look(db, NOW) == 0


def sold(db: Database, number: int, *, on: date, arms_length: bool = True) -> None:
    """The result that was asked about `number`th is sold for 50,000 yuan, as the market tells it."""
    with db.session("worker") as session:
        found = session.execute(select(Valuation).order_by(Valuation.id).offset(number).limit(1)).scalar_one()
        assert record_realised(
            session,
            contract_id=ContractId(new_id()),
            result_id=found.result_id,
            owner_id=found.owner_id,
            trade="transfer",
            price=Money.yuan(50_000),
            arms_length=arms_length,
            agreed_on=on,
            now=NOW,
        )


def test_what_was_paid_is_set_against_what_had_been_estimated(db: Database) -> None:
    run = keep_run(db, reference=reference().to_json())
    for _ in range(12):
        ask(db, run, [{"trade": "transfer"}], at=NOW - timedelta(days=400), price=Money.yuan(100_000))
    for number in range(12):
        sold(db, number, on=date(2026, 3, 1 + number), arms_length=number != 1)

    with db.session("worker") as session:
        ratios = realised_ratios(session, run.id)

    assert len(ratios) == 11
    assert {round(ratio, 6) for ratio, _ in ratios} == {-0.693147}


def test_a_deal_before_its_estimate_realises_nothing(db: Database) -> None:
    run = keep_run(db)
    ask(db, run, [{"trade": "transfer"}], at=NOW, price=Money.yuan(100_000))
    sold(db, 0, on=date(2026, 1, 1))

    with db.session("worker") as session:
        assert realised_ratios(session, run.id) == []


def test_the_commands_are_those_of_valuation() -> None:
    assert runs.app is valuation.app
