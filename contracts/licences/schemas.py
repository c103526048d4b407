"""The pool, trials and rewards on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from contracts.agreements.schemas import FenFromZero
from contracts.licences.queries import ConversionFigures, RewardDue
from contracts.licences.states import TrialState
from contracts.licences.tables import PoolEntry, Trial, TrialReport
from contracts.licences.terms import TrialTerms
from contracts.licences.trying import PriceTerms, SilenceEffect
from kernel.http.fields import BasisPoints, Count, FenIn, IntBetween, LongText, Sha256Hex, ShortText, Wire
from kernel.ids import ContractId, OrganisationId, PoolEntryId, ResultId, TrialId
from kernel.money import FEN_MAX, Money


class PoolEntryOut(Wire):
    """A result that may be tried free of charge. Public."""

    id: PoolEntryId
    result_id: ResultId
    owner_id: OrganisationId
    title: str
    summary: str
    trl: int | None
    ceiling_fen: int
    gain_bp: int
    way: str
    licence_kind: str | None
    term_months: int
    silence_effect: SilenceEffect
    pooled_on: date

    @classmethod
    def of(cls, row: PoolEntry) -> PoolEntryOut:
        """From the row."""
        same = {name: getattr(row, name) for name in cls.model_fields if name != "ceiling_fen"}
        return cls(ceiling_fen=row.ceiling.fen, **same)


class ConversionOut(Wire):
    """How the pool does; `rate_bp` is converted ÷ (converted + returned + expired) in basis points."""

    pooled: int
    trials: int
    active: int
    converted: int
    returned: int
    expired: int
    rate_bp: int | None

    @classmethod
    def of(cls, figures: ConversionFigures) -> ConversionOut:
        """From the figures."""
        return cls(**{name: getattr(figures, name) for name in cls.model_fields})


class AskForTrial(Wire):
    """Which pooled result, for what, and where it will be used."""

    pool_entry_id: PoolEntryId
    purpose: ShortText
    place: ShortText


class SignNda(Wire):
    """The hash of the signed confidentiality agreement."""

    scan_sha256: Sha256Hex


class ProposeTerms(Wire):
    """The owner's terms: a fixed price, or base + a share of the measured gain up to a cap; silence; months."""

    conditions: LongText
    acceptance_criteria: LongText
    way: Literal["transfer", "licence"]
    price_fen: FenIn
    gain_bp: BasisPoints = 0
    cap_fen: FenIn | None = None
    silence_effect: SilenceEffect = SilenceEffect.RETURN
    months: Count

    def terms(self) -> TrialTerms:
        """As the rules know them."""
        return TrialTerms(
            conditions=self.conditions,
            acceptance_criteria=self.acceptance_criteria,
            way=self.way,
            price=PriceTerms(
                Money(self.price_fen), self.gain_bp, Money(self.cap_fen) if self.cap_fen is not None else None
            ),
            silence_effect=self.silence_effect,
            months=self.months,
        )


class AcceptTerms(Wire):
    """Which proposal is accepted, by its number."""

    terms: Count


class Report(Wire):
    """How the trial goes; the gain measured so far where the price depends on it."""

    text: LongText
    measured_gain_fen: Annotated[int, IntBetween(-FEN_MAX, FEN_MAX)] | None = None


class Convert(Wire):
    """The way and price of conversion; the measured gain where the price is a formula."""

    way: Literal["transfer", "licence"]
    price_fen: FenIn
    measured_gain_fen: Annotated[int, IntBetween(-FEN_MAX, FEN_MAX)] | None = None


class GiveBack(Wire):
    """The certificate that copies are deleted and papers returned."""

    deletion_certificate_sha256: Sha256Hex


class TrialReportOut(Wire):
    """A report of the firm."""

    seq: int
    text: str
    measured_gain_fen: int | None
    reported_at: datetime

    @classmethod
    def of(cls, row: TrialReport) -> TrialReportOut:
        """From the row."""
        gain = row.measured_gain.fen if row.measured_gain is not None else None
        return cls(seq=row.seq, text=row.text, measured_gain_fen=gain, reported_at=row.reported_at)


class TrialOut(Wire):
    """A trial, for its two sides and the exchange."""

    id: TrialId
    pool_entry_id: PoolEntryId
    result_id: ResultId
    title: str
    owner_id: OrganisationId
    licensee_id: OrganisationId
    licensee_size: str | None
    licensee_is_sme: bool | None
    """A label for the statistics, not a wall; None when no size is declared."""
    purpose: str
    place: str
    state: TrialState
    terms: int
    conditions: str | None
    acceptance_criteria: str | None
    way: str | None
    price_fen: int | None
    gain_bp: int | None
    cap_fen: int | None
    silence_effect: SilenceEffect | None
    months: int | None
    agreed_on: date | None
    starts_on: date | None
    ends_on: date | None
    ended_on: date | None
    contract_id: ContractId | None
    reports: list[TrialReportOut]


def trial_out(row: Trial, reports: list[TrialReport]) -> TrialOut:
    """The trial as one answer."""
    made = {
        "result_id": row.entry.result_id,
        "title": row.entry.title,
        "licensee_is_sme": None if row.licensee_size is None else row.licensee_size != "large",
        "price_fen": row.price_base.fen if row.price_base is not None else None,
        "gain_bp": row.price_gain_bp,
        "cap_fen": row.price_cap.fen if row.price_cap is not None else None,
        "reports": [TrialReportOut.of(one) for one in reports],
    }
    return TrialOut(**made, **{name: getattr(row, name) for name in TrialOut.model_fields if name not in made})


class StateCosts(Wire):
    """Cost (with its fiscally funded part, which does not count) and tax of a contract so far."""

    cost_fen: FenFromZero
    fiscal_fen: FenFromZero = 0
    tax_fen: FenFromZero


class RewardOfReceiptOut(Wire):
    """What one receipt makes due, and by when."""

    received_fen: int
    received_on: date
    due_on: date
    net_income_fen: int
    reward_fen: int
    main_contributors_fen: int
    transfer_staff_fen: int


class RewardOut(Wire):
    """The minimum reward on a contract so far, with the articles it rests on."""

    regime: str
    articles: list[str]
    received_fen: int
    deducted_fen: int
    net_income_fen: int
    reward_fen: int
    main_contributors_fen: int
    transfer_staff_fen: int
    by_receipt: list[RewardOfReceiptOut]

    @classmethod
    def of(cls, due: RewardDue) -> RewardOut:
        """From the reckoning."""
        shares = ("net_income", "reward", "main_contributors", "transfer_staff")
        return cls(
            regime=due.regime.name,
            articles=list(due.regime.articles),
            received_fen=due.received.fen,
            deducted_fen=due.deducted.fen,
            **{f"{share}_fen": due.sum(share).fen for share in shares},
            by_receipt=[
                RewardOfReceiptOut(
                    received_fen=one.received.fen,
                    received_on=one.received_on,
                    due_on=one.due_on,
                    **{f"{share}_fen": getattr(one.reward, share).fen for share in shares},
                )
                for one in due.by_receipt
            ],
        )
