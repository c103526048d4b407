"""`market audit`: every invariant on a live database, the seals of the audit trail, and how far sealing lags behind."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import text

from app.wiring import load_everything
from kernel.db import Database
from kernel.invariants import INVARIANTS, OFFENDERS_SHOWN_MAX, Violation, check_all
from kernel.sealing import faults, unsealed
from kernel.signing import KeyFolder
from valuation.reviewing.queries import forged_reviews

TRAIL = ("I9", "the audit trail is unbroken and its seals are signed")
SIGNED = ("R7", "the signature under every third-party review is genuine")


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What was checked, what is broken, and how many audit rows wait for the sealer."""

    checked: int
    violations: tuple[Violation, ...]
    unsealed_rows: int

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        found = [asdict(violation) for violation in self.violations]
        return {"checked": self.checked, "violations": found, "unsealed_rows": self.unsealed_rows}

    def lines(self) -> list[str]:
        """For people."""
        broken = {(one.number, one.promise): one for one in self.violations}
        lines = []
        for number, promise in sorted([*INVARIANTS, TRAIL, SIGNED], key=lambda key: (len(key[0]), key)):
            violation = broken.get((number, promise))
            state = "holds" if violation is None else f"BROKEN by {violation.count}: {', '.join(violation.offenders)}"
            lines.append(f"{number:>4}  {promise}: {state}")
        return [*lines, f"      audit rows that wait to be sealed: {self.unsealed_rows}"]


def audit(database: Database, keys: KeyFolder) -> AuditReport:
    """Run all invariants in one snapshot, as the owner, who sees every row."""
    load_everything()
    register = keys.register()
    public = [key.public_key for key in register.keys]
    with database.session("owner") as session:
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        violations = check_all(session)
        broken = faults(session, keys=public)
        forged = forged_reviews(session, register)
        waiting = unsealed(session)
    for promise, offenders in ((TRAIL, broken), (SIGNED, forged)):
        if offenders:
            violations.append(Violation(*promise, len(offenders), tuple(offenders[:OFFENDERS_SHOWN_MAX])))
    return AuditReport(len(INVARIANTS) + 2, tuple(violations), waiting)
