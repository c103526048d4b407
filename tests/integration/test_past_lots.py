"""Past lots come in: from a list with its traps, and from the auctions of this market, each once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from typer.testing import CliRunner

from app import wiring
from app.cli import imports
from app.cli import valuation as valuation_cli
from app.jobs import deliver_once
from auctions import commands as auctions
from auctions.events import AwardDefaulted, LotSold, LotUnsold
from kernel.db import Database, market_now
from kernel.ids import new_id
from kernel.invariants import check_all
from kernel.money import Money
from market import feeds
from tests.support.auction_room import AuctionRoom
from tests.support.desk import AUCTION, Desk
from tests.support.past_lots import Hall, a_lot
from valuation import training
from valuation.importing.faults import Fault
from valuation.importing.sheets import UnreadableTable
from valuation.starting import commands, queries
from valuation.starting.importing import LotsReport, import_lots
from valuation.starting.lots import LotOutcome, ReferenceKind
from valuation.starting.tables import PastLotRow

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
REAL = "tech_auction_lots.csv"
HEADER = "标的名称,方式,起拍价（万元）,成交价（万元）,结果,评估价（万元）\n"
ROWS = "甲,拍卖,20,32,成交,30\n乙,拍卖,60,,流拍,50\n"


def bring(db: Database, path: Path, **how: Any) -> LotsReport:
    with db.session("worker") as session:
        return import_lots(session, path, now=NOW, **how)


def kept(db: Database) -> list[PastLotRow]:
    with db.session("worker") as session:
        return list(session.execute(select(PastLotRow).order_by(PastLotRow.recorded_at, PastLotRow.id)).scalars())


def violations(db: Database) -> list[Any]:
    with db.session("owner") as session:
        return list(check_all(session))


def table(folder: Path, content: str) -> Path:
    path = folder / "lots.csv"
    path.write_text(content, "utf-8")
    return path


def test_the_real_list_comes_in_without_its_traps(db: Database, real_data: Path) -> None:
    faults: list[Fault] = []

    report = bring(db, real_data / REAL, on_fault=faults.append)

    assert (report.rows_read, report.rows_stored, report.rows_rejected) == (20, 8, 12)
    assert report.lots_by_outcome == {"sold": 7, "unsold": 1} and report.ignored_columns == ("note",)
    by_line = {
        line: sorted(fault.code for fault in faults if fault.line == line) for line in {one.line for one in faults}
    }
    assert sum("lot-is-an-event" in codes for codes in by_line.values()) == 7
    assert sum(codes == ["mode-not-bidding"] for codes in by_line.values()) == 1
    assert sum("date-not-a-date" in codes for codes in by_line.values()) >= 1
    assert sum("missing" in codes and "lot-is-an-event" not in codes for codes in by_line.values()) == 3
    lots = {row.title: row for row in kept(db)}
    assert (lots["真空状态焊接技术"].start, lots["真空状态焊接技术"].final) == (Money.wan(5), Money.wan("12.5"))
    assert lots["促进骨折愈合的中药组合物(发明)"].outcome is LotOutcome.UNSOLD
    assert lots["基于美特材料的无线充电 8件专利 5年独家许可"].trade == "licence"
    assert all(row.source_url and row.source_url.startswith("http") for row in lots.values())
    assert violations(db) == []


def test_the_same_list_twice_and_dry_changes_nothing(db: Database, real_data: Path) -> None:
    dry = bring(db, real_data / REAL, dry_run=True)
    assert (dry.rows_stored, kept(db)) == (8, [])
    bring(db, real_data / REAL)

    again = bring(db, real_data / REAL)

    assert (again.rows_stored, again.rows_known, again.rows_rejected) == (0, 8, 12)
    assert len(kept(db)) == 8


def test_a_file_that_is_no_list_of_lots_stores_nothing(db: Database, tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable) as refused:
        bring(db, table(tmp_path, "标的名称,结果\n甲,成交\n"))

    assert refused.value.reason == "header" and "start_price" in refused.value.missing


def test_past_lots_cannot_be_changed_or_contradict_themselves(db: Database, tmp_path: Path) -> None:
    bring(db, table(tmp_path, HEADER + ROWS))

    for statement in ("UPDATE past_lot SET start = 1", "DELETE FROM past_lot", "DELETE FROM past_lot_annulled"):
        with pytest.raises(Exception, match="permission denied"), db.session("worker") as session:
            session.connection().exec_driver_sql(statement)
    for change in ("final = NULL", "final = start - 1", "reference = NULL", "start = 0"):
        with pytest.raises(IntegrityError), db.session("owner") as session:
            session.execute(text(f"UPDATE past_lot SET {change} WHERE outcome = 'sold'"))


@pytest.fixture
def room(db: Database) -> AuctionRoom:
    return AuctionRoom(db)


def test_a_lot_that_sells_and_one_that_fails_are_each_recorded_once(room: AuctionRoom) -> None:
    sold, failed = room.announce(), room.announce()
    bidder = room.bidder(sold)
    room.move_to(sold.opens_at)
    room.bid(sold, bidder, Money.wan(23))
    room.move_to(max(sold.ends_at, failed.ends_at) + timedelta(minutes=10))
    assert room.close_due() == 2

    deliver_once(room.db)
    for handler, told in (
        (feeds.learn_from_the_sale, LotSold(sold.id, sold.subject_id, sold.seller_id, new_id(), Money.wan(23), 1, 1)),
        (feeds.learn_from_the_failure, LotUnsold(failed.id, failed.subject_id, "no_bids")),
    ):
        with room.db.session("worker") as session:
            handler(session, told, market_now(session))

    rows = {row.source_id: row for row in kept(room.db)}
    assert len(rows) == 2
    assert (rows[str(sold.id)].outcome, rows[str(sold.id)].final) == (LotOutcome.SOLD, Money.wan(23))
    assert (rows[str(failed.id)].outcome, rows[str(failed.id)].final) == (LotOutcome.NO_BIDS, None)
    assert {row.start for row in rows.values()} == {Money.wan(20)} and rows[str(sold.id)].bidders == 1
    assert violations(room.db) == []


def test_a_lot_that_was_taken_back_says_nothing_of_its_start(room: AuctionRoom) -> None:
    lot = room.announce()
    auctioneer = room.staff("auctioneer")
    with room.acting(auctioneer) as session:
        auctions.withdraw(session, lot_id=lot.id, reason="权属核查", actor=auctioneer)

    deliver_once(room.db)

    assert kept(room.db) == []


def test_a_failure_below_the_reserve_keeps_the_reserve_secret(room: AuctionRoom) -> None:
    lot = room.announce(reserve=Money.wan(40))
    bidder = room.bidder(lot)
    room.move_to(lot.opens_at)
    room.bid(lot, bidder, Money.wan(21))
    room.move_to(lot.ends_at + timedelta(minutes=10))
    room.close_due()

    deliver_once(room.db)

    (row,) = kept(room.db)
    assert row.outcome is LotOutcome.BELOW_RESERVE
    assert Money.wan(40) not in [row.start, row.final, row.reference]


@pytest.mark.parametrize("default_first", [False, True])
def test_a_sale_that_is_never_paid_counts_no_more_in_whatever_order_it_is_told(
    room: AuctionRoom, default_first: bool
) -> None:
    lot = room.announce()
    bidder = room.bidder(lot)
    room.move_to(lot.opens_at)
    room.bid(lot, bidder, Money.wan(25))
    room.move_to(lot.ends_at + timedelta(minutes=10))
    room.close_due()
    sold = LotSold(lot.id, lot.subject_id, lot.seller_id, bidder.organisation(), Money.wan(25), 1, 1)
    undone = AwardDefaulted(lot.id, lot.subject_id, bidder.organisation())
    steps: list[Any] = [(feeds.learn_from_the_sale, sold), (feeds.unlearn_the_sale, undone)]

    for handler, told in [*(steps[::-1] if default_first else steps), *steps]:
        with room.db.session("worker") as session:
            handler(session, told, market_now(session))

    assert len(kept(room.db)) == 1
    with room.db.session("web") as session:
        assert queries.lots(session, "transfer") == []


def test_a_lot_of_a_listing_carries_its_benchmark_and_its_way_of_trade(house: Any) -> None:
    desk = Desk(house).registered().drafted(AUCTION).decided()
    lot = desk.do("lot", {"step_fen": 1_000_000}, status=201)
    wait = datetime.fromisoformat(lot["ends_at"]) - house.now()

    house.move(seconds=wait.total_seconds() + 3_600)

    (row,) = kept(house.database)
    assert (row.source_id, row.outcome, row.trade) == (lot["id"], LotOutcome.NO_BIDS, "transfer")
    assert (row.reference, row.reference_kind) == (Money(50_000_000), ReferenceKind.BENCHMARK)
    assert desk.state() == "unsold" and violations(house.database) == []
    with house.database.session("worker") as session:
        (bound,) = [one for one in training.training_rows(session) if one.at_most]
    assert (bound.price_fen, bound.kind, bound.trade) == (row.start.fen, "invention", "transfer")


def test_a_lot_told_otherwise_than_it_ended_is_found_by_the_audit(room: AuctionRoom) -> None:
    lot = room.announce()
    with room.db.session("worker") as session:
        false = a_lot(1, 2.0, sold=True, source_id=str(lot.id))
        commands.record_lot(session, lot=false, now=NOW)

    assert [(found.number, found.count) for found in violations(room.db)] == [("M8", 1)]


def test_only_lots_of_the_trade_or_of_none_and_at_arms_length_count(db: Database) -> None:
    with db.session("worker") as session:
        for number, changes in enumerate(
            [{}, {"trade": "transfer"}, {"trade": "licence"}, {"related_party": True}, {"closed_on": None}]
        ):
            commands.record_lot(session, lot=a_lot(number, 0.5, sold=True, **changes), now=NOW)

    with db.session("web") as session:
        assert [lot.source_id for lot in queries.lots(session, "transfer")] == ["0", "1", "4"]
        assert [lot.source_id for lot in queries.lots(session, "licence")] == ["0", "2", "4"]
        assert [lot.source_id for lot in queries.lots(session, "barter")] == ["0", "4"]


@pytest.fixture
def run(db: Database, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    @contextmanager
    def opened(_settings: object = None) -> Iterator[Database]:
        yield db

    monkeypatch.setattr(wiring, "open_database", opened)
    return CliRunner()


def test_the_command_line_brings_lots_in_and_says_what_is_wrong(run: CliRunner, tmp_path: Path) -> None:
    path = table(tmp_path, HEADER + ROWS + "丙,拍卖,20,10,成交,30\n")

    done = run.invoke(imports.app, ["lots", str(path), "--report", str(tmp_path / "why.csv")])
    strict = run.invoke(imports.app, ["lots", str(path), "--strict", "--json"])
    wrong = run.invoke(imports.app, ["lots", str(table(tmp_path, "一,二\n1,2\n"))])

    assert done.exit_code == 0 and "3 rows read, 2 stored, 0 known, 0 repeated in the file, 1 rejected" in done.output
    assert "成交价低于起拍价" in done.output and "sold 1, unsold 1" in done.output
    assert len((tmp_path / "why.csv").read_text("utf-8-sig").splitlines()) == 2
    assert strict.exit_code == 1 and json.loads(strict.output)["rows_known"] == 2
    assert wrong.exit_code == 2 and isinstance(wrong.exception, SystemExit)


def test_the_template_of_lots_can_be_imported_as_it_is(run: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "template.csv"

    assert run.invoke(imports.app, ["template", str(path), "--of", "lots"]).exit_code == 0
    assert json.loads(run.invoke(imports.app, ["lots", str(path), "--json"]).output)["rows_stored"] == 2
    assert run.invoke(imports.app, ["template", str(path), "--of", "dreams"]).exit_code == 2


def test_the_command_line_guides_or_says_how_many_lots_there_are(run: CliRunner, db: Database) -> None:
    few = run.invoke(valuation_cli.app, ["start-price", "500000"])
    with db.session("worker") as session:
        commands.record_lots(session, lots=Hall().lots(80), import_id=None, now=NOW)

    many = run.invoke(valuation_cli.app, ["start-price", "500000", "--language", "en"])
    told = run.invoke(valuation_cli.app, ["start-price", "500000", "--json"])

    assert few.exit_code == 1 and "样本不足" in few.output and "历史标的0宗" in few.output
    assert many.exit_code == 0 and "Start between" in many.output and "80 past lots" in many.output
    assert len(json.loads(told.output)["points"]) == 15
    for wrong in (["0"], ["1e9"], ["nan"], ["12.345"], ["99999999999999"], ["500000", "--trade", "gift"]):
        assert run.invoke(valuation_cli.app, ["start-price", *wrong]).exit_code == 2
