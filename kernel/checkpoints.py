"""Checkpoints: the size and root of a log as signed text that any tool of the transparency community can verify.

Formats: C2SP tlog-checkpoint and signed-note, with Ed25519 signatures (type 0x01). Signatures of unknown keys are passed
over, so that keys can be rotated and witnesses can add theirs; a wrong signature of a known key spoils the whole note.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Protocol

from kernel.merkle import HASH_BYTES, SIZE_MAX
from kernel.signing import PUBLIC_KEY_BYTES, SignatureInvalid, verify

NOTE_CHARACTERS_MAX: Final = 100_000
SIGNATURES_MAX: Final = 64
_ED25519: Final = b"\x01"
_SIGNATURE_LINE = re.compile("— (?P<name>\\S+) (?P<blob>[A-Za-z0-9+/]+={0,2})")


class CheckpointInvalid(ValueError):
    """The text is not a checkpoint, or none of the known keys has signed it."""


class NoteSigner(Protocol):
    """Whatever signs with Ed25519 and shows its public key; `kernel.signing.Signer` does."""

    @property
    def public_key(self) -> bytes: ...

    def sign(self, message: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: whose it is, how many entries it has, and the root over them."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lines = (self.origin, *self.extensions)
        if not all(line and line.isprintable() for line in lines):
            raise CheckpointInvalid("a line of a checkpoint is not empty and has no control characters")
        if not 0 <= self.size <= SIZE_MAX or len(self.root) != HASH_BYTES:
            raise CheckpointInvalid("a checkpoint has a size and a root of 32 bytes")

    def text(self) -> str:
        """The lines that are signed, each ended by a newline."""
        root = b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), root, *self.extensions))

    @classmethod
    def of(cls, text: str) -> Checkpoint:
        """Read the signed lines. Raises CheckpointInvalid; the text is only worth something once it is verified."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1]:
            raise CheckpointInvalid("a checkpoint has at least three whole lines")
        origin, size, root, *extensions = lines[:-1]
        if not re.fullmatch("0|[1-9][0-9]{0,18}", size):
            raise CheckpointInvalid("the size is not a decimal number")
        return cls(origin, int(size), _base64(root), tuple(extensions))


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A name and the Ed25519 key that goes by it."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        if not _is_name(self.name) or len(self.public_key) != PUBLIC_KEY_BYTES:
            raise CheckpointInvalid("a key has a name without blanks or plus, and 32 bytes")

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart; an identifier, not a proof."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public_key).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_ED25519 + self.public_key).decode()}"

    @classmethod
    def of(cls, text: str) -> VerifierKey:
        """Read `name+id+key`, the form in which verifier keys are handed out. Raises CheckpointInvalid."""
        name, _, rest = text.partition("+")
        key_id, _, blob = rest.partition("+")
        content = _base64(blob)
        key = cls(name, content[1:])
        if content[:1] != _ED25519 or key.key_id.hex() != key_id:
            raise CheckpointInvalid("not an Ed25519 verifier key")
        return key


def sign_note(text: str, *, name: str, signer: NoteSigner) -> str:
    """The text with a signature line under it. Raises CheckpointInvalid for a text that could not be read back."""
    _check_text(text)
    return f"{text}\n{_signature_line(text, name, signer)}"


def add_signature(note: str, *, name: str, signer: NoteSigner) -> str:
    """The signed note with one more signature line: the old key beside the new one, or a witness."""
    text, _ = _split(note)
    return note + _signature_line(text, name, signer)


def open_note(note: str, keys: Iterable[VerifierKey]) -> str:
    """The text of a note that at least one of the keys has signed, and none of them wrongly. Raises CheckpointInvalid."""
    text, signatures = _split(note)
    known = {(key.name, key.key_id): key for key in keys}
    verified = False
    for name, blob in signatures:
        key = known.get((name, blob[:4]))
        if key is not None:
            try:
                verify(key.public_key, text.encode(), blob[4:])
            except SignatureInvalid:
                raise CheckpointInvalid("a signature of a known key is wrong") from None
            verified = True
    if not verified:
        raise CheckpointInvalid("no known key has signed this")
    return text


def sign_checkpoint(checkpoint: Checkpoint, *, signer: NoteSigner) -> str:
    """The checkpoint as a signed note; the key goes by the name of the log."""
    return sign_note(checkpoint.text(), name=checkpoint.origin, signer=signer)


def open_checkpoint(note: str, keys: Sequence[VerifierKey], *, origin: str) -> Checkpoint:
    """The verified head of the log of this origin. Raises CheckpointInvalid, also for another log's checkpoint."""
    checkpoint = Checkpoint.of(open_note(note, keys))
    if checkpoint.origin != origin:
        raise CheckpointInvalid("this is the checkpoint of another log")
    return checkpoint


def _signature_line(text: str, name: str, signer: NoteSigner) -> str:
    key = VerifierKey(name, signer.public_key)
    return f"— {name} {b64encode(key.key_id + signer.sign(text.encode())).decode()}\n"


def _split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text up to and without the last blank line, and the signatures after it as (name, id and signature)."""
    body, blank, tail = note.rpartition("\n\n")
    if not blank or not tail.endswith("\n") or len(note) > NOTE_CHARACTERS_MAX:
        raise CheckpointInvalid("a note is a text, a blank line and signature lines")
    text = body + "\n"
    _check_text(text)
    lines = tail[:-1].split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise CheckpointInvalid("too many signatures")
    return text, [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes]:
    matched = _SIGNATURE_LINE.fullmatch(line)
    if matched is None or not _is_name(matched["name"]):
        raise CheckpointInvalid("not a signature line")
    blob = _base64(matched["blob"])
    if len(blob) < 5:
        raise CheckpointInvalid("a signature is a key id and more")
    return matched["name"], blob


def _check_text(text: str) -> None:
    if not text.endswith("\n") or any(character < " " and character != "\n" for character in text):
        raise CheckpointInvalid("a note ends with a newline and has no other control characters")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise CheckpointInvalid("a note is valid UTF-8") from None


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and name.isprintable() and not any(map(str.isspace, name))


def _base64(text: str) -> bytes:
    """Standard base64, in the one form that encodes back to itself."""
    try:
        content = b64decode(text, validate=True)
    except (Base64Error, ValueError):
        raise CheckpointInvalid("not base64") from None
    if b64encode(content).decode() != text:
        raise CheckpointInvalid("not canonical base64")
    return content
