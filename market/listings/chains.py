"""Which decision chain holds for a unit: its own newest version, or else the default of its regime."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.errors import NotFound
from kernel.ids import OrganisationId
from market.listings.tables import DecisionChain
from parties.kinds import Regime


def chain_of(session: Session, organisation_id: OrganisationId, regime: Regime) -> DecisionChain:
    """The newest chain of the unit, or else the default of its regime. Raises NotFound."""
    own = DecisionChain.organisation_id == organisation_id
    default = DecisionChain.organisation_id.is_(None) & (DecisionChain.regime == regime)
    newest = (
        select(DecisionChain)
        .where(own | default)
        .order_by(DecisionChain.organisation_id.is_(None), DecisionChain.version.desc())
        .limit(1)
    )
    chain = session.execute(newest).scalar_one_or_none()
    if chain is None:
        raise NotFound
    return chain
