"""A result in the words of the rooms below: as a subject of valuation, and as an entry of the pool."""

from __future__ import annotations

from contracts.licences.terms import PoolTerms
from kernel.money import Money
from market.results.kinds import contract_type, contracted_as, valued_as
from market.results.tables import Result
from market.results.titles import expires_on, number_of
from valuation.subjects import Subject


def subject_of(result: Result, *, trade: str) -> Subject:
    """The result as valuation knows it; `trade` is transfer, licence or equity."""
    return Subject(
        result_id=result.id,
        owner_id=result.owner_id,
        title=result.title,
        abstract=result.summary,
        kind=valued_as(result.kind, number_of(result)),
        trade=trade,
        application_number=result.number,
        filed_on=result.filed_on,
        tech_field=result.tech_field,
        ipc=result.ipc,
        trl=result.trl,
    )


def pool_terms_of(
    result: Result,
    *,
    ceiling: Money,
    gain_bp: int,
    way: str,
    licence_kind: str | None,
    term_months: int | None,
    silence_effect: str,
) -> PoolTerms:
    """The result as the pool of 先用后转 takes it."""
    return PoolTerms(
        result_id=result.id,
        owner_id=result.owner_id,
        title=result.title,
        summary=result.summary,
        trl=result.trl,
        ceiling=ceiling,
        gain_bp=gain_bp,
        way=way,
        licence_kind=licence_kind,
        term_months=term_months,
        silence_effect=silence_effect,
        tech_field=result.tech_field,
        ip_kind=contracted_as(result.kind, number_of(result)),
        application_numbers=(result.number,) if result.number else (),
        patent_expires_on=expires_on(result),
        contract_type=contract_type(result.kind, way),
        plan_source=result.plan_source.value,
    )
