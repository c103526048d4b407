"""A contract as its whole answer, as far as the reader may see it."""

from __future__ import annotations

from sqlalchemy import select

from contracts.agreements import queries
from contracts.agreements.access import side_of
from contracts.agreements.kinds import SUB_KIND_NAMES
from contracts.agreements.schemas import (
    ContractOut,
    full,
)
from contracts.agreements.signing import PartySide
from contracts.agreements.tables import Contract, Licence
from kernel.db.locking import fetch
from kernel.http.auth import Actor
from kernel.http.context import Db
from kernel.ids import ContractId


def answer(db: Db, contract: Contract, actor: Actor) -> ContractOut:
    """Everything that stands on the contract; an AI estimate only for the seller's people."""
    licence = db.execute(select(Licence).where(Licence.contract_id == contract.id)).scalar_one_or_none()
    return full(
        contract,
        type_name=SUB_KIND_NAMES[contract.contract_type][0],
        instalments=queries.instalments_of(db, contract),
        signatures=queries.signatures_of(db, contract.id),
        registration=queries.registration_of(db, contract.id),
        licence=licence,
        for_seller=side_of(contract, actor) == PartySide.SELLER,
    )


def answer_by_id(db: Db, contract_id: ContractId, actor: Actor) -> ContractOut:
    """The contract, read again."""
    return answer(db, fetch(db, queries.visible_to(actor), Contract, contract_id), actor)
