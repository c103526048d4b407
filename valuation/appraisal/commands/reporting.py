"""Recording appraisal reports: by the agency that made them, or by the owner who received them, with the file's hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.calendar import local_date
from kernel.codes import uscc_is_valid
from kernel.http.auth import Actor
from kernel.ids import AppraisalId, new_id
from kernel.money import Money
from kernel.rules import Rule, rules
from parties import queries as parties
from parties.roles import Role
from valuation.appraisal.errors import AgencyUnknown, ReportDayWrong, ReportKnown
from valuation.appraisal.methods import Method
from valuation.appraisal.objects import Appraised
from valuation.appraisal.reports import Purpose, Report, check_report, latest_day, retained_until
from valuation.appraisal.tables import Appraisal

VALIDITY, RETENTION = "appraisal.validity_months", "appraisal.retention_years"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportEntry:
    """A report as it stands on paper. `value_type` 价值类型, e.g. market value; `filing_no` 评估备案号 where there is one.

    Without `valid_until` the report is taken to be good as long as the rule allows; without `reported_on` the day of
    recording stands for the day of the report.
    """

    agency: str
    agency_uscc: str
    report_no: str
    purpose: Purpose
    value_type: str
    base_date: date
    valid_until: date | None
    methods: tuple[Method, ...]
    signers: tuple[str, ...]
    value: Money
    file_sha256: str
    filing_no: str | None
    agency_filing_no: str | None = None
    reported_on: date | None = None
    one_method_reason: str | None = None
    signer_numbers: tuple[str, ...] = ()
    statutory: bool = False
    assumptions: str = ""


def record_report(
    session: Session, *, appraised: Appraised, entry: ReportEntry, actor: Actor, now: datetime
) -> Appraisal:
    """Put an appraisal report on file.

    For appraisers of the agency itself, or for the owner's transfer office; whether they may see the result was asked
    above. Raises TooFewMethods (资产评估法 art 26), TooFewSigners, SignersNotRegistered (27–28), ValidityTooLong,
    AppraisalExpired, ReportDayWrong, AgencyUnknown, ReportKnown, MissingRole.
    """
    actor.must_have(Role.APPRAISER, Role.TRANSFER_OFFICE)
    home = parties.organisation(session, actor.organisation())
    by_agency = actor.has(Role.APPRAISER) and home.uscc == entry.agency_uscc
    if not uscc_is_valid(entry.agency_uscc) or not (by_agency or home.id == appraised.owner_id):
        raise AgencyUnknown
    today = local_date(now)
    found = rules(session, (VALIDITY, RETENTION), on=today)
    months = int(found[VALIDITY].value)
    report = _report(appraised, entry, entry.valid_until or latest_day(entry.base_date, months))
    check_report(report, on=today, validity_months_max=months)
    if entry.reported_on is not None and not entry.base_date <= entry.reported_on <= today:
        raise ReportDayWrong
    known = exists().where(Appraisal.agency_uscc == entry.agency_uscc, Appraisal.report_no == entry.report_no)
    if session.execute(select(known)).scalar_one():
        raise ReportKnown
    made = _row(appraised, entry, report, found, actor, now)
    session.add(made)
    session.flush()
    after = {"report_no": entry.report_no, "value": entry.value, "file": entry.file_sha256}
    record(session, actor=actor, action="appraisal.record", kind="appraisal", object_id=made.id, after=after, now=now)
    return made


def _report(appraised: Appraised, entry: ReportEntry, valid_until: date) -> Report:
    return Report(
        result_id=appraised.result_id,
        purpose=entry.purpose,
        base_date=entry.base_date,
        valid_until=valid_until,
        methods=entry.methods,
        signers=entry.signers,
        value=entry.value,
        one_method_reason=entry.one_method_reason,
        statutory=entry.statutory,
        signer_numbers=entry.signer_numbers,
    )


def _row(
    appraised: Appraised, entry: ReportEntry, report: Report, found: dict[str, Rule], actor: Actor, now: datetime
) -> Appraisal:
    reported_on = entry.reported_on or local_date(now)
    years = found[RETENTION].value["statutory" if entry.statutory else "ordinary"]
    return Appraisal(
        id=AppraisalId(new_id()),
        result_id=appraised.result_id,
        owner_id=appraised.owner_id,
        recorded_for=actor.organisation(),
        recorded_by=actor.person_id,
        agency=entry.agency,
        agency_uscc=entry.agency_uscc,
        agency_filing_no=entry.agency_filing_no,
        report_no=entry.report_no,
        reported_on=reported_on,
        purpose=entry.purpose,
        value_type=entry.value_type,
        base_date=entry.base_date,
        valid_until=report.valid_until,
        validity_rule=_cited(found[VALIDITY]),
        methods=[method.value for method in dict.fromkeys(entry.methods)],
        one_method_reason=entry.one_method_reason,
        signers=list(entry.signers),
        signer_numbers=list(entry.signer_numbers),
        statutory=entry.statutory,
        assumptions=entry.assumptions,
        value=entry.value,
        file_sha256=entry.file_sha256,
        filing_no=entry.filing_no,
        retained_until=retained_until(reported_on, int(years)),
        recorded_at=now,
    )


def _cited(one: Rule) -> str:
    """A rule as a record cites it: what, in which version, from where, and how sure."""
    return f"{one.name} = {one.value} {one.unit}; {one.version}; {one.source}; {one.confidence}"
