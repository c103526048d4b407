"""Money over HTTP: record a bank receipt, claim it for an instalment, read the balances of one's books."""

from __future__ import annotations

from contracts.agreements.errors import PaymentStepClosed
from contracts.agreements.queries import visible_to as contracts_visible_to
from contracts.agreements.tables import Contract
from contracts.settlement import commands, queries
from contracts.settlement.errors import ClaimTooLarge, InstalmentPaid, NothingLeft, ReceiptInFuture, ReceiptKnown
from contracts.settlement.ledger import Purpose
from contracts.settlement.schemas import BalanceOut, ClaimReceipt, ContractReceiptOut, ReceiptOut, RecordReceipt
from contracts.settlement.tables import BankReceipt
from kernel.db.locking import fetch
from kernel.errors import NotFound
from kernel.http.context import CurrentActor, Db, Now
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import ContractId, ReceiptId
from kernel.money import Money
from kernel.paging import Page, PageQuery, page_of
from parties.roles import Role

router = Router(prefix="/v1", tags=["settlement"])


@router.post(
    "/receipts", operation_id="receipt_record", status_code=201, responses=problems(ReceiptKnown, ReceiptInFuture)
)
def record_receipt(body: RecordReceipt, db: Db, actor: CurrentActor, now: Now) -> ReceiptOut:
    """Record an incoming bank transfer on your organisation's account (FINANCE of the exchange or of a seller)."""
    receipt = commands.record_receipt(
        db,
        amount=Money(body.amount_fen),
        payer_name=body.payer_name,
        payer_account=body.payer_account,
        bank_reference=body.bank_reference,
        received_on=body.received_on,
        actor=actor,
        now=now,
    )
    return ReceiptOut.of(receipt, [])


@router.post(
    "/receipts/{receipt_id}/claim",
    operation_id="receipt_claim",
    status_code=201,
    responses=problems(ClaimTooLarge, NothingLeft, InstalmentPaid, PaymentStepClosed),
)
def claim_receipt(receipt_id: ReceiptId, body: ClaimReceipt, db: Db, actor: CurrentActor, now: Now) -> ReceiptOut:
    """Claim a receipt for an instalment (财务到账认领, FINANCE); the last instalment settles the contract."""
    claim = commands.claim_receipt(
        db,
        receipt_id=receipt_id,
        instalment_id=body.instalment_id,
        amount=Money(body.amount_fen) if body.amount_fen is not None else None,
        actor=actor,
        now=now,
    )
    receipt = fetch(db, queries.receipts_visible_to(actor), BankReceipt, claim.receipt_id)
    return ReceiptOut.of(receipt, queries.claims_of_receipt(db, receipt.id))


@router.get("/receipts", operation_id="receipt_list")
def list_receipts(db: Db, actor: CurrentActor, page: PageQuery) -> Page[ReceiptOut]:
    """The receipts on your organisation's account (FINANCE), newest first; the supervisor sees all."""
    actor.must_have(Role.FINANCE, Role.SUPERVISOR)
    return page_of(
        db,
        queries.receipts_visible_to(actor),
        BankReceipt.id,
        page,
        lambda row: ReceiptOut.of(row, queries.claims_of_receipt(db, row.id)),
    )


@router.get("/receipts/{receipt_id}", operation_id="receipt_get")
def get_receipt(receipt_id: ReceiptId, db: Db, actor: CurrentActor) -> ReceiptOut:
    """One receipt with its claims (FINANCE of the account's holder, SUPERVISOR)."""
    receipt = fetch(db, queries.receipts_visible_to(actor), BankReceipt, receipt_id)
    return ReceiptOut.of(receipt, queries.claims_of_receipt(db, receipt.id))


@router.get("/contracts/{contract_id}/receipts", operation_id="contract_receipts")
def contract_receipts(contract_id: ContractId, db: Db, actor: CurrentActor) -> list[ContractReceiptOut]:
    """What has been received on a contract and the 技术性收入 each receipt carries (seller's people, exchange's staff)."""
    contract = fetch(db, contracts_visible_to(actor), Contract, contract_id)
    if actor.organisation_id == contract.buyer_id:
        raise NotFound
    claims = queries.claims_of_contract(db, contract_id)
    income = queries.technology_income(db, contract, claims)
    return [
        ContractReceiptOut(
            receipt_id=claim.receipt_id,
            instalment_id=claim.instalment_id,
            amount_fen=claim.amount.fen,
            received_on=claim.received_on,
            technology_income_fen=part.fen if part is not None else None,
        )
        for claim, part in zip(claims, income, strict=True)
    ]


@router.get("/balances", operation_id="balance_list")
def list_balances(db: Db, actor: CurrentActor) -> list[BalanceOut]:
    """What stands on the accounts of your organisation's own books (FINANCE)."""
    actor.must_have(Role.FINANCE)
    own = actor.organisation()
    return [BalanceOut(purpose=one, balance_fen=queries.balance_of(db, own, one).fen) for one in Purpose]
