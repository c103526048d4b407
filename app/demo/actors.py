"""Actors of the demo: each signs in over HTTP, and sees and may do only what their roles allow."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2 as httpx

TIMEOUT_SECONDS = 60
COOKIE = "__Host-session"


class Refusal(RuntimeError):
    """The market refused a step of the demo: the problem document is the text."""


@dataclass
class Actor:
    """A person with a session cookie in one organisation."""

    address: str
    name: str
    cookie: str = ""
    email: str = ""
    me: dict[str, Any] = field(default_factory=dict)

    @property
    def organisation_id(self) -> str:
        """The organisation acted for."""
        return str(self.me["organisation_id"])

    @property
    def person_id(self) -> str:
        """Who it is."""
        return str(self.me["person_id"])

    def get(self, path: str, **query: Any) -> Any:
        """Read. Raises Refusal."""
        return self._send("GET", path, params=query)

    def post(self, path: str, **body: Any) -> Any:
        """Do, once: every request carries an idempotency key. Raises Refusal."""
        return self._send("POST", path, json=body)

    def put(self, path: str, **body: Any) -> Any:
        """Set. Raises Refusal."""
        return self._send("PUT", path, json=body)

    def refused(self, path: str, **body: Any) -> dict[str, Any]:
        """Try what the rules forbid, and return the problem document; raises RuntimeError if it is allowed."""
        answer = self._request("POST", path, json=body)
        if answer.status_code < 400:
            raise RuntimeError(f"{path} was allowed, although the rules forbid it")
        document: dict[str, Any] = answer.json()
        return document

    def sign_in(self, email: str, password: str) -> Actor:
        """Take a session cookie."""
        answer = self._request("POST", "/v1/sign-in", json={"email": email, "password": password})
        self.me, self.email = _checked(answer), email
        self.cookie = answer.headers["set-cookie"].partition(";")[0].partition("=")[2]
        return self

    def _send(self, method: str, path: str, **more: Any) -> Any:
        return _checked(self._request(method, path, **more))

    def _request(self, method: str, path: str, **more: Any) -> httpx.Response:
        # The jar would not send a Secure cookie over plain http, so the header is written by hand; browsers trust loopback.
        headers = {"Sec-Fetch-Site": "same-origin", "Idempotency-Key": uuid.uuid4().hex}
        if self.cookie:
            headers["Cookie"] = f"{COOKIE}={self.cookie}"
        return httpx.request(method, self.address + path, headers=headers, timeout=TIMEOUT_SECONDS, **more)


def _checked(answer: httpx.Response) -> Any:
    if answer.status_code >= 400:
        raise Refusal(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:2000]}")
    return answer.json() if answer.content else None


PASSWORD = "a demo is not a secret 演示"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Profile:
    """What an organisation of the demo says of itself. All of them are invented."""

    name: str
    kind: str
    regime: str
    region_code: str
    party_type_code: str
    slug: str


def found(address: str, operator: Actor, profile: Profile, people: Sequence[tuple[str, Sequence[str]]]) -> list[Actor]:
    """Register an organisation, have it verified by the exchange, and invite its people with their roles."""
    founder_email = f"admin@{profile.slug}.example.cn"
    registered = Actor(address, "").post(
        "/v1/organisations",
        name=profile.name,
        uscc=make_uscc(next(_numbers), profile.region_code),
        kind=profile.kind,
        regime=profile.regime,
        is_gov_run=profile.regime == "GOV_UNIT",
        region_code=profile.region_code,
        party_type_code=profile.party_type_code,
        founder={"name": f"{profile.name}管理员", "email": founder_email, "password": PASSWORD},
    )
    organisation_id = registered["organisation"]["id"]
    operator.post(f"/v1/organisations/{organisation_id}/decisions", action="verify", reason="营业执照与法人证书已核验")
    admin = Actor(address, "管理员").sign_in(founder_email, PASSWORD)
    return [admin, *(invite(admin, name, roles, f"{profile.slug}.example.cn") for name, roles in people)]


def invite(admin: Actor, name: str, roles: Sequence[str], domain: str) -> Actor:
    """A new person in the admin's organisation, who accepts and signs in."""
    email = f"p{next(_numbers)}@{domain}"
    invitation = admin.post("/v1/invitations", email=email, roles=list(roles))
    Actor(admin.address, name).post("/v1/invitations/accept", token=invitation["token"], name=name, password=PASSWORD)
    return Actor(admin.address, name).sign_in(email, PASSWORD)


_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def make_uscc(serial: int, region_code: str) -> str:
    """A well-formed unified social credit code for an invented organisation (GB 32100-2015, GB 11714)."""
    body = f"{serial:08d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11
    organisation = body + {10: "X", 11: "0"}.get(rest, str(rest))
    head = "91" + region_code + organisation
    checksum = sum(_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(head))
    return head + _ALPHABET[(31 - checksum % 31) % 31]
