"""What pages load is what was published: vendored files by checksum, no inline code, no address elsewhere."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from app.web import assets
from app.web.rendering import TEMPLATES

ROOT = Path(__file__).resolve().parents[2]
VENDORED = [assets.STATIC / "vendor", ROOT / "tests" / "browser" / "vendor"]
MODULES_MAX = 5


@pytest.mark.parametrize("folder", VENDORED, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_vendored_files_have_the_checksums_of_their_manifest(folder):
    manifest = json.loads((folder / "MANIFEST.json").read_text())

    assert manifest
    for entry in manifest:
        digest = hashlib.sha384((folder / entry["file"]).read_bytes()).digest()
        assert entry["sha384"] == "sha384-" + base64.b64encode(digest).decode(), entry["file"]
        assert entry["name"] and entry["version"] and entry["licence"]
        assert (folder / entry["licence_file"]).stat().st_size > 100


@pytest.mark.parametrize("folder", VENDORED, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_nothing_is_vendored_without_being_in_the_manifest(folder):
    named = {entry["file"] for entry in json.loads((folder / "MANIFEST.json").read_text())}

    assert {path.name for path in folder.iterdir() if path.suffix in (".js", ".css")} == named


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_templates_hold_no_inline_code_and_trust_no_text(path):
    text = path.read_text("utf-8")

    assert not re.search(r"\|\s*safe\b|autoescape|Markup", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", text)


def test_style_sheets_and_scripts_name_no_address_elsewhere():
    own = [*(assets.STATIC / "css").glob("*.css"), *(assets.STATIC / "js").glob("*.js")]

    assert own
    for path in own:
        assert "//" not in re.sub(r"^\s*//.*$", "", path.read_text("utf-8"), flags=re.M), path.name


def test_there_are_at_most_five_modules():
    assert len(list((assets.STATIC / "js").glob("*.js"))) <= MODULES_MAX


def test_a_file_has_an_address_with_the_digest_of_all():
    assert assets.address("css/market.css") == f"/static/{assets.digest()}/css/market.css"
    assert re.fullmatch(r"[0-9a-f]{16}", assets.digest())


def test_a_file_that_is_not_there_has_no_address():
    with pytest.raises(FileNotFoundError):
        assets.address("css/none.css")
