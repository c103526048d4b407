"""Ed25519 keys of the market: a public register with terms of validity, and private key files kept outside the database.

A key folder holds `<key id>.pem` (PKCS 8, mode 0600) for each key and `register.json` for all of them. Keys are never
overwritten and never deleted: a retired key still verifies what it signed in its time. The clock is the caller's.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

SIGNATURE_BYTES: Final = 64
PUBLIC_KEY_BYTES: Final = 32
_KEY_FILE_BYTES_MAX = 4096


class SigningError(Exception):
    """Something is wrong with a key or a signature."""


class SignatureInvalid(SigningError):
    """The signature is not this key's over these bytes."""


class UnknownKey(SigningError):
    """No such key is in the register for this purpose."""


class KeyNotValidThen(SigningError):
    """The key was not valid at that instant."""


class KeyFileUnsafe(SigningError):
    """A key file or its folder may be read or changed by others, or is not a plain file of ours."""


def verify(public_key: bytes, message: bytes, signature: bytes) -> None:
    """Check an Ed25519 signature (RFC 8032) over exactly these bytes. Raises SignatureInvalid."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise SignatureInvalid from None


def read_signature(text: str) -> bytes:
    """A signature from its strict form: 128 lower-case hexadecimal digits. Raises SignatureInvalid."""
    if not re.fullmatch("[0-9a-f]{128}", text):
        raise SignatureInvalid
    return bytes.fromhex(text)


@dataclass(frozen=True, slots=True)
class RegisteredKey:
    """A public key, what it is for, and from when until when it signs (`valid_to` exclusive, None while in use)."""

    key_id: str
    public_key: bytes
    purpose: str
    valid_from: datetime
    valid_to: datetime | None = None

    def signs_at(self, instant: datetime) -> bool:
        """Whether a signature made at the instant falls into the key's term."""
        return self.valid_from <= instant and (self.valid_to is None or instant < self.valid_to)


@dataclass(frozen=True, slots=True)
class KeyRegister:
    """All public keys of the market, retired ones included: what an outsider needs to verify."""

    keys: tuple[RegisteredKey, ...] = ()

    def current(self, purpose: str, now: datetime) -> RegisteredKey:
        """The key that signs for a purpose now: the newest in its term. Raises UnknownKey."""
        usable = [key for key in self.keys if key.purpose == purpose and key.signs_at(now)]
        if not usable:
            raise UnknownKey
        return max(usable, key=lambda key: (key.valid_from, key.key_id))

    def find(self, key_id: str) -> RegisteredKey:
        """The key with an id. Raises UnknownKey."""
        for key in self.keys:
            if key.key_id == key_id:
                return key
        raise UnknownKey

    def verify(self, message: bytes, signature: bytes, *, key_id: str, purpose: str, signed_at: datetime) -> None:
        """Check a signature that names its key. Raises UnknownKey, KeyNotValidThen or SignatureInvalid."""
        key = self.find(key_id)
        if key.purpose != purpose:
            raise UnknownKey
        if not key.signs_at(signed_at):
            raise KeyNotValidThen
        verify(key.public_key, message, signature)

    def to_json(self) -> str:
        """The register as published: one object a key, hexadecimal, instants in UTC."""
        return json.dumps([_entry(key) for key in self.keys], indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> KeyRegister:
        """Read back what `to_json` wrote. Raises ValueError, also when an id is not that of its key."""
        return cls(tuple(_registered(entry) for entry in json.loads(text)))


class Signer:
    """A private key in memory, for as long as its owner needs it; it never prints itself."""

    __slots__ = ("_private", "key_id", "public_key")

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public_key = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key_id = key_id_of(self.public_key)

    @classmethod
    def from_seed(cls, seed: bytes) -> Signer:
        """The signer of a 32-byte seed (RFC 8032)."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    def sign(self, message: bytes) -> bytes:
        """64 bytes of signature over exactly these bytes."""
        return self._private.sign(message)

    def pem(self) -> bytes:
        """The private key itself, PKCS 8, for its file and nothing else."""
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


class KeyFolder:
    """The folder of key files; several processes may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def register(self) -> KeyRegister:
        """Every public key ever made here."""
        try:
            return KeyRegister.from_json((self._folder / "register.json").read_text("utf-8"))
        except FileNotFoundError:
            return KeyRegister()

    def signer(self, purpose: str, now: datetime) -> Signer:
        """The signer for a purpose now; its first key is made here. Raises KeyFileUnsafe."""
        try:
            return self._load(self.register().current(purpose, now))
        except UnknownKey:
            return self._renew(purpose, now, unless_there_is_one=True)

    def rotate(self, purpose: str, now: datetime) -> Signer:
        """Make a new key for a purpose and end the term of the old one now; what it signed stays verifiable."""
        return self._renew(purpose, now, unless_there_is_one=False)

    def _renew(self, purpose: str, now: datetime, *, unless_there_is_one: bool) -> Signer:
        _aware(now)
        with self._locked():
            register = self.register()
            if unless_there_is_one:
                try:
                    return self._load(register.current(purpose, now))
                except UnknownKey:
                    pass
            signer = Signer(Ed25519PrivateKey.generate())
            made = RegisteredKey(signer.key_id, signer.public_key, purpose, now)
            # The private file first: a crash between the two leaves a key that nobody uses, never a key without a file.
            _write(self._file(made), signer.pem(), 0o600)
            kept = tuple(_retired(key, now) if key.purpose == purpose else key for key in register.keys)
            _write(self._folder / "register.json", KeyRegister((*kept, made)).to_json().encode(), 0o644)
            return signer

    def _load(self, key: RegisteredKey) -> Signer:
        content = _read_private(self._file(key))
        private = load_pem_private_key(content, password=None)
        if not isinstance(private, Ed25519PrivateKey):
            raise KeyFileUnsafe
        signer = Signer(private)
        if signer.public_key != key.public_key:
            raise KeyFileUnsafe
        return signer

    def _file(self, key: RegisteredKey) -> Path:
        return self._folder / f"{key.key_id}.pem"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One writer at a time; the system releases the lock if its holder dies."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_IMODE(self._folder.stat().st_mode) & 0o022:
            raise KeyFileUnsafe
        handle = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def key_id_of(public_key: bytes) -> str:
    """A key is called by the first 16 hexadecimal digits of the SHA-256 of its 32 public bytes."""
    return sha256(public_key).hexdigest()[:16]


def _retired(key: RegisteredKey, now: datetime) -> RegisteredKey:
    return replace(key, valid_to=max(now, key.valid_from)) if key.valid_to is None or key.valid_to > now else key


def _entry(key: RegisteredKey) -> dict[str, str | None]:
    return {
        "key_id": key.key_id,
        "algorithm": "Ed25519",
        "public_key": key.public_key.hex(),
        "purpose": key.purpose,
        "valid_from": key.valid_from.astimezone(UTC).isoformat(),
        "valid_to": key.valid_to.astimezone(UTC).isoformat() if key.valid_to else None,
    }


def _registered(entry: dict[str, Any]) -> RegisteredKey:
    public_key = bytes.fromhex(entry["public_key"])
    if len(public_key) != PUBLIC_KEY_BYTES or entry["key_id"] != key_id_of(public_key):
        raise ValueError("a key in the register does not bear its own id")
    ends = entry["valid_to"]
    return RegisteredKey(
        entry["key_id"],
        public_key,
        entry["purpose"],
        _aware(datetime.fromisoformat(entry["valid_from"])),
        _aware(datetime.fromisoformat(ends)) if ends else None,
    )


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant has a time zone")
    return instant


def _read_private(path: Path) -> bytes:
    """The content of a key file that is ours alone: no link, no other reader. Raises KeyFileUnsafe."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise KeyFileUnsafe(f"{path.name}: {error.strerror}") from None
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(handle)
        owned = facts.st_uid in (os.geteuid(), 0)
        if not stat.S_ISREG(facts.st_mode) or stat.S_IMODE(facts.st_mode) & 0o077 or not owned:
            raise KeyFileUnsafe(f"{path.name} may be read or changed by others")
        return file.read(_KEY_FILE_BYTES_MAX)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a file that is there whole or not at all."""
    temporary = path.with_name(f".{secrets.token_hex(8)}")
    try:
        _write_synced(temporary, content, mode)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _write_synced(path: Path, content: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
