"""A run as files: the artefact, its text, its trees and golden predictions, and a manifest that names each with its SHA-256."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from valuation import registry
from valuation.registry import CorruptedModel

FORM: Final = 1
"""The form of the folder; another number is another reader."""
ARTEFACT: Final = "artefact.zlib"
TEXT: Final = "model.json"
GOLDEN: Final = "golden.json"
MANIFEST: Final = "manifest.json"
FILES_MAX: Final = 200
MANIFEST_BYTES_MAX: Final = 16 << 20
ARTEFACT_BYTES_MAX: Final = registry.UNPACKED_BYTES_MAX
RUN_FIELDS: Final = ("id", "model_id", "data_hash", "artefact_sha256", "trained_at", "manifest")


@dataclass(eq=False)
class RefusedFiles(RuntimeError):
    """The folder is not a run that was exported whole; `why` says what is wrong, `file` where. Nothing has been changed."""

    why: str
    why_zh: str
    file: str = ""

    def __str__(self) -> str:
        place = f"{self.file}: " if self.file else ""
        return f"{place}{self.why} / {self.why_zh}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A run as it comes out of a folder: the fields of `model_run` as plain values, and the artefact."""

    run: Mapping[str, Any]
    artefact: bytes

    @property
    def sha256(self) -> str:
        """Of the artefact, in hex."""
        return str(self.run["artefact_sha256"])


def write(folder: Path, run: Mapping[str, Any], artefact: bytes) -> None:
    """Write a run to a folder that is not there yet: beside it first, flushed to the disk, and then renamed.

    Raises RefusedFiles where the artefact is not what the run says, or the folder is there; OSError where it cannot be made.
    """
    contents = files_of(artefact, str(run["artefact_sha256"]))
    listed = {name: {"sha256": _sha256(data), "bytes": len(data)} for name, data in sorted(contents.items())}
    manifest = {"form": FORM, "run": {name: run[name] for name in RUN_FIELDS}, "files": listed}
    contents[MANIFEST] = canonical(manifest | {"sha256": _sha256(canonical(manifest))})
    if os.path.lexists(folder):
        raise RefusedFiles("the folder is there already; choose another", "目标文件夹已存在，请另选", folder.name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, data in contents.items():
            with (beside / name).open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        _flush_folder(beside)
        beside.chmod(0o755)
        beside.rename(folder)
        _flush_folder(folder.parent)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def read(folder: Path) -> Kept:
    """Read a folder and refuse whatever is not exactly what `write` made; no model is made of it. Raises RefusedFiles.

    Every byte is accounted for: the manifest by its own hash, each file by the manifest, and all of them by the artefact,
    from which they are made again.
    """
    names = _names(folder)
    manifest = _manifest(_bytes(folder / MANIFEST, MANIFEST_BYTES_MAX))
    listed = manifest["files"]
    if strange := sorted(name for name in listed if Path(name).name != name):
        raise RefusedFiles("no name of a file", "文件名无效", strange[0][:100])
    if missing := sorted(set(listed) - names):
        raise RefusedFiles("a file that the manifest names is missing", "清单所列文件缺失", missing[0])
    if unknown := sorted(names - set(listed) - {MANIFEST}):
        raise RefusedFiles("a file that the manifest does not name", "存在清单未列的文件", unknown[0])
    found = {name: _bytes(folder / name, ARTEFACT_BYTES_MAX) for name in sorted(listed)}
    for name, data in found.items():
        if len(data) != listed[name].get("bytes"):
            raise RefusedFiles("shorter or longer than the manifest says", "文件长度与清单不符", name)
        if _sha256(data) != listed[name].get("sha256"):
            raise RefusedFiles("the hash differs: damaged, or another file", "校验值不符：文件已损坏或被替换", name)
    run = manifest["run"]
    if ARTEFACT not in found or _sha256(found[ARTEFACT]) != run["artefact_sha256"]:
        raise RefusedFiles("it is the artefact of another run", "模型文件属于另一次训练", ARTEFACT)
    made = files_of(found[ARTEFACT], run["artefact_sha256"])
    if made.keys() != found.keys():
        raise RefusedFiles("the manifest names other files than the artefact holds", "清单与模型内容不符", MANIFEST)
    for name, data in made.items():
        if data != found[name]:
            raise RefusedFiles("it does not follow from the artefact", "与模型内容不符", name)
    return Kept(run, found[ARTEFACT])


def files_of(artefact: bytes, sha256: str) -> dict[str, bytes]:
    """Every file of a run but the manifest, by name; the trees are LightGBM's own text. Raises RefusedFiles."""
    try:
        text = registry.text_of(artefact, sha256)
        content = registry.content_of(artefact, sha256)
        files = {ARTEFACT: artefact, TEXT: text, GOLDEN: canonical(content["golden"])}
        for name, model in content["models"].items():
            for place, one in enumerate(model["forest"] or (), start=1):
                files[f"trees-{registry.NAMES.index(name) + 1}-{name}-{place:02}.txt"] = one["trees"].encode()
    except CorruptedModel as corrupted:
        raise RefusedFiles(*_said(corrupted.why), ARTEFACT) from None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RefusedFiles("not readable", "无法读取", ARTEFACT) from None
    if len(files) > FILES_MAX:
        raise RefusedFiles("too many files", "文件过多", ARTEFACT)
    return files


def canonical(value: Any) -> bytes:
    """One way to write plain values, so that a hash can be made of it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return text.encode()


def _said(why: str) -> tuple[str, str]:
    if why == "another form":
        return "an older or newer form, which this version does not serve", "格式版本不同（较旧或较新），本版本不予加载"
    return why, "模型内容不可读或校验值不符"


def _manifest(data: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(data)
        own = manifest.pop("sha256")
        run, listed = manifest["run"], manifest["files"]
        form, whole = manifest["form"], canonical(manifest)
        exact = data == canonical(manifest | {"sha256": own}) and own == _sha256(whole)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise RefusedFiles("not readable", "无法读取", MANIFEST) from None
    if not exact:
        raise RefusedFiles("the hash differs: damaged, or changed by hand", "校验值不符：清单已损坏或被改动", MANIFEST)
    if form != FORM:
        raise RefusedFiles(*_said("another form"), MANIFEST)
    plain = isinstance(run, dict) and isinstance(listed, dict) and set(run) == set(RUN_FIELDS)
    if not plain or not all(isinstance(one, dict) for one in (*listed.values(), run["manifest"])):
        raise RefusedFiles("not complete", "清单不完整", MANIFEST)
    return dict(manifest)


def _names(folder: Path) -> set[str]:
    try:
        names = {one.name for one in folder.iterdir()}
    except OSError:
        raise RefusedFiles("no folder that can be read", "文件夹不存在或无法读取", folder.name) from None
    if MANIFEST not in names:
        raise RefusedFiles("missing: this is no exported run", "缺少清单：不是导出的模型", MANIFEST)
    if len(names) > FILES_MAX + 1:
        raise RefusedFiles("too many files", "文件过多", folder.name)
    return names


def _bytes(path: Path, bytes_max: int) -> bytes:
    """A file's bytes, of a plain file only: a link may lead anywhere, and a pipe has no end."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise RefusedFiles("not a plain file", "不是普通文件", path.name)
            data = file.read(bytes_max + 1)
    except OSError:
        raise RefusedFiles("not readable", "无法读取", path.name) from None
    if len(data) > bytes_max:
        raise RefusedFiles("too large", "文件过大", path.name)
    return data


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
