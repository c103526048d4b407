"""Certificates of valuations: a fresh one verifies, and whatever is changed is refused with a sentence that says what."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kernel.signing import KeyRegister, RegisteredKey, Signer
from tests.support.certificates import KEYS, NOW, SIGNER, a_body, a_valuation, an_abstention, changed, signed
from valuation.certifying import verifying
from valuation.certifying.certificate import DoesNotVerify, seal
from valuation.certifying.forms import PURPOSE, encode
from valuation.certifying.verifying import Key, Unreadable, read_keys, verify

OTHER = Signer.from_seed(bytes(32))
PUB = SIGNER.public_key.hex()


def codes(content: bytes, keys: list[Key] = KEYS) -> list[str]:
    return [one.code for one in verify(content, keys).faults]


def said(content: bytes) -> str:
    return " ".join(one.en for one in verify(content, KEYS).faults)


@pytest.fixture(scope="module")
def fresh() -> bytes:
    return seal(a_body(), SIGNER)


def test_a_fresh_certificate_verifies_to_a_billionth(fresh: bytes) -> None:
    verdict = verify(fresh, KEYS)

    assert verdict.valid and verdict.lines()[0] == "VALID 有效"
    assert verdict.report.compared > 25 and verdict.report.apart <= 1e-9
    assert verdict.told["price_fen"] == json.loads(fresh)["certificate"]["price"]["fen"]
    assert "AI初始价格参考，非资产评估报告" in verdict.lines()[-1]


def test_a_range_of_asks_after_the_discount_verifies_too() -> None:
    body = a_body(a_valuation(discount_bp=1500))

    assert body["price"]["fen"] is None and body["after"][0]["rule"]["bp"] == 1500
    assert verify(seal(body, SIGNER), KEYS).valid


def test_an_answer_without_a_price_has_a_certificate_without_a_model() -> None:
    content = seal(a_body(an_abstention()), SIGNER)

    verdict = verify(content, KEYS)

    assert verdict.valid and verdict.told["reason"] == "too-little" and verdict.told["price_fen"] is None
    assert len(content) < 5_000


def test_the_file_is_json_and_the_signature_is_over_the_bytes_of_the_certificate(fresh: bytes) -> None:
    told = json.loads(fresh)
    body = fresh[len(b'{"certificate":') : fresh.rindex(b',"signature":')]

    Ed25519PublicKey.from_public_bytes(SIGNER.public_key).verify(bytes.fromhex(told["signature"]["ed25519"]), body)
    assert body == encode(told["certificate"])


def dearer(body: dict[str, Any]) -> None:
    body["price"]["fen"] = round(body["price"]["fen"] * 1.01)


def put(value: Any, *path: str | int) -> Callable[[dict[str, Any]], None]:
    """A forger's change of one field: a value, or what is to become of the old one."""

    def change(body: dict[str, Any]) -> None:
        *way, last = path
        inner: Any = body
        for one in way:
            inner = inner[one]
        inner[last] = value(inner[last]) if callable(value) else value

    return change


FORGERIES = {
    "price": (dearer, "the price differs from what the model gives"),
    "log of the price": (put(lambda log: log + 1e-8, "price", "log"), "the price differs from what the model gives"),
    "base": (put(lambda log: log - 1e-8, "base", "log"), "the base differs from what the model gives"),
    "base in yuan": (put(lambda fen: fen + 500, "base", "fen"), "the base in yuan differs"),
    "contribution": (put(lambda log: log + 2e-9, "contributions", 2, "log"), "the contribution of “"),
    "contribution gone": (lambda body: body["contributions"].pop(), "is a contribution on one side only"),
    "contribution too many": (
        lambda body: body["contributions"].append({"name": "luck", "log": 0.1}),
        "“luck” is a contribution on one side only",
    ),
    "contribution twice": (lambda body: body["contributions"].append(body["contributions"][0]), "a name stands twice"),
    "fact": (put("utility_model", "features", 2, "value"), "differs from what the model gives"),
    "title": (put("一种轴承", "features", -2, "value"), "differs from what the model gives"),
    "book of prices": (put("ask", "features", 0, "value"), "differs from what the model gives"),
    "low": (put(lambda fen: fen - 100, "range", "low_fen"), "the range differs from what the model gives"),
    "high": (put(lambda fen: fen + 10_000, "range", "high_fen"), "the range differs from what the model gives"),
    "range beside the price": (put(1, "range", "high_fen"), "the range does not hold its own price"),
    "half width": (put(lambda half: half * 0.9, "range", "half_width"), "the half width of the range differs"),
    "level": (put(8000, "range", "level_bp"), "the half width of the range differs"),
    "level that cannot be promised": (put(9_990, "range", "level_bp"), "no range can be promised at this level"),
    "rule of the range": (put({"kind": "guess"}, "range", "rule"), "the rule of the range is not known"),
    "no range": (put(None, "range"), "a price without a range"),
    "factor": (put(lambda factor: factor * 1.001, "bars", 0, "factor"), "the factor of “segment” differs"),
    "amount": (put(lambda fen: fen + 10, "bars", 1, "yuan_fen"), "the amount of “"),
    "amounts that do not close": (put(lambda fen: fen + 1, "bars", 1, "yuan_fen"), "do not add up to the price"),
    "an amount missing": (put(None, "bars", 1, "yuan_fen"), "some reasons are in yuan and some are not"),
    "a part in no reason": (lambda body: body["bars"].pop(1), "is in no reason"),
    "a step of no rule": (
        lambda body: body["after"].append({"name": "x", "label": {"en": "", "zh": ""}, "log": 0.0, "rule": {}}),
        "the rule of “x” is not known",
    ),
    "label": (put("资产评估报告", "label", "zh"), "the label is not the one that must stand here"),
    "grade": (put("D", "valuation", "grade"), "grade, reason and price contradict each other"),
    "reason": (put("asks-only", "valuation", "reason"), "grade, reason and price contradict each other"),
    "hash of the model": (put("0" * 64, "model", "sha256"), "the hash of the model differs"),
    "no model": (put(None, "model"), "numbers without a model to compute them"),
    "no base": (put(None, "base"), "a model without the numbers that it gives"),
    "another format": (put("technology-market/valuation-certificate/2", "format"), "“format” is missing, unknown"),
    "an unknown field": (put(1, "luck"), "“luck” is missing, unknown or malformed"),
    "a missing field": (lambda body: body.pop("evidence"), "“evidence” is missing, unknown or malformed"),
    "id": (put("1", "valuation", "id"), "“valuation.id” is missing, unknown or malformed"),
    "an impossible day": (put("2026-02-31T00:00:00+00:00", "issued_at"), "issued_at is no instant"),
    "truth for a number": (put(True, "price", "fen"), "“price.fen” is missing, unknown or malformed"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forger_with_the_right_key_is_found_by_computing_again(name: str) -> None:
    change, sentence = FORGERIES[name]

    content = changed(change)

    assert sentence in said(content)
    assert not {"signature", "key", "canonical", "form"} & set(codes(content))


def test_the_issuer_signs_nothing_that_would_not_verify() -> None:
    body = a_body()
    dearer(body)

    with pytest.raises(DoesNotVerify) as refused:
        seal(body, SIGNER)
    assert "the price differs" in refused.value.faults[0]


@pytest.mark.parametrize("bp", [1_499, 1_501])
def test_a_discount_is_computed_again_from_its_rule(bp: int) -> None:
    content = changed(put(bp, "after", 0, "rule", "bp"), a_valuation(discount_bp=1500))

    assert codes(content) == ["after"] and "the step “ask_discount” differs" in said(content)


@pytest.mark.parametrize("kind", ["at_most", "set_to"])
def test_a_price_bounded_by_an_ask_or_set_by_a_person_is_computed_again(kind: str) -> None:
    found = a_valuation(discount_bp=1500)
    half_the_price = round(50 * 2.718281828459045 ** a_body(found)["price"]["log"])
    ruled = changed(put({"kind": kind, "fen": half_the_price}, "after", 0, "rule"), found)
    stated = changed(put({"kind": "stated", "text": "reviewed"}, "after", 0, "rule"), found)

    assert codes(ruled) == ["after"]
    assert verify(stated, KEYS).valid


def tampered_model(change: Callable[[dict[str, Any]], None]) -> bytes:
    """A certificate with another model, hashed and signed again."""

    def swap(body: dict[str, Any]) -> None:
        model = json.loads(zlib.decompress(base64.b64decode(body["model"]["packed"])))
        change(model)
        content = encode(model)
        body["model"] = {
            "sha256": sha256(content).hexdigest(),
            "packed": base64.b64encode(zlib.compress(content)).decode(),
        }

    return changed(swap)


def circle(model: dict[str, Any]) -> None:
    text = model["forest"][0]["trees"]
    start = text.index("left_child=") + len("left_child=")
    first = text[start : text.index(" ", start)]
    model["forest"][0]["trees"] = text[:start] + ("0" if first != "0" else "1") + text[start + len(first) :]


def leaf(model: dict[str, Any]) -> None:
    text = model["forest"][0]["trees"]
    start = text.index("leaf_value=") + len("leaf_value=")
    model["forest"][0]["trees"] = text[:start] + "0.5" + text[text.index(" ", start) :]


MODELS = {
    "another leaf": (leaf, "differs from what the model gives"),
    "a circle": (circle, "the nodes do not make a tree"),
    "another segment": (put(lambda one: one + 1e-7, "prior", "overall"), "the base differs"),
    "another price level": (put(lambda one: one + 1e-7, "level", "levels", -1), "the contribution of “time” differs"),
    "a part missing": (lambda model: model.pop("linear"), "a part is missing or of another form"),
    "text for a number": (put("1", "prior", "overall"), "a number is not one"),
    "no trees": (put("tree\n", "forest", 0, "trees"), "this is not LightGBM's text of trees"),
    "another objective": (
        put(lambda text: text.replace("objective=regression_l1", "objective=poisson"), "forest", 0, "trees"),
        "trees for another objective",
    ),
    "a directions' text cut short": (
        put(lambda text: text[:-8], "columns", "spaces", "title", "directions"),
        "title directions of another size",
    ),
    "a column that is not there": (put(99, "linear", "place", 0), "a whole number is not one, or out of bounds"),
    "a list": (lambda model: model.update(forest=[[]]), "a part is missing or of another form"),
}


@pytest.mark.parametrize("name", MODELS)
def test_another_model_gives_another_price_or_cannot_be_used(name: str) -> None:
    change, sentence = MODELS[name]

    assert sentence in said(tampered_model(change))


def packed(content: bytes) -> bytes:
    return changed(put(base64.b64encode(content).decode(), "model", "packed"))


def test_a_model_that_unpacks_without_end_is_refused() -> None:
    bomb = zlib.compress(bytes(30 << 20), level=1)

    assert codes(packed(bomb)) == ["model"]
    assert codes(packed(b"no zlib")) == ["model"]
    assert codes(packed(zlib.compress(b"{}") + b"more")) == ["model"]


def test_a_key_from_elsewhere_decides(fresh: bytes) -> None:
    assert codes(fresh, [Key(OTHER.public_key)]) == ["key"]
    assert codes(signed(a_body(), OTHER)) == ["key"]
    assert codes(fresh.replace(SIGNER.key_id.encode(), OTHER.key_id.encode()), [Key(OTHER.public_key)]) == ["signature"]


def test_a_key_of_the_register_signs_for_its_purpose_and_in_its_term(fresh: bytes) -> None:
    ours = Key(SIGNER.public_key, PURPOSE, NOW, None)

    assert codes(fresh, [ours]) == []
    assert codes(fresh, [replace(ours, purpose="audit")]) == ["key"]
    assert codes(fresh, [replace(ours, valid_from=NOW + timedelta(seconds=1))]) == ["key"]
    assert codes(fresh, [replace(ours, valid_to=NOW)]) == ["key"]


def test_keys_come_as_hex_pem_or_register(tmp_path: Path) -> None:
    public = Ed25519PublicKey.from_public_bytes(SIGNER.public_key)
    register = KeyRegister((RegisteredKey(SIGNER.key_id, SIGNER.public_key, PURPOSE, NOW),))
    (tmp_path / "hex").write_text(PUB + "\n")
    (tmp_path / "pem").write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (tmp_path / "register").write_text(register.to_json())

    assert read_keys(PUB) == read_keys(str(tmp_path / "hex")) == read_keys(str(tmp_path / "pem")) == KEYS
    assert read_keys(str(tmp_path / "register")) == [Key(SIGNER.public_key, PURPOSE, NOW, None)]


@pytest.mark.parametrize(
    "content", ["", PUB[:-1], PUB.upper(), "[1]", "[" * 100_000, '[{"key_id":"0"}]', SIGNER.pem().decode(), "\x00"]
)
def test_what_is_no_public_key_is_said_to_be_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content)

    with pytest.raises(Unreadable, match="not "):
        read_keys(str(tmp_path / "key"))


def test_there_is_one_way_to_write_a_certificate(fresh: bytes) -> None:
    body = encode(a_body())
    for other in (
        body.replace(b'"base"', b' "base"', 1),
        body.replace(b'"after":[]', b'"after":[],"after":[]', 1),
        body.replace(b'"level_bp":9000', b'"level_bp":9e3', 1),
        body.replace("风".encode(), b"\\u98ce", 1),
        json.dumps(dict(reversed(a_body().items())), ensure_ascii=False, separators=(",", ":")).encode(),
        body.replace(b'"level_bp":9000', b'"level_bp":NaN', 1),
        body.replace(b'"level_bp":9000', b'"level_bp":' + b"9" * 5_000, 1),
        body.replace(b'"after":[]', b'"after":' + b"[" * 200_000 + b"]" * 200_000, 1),
        body.replace(b'"comparables":[{', b'"comparables":[{"\xff":1,', 1),
        b"{}x{}",
    ):
        assert other != body and codes(signed(other)) == ["canonical"]
    assert codes(signed(b"{}")) == ["field"]
    for other in (fresh[:-1], fresh + b"\n", b" " + fresh, fresh[: len(fresh) // 2], b"", b"{}", b"\x00" * 1000):
        assert codes(other) == ["form"]
    signature = json.loads(fresh)["signature"]["ed25519"].encode()
    assert codes(fresh.replace(signature, signature.upper())) == ["form"]


def test_names_out_of_the_file_cannot_command_a_terminal() -> None:
    content = changed(put([{"name": "\x1b[2J" + "x" * 500, "log": 0.0}], "contributions"))

    assert "\x1b" not in "\n".join(verify(content, KEYS).lines())


def test_the_command_says_what_failed_by_its_exit_code(
    tmp_path: Path, fresh: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(fresh)
    bad.write_bytes(changed(dearer))

    ends = [verifying.main([str(one), "--key", PUB]) for one in (good, bad, tmp_path / "none", tmp_path)]
    ends.append(verifying.main([str(good), "--key", "no key"]))
    shown = capsys.readouterr()

    assert ends == [0, 1, 2, 2, 2]
    assert "VALID 有效" in shown.out and "the price differs from what the model gives" in shown.out
    assert "价格与模型复算结果不符" in shown.out and shown.err.count("\n") == 3


def test_the_verifier_runs_from_its_own_files_without_the_house(tmp_path: Path, fresh: bytes) -> None:
    room = Path(verifying.__file__).parent
    for name in ("verifying", "checking", "forms", "recomputing", "walking"):
        shutil.copy(room / f"{name}.py", tmp_path)
    (tmp_path / "certificate.json").write_bytes(fresh)
    command = [sys.executable, "-I", str(tmp_path / "verifying.py"), str(tmp_path / "certificate.json"), "--key", PUB]

    done = subprocess.run([*command, "--json"], cwd="/", capture_output=True, text=True, timeout=60, env={})

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["valid"] and set(told["computed"]["parts"]) >= {"segment", "time", "nearest", "title"}


def test_verifying_loads_neither_lightgbm_nor_numpy() -> None:
    program = (
        "import sys, valuation.certifying.verifying\n"
        "print(sorted({'lightgbm', 'numpy', 'pandas', 'scipy', 'sqlalchemy'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)

    assert done.stdout.strip() == "[]", done.stderr
