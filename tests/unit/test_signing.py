"""Keys sign in their term, verify after it, and are refused when others could have read them."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from kernel.signing import (
    KeyFileUnsafe,
    KeyFolder,
    KeyNotValidThen,
    KeyRegister,
    SignatureInvalid,
    Signer,
    UnknownKey,
    read_signature,
    verify,
)

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
LATER = NOW + timedelta(days=30)

# RFC 8032 §7.1, test 2.
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_published_key_signs_the_published_signature__rfc_8032_7_1():
    signer = Signer.from_seed(SEED)

    assert signer.public_key == PUBLIC
    assert signer.sign(b"\x72") == SIGNATURE
    verify(PUBLIC, b"\x72", SIGNATURE)


@pytest.mark.parametrize(
    ("key", "message", "signature"),
    [
        (PUBLIC, b"\x73", SIGNATURE),
        (PUBLIC, b"\x72", SIGNATURE[:-1]),
        (PUBLIC, b"\x72", b""),
        (PUBLIC[:-1], b"\x72", SIGNATURE),
        (SEED, b"\x72", SIGNATURE),
    ],
)
def test_anything_else_is_refused(key, message, signature):
    with pytest.raises(SignatureInvalid):
        verify(key, message, signature)


def test_a_signature_is_read_from_strict_hexadecimal_only():
    assert read_signature(SIGNATURE.hex()) == SIGNATURE
    for text in (SIGNATURE.hex().upper(), SIGNATURE.hex()[:-1], SIGNATURE.hex() + "\n", " " + SIGNATURE.hex(), ""):
        with pytest.raises(SignatureInvalid):
            read_signature(text)


def test_the_first_signer_of_a_purpose_makes_its_key(tmp_path):
    keys = KeyFolder(tmp_path / "keys")

    signer = keys.signer("checkpoint", NOW)

    assert keys.signer("checkpoint", LATER).key_id == signer.key_id
    assert keys.register().current("checkpoint", LATER).public_key == signer.public_key
    assert mode(tmp_path / "keys") == 0o700
    assert mode(tmp_path / "keys" / f"{signer.key_id}.pem") == 0o600
    assert not [path for path in (tmp_path / "keys").glob(".*") if path.name != ".lock"]


def test_purposes_have_keys_of_their_own(tmp_path):
    keys = KeyFolder(tmp_path)

    assert keys.signer("checkpoint", NOW).key_id != keys.signer("certificate", NOW).key_id


def test_a_retired_key_verifies_what_it_signed_in_its_time_and_nothing_later(tmp_path):
    keys = KeyFolder(tmp_path)
    old = keys.signer("certificate", NOW)
    signature = old.sign(b"a certificate")

    new = keys.rotate("certificate", LATER)
    register = keys.register()

    assert keys.signer("certificate", LATER).key_id == new.key_id != old.key_id
    register.verify(b"a certificate", signature, key_id=old.key_id, purpose="certificate", signed_at=NOW)
    with pytest.raises(KeyNotValidThen):
        register.verify(b"a certificate", signature, key_id=old.key_id, purpose="certificate", signed_at=LATER)
    with pytest.raises(SignatureInvalid):
        register.verify(b"another", signature, key_id=old.key_id, purpose="certificate", signed_at=NOW)
    with pytest.raises(UnknownKey):
        register.verify(b"a certificate", signature, key_id=old.key_id, purpose="checkpoint", signed_at=NOW)
    with pytest.raises(UnknownKey):
        register.verify(b"a certificate", signature, key_id="0" * 16, purpose="certificate", signed_at=NOW)


def test_a_new_key_does_not_sign_for_the_past(tmp_path):
    keys = KeyFolder(tmp_path)
    signer = keys.signer("certificate", NOW)

    with pytest.raises(KeyNotValidThen):
        keys.register().verify(
            b"", signer.sign(b""), key_id=signer.key_id, purpose="certificate", signed_at=NOW - timedelta(seconds=1)
        )


@pytest.mark.parametrize("opened", [0o640, 0o604, 0o660, 0o602])
def test_a_key_file_that_others_may_read_or_change_is_refused(tmp_path, opened):
    keys = KeyFolder(tmp_path)
    signer = keys.signer("checkpoint", NOW)
    (tmp_path / f"{signer.key_id}.pem").chmod(opened)

    with pytest.raises(KeyFileUnsafe):
        keys.signer("checkpoint", NOW)


def test_a_folder_that_others_may_change_is_refused(tmp_path):
    folder = tmp_path / "keys"
    folder.mkdir()
    folder.chmod(0o777)

    with pytest.raises(KeyFileUnsafe):
        KeyFolder(folder).signer("checkpoint", NOW)


def test_a_link_a_missing_file_and_another_key_are_refused(tmp_path):
    keys = KeyFolder(tmp_path)
    signer, other = keys.signer("checkpoint", NOW), keys.signer("certificate", NOW)
    file, target = tmp_path / f"{signer.key_id}.pem", tmp_path / "moved.pem"

    file.rename(target)
    with pytest.raises(KeyFileUnsafe):
        keys.signer("checkpoint", NOW)

    file.symlink_to(target)
    with pytest.raises(KeyFileUnsafe):
        keys.signer("checkpoint", NOW)

    file.unlink()
    os.link(tmp_path / f"{other.key_id}.pem", file)
    with pytest.raises(KeyFileUnsafe):
        keys.signer("checkpoint", NOW)


def test_many_at_once_make_one_first_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        signers = list(pool.map(lambda _: KeyFolder(tmp_path).signer("checkpoint", NOW), range(8)))

    assert len({signer.key_id for signer in signers}) == 1
    assert len(KeyFolder(tmp_path).register().keys) == 1


def test_the_register_can_be_published_and_read_back(tmp_path):
    keys = KeyFolder(tmp_path)
    keys.signer("checkpoint", NOW)
    keys.rotate("checkpoint", LATER)

    published = keys.register().to_json()

    assert KeyRegister.from_json(published) == keys.register()
    assert "PRIVATE" not in published


def test_a_register_whose_key_bears_another_id_is_refused(tmp_path):
    keys = KeyFolder(tmp_path)
    signer = keys.signer("checkpoint", NOW)

    with pytest.raises(ValueError, match="own id"):
        KeyRegister.from_json(keys.register().to_json().replace(signer.key_id, "0" * 16))


def test_a_naive_instant_makes_no_key(tmp_path):
    with pytest.raises(ValueError, match="time zone"):
        KeyFolder(tmp_path).rotate("checkpoint", datetime(2026, 3, 1))  # noqa: DTZ001  # an instant without a zone is the point


def test_a_signer_does_not_print_its_key():
    assert SEED.hex() not in repr(Signer.from_seed(SEED))
