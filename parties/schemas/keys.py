"""API keys on the wire: the secret appears once, its hash never."""

from __future__ import annotations

from datetime import datetime

from kernel.http.fields import Flag, Moment, Name, Wire
from kernel.ids import ApiKeyId, OrganisationId, PersonId
from parties.schemas.common import Roles
from parties.tables import ApiKey


class MakeKey(Wire):
    """A key: what for, until when; fewer roles than one's own, or reading only, where that will do."""

    name: Name
    expires_at: Moment
    roles: Roles | None = None
    may_write: Flag = True


class KeyOut(Wire):
    """A key, without its secret."""

    id: ApiKeyId
    organisation_id: OrganisationId
    person_id: PersonId
    name: str
    hint: str
    roles: list[str]
    may_write: bool
    livemode: bool
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    last_used_from: str | None

    @classmethod
    def of(cls, row: ApiKey) -> KeyOut:
        """The row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class KeyMadeOut(Wire):
    """A new key with its secret, shown this once."""

    key: KeyOut
    secret: str
