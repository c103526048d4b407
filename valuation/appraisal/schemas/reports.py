"""Appraisal reports on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from kernel.http.fields import Canonical, Day, FenIn, Flag, Lines, Name, Sha256Hex, ShortText, Uscc, Wire
from kernel.ids import AppraisalId, OrganisationId, ResultId
from kernel.money import Money
from valuation.appraisal.commands.reporting import ReportEntry
from valuation.appraisal.methods import Method
from valuation.appraisal.reports import Purpose
from valuation.appraisal.tables import Appraisal


class AppraisalIn(Wire):
    """An appraisal report as it stands on paper, and the SHA-256 of its file.

    Without `valid_until` it is good as long as the rule allows (a year by practice). One method alone needs the reason why
    the rules of practice allow it. `statutory` is 法定评估业务: its signers give their registration numbers.
    """

    result_id: Canonical[ResultId]
    agency: ShortText
    agency_uscc: Uscc
    agency_filing_no: Name | None = None
    report_no: Name
    reported_on: Day | None = None
    purpose: Purpose
    value_type: Name
    base_date: Day
    valid_until: Day | None = None
    methods: Annotated[tuple[Method, ...], Field(min_length=1, max_length=3)]
    one_method_reason: ShortText | None = None
    signers: Annotated[tuple[Name, ...], Field(min_length=1, max_length=20)]
    signer_numbers: Annotated[tuple[Name, ...], Field(max_length=20)] = ()
    statutory: Flag = False
    assumptions: Annotated[str, Lines(5_000)] = ""
    value_fen: FenIn
    file_sha256: Sha256Hex
    filing_no: Name | None = None

    def entry(self) -> ReportEntry:
        """As the command takes it."""
        same = {name: getattr(self, name) for name in ReportEntry.__slots__ if name != "value"}
        return ReportEntry(value=Money(self.value_fen), **same)


class AppraisalOut(Wire):
    """A report on file. `validity_rule` names the rule, its source and how sure it is."""

    id: AppraisalId
    result_id: ResultId
    recorded_for: OrganisationId
    agency: str
    agency_uscc: str
    agency_filing_no: str | None
    report_no: str
    reported_on: date
    purpose: Purpose
    value_type: str
    base_date: date
    valid_until: date
    validity_rule: str
    methods: list[Method]
    one_method_reason: str | None
    signers: list[str]
    signer_numbers: list[str]
    statutory: bool
    assumptions: str
    value_fen: int
    file_sha256: str
    file_received_at: datetime | None
    filing_no: str | None
    retained_until: date
    recorded_at: datetime


def appraisal_out(appraisal: Appraisal) -> AppraisalOut:
    """A report on the wire."""
    other = {"value_fen": appraisal.value.fen, "file_received_at": appraisal.file and appraisal.file.received_at}
    same = {name: getattr(appraisal, name) for name in AppraisalOut.model_fields if name not in other}
    return AppraisalOut(**same, **other)
