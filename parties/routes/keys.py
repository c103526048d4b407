"""API keys over HTTP: made, listed, revoked; the secret is in one answer only."""

from __future__ import annotations

from fastapi import Response
from starlette.requests import Request

from kernel.http.context import CurrentActor, Db, WallNow
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import ApiKeyId
from kernel.paging import Page, PageQuery, page_of
from parties import errors, queries
from parties.commands import keys
from parties.routes.answers import shown_once
from parties.schemas.keys import KeyMadeOut, KeyOut, MakeKey
from parties.tables import ApiKey

router = Router(prefix="/v1/api-keys", tags=["api-keys"])


@router.post(
    "",
    status_code=201,
    operation_id="api_key_make",
    responses=problems(errors.NotBySession, errors.RolesNotHeld, errors.KeyLivesTooLong),
)
def make(body: MakeKey, request: Request, response: Response, db: Db, actor: CurrentActor, now: WallNow) -> KeyMadeOut:
    """Make a key for oneself in one's present organisation; signed in, not with a key. The secret is shown this once."""
    row, secret = keys.issue(
        db,
        name=body.name,
        roles=body.roles,
        may_write=body.may_write,
        expires_at=body.expires_at,
        livemode=bool(getattr(request.app.state, "livemode", False)),
        actor=actor,
        now=now,
    )
    shown_once(response)
    return KeyMadeOut(key=KeyOut.of(row), secret=secret.text)


@router.get("", operation_id="api_key_list")
def listed(db: Db, actor: CurrentActor, page: PageQuery) -> Page[KeyOut]:
    """One's own keys; as ADMIN all keys of the organisation. Never a secret."""
    return page_of(db, queries.keys_visible_to(actor), ApiKey.id, page, KeyOut.of)


@router.delete("/{key_id}", status_code=204, operation_id="api_key_revoke")
def revoke(key_id: ApiKeyId, db: Db, actor: CurrentActor, now: WallNow) -> None:
    """Stop a key at once. Its owner, or the organisation's ADMIN."""
    keys.revoke(db, key_id=key_id, actor=actor, now=now)
