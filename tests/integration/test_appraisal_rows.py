"""The rows of appraisal: policies and constraints in the database, invariants that can fail, and a migration on filled tables."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.migrating import check, downgrade, upgrade
from kernel.invariants import check_all
from tests.support.appraisal_bodies import card, dated, indication, inputs
from tests.support.database import fresh_database
from tests.support.desk import REPORT, Desk, ok
from tests.support.house import House


def filled(house):
    """A report with one method, a paper, a scorecard and an indication."""
    desk = Desk(house).registered()
    path = f"/v1/results/{desk.result_id}"
    base = (house.now().date() - timedelta(days=9)).isoformat()
    one = {"methods": ["income"], "one_method_reason": "依准则只能采用收益法", "report_no": "一", "base_date": base}
    ok(desk.office.post("/v1/appraisals", json=REPORT | one | {"result_id": desk.result_id}), 201)
    ok(desk.office.post(f"{path}/scorecards", json=card()), 201)
    ok(desk.office.post(f"{path}/indications", json=indication(base_date=dated(house, days=5))), 201)
    ok(desk.office.post("/v1/appraisals/calculations/cost", json=inputs("cost", keep=True)))
    return desk


@pytest.mark.long
def test_reports_that_are_there_survive_the_migration_down_and_up(server):
    with fresh_database(server) as database:
        filled(House(database))

        downgrade(database, "market_01")
        with database.session("owner") as session:
            there = session.execute(text("SELECT methods FROM appraisal")).scalars().all()
        upgrade(database, environment="test")
        check(database)
        with database.session("owner") as session:
            kept = text("SELECT one_method_reason, retained_until - reported_on FROM appraisal")
            reason, days = session.execute(kept).one()

        assert there == [["income"]] and reason and days in (5478, 5479, 5480)


DAMAGES = {
    "A1": "INSERT INTO appraisal_file SELECT id, repeat('0', 64), 1, 'application/pdf', recorded_by, recorded_at FROM appraisal",
    "A2": "UPDATE indication SET likely = likely + 1",
    "A3": "UPDATE scorecard SET total = total + 1",
    "A4": "UPDATE working_paper SET value = value + 1",
}
IMPOSSIBLE = (
    "UPDATE appraisal SET one_method_reason = NULL",
    "UPDATE appraisal SET statutory = true",
    "UPDATE appraisal SET retained_until = base_date",
    "UPDATE scorecard SET total = 10001",
    "UPDATE indication SET low = high + 1",
    "UPDATE indication SET method = 'market'",
    "UPDATE working_paper SET value = 0",
)


def test_a_damaged_row_is_found_by_the_audit_and_an_impossible_one_by_the_database(house):
    filled(house)
    found = {}

    with house.database.session("owner") as session:
        before = check_all(session)
        for number, damage in DAMAGES.items():
            damaged = session.begin_nested()
            session.execute(text(damage))
            found[number] = [one.number for one in check_all(session)]
            damaged.rollback()
        for wrong in IMPOSSIBLE:
            with pytest.raises(IntegrityError), session.begin_nested():
                session.execute(text(wrong))

    assert before == []
    assert found == {number: [number] for number in DAMAGES}


def test_others_see_no_row_even_without_the_queries(house):
    desk = filled(house)
    stranger = house.act("transfer_office", "appraiser")
    from kernel.db.session import act_as

    tables = ("appraisal", "scorecard", "indication", "working_paper")
    counted = {}
    for who in (desk.office, stranger):
        with house.database.session("web") as session:
            act_as(session, person=who.person_id, organisation=who.organisation_id)
            counted[who] = [session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables]

    assert counted[desk.office] == [1, 1, 1, 1]
    assert counted[stranger] == [0, 0, 0, 0]
