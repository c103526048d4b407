"""Who plays in the demo: the exchange, a university, three firms and an appraiser. All are invented."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

from app.demo.actors import PASSWORD, Actor, Profile, found, invite, make_uscc
from app.demo.closing import Buyer, Exchange, Seller
from app.demo.processes import Running

UNIVERSITY = Profile("瓯江理工大学（演示）", "university", "GOV_UNIT", "330300", "022", "ouit")
FIRMS = (
    Profile("温州明炉节能设备有限公司（演示）", "enterprise", "PRIVATE", "330300", "150", "minglu"),
    Profile("宁波海联智能装备有限公司（演示）", "enterprise", "PRIVATE", "330200", "150", "hailian"),
    Profile("苏州澄湖新材料有限公司（演示）", "enterprise", "PRIVATE", "320500", "150", "chenghu"),
)
APPRAISER = Profile("浙南知识产权评估有限公司（演示）", "appraiser", "PRIVATE", "330300", "150", "zhenan")
EXCHANGE_ADMIN = "admin@exchange.example.cn"


@dataclass(frozen=True)
class Cast:
    """Everybody."""

    exchange: Exchange
    university: Seller
    firms: tuple[Buyer, ...]
    appraiser: Actor
    appraiser_uscc: str


def gather(running: Running) -> Cast:
    """Found the exchange on the command line, as an operator would; everybody else comes in over HTTP."""
    address = running.address
    _found_exchange(running)
    admin = Actor(address, "交易所管理员").sign_in(EXCHANGE_ADMIN, PASSWORD)
    roles = ("operator", "auctioneer", "registrar", "finance", "statistician", "supervisor")
    staff = {role: invite(admin, f"交易所{role}", [role], "exchange.example.cn") for role in roles}
    operator = staff["operator"]
    _, completer, office, approver, finance, manager = found(
        address,
        operator,
        UNIVERSITY,
        [
            ("林完成", ["completer"]),
            ("周转化", ["transfer_office"]),
            ("吴审批", ["unit_approver"]),
            ("郑财务", ["finance"]),
            ("陈经理", ["technology_manager"]),
        ],
    )
    firms = []
    for profile in FIRMS:
        founder, buyer, second = found(address, operator, profile, [("采购", ["buyer"]), ("法务", ["unit_approver"])])
        _declare_size(founder)
        firms.append(Buyer(buyer, second))
    appraiser_admin, appraiser = found(address, operator, APPRAISER, [("赵评估", ["appraiser"])])
    uscc = appraiser_admin.get(f"/v1/organisations/{appraiser_admin.organisation_id}")["uscc"]
    return Cast(
        Exchange(manager=manager, **staff),
        Seller(completer, office, approver, finance),
        tuple(firms),
        appraiser,
        uscc,
    )


def accounts(cast: Cast) -> list[dict[str, str]]:
    """Who can sign in, with the part each plays."""
    university, exchange = cast.university, cast.exchange
    parts = {
        "成果完成人 completer": university.completer,
        "转化办 transfer office": university.office,
        "审批人 unit approver": university.approver,
        "财务 finance": university.finance,
        "技术经理人 technology manager": exchange.manager,
        "受让方 buyer": cast.firms[0].buyer,
        "受让方二 another buyer": cast.firms[1].buyer,
        "评估师 appraiser": cast.appraiser,
        "运营 operator": exchange.operator,
        "拍卖师 auctioneer": exchange.auctioneer,
        "登记员 registrar": exchange.registrar,
        "统计员 statistician": exchange.statistician,
        "监督 supervisor": exchange.supervisor,
    }
    return [{"part": part, "email": actor.email} for part, actor in parts.items()]


def _found_exchange(running: Running) -> None:
    command = [sys.executable, "-m", "app.cli", "admin", "create", "--exchange", "浙南技术交易中心（演示）"]
    command += ["--uscc", make_uscc(90_000_000, "330300"), "--name", "交易所管理员", "--email", EXCHANGE_ADMIN]
    said = f"{PASSWORD}\n"
    subprocess.run(
        command, env=running.environment, input=said, text=True, check=True, stdout=subprocess.DEVNULL, timeout=120
    )


def _declare_size(founder: Actor) -> None:
    """A firm of fifty people with 18 million yuan: small, by its own declaration 中小企业声明函."""
    founder.post(
        f"/v1/organisations/{founder.organisation_id}/size-declarations",
        industry="industry",
        staff=50,
        revenue_fen=1_800_000_000,
        evidence="中小企业声明函",
    )
