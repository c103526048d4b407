"""What happened in the demo, as a table for people and as JSON for programs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from kernel.money import Money, for_people

MODES = {
    "agreed": "协议定价",
    "listed": "挂牌交易",
    "auction": "拍卖",
    "appraisal": "资产评估（协议）",
    "trial": "先用后转",
}


@dataclass
class Sale:
    """One result that was sold: what it was valued at, how it was priced, and what became of it."""

    mode: str
    title: str
    valuation: dict[str, Any]
    asked_fen: int | None
    deal_price_fen: int
    contract_no: str
    registration_no: str
    reward_due_fen: int | None
    refusals: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "title": self.title,
            "valuation": self.valuation,
            "asked_fen": self.asked_fen,
            "deal_price_fen": self.deal_price_fen,
            "premium_bp": self.premium_bp,
            "contract_no": self.contract_no,
            "registration_no": self.registration_no,
            "reward_due_fen": self.reward_due_fen,
            "refusals": self.refusals,
        }

    @property
    def premium_bp(self) -> int | None:
        """(deal − asked) ÷ asked in basis points, rounded half up; the asked price is the list or start price."""
        if not self.asked_fen:
            return None
        difference = self.deal_price_fen - self.asked_fen
        return (2 * 10_000 * difference + self.asked_fen) // (2 * self.asked_fen)


def valuation_facts(answer: dict[str, Any]) -> dict[str, Any]:
    """The figures of a valuation that the summary shows."""
    names = (
        "id",
        "price_fen",
        "low_fen",
        "high_fen",
        "level_bp",
        "grade",
        "reason",
        "label_zh",
        "label_en",
        "model_id",
    )
    return {name: answer[name] for name in names if name in answer}


def show(console: Console, report: dict[str, Any]) -> None:
    """Print the table of sales, the statistics and the audit."""
    console.print(_sales(report["modes"] | {"trial": report["trial"]}))
    console.print(_statistics(report["statistics"]))
    refused = [refusal for sale in [*report["modes"].values(), report["trial"]] for refusal in sale["refusals"]]
    for refusal in refused:
        console.print(f"规则拒绝 refused: {refusal['title_zh']} — {refusal.get('article', '')}")
    console.print(f"审计 audit: {report['audit']['checked']} invariants, {report['audit']['violations']} violations")
    console.print(f"数据 data: {report['data']['label']}")


def show_accounts(console: Console, report: dict[str, Any]) -> None:
    """Print whom one can be."""
    table = Table(title="登录账号 Sign in as", title_justify="left")
    table.add_column("角色 part")
    table.add_column("邮箱 e-mail")
    for person in report["accounts"]["people"]:
        table.add_row(person["part"], person["email"])
    console.print(table)
    console.print(f"密码 password for all of them: {report['accounts']['password']}", highlight=False)


def _sales(sales: dict[str, dict[str, Any]]) -> Table:
    """Four columns of several lines each, so that eighty characters are enough."""
    table = Table(title="成交一览 What happened", title_justify="left", show_lines=True)
    for heading in ("方式与成果 mode, result", "AI参考 valued at", "成交 deal", "合同 登记 奖励 contract"):
        table.add_column(heading, overflow="fold")
    for mode, sale in sales.items():
        premium = "" if sale["premium_bp"] is None else f"溢价 {sale['premium_bp'] / 100:+.2f} %"
        asked = "" if sale["asked_fen"] is None else f"报价 {_exact(sale['asked_fen'])}"
        numbers = (sale["contract_no"], sale["registration_no"], f"应奖励 {_exact(sale['reward_due_fen'])}")
        table.add_row(
            f"{MODES[mode]}\n{sale['title']}",
            _valued(sale["valuation"]),
            "\n".join(line for line in (_exact(sale["deal_price_fen"]), asked, premium) if line),
            "\n".join(numbers),
        )
    return table


def _valued(valuation: dict[str, Any]) -> str:
    if valuation.get("low_fen") is None:
        return "样本不足，不予估价"
    price = valuation.get("price_fen")
    span = f"{_people(valuation['low_fen'])}–{_people(valuation['high_fen'])}"
    promise = f"{valuation['level_bp'] / 100:g} % 区间"
    return "\n".join([_people(price) if price else "无单点价格", span, promise])


def _statistics(figures: dict[str, Any]) -> Table:
    table = Table(title="统计 Statistics", title_justify="left")
    for heading in ("维度 by", "类别 code", "合同数", "合同成交额", "技术交易额"):
        table.add_column(heading)
    for name, rows in figures["tables"].items():
        for row in rows:
            direction = {"export": " 输出", "absorb": " 吸纳"}.get(row["direction"] or "", "")
            amounts = (_exact(row["contract_value_fen"]), _exact(row["technology_value_fen"]))
            table.add_row(name, row["name_zh"] + direction, str(row["contracts"]), *amounts)
    total = (_exact(figures["contract_value_fen"]), _exact(figures["technology_value_fen"]))
    table.add_row("合计", "total", str(figures["contracts"]), *total)
    return table


def _people(fen: int | None) -> str:
    return "—" if fen is None else for_people(Money(fen))


def _exact(fen: int | None) -> str:
    return "—" if fen is None else str(Money(fen))
