"""A result with its valuation, the managers who judge it and the third parties who review it, driven over HTTP in tests."""

from __future__ import annotations

from typing import Any

from kernel.audit import canonical
from kernel.invariants import check_all
from kernel.money import Money
from tests.support.desk import Desk, ok
from tests.support.house import Client, House
from valuation.tables import Valuation

FILE = "c" * 64
OPINION = {
    "agrees": True,
    "opinion": "可比案例选取适当，价格区间合理。",
    "qualification": "资产评估师 33000000",
    "file_sha256": FILE,
}


class ReviewRoom:
    """One result of a university, valued at 50万元 (40 to 65), and whoever has to do with its price."""

    def __init__(self, house: House, desk: Desk | None = None, **fields: Any) -> None:
        self.house = house
        self.desk = desk or Desk(house, **fields).registered()
        self.valuation = self.valued()

    def valued(
        self,
        price: Money | None = Money.wan(50),
        *,
        low: Money | None = Money.wan(40),
        high: Money | None = Money.wan(65),
        trade: str = "transfer",
        generated: bool = False,
    ) -> str:
        """A valuation as it would be given with enough evidence; the last one made is `self.valuation`."""
        path = f"/v1/results/{self.desk.result_id}/valuations"
        made = ok(self.desk.completer.post(path, json={"trade": trade}), 201)
        with self.house.database.session("owner") as session:
            row = session.get_one(Valuation, made["id"])
            row.price, row.low, row.high, row.level_bp = price, low, high, 8000 if low else None
            row.reason = None if price else "too-few-deals"
            row.rests_on_generated = generated
        self.valuation = made["id"]
        return self.valuation

    def manager(self, *, engaged: bool = True, home: Any = None, **fields: Any) -> Client:
        """A technology manager of an association of managers, engaged for the result."""
        home = home or self.house.organisation(kind=fields.pop("kind", "enterprise"), **fields)
        manager = self.house.act("technology_manager", organisation=home)
        return self.engaged(manager) if engaged else manager

    def engaged(self, client: Client) -> Client:
        """The owner engages somebody for the result."""
        body = {"organisation_id": str(client.organisation_id), "person_id": str(client.person_id)}
        ok(self.desk.office.post(f"/v1/results/{self.desk.result_id}/engagements", json=body), 201)
        return client

    def third(self, kind: str = "association", **fields: Any) -> Client:
        """An appraiser in an association or an appraisal organisation, not yet invited."""
        return self.house.act("appraiser", organisation=self.house.organisation(kind=kind, **fields))

    def invite(self, third: Client, *, by: Client | None = None) -> Any:
        """The owner asks a third party to review."""
        body = {"organisation_id": str(third.organisation_id)}
        return (by or self.desk.office).post(self.path("third-party-reviews/invitations"), json=body)

    def invited(self, kind: str = "association", **fields: Any) -> Client:
        """A third party that has been invited."""
        third = self.third(kind, **fields)
        ok(self.invite(third), 201)
        return third

    def sign(self, third: Client, **changes: Any) -> Any:
        """A third party signs."""
        return third.post(self.path("third-party-reviews"), json=OPINION | changes)

    def review(self, manager: Client, verdict: str, **changes: Any) -> Any:
        """What a manager says of the valuation; amounts in 万元 as `price`, `low`, `high`."""
        amounts = {
            f"{name}_fen": Money.wan(changes.pop(name)).fen for name in ("price", "low", "high") if name in changes
        }
        return manager.post(self.path("reviews"), json={"verdict": verdict} | amounts | changes)

    def ask(self, by: Client | None = None, grounds: str = "自动估价未考虑已签订的意向许可。") -> Any:
        """The seller asks for a human decision."""
        return (by or self.desk.completer).post(self.path("human-decisions"), json={"grounds": grounds})

    def path(self, what: str = "", valuation: str | None = None) -> str:
        """An address under the valuation."""
        return f"/v1/valuations/{valuation or self.valuation}" + (f"/{what}" if what else "")

    def read(self, client: Client, what: str = "") -> Any:
        """What somebody reads there."""
        return ok(client.get(self.path(what)))


def unbroken(house: House) -> bool:
    """What the audit promises of the review desk and the market; the prices of this room come from no model (I3)."""
    with house.database.session("owner") as session:
        return [one for one in check_all(session) if one.number[0] in "RM"] == []


def row_of(room: ReviewRoom) -> bytes:
    """The valuation as it is stored: what no review may edit."""
    with room.house.database.session("owner") as session:
        found = session.get_one(Valuation, room.valuation)
        return canonical({name: getattr(found, name) for name in ("price", "low", "high", "subject", "explanation")})


def invitation(room: ReviewRoom) -> str:
    """The newest invitation of a third party to the room's valuation."""
    found: str = room.read(room.desk.office, "third-party-reviews/invitations")["items"][0]["id"]
    return found
