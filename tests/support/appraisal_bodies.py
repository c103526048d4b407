"""Bodies of the appraisal API in tests: the shipped example of a method, its indication, and somebody engaged for a result."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.support.desk import REPORT, Desk, ok
from tests.support.house import Client, House
from valuation.appraisal import reading
from valuation.reconciling import PoolingPolicy

PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"


def inputs(method: str, **changes: Any) -> dict[str, Any]:
    """The shipped example of a method, as a body of the API."""
    return reading.read(reading.example(method).encode()) | changes


def calculate(client: Client, method: str, **changes: Any) -> Any:
    """Ask for a calculation by the example's inputs, changed."""
    return client.post(f"/v1/appraisals/calculations/{method}", json=inputs(method, **changes))


def indication(method: str = "income", **changes: Any) -> dict[str, Any]:
    """The example as an indication of a result."""
    return {method: inputs(method, **changes)}


def dated(house: House, **back: float) -> str:
    """A day so far back in market time."""
    return (house.now().date() - timedelta(**back)).isoformat()


def an_engaged_manager(house: House, desk: Desk) -> Client:
    """A technology manager of another unit, engaged for the result."""
    client = house.act("technology_manager", "appraiser", organisation=house.organisation(kind="association"))
    engaged = {"organisation_id": str(client.organisation_id), "person_id": str(client.person_id)}
    ok(desk.office.post(f"/v1/results/{desk.result_id}/engagements", json=engaged), 201)
    return client


def report(desk: Desk, **changes: Any) -> dict[str, Any]:
    """A report on the desk's result, as a body of the API."""
    today = desk.house.now().date()
    dates = {"base_date": (today - timedelta(days=30)).isoformat()}
    return REPORT | dates | {"result_id": desk.result_id, "report_no": "浙评报字〔2026〕200号"} | changes


def card(**changes: Any) -> dict[str, Any]:
    """A scorecard for a licence or transfer: one score of each dimension, each with its evidence."""
    scores: list[dict[str, Any]] = [
        {"indicator": "legal.stability.validity", "score": 90, "evidence": "登记簿副本"},
        {"indicator": "technical.advance.effect", "score": 70, "evidence": "检测报告"},
        {"indicator": "economic.market.sales", "score": 40, "evidence": "销售台账", "assessor": "周会计"},
    ]
    return {"scene": "licence_transfer", "scores": scores} | changes


POOLING = PoolingPolicy(
    correlation=0.5,
    spread_min=0.15,
    methods_for_price_min=2,
    range_ratio_max=10,
    draws=20_000,
    months_max=12,
    version="valuation.reconciling ANY@1",
    source="测试",
    confidence="design",
)
