"""Secrets handed out once: API keys, cookies, tokens in mails. Only their SHA-256 is ever kept. Pure but for randomness."""

import hashlib
import secrets
import zlib
from dataclasses import dataclass
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
RANDOM_LENGTH: Final = 32
"""Characters of base 62: 190 bits, above the 128 of ASVS V11.5.1."""
CHECK_LENGTH: Final = 6
"""A CRC-32 in base 62: lets scanners and our own logs spot a key, and turns a mistyped key away without a query."""
LIVE, TEST = "mk_live_", "mk_test_"
_BODY_LENGTH: Final = RANDOM_LENGTH + CHECK_LENGTH


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret in clear, to be shown once, and the digest to keep."""

    text: str
    sha256: bytes

    def __repr__(self) -> str:
        return "Secret(…)"

    @property
    def hint(self) -> str:
        """Enough to tell keys apart, too little to use one: the public beginning and the last four characters."""
        prefix = next((one for one in (LIVE, TEST) if self.text.startswith(one)), "")
        return f"{prefix}…{self.text[-4:]}"


def digest(text: str) -> bytes:
    """SHA-256: enough for secrets of 190 random bits, which nobody can guess. Passwords go through Argon2id instead."""
    return hashlib.sha256(text.encode()).digest()


def make_key(*, livemode: bool) -> Secret:
    """A new API key: `mk_live_` or `mk_test_`, 32 random characters, 6 of checksum."""
    return _make(LIVE if livemode else TEST)


def make_token() -> Secret:
    """A new token for a cookie, an invitation or a reset link."""
    return _make("")


def key_digest(text: str) -> bytes | None:
    """The digest of a well-formed API key; None for anything else."""
    prefix = text[: len(LIVE)]
    return digest(text) if prefix in (LIVE, TEST) and _is_well_formed(prefix, text[len(prefix) :]) else None


def token_digest(text: str) -> bytes | None:
    """The digest of a well-formed token; None for anything else."""
    return digest(text) if _is_well_formed("", text) else None


def checksum(text: str) -> str:
    """CRC-32 of ASCII text as six digits of base 62."""
    value, digits = zlib.crc32(text.encode()), ""
    for _ in range(CHECK_LENGTH):
        value, digit = divmod(value, 62)
        digits = ALPHABET[digit] + digits
    return digits


def _make(prefix: str) -> Secret:
    start = prefix + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    text = start + checksum(start)
    return Secret(text, digest(text))


def _is_well_formed(prefix: str, body: str) -> bool:
    if len(body) != _BODY_LENGTH or not body.isascii() or not body.isalnum():
        return False
    return checksum(prefix + body[:RANDOM_LENGTH]) == body[RANDOM_LENGTH:]
