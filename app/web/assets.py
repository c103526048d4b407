"""The files that pages load: served from an address that carries their digest, so that a browser may keep them for good."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC: Final = Path(__file__).with_name("static")
IMMUTABLE: Final = "public, max-age=31536000, immutable"
DIGEST_LENGTH: Final = 16


@cache
def digest() -> str:
    """The digest of all files together: one changed byte moves them all, and style sheets may name their neighbours."""
    total = hashlib.sha256()
    for path in sorted(path for path in STATIC.rglob("*") if path.is_file()):
        total.update(f"{path.relative_to(STATIC).as_posix()}\n".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:DIGEST_LENGTH]


def folder() -> str:
    """Where the files are served."""
    return f"/static/{digest()}"


def address(name: str) -> str:
    """The address of a file, as pages link it. Raises FileNotFoundError for one that is not there."""
    if not (STATIC / name).is_file():
        raise FileNotFoundError(name)
    return f"{folder()}/{name}"


class KeptForGood(StaticFiles):
    """Static files that never change under their address."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, with leave to keep it."""
        response = await super().get_response(path, scope)
        if response.status_code in (200, 206, 304):
            response.headers["Cache-Control"] = IMMUTABLE
        return response
