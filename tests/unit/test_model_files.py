"""A run as files: whole, it comes back bit by bit; damaged, swapped, cut or renamed, it is refused and says why."""

from __future__ import annotations

import hashlib
import json
import random
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.counting import counts
from tests.support.runs import a_run, a_small_model
from valuation import registry
from valuation.registry import CorruptedModel
from valuation.runs import files, proving
from valuation.runs.files import RefusedFiles
from valuation.runs.transferring import verified


@pytest.fixture(scope="module")
def artefact() -> tuple[bytes, str]:
    return a_small_model(1)


@pytest.fixture
def folder(artefact: tuple[bytes, str], tmp_path: Path) -> Path:
    files.write(tmp_path / "run", a_run(*artefact), artefact[0])
    return tmp_path / "run"


def rehash(folder: Path, changed: Callable[[dict[str, Any]], None]) -> None:
    """Change the manifest as somebody would who knows how its own hash is made."""
    manifest = json.loads((folder / files.MANIFEST).read_bytes())
    del manifest["sha256"]
    changed(manifest)
    for name, one in manifest["files"].items():
        if (folder / name).is_file():
            data = (folder / name).read_bytes()
            one.update(sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))
    own = hashlib.sha256(files.canonical(manifest)).hexdigest()
    (folder / files.MANIFEST).write_bytes(files.canonical(manifest | {"sha256": own}))


def refused(folder: Path) -> RefusedFiles:
    with pytest.raises(RefusedFiles) as found:
        files.read(folder)
    assert found.value.why and found.value.why_zh
    return found.value


def forged(artefact: bytes, changed: Callable[[dict[str, Any]], None]) -> tuple[bytes, str]:
    """An artefact whose hash is right and whose content is not what was trained."""
    content = json.loads(zlib.decompress(artefact))
    changed(content)
    made = zlib.compress(json.dumps(content).encode())
    return made, hashlib.sha256(made).hexdigest()


def test_a_run_comes_back_bit_by_bit_and_proves_itself(folder: Path, artefact: tuple[bytes, str]) -> None:
    kept = verified(folder)

    names = sorted(one.name for one in folder.iterdir())
    assert kept.artefact == artefact[0] and kept.sha256 == artefact[1]
    assert {"artefact.zlib", "golden.json", "manifest.json", "model.json"} <= set(names)
    assert any(name.startswith("trees-1-real-") for name in names)
    assert (folder / "trees-1-real-01.txt").read_text().startswith("tree\n")
    assert list(folder.parent.iterdir()) == [folder]


def test_an_export_does_not_overwrite(folder: Path, artefact: tuple[bytes, str]) -> None:
    with pytest.raises(RefusedFiles, match="there already"):
        files.write(folder, a_run(*artefact), artefact[0])


def test_an_export_of_a_corrupted_artefact_writes_nothing(artefact: tuple[bytes, str], tmp_path: Path) -> None:
    with pytest.raises(RefusedFiles, match="the hash differs"):
        files.write(tmp_path / "run", a_run(*artefact), artefact[0][:-1])

    assert list(tmp_path.iterdir()) == []


def test_no_byte_may_change_and_no_bit(folder: Path) -> None:
    chance = random.Random(7)
    paths = sorted(folder.iterdir())
    for path in paths:
        whole = path.read_bytes()
        for _ in range(counts(1_000)):
            place, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
            path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])

            assert refused(folder).file == path.name
        path.write_bytes(whole)

    assert files.read(folder).artefact


def test_nothing_may_be_cut_or_added(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        for other in (b"", whole[: len(whole) // 2], whole[:-1], whole + b"\n"):
            path.write_bytes(other)

            assert refused(folder).file == path.name
        path.write_bytes(whole)


def test_files_that_were_renamed_lost_or_added_are_refused(folder: Path) -> None:
    (folder / "model.json").rename(folder / "model2.json")
    assert "missing" in refused(folder).why
    (folder / "model2.json").rename(folder / "model.json")

    (folder / "extra.txt").write_text("hello")
    assert (refused(folder).why, refused(folder).file) == ("a file that the manifest does not name", "extra.txt")
    (folder / "extra.txt").unlink()

    (folder / "golden.json").rename(folder.parent / "golden.json")
    (folder / "golden.json").symlink_to(folder.parent / "golden.json")
    assert refused(folder).file == "golden.json"


def test_swapped_files_of_two_whole_runs_are_refused(folder: Path, tmp_path: Path) -> None:
    other, sha256 = a_small_model(2)
    files.write(tmp_path / "other", a_run(other, sha256), other)

    for name in ("artefact.zlib", "model.json", "trees-1-real-01.txt", "manifest.json"):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes((tmp_path / "other" / name).read_bytes())
        refused(folder)
        rehash(folder, lambda _: None)
        assert refused(folder).file in ("artefact.zlib", "golden.json", "model.json", "trees-1-real-01.txt", name)
        (folder / name).write_bytes(whole)
        rehash(folder, lambda _: None)
        if name == "manifest.json":
            (folder / name).write_bytes(whole)


def test_a_folder_of_another_form_is_refused(folder: Path) -> None:
    rehash(folder, lambda manifest: manifest.update(form=0))

    assert "older or newer form" in refused(folder).why


def test_an_artefact_of_an_older_form_is_refused(artefact: tuple[bytes, str], tmp_path: Path) -> None:
    old, sha256 = forged(artefact[0], lambda content: content.update(form=1))

    with pytest.raises(RefusedFiles, match="older or newer form"):
        files.write(tmp_path / "run", a_run(old, sha256), old)


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{}", b"null", b'{"sha256":1}', b"[" * 100_000, b'{"form":1,"files":[],"run":{},"sha256":""}']
)
def test_a_manifest_that_is_none_is_refused(folder: Path, text: bytes) -> None:
    (folder / files.MANIFEST).write_bytes(text)

    assert refused(folder).file == "manifest.json"


def test_a_name_that_leads_elsewhere_is_refused(folder: Path) -> None:
    rehash(folder, lambda manifest: manifest["files"].update({"../golden.json": {"sha256": "", "bytes": 0}}))

    assert refused(folder).why == "no name of a file"


def test_no_folder_is_refused(tmp_path: Path) -> None:
    assert "no folder" in refused(tmp_path / "nowhere").why
    assert "no exported run" in refused(tmp_path).why


def test_a_run_under_another_name_is_refused(folder: Path) -> None:
    rehash(folder, lambda manifest: manifest["run"].update(model_id="2026-11-25/00000000"))

    with pytest.raises(RefusedFiles, match="not that of its artefact"):
        verified(folder)


def test_forged_trees_end_a_process_of_their_own_and_not_ours(artefact: tuple[bytes, str]) -> None:
    """LightGBM ends the process on some damaged texts; a forger can make the hash right (F44)."""

    def break_trees(content: dict[str, Any]) -> None:
        text = content["models"]["real"]["forest"][0]["trees"]
        content["models"]["real"]["forest"][0]["trees"] = text.replace("split_feature=", "split_feature=99999 ")

    with pytest.raises(CorruptedModel) as found:
        proving.prove(*forged(artefact[0], break_trees))

    assert found.value.why


def test_a_forged_price_is_caught_by_the_golden_predictions(artefact: tuple[bytes, str]) -> None:
    def dearer(content: dict[str, Any]) -> None:
        for level in content["models"]["real"]["prior"]["levels"]:
            level[:] = [[key, value + 0.001] for key, value in level]

    with pytest.raises(CorruptedModel, match="a golden prediction differs"):
        registry.unpack(*forged(artefact[0], dearer))


def test_a_model_that_takes_too_long_is_refused(artefact: tuple[bytes, str]) -> None:
    with pytest.raises(CorruptedModel, match="not loaded within"):
        proving.prove(*artefact, seconds=0.01)


@pytest.mark.parametrize(
    "changed",
    [
        {"models": {"real": {}}},
        {"models": {"worst": {}}},
        {"models": None},
        {"golden": {"real": [{"facts": {}, "price": "x"}]}},
        {"golden": {"helped": [{"facts": {}, "price": 1.0}]}},
        {"evidence": [["invention"]]},
        {"discount": {"bp": 1}},
        {"form": 1},
    ],
)
def test_a_well_hashed_artefact_of_nonsense_is_refused_and_nothing_else_is_raised(
    artefact: tuple[bytes, str], changed: dict[str, Any]
) -> None:
    with pytest.raises(CorruptedModel):
        registry.unpack(*forged(artefact[0], lambda content: content.update(changed)))


def test_a_wrong_hash_is_refused_before_anything_is_read(
    artefact: tuple[bytes, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any) -> Any:
        raise AssertionError("a text whose hash differs must not be read")

    monkeypatch.setattr(zlib, "decompressobj", never)
    monkeypatch.setattr(json, "loads", never)

    with pytest.raises(CorruptedModel, match="the hash differs"):
        registry.unpack(artefact[0][:-1] + b"\x00", artefact[1])


def test_the_fields_of_a_run_are_all_there() -> None:
    assert set(a_run(b"", "0" * 64)) == set(files.RUN_FIELDS)
