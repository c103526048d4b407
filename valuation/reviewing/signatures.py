"""The signature under a third-party review: Ed25519 over the exact canonical bytes of what was said, kept word for word.

The market signs with a key of its register: that these bytes were entered by that person for that organisation at that
instant, and have not changed since (电子签名法 art 13). Whoever has the register can verify without the market.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from kernel.audit import canonical
from kernel.signing import KeyRegister, SigningError, read_signature

PURPOSE: Final = "valuation-review"
FORM: Final = "valuation-review/1"


class Signs(Protocol):
    """A private key of the register."""

    key_id: str
    public_key: bytes

    def sign(self, message: bytes) -> bytes:
        """64 bytes over exactly these bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Sealed:
    """A document as it was signed: its bytes as text, their SHA-256, the signature in small hexadecimal, and the key."""

    document: str
    sha256: str
    signature: str
    key_id: str


def seal(facts: Mapping[str, Any], signer: Signs) -> Sealed:
    """Sign facts: ids, texts, money, days, instants. The form of the document is its first promise."""
    exact = canonical({"form": FORM, **facts})
    return Sealed(exact.decode(), hashlib.sha256(exact).hexdigest(), signer.sign(exact).hex(), signer.key_id)


def is_genuine(register: KeyRegister, sealed: Sealed, *, signed_at: datetime) -> bool:
    """The bytes are those that a key of the register, in its term, signed for this purpose."""
    exact = sealed.document.encode()
    if hashlib.sha256(exact).hexdigest() != sealed.sha256:
        return False
    try:
        signature = read_signature(sealed.signature)
        register.verify(exact, signature, key_id=sealed.key_id, purpose=PURPOSE, signed_at=signed_at)
    except SigningError:
        return False
    return True
