"""Recording appraisal reports: by the agency that made them, or by the owner who received them, with the file's hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.calendar import local_date
from kernel.codes import uscc_is_valid
from kernel.db.locking import fetch
from kernel.http.auth import Actor
from kernel.ids import AppraisalId, ResultId, new_id
from kernel.money import Money
from kernel.rules import whole_number
from market.listings.appraisals import Method, Purpose, Report, check_report
from market.listings.errors import AgencyUnknown, ReportKnown
from market.listings.tables import Appraisal
from market.results.access import visible_to
from market.results.tables import Result
from parties import queries as parties
from parties.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportEntry:
    """A report as it stands on paper. `value_type` 价值类型, e.g. market value; `filing_no` 评估备案号 where there is one."""

    agency: str
    agency_uscc: str
    report_no: str
    purpose: Purpose
    value_type: str
    base_date: date
    valid_until: date
    methods: tuple[Method, ...]
    signers: tuple[str, ...]
    value: Money
    file_sha256: str
    filing_no: str | None


def record_report(
    session: Session, *, result_id: ResultId, entry: ReportEntry, actor: Actor, now: datetime
) -> Appraisal:
    """Put an appraisal report on file.

    For appraisers of the agency itself who may see the result, or for the owner's transfer office. Raises TooFewMethods
    (资产评估法 art 26), TooFewSigners (27–28), ValidityTooLong, AppraisalExpired, AgencyUnknown, ReportKnown, NotFound,
    MissingRole.
    """
    actor.must_have(Role.APPRAISER, Role.TRANSFER_OFFICE)
    result = fetch(session, visible_to(actor), Result, result_id)
    home = parties.organisation(session, actor.organisation())
    by_agency = actor.has(Role.APPRAISER) and home.uscc == entry.agency_uscc
    if not uscc_is_valid(entry.agency_uscc) or not (by_agency or home.id == result.owner_id):
        raise AgencyUnknown
    report = Report(
        result_id=result_id,
        purpose=entry.purpose,
        base_date=entry.base_date,
        valid_until=entry.valid_until,
        methods=entry.methods,
        signers=entry.signers,
        value=entry.value,
    )
    today = local_date(now)
    check_report(report, on=today, validity_months_max=whole_number(session, "appraisal.validity_months", on=today))
    known = exists().where(Appraisal.agency_uscc == entry.agency_uscc, Appraisal.report_no == entry.report_no)
    if session.execute(select(known)).scalar_one():
        raise ReportKnown
    appraisal = _row(result, entry, actor, now)
    session.add(appraisal)
    session.flush()
    after = {"report_no": entry.report_no, "value": entry.value, "file": entry.file_sha256}
    record(
        session, actor=actor, action="appraisal.record", kind="appraisal", object_id=appraisal.id, after=after, now=now
    )
    return appraisal


def _row(result: Result, entry: ReportEntry, actor: Actor, now: datetime) -> Appraisal:
    return Appraisal(
        id=AppraisalId(new_id()),
        result_id=result.id,
        owner_id=result.owner_id,
        recorded_for=actor.organisation(),
        recorded_by=actor.person_id,
        agency=entry.agency,
        agency_uscc=entry.agency_uscc,
        report_no=entry.report_no,
        purpose=entry.purpose,
        value_type=entry.value_type,
        base_date=entry.base_date,
        valid_until=entry.valid_until,
        methods=[method.value for method in dict.fromkeys(entry.methods)],
        signers=list(entry.signers),
        value=entry.value,
        file_sha256=entry.file_sha256,
        filing_no=entry.filing_no,
        recorded_at=now,
    )
