"""Reports and their documents over HTTP: what is recorded, what is taken in, and what is kept."""

import hashlib

import pytest

from kernel.files import FolderStore
from kernel.invariants import check_all
from tests.support.appraisal_bodies import PDF, report
from tests.support.desk import ok, refused, slug


@pytest.fixture
def stored(house, tmp_path):
    house.app.state.files = FolderStore(tmp_path / "files")
    yield house
    house.app.state.files = None


def send_file(client, made, content=PDF, media_type="application/pdf"):
    return client.post(
        f"/v1/appraisals/{made['id']}/file", content=content, headers={"Content-Type": media_type}
    )  # fmt: skip


def test_a_report_is_good_for_a_year_by_default_and_says_by_which_rule(desk):
    made = ok(desk.office.post("/v1/appraisals", json=report(desk)), 201)

    assert made["valid_until"] > made["base_date"]
    assert "appraisal.validity_months" in made["validity_rule"] and "memory" in made["validity_rule"]


def test_statutory_work_and_one_method_are_recorded_with_what_they_need__appraisal_law_26_28_29(desk):
    one = report(desk, methods=["income"], report_no="一")
    refused_one = refused(desk.office.post("/v1/appraisals", json=one))
    made = ok(desk.office.post("/v1/appraisals", json=one | {"one_method_reason": "依准则只能采用收益法"}), 201)
    unregistered = refused(desk.office.post("/v1/appraisals", json=report(desk, statutory=True, report_no="二")))
    numbers = {"signer_numbers": ["33150001", "33150002"], "agency_filing_no": "浙财评备〔2019〕1号"}
    statutory = ok(
        desk.office.post("/v1/appraisals", json=report(desk, statutory=True, report_no="三") | numbers), 201
    )  # fmt: skip

    assert slug(refused_one) == "too-few-methods" and made["methods"] == ["income"]
    assert slug(unregistered) == "signers-not-registered"
    assert int(made["retained_until"][:4]) - int(made["reported_on"][:4]) == 15
    assert int(statutory["retained_until"][:4]) - int(statutory["reported_on"][:4]) == 30
    assert statutory["agency_filing_no"] == "浙财评备〔2019〕1号"


def test_a_report_is_not_dated_outside_its_time(desk):
    for day in ("2020-01-01", "2199-01-01"):
        body = report(desk, reported_on=day)

        assert slug(refused(desk.office.post("/v1/appraisals", json=body))) == "report-day-wrong"


def test_the_document_is_taken_in_once_if_it_is_the_one_recorded(stored, desk):
    made = ok(
        desk.office.post("/v1/appraisals", json=report(desk, file_sha256=hashlib.sha256(PDF).hexdigest())), 201
    )  # fmt: skip

    before = desk.office.get(f"/v1/appraisals/{made['id']}/file")
    other = refused(send_file(desk.office, made, PDF + b"x"))
    received = ok(send_file(desk.office, made))
    again = refused(send_file(desk.office, made))
    given = desk.office.get(f"/v1/appraisals/{made['id']}/file")

    assert before.status_code == 404 and slug(other) == "file-differs"
    assert made["file_received_at"] is None and received["file_received_at"] is not None
    assert slug(again) == "file-received"
    assert given.content == PDF and given.headers["content-disposition"].startswith("attachment")
    with stored.database.session("owner") as session:
        assert check_all(session) == []


def test_what_is_no_document_is_refused(stored, desk):
    text = b"no pdf at all"
    made = ok(
        desk.office.post("/v1/appraisals", json=report(desk, file_sha256=hashlib.sha256(text).hexdigest())), 201
    )  # fmt: skip

    assert send_file(desk.office, made, text).status_code == 422
    assert send_file(desk.office, made, text, "application/x-executable").status_code == 415
    assert send_file(desk.buyer(), made, text).status_code in (403, 404)
    assert send_file(stored.act("transfer_office"), made, text).status_code == 404


def test_without_storage_the_market_says_so(house, desk):
    known = report(desk, file_sha256=hashlib.sha256(PDF).hexdigest())
    made = ok(desk.office.post("/v1/appraisals", json=known), 201)

    assert refused(send_file(desk.office, made), 503)["title_zh"]


def test_what_is_kept_is_not_changed_by_the_web(house):
    from sqlalchemy import text

    tables = ["appraisal", "appraisal_file", "weight_set", "scorecard", "working_paper", "indication"]
    changeable = text(
        """SELECT t.name FROM unnest(cast(:tables AS text[])) AS t(name)
           WHERE has_table_privilege('market_web', t.name, 'UPDATE') OR has_table_privilege('market_web', t.name, 'DELETE')"""
    )

    with house.database.session("owner") as session:
        assert session.execute(changeable, {"tables": tables}).all() == []
