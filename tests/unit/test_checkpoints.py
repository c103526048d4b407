"""Checkpoints are read and written as the transparency community does, byte for byte."""

from base64 import b64decode

import pytest

from kernel.checkpoints import (
    Checkpoint,
    CheckpointInvalid,
    VerifierKey,
    add_signature,
    open_checkpoint,
    open_note,
    sign_checkpoint,
    sign_note,
)
from kernel.merkle import EMPTY_ROOT, leaf_hash
from kernel.signing import Signer

# The published example of Go's golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = (
    GO_TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

# The example of C2SP tlog-checkpoint; its key is not published.
C2SP_CHECKPOINT = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)

ORIGIN = "market.example/lots/1"
SIGNER, WITNESS = Signer.from_seed(b"\x01" * 32), Signer.from_seed(b"\x02" * 32)
KEY, WITNESS_KEY = VerifierKey(ORIGIN, SIGNER.public_key), VerifierKey("witness.example", WITNESS.public_key)
HEAD = Checkpoint(ORIGIN, 3, leaf_hash(b"root"))


def test_the_published_note_is_signed_and_opened_byte_for_byte__c2sp_signed_note():
    assert sign_note(GO_TEXT, name="PeterNeumann", signer=Signer.from_seed(GO_SEED)) == GO_NOTE
    assert open_note(GO_NOTE, [VerifierKey.of(GO_KEY)]) == GO_TEXT
    assert str(VerifierKey.of(GO_KEY)) == GO_KEY


def test_the_published_checkpoint_is_read__c2sp_tlog_checkpoint():
    text = C2SP_CHECKPOINT.split("\n\n")[0] + "\n"

    read = Checkpoint.of(text)

    assert (read.origin, read.size) == ("example.com/behind-the-sofa", 20852163)
    assert read.text() == text


def test_a_signed_checkpoint_is_opened_again():
    note = sign_checkpoint(HEAD, signer=SIGNER)

    assert open_checkpoint(note, [KEY], origin=ORIGIN) == HEAD
    assert VerifierKey.of(str(KEY)) == KEY


def test_an_empty_log_has_a_checkpoint_too():
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)

    assert open_checkpoint(sign_checkpoint(empty, signer=SIGNER), [KEY], origin=ORIGIN) == empty


def test_a_witness_may_add_its_line_and_unknown_lines_are_passed_over():
    note = add_signature(sign_checkpoint(HEAD, signer=SIGNER), name="witness.example", signer=WITNESS)

    for keys in ([KEY], [WITNESS_KEY], [KEY, WITNESS_KEY]):
        assert open_checkpoint(note, keys, origin=ORIGIN) == HEAD


def test_a_checkpoint_that_no_known_key_has_signed_is_refused():
    with pytest.raises(CheckpointInvalid, match="no known key"):
        open_checkpoint(sign_checkpoint(HEAD, signer=SIGNER), [WITNESS_KEY], origin=ORIGIN)


def test_one_wrong_signature_of_a_known_key_spoils_the_note():
    note = add_signature(sign_checkpoint(HEAD, signer=SIGNER), name="witness.example", signer=WITNESS)
    changed = note.replace(ORIGIN + "\n3\n", ORIGIN + "\n4\n")

    with pytest.raises(CheckpointInvalid, match="wrong"):
        open_checkpoint(changed, [KEY], origin=ORIGIN)


def test_the_checkpoint_of_another_log_is_refused():
    with pytest.raises(CheckpointInvalid, match="another log"):
        open_checkpoint(sign_checkpoint(HEAD, signer=SIGNER), [KEY], origin="market.example/lots/2")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n",
        "origin\n1\n",
        f"origin\n01\n{'A' * 43}=\n",
        f"origin\n-1\n{'A' * 43}=\n",
        f"origin\n１\n{'A' * 43}=\n",
        f"origin\n{2**63}\n{'A' * 43}=\n",
        f"origin\n1\n{'A' * 43}\n",
        f"origin\n1\n{'A' * 42}B=\n",
        "origin\n1\nAAAA\n",
        f"\n1\n{'A' * 43}=\n",
        f"origin\n1\n{'A' * 43}=\n\n",
        f"origin\n1\n{'A' * 43}=",
        f"ori\tgin\n1\n{'A' * 43}=\n",
    ],
)
def test_what_is_not_a_checkpoint_is_refused(text):
    with pytest.raises(CheckpointInvalid):
        Checkpoint.of(text)


@pytest.mark.parametrize(
    "note",
    [
        "",
        GO_TEXT,
        GO_NOTE[:-1],
        GO_NOTE + "\n",
        GO_NOTE.replace("— ", "- "),
        GO_NOTE.replace("\n\n", "\n"),
        GO_NOTE.replace("answer", "ans\twer"),
        GO_NOTE.replace("answer", "ans\ud800wer"),
        GO_NOTE.replace("x08go", "x08go!"),
        GO_NOTE + "— PeterNeumann AAAA\n",
        GO_NOTE + GO_NOTE.splitlines(keepends=True)[-1] * 64,
        "x" * 100_001 + GO_NOTE,
    ],
)
def test_what_is_not_a_note_is_refused(note):
    with pytest.raises(CheckpointInvalid):
        open_note(note, [VerifierKey.of(GO_KEY)])


@pytest.mark.parametrize(
    "text",
    ["", "PeterNeumann", GO_KEY[:-4], GO_KEY.replace("c74f", "c74e"), GO_KEY.replace("+AR", "+Ah"), "a b+" + GO_KEY],
)
def test_what_is_not_a_verifier_key_is_refused(text):
    with pytest.raises(CheckpointInvalid):
        VerifierKey.of(text)


@pytest.mark.parametrize("origin", ["", "two\nlines", "bell\a"])
def test_an_origin_cannot_smuggle_lines(origin):
    with pytest.raises(CheckpointInvalid):
        Checkpoint(origin, 1, EMPTY_ROOT)
