"""Verifying a certificate: its exact form, its signature, and every number computed again from the model inside it.

Runs by itself from this folder, with Python and the package `cryptography` alone: `python -I verifying.py FILE --key PUB`.
The key must come from somewhere else than the file: 64 hex digits, a PEM file, or the market's register of keys.
Exit codes: 0 valid, 1 not valid (what failed is said), 2 the file or the key cannot be read.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

if not __package__:
    # By itself: this folder stands for the package, and nothing else of the house is looked for.
    house, room = ModuleType("valuation"), ModuleType("valuation.certifying")
    house.__path__, room.__path__ = [], [str(Path(__file__).resolve().parent)]
    sys.modules |= {house.__name__: house, room.__name__: room}

from valuation.certifying.checking import Report, check, shown_name
from valuation.certifying.forms import (
    FILE_BYTES_MAX,
    FORMAT,
    LABEL,
    PURPOSE,
    Fault,
    NotCanonical,
    Sealed,
    decode,
    misfit,
)

KEY_BYTES_MAX: Final = 1 << 20


class Unreadable(ValueError):
    """A file or a key cannot be read; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Key:
    """A public key from outside the certificate. A bare one has no purpose and no term; the register's have both."""

    public_key: bytes
    purpose: str | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    @property
    def key_id(self) -> str:
        """The first 16 hex digits of the SHA-256 of its bytes."""
        return sha256(self.public_key).hexdigest()[:16]

    def signs_at(self, instant: datetime) -> bool:
        """Whether the instant falls into its term."""
        began = self.valid_from is None or self.valid_from <= instant
        return began and (self.valid_to is None or instant < self.valid_to)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found. `told` is what the certificate says, worth something only where there is no fault."""

    faults: tuple[Fault, ...]
    told: Mapping[str, Any] = field(default_factory=dict)
    report: Report = field(default_factory=Report)

    @property
    def valid(self) -> bool:
        """Nothing is wrong."""
        return not self.faults

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        faults = [{"code": one.code, "en": one.en, "zh": one.zh} for one in self.faults]
        return {
            "valid": self.valid,
            "faults": faults,
            "certificate": dict(self.told),
            "computed": None if self.report.walked is None else asdict(self.report.walked),
            "numbers_compared": self.report.compared,
            "largest_difference_of_logs": self.report.apart,
        }

    def lines(self) -> list[str]:
        """For people."""
        if self.faults:
            return ["NOT VALID 无效", *(f"  {one.code}: {one.en} / {one.zh}" for one in self.faults)]
        told = [f"  {name}: {value}" for name, value in self.told.items() if value is not None]
        found = f"  {self.report.compared} numbers computed again, logs at most {self.report.apart:.1e} apart"
        return ["VALID 有效", *told, found, f"  {LABEL['zh']} / {LABEL['en']}"]


def verify(content: bytes, keys: Sequence[Key]) -> Verdict:
    """Verify the bytes of a file. A wrong signature does not end it: what else differs says what was changed."""
    sealed = Sealed.of(content)
    if sealed is None:
        return Verdict((Fault("form", "this is not the exact form of a certificate", "文件不是证书的规定格式"),))
    faults = _signature(sealed, keys)
    try:
        body = decode(sealed.body)
    except NotCanonical as why:
        fault = Fault("canonical", f"not in the one canonical form: {why}", "不是唯一的规范写法")
        return Verdict((*faults, fault))
    if (path := misfit(body)) is not None:
        shown = shown_name(path)
        fault = Fault("field", f"{shown} is missing, unknown or malformed", f"{shown} 缺失、多余或格式不符")
        return Verdict((*faults, fault))
    faults += _term(body["issued_at"], sealed.key_id, keys)
    report = check(body)
    return Verdict((*faults, *report.faults), _told(body, sealed), report)


def _signature(sealed: Sealed, keys: Sequence[Key]) -> list[Fault]:
    key = next((one for one in keys if one.key_id == sealed.key_id), None)
    if key is None:
        en = f"the certificate names the key {sealed.key_id}, which is not the one given"
        return [Fault("key", en, f"证书所列密钥 {sealed.key_id} 不是所给密钥")]
    if key.purpose not in (None, PURPOSE):
        return [Fault("key", "that key is not for certificates of valuations", "该密钥不用于估价证书")]
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(sealed.signature, sealed.body)
    except (InvalidSignature, ValueError):
        return [Fault("signature", "the signature is not this key's over these bytes", "签名与内容或密钥不符")]
    return []


def _term(issued_at: str, key_id: str, keys: Sequence[Key]) -> list[Fault]:
    try:
        instant = datetime.fromisoformat(issued_at)
    except ValueError:
        return [Fault("field", "issued_at is no instant", "签发时间无效")]
    key = next((one for one in keys if one.key_id == key_id), None)
    if key is None or key.signs_at(instant):
        return []
    return [Fault("key", "the key was not in its term when this was issued", "签发时密钥不在有效期内")]


def _told(body: Mapping[str, Any], sealed: Sealed) -> dict[str, Any]:
    price, span, run = body["price"] or {}, body["range"] or {}, body["run"] or {}
    fen = price.get("fen")
    return {
        "valuation": body["valuation"]["id"],
        "result": body["valuation"]["result_id"],
        "valued_at": body["valuation"]["valued_at"],
        "issued_at": body["issued_at"],
        "grade": body["valuation"]["grade"],
        "reason": body["valuation"]["reason"],
        "price_fen": fen,
        "low_fen": span.get("low_fen"),
        "high_fen": span.get("high_fen"),
        "level_bp": span.get("level_bp"),
        "model_sha256": body["model"]["sha256"] if body["model"] else None,
        "run_sha256": run.get("sha256"),
        "data_sha256": run.get("data_sha256"),
        "key_id": sealed.key_id,
    }


def read_keys(given: str) -> list[Key]:
    """The keys of PUB: 64 hex digits, or a file with them, with a PEM public key, or with the register. Raises Unreadable."""
    if re.fullmatch("[0-9a-f]{64}", given):
        return [Key(bytes.fromhex(given))]
    content = read_file(given, KEY_BYTES_MAX)
    text = content.decode("utf-8", "replace").strip()
    try:
        if re.fullmatch("[0-9a-f]{64}", text):
            return [Key(bytes.fromhex(text))]
        if text.startswith("-----BEGIN PUBLIC KEY-----"):
            public = load_pem_public_key(content)
            if isinstance(public, Ed25519PublicKey):
                return [Key(public.public_bytes(Encoding.Raw, PublicFormat.Raw))]
        if text.startswith("["):
            return [_registered(one) for one in json.loads(text)]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, UnsupportedAlgorithm):
        raise Unreadable(f"{given}: not a register of keys, or not a key") from None
    raise Unreadable(f"{given}: not an Ed25519 public key (64 lower-case hex digits, PEM, or the market's register)")


def read_file(path: str, limit: int = FILE_BYTES_MAX) -> bytes:
    """A file up to a limit. Raises Unreadable."""
    try:
        with open(path, "rb") as file:
            content = file.read(limit + 1)
    except (OSError, ValueError) as fault:
        raise Unreadable(f"{path}: {getattr(fault, 'strerror', None) or 'not a file name'}") from None
    if len(content) > limit:
        raise Unreadable(f"{path}: larger than {limit >> 20} MiB, which no such file is")
    return content


def _registered(entry: Mapping[str, Any]) -> Key:
    began, ends = (
        None if one is None else datetime.fromisoformat(one) for one in (entry["valid_from"], entry["valid_to"])
    )
    key = Key(bytes.fromhex(entry["public_key"]), str(entry["purpose"]), began, ends)
    if (
        len(key.public_key) != 32
        or key.key_id != entry["key_id"]
        or any(one and not one.tzinfo for one in (began, ends))
    ):
        raise ValueError("a key does not bear its own id, or has a term without a time zone")
    return key


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(description=f"Verify a certificate of a valuation ({FORMAT}).")
    parser.add_argument("file")
    parser.add_argument("--key", required=True, help="64 hex digits, or a file: hex, PEM, or the market's register")
    parser.add_argument("--json", action="store_true", help="say it as JSON")
    chosen = parser.parse_args(arguments)
    return run(chosen.file, chosen.key, as_json=chosen.json)


def run(file: str, key: str, *, as_json: bool) -> int:
    """Verify a file by a key and say what was found; returns the exit code."""
    try:
        verdict = verify(read_file(file), read_keys(key))
    except Unreadable as why:
        sys.stderr.write(f"{why}\n")
        return 2
    except MemoryError:
        sys.stderr.write(f"{file}: too large for the memory of this machine\n")
        return 2
    said = json.dumps(verdict.to_json(), ensure_ascii=False, indent=2) if as_json else "\n".join(verdict.lines())
    sys.stdout.write(said + "\n")
    return 0 if verdict.valid else 1


if __name__ == "__main__":
    sys.exit(main())
