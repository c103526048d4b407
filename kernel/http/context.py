"""What a route may ask for: the session, the instant, and the actor. All are parameters, so a test can hand in its own."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, BinaryIO
from urllib.parse import urlsplit

from fastapi import Depends
from sqlalchemy.orm import Session
from starlette.requests import Request

from kernel.db.clock import market_now
from kernel.db.session import act_as
from kernel.errors import Forbidden, Unauthenticated, Unavailable
from kernel.files import FileRef, FileStore
from kernel.http.auth import Actor, Authenticator, Credentials
from kernel.http.unit import Unit
from kernel.signing import KeyFolder

SESSION_COOKIE = "__Host-session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class CrossSite(Forbidden):
    """This request comes from another site."""

    zh = "拒绝跨站请求。"


class NoKeys(Unavailable):
    """This server holds no signing keys."""

    zh = "本服务器未配置签名密钥。"


class ReadOnlyKey(Forbidden):
    """This key may only read."""

    zh = "该密钥仅可读取。"


class NoStorage(Unavailable):
    """This process has no storage for files."""

    zh = "本服务进程未配置文件存储。"


class _Nowhere:
    """The store of a process that has none: it says so when it is used, not before the question who asks is settled."""

    def put(self, *_source: Any, **_limits: Any) -> FileRef:
        raise NoStorage

    def open(self, *_sha256: Any, **_named: Any) -> BinaryIO:
        raise NoStorage

    def read(self, *_sha256: Any, **_named: Any) -> bytes:
        raise NoStorage


def _unit(request: Request) -> Unit:
    unit: Unit = request.state.unit
    return unit


def _session(request: Request) -> Session:
    return _unit(request).session


def _wall_now(request: Request) -> datetime:
    return _unit(request).wall_now


Db = Annotated[Session, Depends(_session)]
WallNow = Annotated[datetime, Depends(_wall_now)]
"""Wall time, for sign-in, keys, signatures and rate limits."""


def _files(request: Request) -> FileStore:
    store: FileStore | None = getattr(request.app.state, "files", None)
    return _Nowhere() if store is None else store


def _market_now(session: Db) -> datetime:
    return market_now(session)


def _maybe_actor(request: Request, session: Db, wall_now: WallNow) -> Actor | None:
    credentials = credentials_of(request)
    if credentials.bearer is None and credentials.cookie is None:
        return None
    authenticator: Authenticator = request.app.state.authenticator
    actor = authenticator.authenticate(session, credentials, now=wall_now)
    if actor is None:
        if credentials.bearer is None:
            return None  # a stale cookie makes a visitor, not an error
        raise Unauthenticated
    if credentials.bearer is None and request.method not in SAFE_METHODS:
        must_be_same_site(request)
    if not actor.may_write and request.method not in SAFE_METHODS:
        raise ReadOnlyKey
    act_as(session, person=actor.person_id, organisation=actor.organisation_id)
    _unit(request).begin_for(actor.person_id)
    return actor


def _actor(actor: Annotated[Actor | None, Depends(_maybe_actor)]) -> Actor:
    if actor is None:
        raise Unauthenticated
    return actor


def _keys(request: Request) -> KeyFolder:
    keys: KeyFolder | None = request.app.state.keys
    if keys is None:
        raise NoKeys
    return keys


Keys = Annotated[KeyFolder, Depends(_keys)]
"""The market's signing keys, for routes that sign. Raises NoKeys where this process was given none."""
Now = Annotated[datetime, Depends(_market_now)]
"""Market time: one instant a request, aware UTC. Deadlines are decided by `market_now(session)` after the lock."""
MaybeActor = Annotated[Actor | None, Depends(_maybe_actor)]
Files = Annotated[FileStore, Depends(_files)]
"""The house's store of documents, which all its processes share."""
CurrentActor = Annotated[Actor, Depends(_actor)]


def credentials_of(request: Request) -> Credentials:
    """The bearer token or the session cookie, and the peer's address (never a header that the caller can set)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else None
    cookie = request.cookies.get(SESSION_COOKIE) if bearer is None else None
    return Credentials(bearer, cookie, request.client.host if request.client else "")


def must_be_same_site(request: Request) -> None:
    """A cookie proves nothing about who made the browser send it. Raises CrossSite."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise CrossSite
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise CrossSite
    if site is None and origin is None:
        raise CrossSite
