"""What the rooms below tell, and what the market does about it: sales become deals, settled contracts become evidence.

Each handler may run twice and in any order relative to others: it looks at what is, and does only what is left to do.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auctions.events import AwardDefaulted, LotAnnounced, LotSold, LotUnsold
from contracts.agreements import commands as agreements
from contracts.agreements.events import ContractCancelled, ContractSettled, ContractSigned
from contracts.agreements.tables import Contract
from contracts.licences import commands as licences
from contracts.licences.events import TrialAgreed, TrialConverted
from contracts.licences.states import TrialState
from contracts.licences.tables import PoolEntry, Trial
from kernel.events import hears
from kernel.ids import NoticeId, TrialId
from market.evidence import past_deal_of
from market.listings import commands as listings
from market.listings.events import NoticeClosed, NoticeFailed
from market.listings.states import DEAL, DealAction, DealState
from market.listings.tables import Deal
from market.listings.terms import Way
from market.past_lots import past_lot_of, unsold_lot_of
from market.results import commands as results
from market.results.states import ResultState
from market.results.tables import Result
from valuation import commands as valuation
from valuation.reviewing import commands as reviewing
from valuation.starting import commands as starting
from valuation.starting.lots import FROM_LOT


@hears(LotAnnounced)
def carry_bidders_over(session: Session, told: LotAnnounced, now: datetime) -> None:
    """Buyers qualified on a listing are bidders of its lot."""
    listings.carry_bidders(session, told, now)


@hears(LotSold)
def make_the_deal(session: Session, told: LotSold, now: datetime) -> None:
    """The hammer has fallen: deal and draft contract."""
    listings.take_sale(session, told, now)


@hears(LotUnsold)
def note_the_failure(session: Session, told: LotUnsold, now: datetime) -> None:
    """The lot was not sold: the seller decides how to go on."""
    listings.take_failure(session, told, now)


@hears(LotSold)
def learn_from_the_sale(session: Session, told: LotSold, now: datetime) -> None:
    """What a start price brought is evidence for later ones."""
    _keep_the_lot(session, told, now)


@hears(LotUnsold)
def learn_from_the_failure(session: Session, told: LotUnsold, now: datetime) -> None:
    """So is a start price that nobody would pay: of such a result it is an upper bound."""
    _keep_the_lot(session, told, now)
    if told.outcome == "no_bids":
        bound = unsold_lot_of(session, told)
        if bound is not None:
            valuation.record_deal(session, deal=bound, now=now)


@hears(AwardDefaulted)
def unlearn_the_sale(session: Session, told: AwardDefaulted, now: datetime) -> None:
    """A bid that was never paid is evidence of nothing."""
    starting.annul_lot(session, source=FROM_LOT, source_id=str(told.lot_id), now=now)


@hears(AwardDefaulted)
def undo_the_deal(session: Session, told: AwardDefaulted, now: datetime) -> None:
    """The winner has not kept the sale: contract and deal are off, and the result is the seller's again (拍卖法 art 39)."""
    deal = session.execute(select(Deal).where(Deal.lot_id == told.lot_id)).scalar_one_or_none()
    if deal is not None:
        # The contract tells that it was cancelled; `note_cancelled` does the rest.
        agreements.call_off(session, deal_id=deal.id, reason="拍卖成交后买受人违约", now=now)


@hears(ContractSigned)
def note_signed(session: Session, told: ContractSigned, now: datetime) -> None:
    """The deal's contract is in force."""
    _move(session, told.deal_id, DealAction.SIGN)
    contract = session.get_one(Contract, told.contract_id)
    if contract.way == Way.TRANSFER.value:
        _take_out_of_the_pool(session, contract, now)


@hears(ContractSettled)
def learn_from_the_deal(session: Session, told: ContractSettled, now: datetime) -> None:
    """The whole price has come in: the deal is settled, its price stands beside what the result was valued at, and at
    arm's length it is evidence for valuation.
    """
    _move(session, told.deal_id, DealAction.SETTLE)
    contract = session.get_one(Contract, told.contract_id)
    result = session.get(Result, contract.result_id)
    if result is not None:
        reviewing.record_realised(
            session,
            contract_id=told.contract_id,
            result_id=result.id,
            owner_id=result.owner_id,
            trade=contract.way,
            price=contract.price,
            arms_length=not told.related_party,
            agreed_on=contract.agreed_on,
            now=now,
        )
    if result is not None and not told.related_party:
        valuation.record_deal(session, deal=past_deal_of(contract, result), now=now)


@hears(ContractCancelled)
def note_cancelled(session: Session, told: ContractCancelled, now: datetime) -> None:
    """The contract was undone before money moved: the result may be offered again."""
    deal = session.get(Deal, told.deal_id, with_for_update=True)
    if deal is not None:
        _cancel(session, deal)


@hears(TrialAgreed)
def draft_the_trial_notice(session: Session, told: TrialAgreed, now: datetime) -> None:
    """A government unit's trial binds a price: its public notice is drafted for the transfer office to put up."""
    if told.needs_notice:
        listings.draft_trial_notice(session, told, now)


@hears(TrialConverted)
def note_converted(session: Session, told: TrialConverted, now: datetime) -> None:
    """A trial became a paid contract; a right that was sold is not offered again."""
    result = session.get(Result, told.result_id, with_for_update=True)
    if told.way == "transfer" and result is not None and result.state is ResultState.PUBLISHED:
        results.mark_sold(session, result=result)


@hears(NoticeClosed)
def open_the_trial(session: Session, told: NoticeClosed, now: datetime) -> None:
    """The notice that a trial waited for has run."""
    if told.trial_id is not None and _waits(session, told.trial_id):
        licences.notice_closed(session, trial_id=told.trial_id, notice_id=NoticeId(told.notice_id), now=now)


@hears(NoticeFailed)
def call_off_the_trial(session: Session, told: NoticeFailed, now: datetime) -> None:
    """An objection to the notice of a trial was upheld."""
    if told.trial_id is not None and _waits(session, told.trial_id):
        licences.notice_failed(session, trial_id=told.trial_id, notice_id=NoticeId(told.notice_id), now=now)


def _keep_the_lot(session: Session, told: LotSold | LotUnsold, now: datetime) -> None:
    lot = past_lot_of(session, told)
    if lot is not None:
        starting.record_lot(session, lot=lot, now=now)


def _waits(session: Session, trial_id: TrialId) -> bool:
    trial = session.get(Trial, trial_id, with_for_update=True)
    return trial is not None and trial.state is TrialState.PUBLICITY


def _move(session: Session, deal_id: object, action: DealAction) -> None:
    deal = session.get(Deal, deal_id, with_for_update=True)
    if deal is not None:
        deal.state = DEAL.advance(deal.state, action)
        session.flush()


def _take_out_of_the_pool(session: Session, contract: Contract, now: datetime) -> None:
    """What has been transferred is not offered for trials any more; trials under way go on."""
    offered = select(PoolEntry.id).where(PoolEntry.result_id == contract.result_id, PoolEntry.withdrawn_on.is_(None))
    for entry_id in session.execute(offered).scalars().all():
        licences.withdraw_from_pool(session, entry_id=entry_id, actor=None, now=now)


def _cancel(session: Session, deal: Deal) -> None:
    if deal.state is DealState.CANCELLED:
        return
    deal.state = DEAL.advance(deal.state, DealAction.CANCEL)
    results.mark_returned(session, result=session.get_one(Result, deal.result_id, with_for_update=True))
    session.flush()
