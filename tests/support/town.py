"""A town for page tests: organisations and people who can sign in, and things of every kind to look at."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from kernel.http.auth import Actor
from kernel.money import Money
from tests.support import people
from tests.support.auction_room import AuctionRoom
from tests.support.contracting import Sale
from tests.support.desk import AGREED, LISTED, Desk, ok
from tests.support.house import Client, House
from tests.support.past_deals import train_on_reference
from valuation.appraisal import reading

_serial = itertools.count(1)


@dataclass(frozen=True)
class Resident:
    """A person with a password, in an organisation with roles."""

    actor: Actor
    email: str
    password: str = people.PASSWORD

    @property
    def home(self) -> Any:
        """The organisation."""
        return self.actor.organisation_id


@dataclass
class Town:
    """Who lives here and what there is to see, by name; `things` maps a kind of thing to its id."""

    house: House
    things: dict[str, Any] = field(default_factory=dict)
    residents: dict[str, Resident] = field(default_factory=dict)

    @classmethod
    def founded(cls, house: House) -> Town:
        """A town with something of everything: results, a valuation, listings, lots, a notice, a contract, a pool."""
        town = cls(house)
        train_on_reference(house.database)
        desk = Desk(house, name="温州大学（测试）")
        seller = town.settle("周转化", "transfer_office", "unit_approver", home=desk.home)
        bidder = town.settle("林竞买", "buyer", name="温州恒新机电有限公司（测试）", size="small")
        rival = town.settle("陈竞买", "buyer", name="瑞安汽配有限公司（测试）")
        town.residents |= {"seller": seller, "bidder": bidder, "rival": rival}
        buyer = house.act("buyer", organisation=bidder.home)
        town._sell(desk, buyer)
        town._offer(desk, buyer)
        town._hold_auctions(seller, bidder, rival)
        town._put_up(desk, buyer)
        return town

    def settle(self, person_name: str, /, *roles: str, kind: str = "enterprise", **fields: Any) -> Resident:
        """A new resident in an organisation given or new."""
        email = f"resident-{next(_serial)}@example.cn"
        with self.house.database.session("owner") as session:
            home = fields.pop("home", None) or people.make_organisation(session, kind=kind, **fields).id
            person = people.make_person(session, organisation=home, roles=roles, email=email, name=person_name)
            actor = Actor(person.id, home, frozenset(roles), name=person_name)
        return Resident(actor, email)

    def _sell(self, desk: Desk, buyer: Client) -> None:
        """An agreed sale with its contract signed, paid and registered."""
        desk.registered(title="一种用于高压断路器的弹簧操动机构", tech_field="03")
        desk.drafted(AGREED).decided().published().agreed_with(buyer)
        desk.noticed()
        self.house.move(days=20)
        deal = desk.do("deal", status=201)
        contract = desk.contract()
        sale = Sale(
            self.house,
            UUID(deal["contract_id"]),
            UUID(contract["deal_id"]),
            Money(deal["price_fen"]),
            desk.home,
            buyer.organisation_id,
        )
        sale.signed().paid().registered()
        self.house.drain()
        self.things |= {"result_sold": desk.result_id, "contract": deal["contract_id"], "listing_sold": desk.listing_id}

    def _offer(self, desk: Desk, buyer: Client) -> None:
        """A result nobody else sees, with its valuation; one on a listing; one open for offers; one in the pool."""
        desk.registered(title="一种用于海上风电的功率预测方法", tech_field="06")
        answer = desk.office.post(f"/v1/results/{desk.result_id}/valuations", json={"trade": "transfer"})
        self.things |= {"result_private": desk.result_id, "valuation": ok(answer, 201)["id"]}
        answer = desk.office.post(f"/v1/results/{desk.result_id}/valuations", json={"trade": "equity"})
        self.things["abstention"] = ok(answer, 201)["id"]
        paper = reading.read(reading.example("income").encode()) | {"keep": True}
        kept = ok(desk.office.post("/v1/appraisals/calculations/income", json=paper))
        self.things["working_paper"] = kept["paper_id"]
        self._have_reviewed(desk)
        desk.registered(title="石墨烯改性水性防腐涂料及其制备方法")
        desk.drafted(LISTED, working_days=30).decided().published()
        self.things |= {"result_listed": desk.result_id, "listing_listed": desk.listing_id}
        desk.registered(title="面向小微企业的注塑缺陷在线视觉检测系统", kind="software", number=None, filed_on=None)
        desk.drafted(AGREED).decided().published()
        desk.offer_of(buyer, 42_000_000)
        self.things["listing_open"] = desk.listing_id
        desk.registered(title="便携式水质快速检测仪", tech_field="07")
        body = {"ceiling_fen": 8_000_000, "way": "licence", "licence_kind": "ordinary", "term_months": 12}
        entry = ok(desk.office.post(f"/v1/results/{desk.result_id}/pool", json=body), 201)
        self.things |= {"result_pooled": desk.result_id, "pool_entry": entry["id"]}

    def _have_reviewed(self, desk: Desk) -> None:
        """A manager who has judged one valuation, is asked to decide it anew, and has another to price blind; a third
        party that has signed, and one that is invited.
        """
        manager = self.settle("赵经理", "technology_manager", name="温州市技术经理人事务所（测试）")
        reviewer = self.settle("钱评估", "appraiser", kind="association", name="浙江省知识产权评估协会（测试）")
        second = self.settle("孙评估", "appraiser", kind="appraiser", name="浙南知识产权评估有限公司（测试）")
        self.residents |= {"manager": manager, "reviewer": reviewer, "invited": second}
        engaged = {"organisation_id": str(manager.home), "person_id": str(manager.actor.person_id)}
        ok(desk.office.post(f"/v1/results/{desk.result_id}/engagements", json=engaged), 201)
        path = f"/v1/valuations/{self.things['valuation']}"
        for who in (reviewer, second):
            body = {"organisation_id": str(who.home)}
            ok(desk.office.post(f"{path}/third-party-reviews/invitations", json=body), 201)
        clients = {name: self.house.client_of(self.residents[name].actor) for name in ("manager", "reviewer")}
        own = {"verdict": "own_price", "price_fen": 31_000_000, "reason": "参照两宗同类转让"}
        ok(clients["manager"].post(f"{path}/reviews", json=own), 201)
        range_ = {"low_fen": 28_000_000, "high_fen": 42_000_000, "price_fen": 35_000_000}
        judged = {"verdict": "override", "reason": "样机尚未定型，且需配套控制软件，较模型下调。"} | range_
        ok(clients["manager"].post(f"{path}/reviews", json=judged), 201)
        signed = {
            "agrees": False,
            "low_fen": 25_000_000,
            "high_fen": 40_000_000,
            "opinion": "可比案例选取适当，但模型未反映配套软件的缺失，建议下调。",
            "qualification": "资产评估师 33000000",
            "file_sha256": "c" * 64,
        }
        ok(clients["reviewer"].post(f"{path}/third-party-reviews", json=signed), 201)
        grounds = {"grounds": "自动估价未考虑已签订的意向许可协议。"}
        ok(desk.office.post(f"{path}/human-decisions", json=grounds), 201)
        fresh = {"title": "一种海上风电运维船波浪补偿舷梯", "tech_field": "06"}
        before = desk.result_id
        desk.registered(**fresh)
        answer = desk.office.post(f"/v1/results/{desk.result_id}/valuations", json={"trade": "transfer"})
        ok(desk.office.post(f"/v1/results/{desk.result_id}/engagements", json=engaged), 201)
        self.things |= {"valuation_to_judge": ok(answer, 201)["id"], "result_to_judge": desk.result_id}
        desk.result_id = before

    def _hold_auctions(self, seller: Resident, bidder: Resident, rival: Resident) -> None:
        """A lot that was sold, one that is bid for, and one that is announced."""
        room = AuctionRoom(self.house.database)
        sold = room.announce(seller.actor, title="一种汽车转向节锻造模具")
        live = room.announce(
            seller.actor,
            title="基于激光熔覆的阀门密封面再制造工艺及其专用粉末材料（含技术秘密）",
            lasts=timedelta(days=5),
            reserve=Money.wan(30),
        )
        for lot in (sold, live):
            room.register(lot, bidder.actor)
            room.register(lot, rival.actor)
        room.move_to(sold.opens_at)
        for lot in (sold, live):
            for who, amount in ((bidder, 20), (rival, 21), (bidder, 24)):
                room.bid(lot, who.actor, Money.wan(amount))
        room.move_to(sold.ends_at)
        room.close_due()
        soon = room.announce(seller.actor, title="低温余热发电装置", deposit=Money(0))
        self.things |= {"lot_sold": sold.id, "lot_live": live.id, "lot_soon": soon.id}

    def _put_up(self, desk: Desk, buyer: Client) -> None:
        """An agreed sale whose notice runs."""
        desk.registered(title="多孔陶瓷膜油水分离组件", tech_field="07")
        desk.drafted(AGREED, payment_terms="签约后十日内付清").decided().published()
        desk.agreed_with(buyer, related_declared=True, related_note="董事为校友企业出资人")
        self.things |= {"notice": desk.noticed(), "listing_noticed": desk.listing_id}
