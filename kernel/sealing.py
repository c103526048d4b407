"""The sealer: it gives committed audit rows their order, chains them into a Merkle tree, and signs checkpoints over it.

No business transaction waits for it: rows are written with their own hash, and sealed once no running transaction can still
add an earlier one. Source: RFC 6962 (tree), C2SP tlog-checkpoint and signed-note (checkpoint).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from kernel.audit import leaf_hash
from kernel.checkpoints import Checkpoint, CheckpointInvalid, NoteSigner, VerifierKey, open_checkpoint, sign_checkpoint
from kernel.merkle import CompactRange
from kernel.tables import AuditLeaf, AuditRow, AuditSeal

ORIGIN = "technology-market/audit"
ROWS_SEALED_MAX = 5_000
ROWS_READ = 2_000

_ONE_SEALER = text("SELECT pg_try_advisory_xact_lock(727003)")
# Rows of transactions older than every running one: nothing can be committed before them any more.
_SETTLED = text("audit_entry.written_by < pg_snapshot_xmin(pg_current_snapshot())::text::bigint")


def seal(session: Session, *, signer: NoteSigner, now: datetime) -> int:
    """Seal what is settled; returns how many rows. Several sealers at once: one works, the others return 0."""
    if not session.execute(_ONE_SEALER).scalar_one():
        return 0
    last = session.execute(select(AuditSeal).order_by(AuditSeal.size.desc()).limit(1)).scalar_one_or_none()
    known = _range_of(last)
    # An index probe per row; `NOT IN` over the whole trail would grow with it.
    sealed = select(AuditLeaf.entry_id).where(AuditLeaf.entry_id == AuditRow.id).exists()
    waiting = select(AuditRow.id, AuditRow.leaf_sha256).where(~sealed, _SETTLED).order_by(AuditRow.id)
    rows = session.execute(waiting.limit(ROWS_SEALED_MAX)).all()
    if not rows:
        return 0
    leaves = [
        {"seq": known.size + place, "entry_id": row.id, "leaf_sha256": row.leaf_sha256}
        for place, row in enumerate(rows)
    ]
    session.execute(insert(AuditLeaf), leaves)
    grown = known.extend([bytes.fromhex(row.leaf_sha256) for row in rows])
    checkpoint = sign_checkpoint(Checkpoint(ORIGIN, grown.size, grown.root()), signer=signer)
    session.add(
        AuditSeal(
            size=grown.size,
            root=grown.root().hex(),
            range=[one.hex() for one in grown.hashes],
            checkpoint=checkpoint,
            sealed_at=now,
        )
    )
    session.flush()
    return len(rows)


def unsealed(session: Session) -> int:
    """How many audit rows wait for the sealer."""
    rows = session.execute(select(func.count()).select_from(AuditRow)).scalar_one()
    return rows - session.execute(select(func.count()).select_from(AuditLeaf)).scalar_one()


def faults(session: Session, *, keys: Sequence[bytes]) -> list[str]:
    """Read the whole trail again and name what does not agree; an empty list means that nothing was edited or cut.

    `keys` are the raw 32-byte Ed25519 public keys that may have signed.
    """
    found: list[str] = []
    roots = _roots_by_reading(session, found)
    verifiers = [VerifierKey(ORIGIN, key) for key in keys]
    for sealed in session.execute(select(AuditSeal).order_by(AuditSeal.size)).scalars():
        if roots.get(sealed.size) != sealed.root:
            found.append(f"seal {sealed.size}: the rows no longer lead to its root")
        try:
            checkpoint = open_checkpoint(sealed.checkpoint, verifiers, origin=ORIGIN)
        except CheckpointInvalid as error:
            found.append(f"seal {sealed.size}: {error}")
            continue
        if (checkpoint.size, checkpoint.root.hex()) != (sealed.size, sealed.root):
            found.append(f"seal {sealed.size}: the signed checkpoint speaks of another tree")
    return found


def _roots_by_reading(session: Session, found: list[str]) -> dict[int, str]:
    """The root at every sealed size, from the rows themselves; notes gaps and edited rows on the way."""
    sizes = set(session.execute(select(AuditSeal.size)).scalars())
    rows = (
        select(AuditLeaf.seq, AuditLeaf.leaf_sha256.label("sealed_sha256"), *AuditRow.__table__.columns)
        .join(AuditRow, AuditRow.id == AuditLeaf.entry_id, isouter=True)
        .order_by(AuditLeaf.seq)
        .execution_options(yield_per=ROWS_READ)
    )
    grown, roots = CompactRange(), {0: CompactRange().root().hex()}
    with session.execute(rows) as read:
        for row in read.mappings():
            if row["seq"] != grown.size:
                found.append(f"leaf {grown.size} is missing")
                break
            if row["id"] is None or leaf_hash(dict(row)) != row["sealed_sha256"]:
                found.append(f"audit row at {row['seq']} was edited or taken out")
            grown = grown.append(bytes.fromhex(row["sealed_sha256"]))
            if grown.size in sizes:
                roots[grown.size] = grown.root().hex()
    return roots


def _range_of(last: AuditSeal | None) -> CompactRange:
    if last is None:
        return CompactRange()
    return CompactRange(last.size, tuple(bytes.fromhex(one) for one in last.range))


def published(session: Session) -> dict[str, Any]:
    """The newest checkpoint, for anybody to keep: whoever has it can prove later that nothing before it has changed."""
    last = session.execute(select(AuditSeal).order_by(AuditSeal.size.desc()).limit(1)).scalar_one_or_none()
    return {"size": last.size, "checkpoint": last.checkpoint} if last else {"size": 0, "checkpoint": None}
