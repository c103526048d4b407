"""A unit lays down its own weights for a scene: a new version each time, the older ones stay."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.audit import record
from kernel.http.auth import Actor
from kernel.ids import WeightSetId, new_id
from parties.roles import Role
from valuation.appraisal.indicators import tree
from valuation.appraisal.tables import WeightRow
from valuation.appraisal.weighing import WeightSet, check_weights


def lay_down(session: Session, *, weights: WeightSet, actor: Actor, now: datetime) -> WeightRow:
    """Keep a new version of the unit's weights. For those who assess or answer for assessments.

    `weights.version` is given here, not by the caller. Raises IndicatorUnknown, SharesOffSum, MissingRole; two at once
    meet a unique constraint (Conflict).
    """
    actor.must_have(Role.TRANSFER_OFFICE, Role.APPRAISER, Role.TECHNOLOGY_MANAGER)
    check_weights(weights, tree())
    home = actor.organisation()
    newest = select(func.coalesce(func.max(WeightRow.version), 0)).where(
        WeightRow.organisation_id == home, WeightRow.scene == weights.scene
    )
    made = WeightRow(
        id=WeightSetId(new_id()),
        organisation_id=home,
        scene=weights.scene,
        version=session.execute(newest).scalar_one() + 1,
        weights=weights.to_json(),
        source=weights.source,
        created_by=actor.person_id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    after = {"scene": made.scene.value, "version": made.version}
    record(session, actor=actor, action="weights.lay_down", kind="weight_set", object_id=made.id, after=after, now=now)
    return made
