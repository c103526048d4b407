"""Who may see money: the finance people of the account on which it came in, and the exchange's supervisor."""

from __future__ import annotations

from sqlalchemy import Select, false, select
from sqlalchemy.orm import Session

from contracts.agreements.tables import Contract
from contracts.settlement.tables import BankReceipt
from kernel.http.auth import Actor
from parties import queries as parties
from parties.kinds import OrganisationKind
from parties.roles import Role


def receipts_visible_to(actor: Actor) -> Select[BankReceipt]:
    """The receipts of one's own organisation, to its finance people; all to the supervisor."""
    rows = select(BankReceipt)
    if actor.has(Role.SUPERVISOR):
        return rows
    if not actor.has(Role.FINANCE):
        return rows.where(false())
    return rows.where(BankReceipt.holder_id == actor.organisation_id)


def contracts_to_claim_for(session: Session, actor: Actor) -> Select[Contract]:
    """A seller's finance people claim for the seller's contracts, the exchange's for any."""
    rows = select(Contract)
    if parties.organisation(session, actor.organisation()).kind is OrganisationKind.EXCHANGE:
        return rows
    return rows.where(Contract.seller_id == actor.organisation_id)
