"""Field types that several of the room’s schemas share."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from parties.passwords import LENGTH_MAX, LENGTH_MIN
from parties.roles import Role

NewPassword = Annotated[str, StringConstraints(min_length=LENGTH_MIN, max_length=LENGTH_MAX)]
GivenPassword = Annotated[str, StringConstraints(min_length=1, max_length=LENGTH_MAX)]
Token = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Roles = Annotated[list[Role], Field(min_length=1, max_length=len(Role))]
