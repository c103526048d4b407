"""The audit trail: ordered without holding anybody up, and no row can be edited, cut or slipped in unseen."""

import time
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from sqlalchemy import text

from kernel import audit
from kernel.sealing import faults, published, seal, unsealed
from kernel.signing import Signer

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
SIGNER = Signer.from_seed(b"s" * 32)


def write(session, action="listing.publish", **more):
    audit.record(session, actor=None, action=action, kind="listing", object_id="42", now=NOW, **more)


def seal_once(db):
    with db.session("worker") as session:
        return seal(session, signer=SIGNER, now=NOW)


def seal_all(db, rows):
    """Seal until so many rows are sealed: a transaction of another database on this server may hold the sealer up."""
    until, sealed = time.monotonic() + 30, 0
    while sealed < rows and time.monotonic() < until:
        sealed += seal_once(db)
        time.sleep(0.01)
    return sealed


def faults_of(db, signer=SIGNER):
    with db.session("owner") as session:
        return faults(session, keys=[signer.public_key])


@pytest.fixture
def sealed(db):
    for size in (3, 2):
        with db.session("web") as session:
            for _ in range(size):
                write(session, after={"price_fen": 12_000_000}, reason="because")
        seal_all(db, size)
    return db


def test_sealed_rows_are_whole_and_signed(sealed):
    with sealed.session("worker") as session:
        assert unsealed(session) == 0
        assert published(session)["size"] == 5
    assert faults_of(sealed) == []


def test_the_sealer_does_not_pass_by_a_transaction_that_is_still_open(db):
    slow = db.open("web")
    write(slow, action="slow")
    with db.session("web") as session:
        write(session, action="quick")

    before = seal_once(db)
    slow.commit()
    slow.close()
    after = seal_all(db, 2)

    assert before == 0
    assert after == 2
    assert faults_of(db) == []


def test_two_sealers_at_once_seal_each_row_once(db):
    with db.session("web") as session:
        for _ in range(20):
            write(session)
    barrier, counts = Barrier(4), []

    def work():
        barrier.wait()
        counts.append(seal_once(db))

    threads = [Thread(target=work) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    left = seal_all(db, 20 - sum(counts))

    assert sum(counts) + left == 20
    assert faults_of(db) == []


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_entry SET reason = 'other' WHERE id = (SELECT min(id) FROM audit_entry)",
        "UPDATE audit_entry SET object_id = '43' WHERE id = (SELECT max(id) FROM audit_entry)",
        "UPDATE audit_leaf SET leaf_sha256 = repeat('0', 64) WHERE seq = 2",
        "UPDATE audit_seal SET root = repeat('0', 64) WHERE size = 5",
        "DELETE FROM audit_leaf WHERE seq = 1",
        "UPDATE audit_seal SET checkpoint = replace(checkpoint, E'\\n5\\n', E'\\n6\\n') WHERE size = 5",
    ],
)
def test_tampering_by_the_owner_of_the_database_is_named(sealed, tampering):
    with sealed.session("owner") as session:
        session.execute(text(tampering))

    assert faults_of(sealed) != []


def test_a_seal_by_a_stranger_is_named(sealed):
    assert faults_of(sealed, signer=Signer.from_seed(b"t" * 32)) != []
