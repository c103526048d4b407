"""What the database itself keeps of the review desk: who sees which row, what never changes, and what the audit finds."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.auditing import audit
from kernel.db.session import act_as
from kernel.invariants import check_all
from kernel.signing import KeyFolder
from tests.support.desk import LISTED, ok
from tests.support.review_room import ReviewRoom

TABLES = (
    "valuation_part",
    "price_sight",
    "valuation_review",
    "review_invitation",
    "third_party_review",
    "human_decision",
    "realised_price",
)
APPEND_ONLY = ("valuation_part", "price_sight", "valuation_review", "third_party_review", "realised_price")


@pytest.fixture(scope="module")
def house(built_house, server):
    """The house, wiped after the last of these tests: they look, and undo what they do."""
    yield built_house
    server.wipe(built_house.database)


@pytest.fixture(scope="module")
def room(house):
    room = ReviewRoom(house)
    manager, third = room.manager(), room.invited()
    ok(room.review(manager, "accept"), 201)
    ok(room.sign(third), 201)
    ok(room.ask(), 201)
    room.people = {"owner": room.desk.office, "manager": manager, "third": third, "stranger": room.desk.buyer()}
    return room


def counted(house, client):
    """How many rows of each table the web role shows to somebody."""
    with house.database.session("web") as session:
        act_as(session, person=client.person_id, organisation=client.organisation_id)
        return {table: session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in TABLES}


def test_rows_are_shown_to_those_they_concern_even_without_the_code_above(house, room):
    seen = {name: counted(house, client) for name, client in room.people.items()}
    seen["operator"] = counted(house, house.exchange("operator"))

    for stranger in ("stranger", "operator"):
        assert set(seen[stranger].values()) == {0}, stranger
    assert seen["manager"]["valuation_review"] == seen["third"]["third_party_review"] == 1
    assert seen["owner"]["valuation_review"] == seen["owner"]["human_decision"] == 1
    assert seen["manager"]["price_sight"] == 1 and seen["owner"]["review_invitation"] == 1
    assert seen["manager"]["review_invitation"] == 0


def test_what_was_said_is_never_changed_or_taken_out(migrated):
    rights = text("SELECT has_table_privilege(:role, :table, 'UPDATE') OR has_table_privilege(:role, :table, 'DELETE')")
    with migrated.session("owner") as session:
        for role in ("web", "worker", "read", "desk"):
            for table in APPEND_ONLY:
                known = {"role": f"market_{role}", "table": table}
                assert session.execute(rights, known).scalar_one() is False, (role, table)


FORGED = (
    """INSERT INTO valuation_review (id, valuation_id, result_id, owner_id, ordinal, reviewer_id, organisation_id, verdict,
             price, reason, shown_before, rests_on_generated, reviewed_at)
           SELECT gen_random_uuid(), valuation_id, result_id, owner_id, 9, reviewer_id, organisation_id, 'override',
             1, 'x', false, false, now() FROM valuation_review""",
    "INSERT INTO price_sight SELECT valuation_id, reviewer_id, result_id, now() FROM valuation_review",
    """INSERT INTO third_party_review (id, valuation_id, invitation_id, owner_id, organisation_id, signed_by, agrees,
             opinion, qualification, file_sha256, document, document_sha256, signature, key_id, reviewed_at, signed_at)
           SELECT gen_random_uuid(), valuation_id, invitation_id, owner_id, organisation_id, signed_by, agrees, opinion,
             qualification, file_sha256, document, document_sha256, signature, key_id, now(), now() FROM third_party_review""",
)
"""A review, a sight and a third party's review, each written by somebody who did not make it."""


def test_nobody_writes_in_anothers_name(house, room):
    owner = room.people["owner"]
    for statement in FORGED:
        with house.database.open("web") as session:
            act_as(session, person=owner.person_id, organisation=owner.organisation_id)

            with pytest.raises(ProgrammingError, match="row-level security"):
                session.execute(text(statement))


@pytest.mark.long
def test_an_acceptance_of_another_price_is_refused_by_the_database(house, room):
    with house.database.open("owner") as session, pytest.raises(IntegrityError, match="acceptance_is_the_models"):
        session.execute(text("UPDATE valuation_review SET price = price + 1"))


def test_the_standing_is_told_to_the_owner_and_the_exchange_and_to_nobody_else(house, room):
    asked = text("SELECT count(*) FROM valuation_sign_off(:id)")
    operator = house.exchange("auctioneer")
    told = {}
    for name, client in {**room.people, "exchange": operator}.items():
        with house.database.session("web") as session:
            act_as(session, person=client.person_id, organisation=client.organisation_id)
            told[name] = session.execute(asked, {"id": room.valuation}).scalar_one()

    assert told == {"owner": 1, "manager": 0, "third": 0, "stranger": 0, "exchange": 1}


HARMS = (
    ("R1", "UPDATE valuation_review SET model_price = model_price + 1, price = price + 1"),
    ("R2", "UPDATE valuation_review SET shown_before = NOT shown_before"),
    ("R2", "DELETE FROM price_sight; UPDATE valuation_review SET shown_before = true"),
    (
        "R3",
        """INSERT INTO valuation_part (id, valuation_id, person_id, capacity, since)
               SELECT gen_random_uuid(), valuation_id, reviewer_id, 'completer', now() FROM valuation_review""",
    ),
    ("R4", "UPDATE review_invitation SET withdrawn_at = now()"),
    ("R5", "UPDATE third_party_review SET opinion = '不同'"),
    ("R5", "UPDATE third_party_review SET document = document || ' '"),
    ("R6", "UPDATE human_decision SET taken_by = asked_by, taken_at = now()"),
)


def test_the_audit_names_what_was_tampered_with(house, room):
    for number, harm in HARMS:
        with house.database.open("owner") as session:
            assert not [one for one in check_all(session) if one.number == number]
            for statement in harm.split(";"):
                session.execute(text(statement))

            assert [one.count for one in check_all(session) if one.number == number] == [1], harm


@pytest.mark.long
def test_the_audit_names_a_benchmark_that_nobody_signed__zhejiang_2025_27_item_13(house, room):
    terms = LISTED | {"basis": "ai_estimate_reviewed", "benchmark_fen": None, "valuation_id": room.valuation}
    room.desk.drafted(terms).decided().published()
    with house.database.session("owner") as session:
        assert not [one for one in check_all(session) if one.number == "M8"]
        session.execute(text("UPDATE listing SET benchmark = benchmark + 1"))

        assert [one.count for one in check_all(session) if one.number == "M8"] == [1]


def test_the_audit_verifies_every_signature_with_the_register(house, room, tmp_path):
    found = audit(house.database, house.keys)
    strange = audit(house.database, KeyFolder(tmp_path / "keys"))

    assert not [one for one in found.violations if one.number == "R7"]
    assert [one.count for one in strange.violations if one.number == "R7"] == [1]
    assert any("R7" in line for line in found.lines())
