"""Judging a valuation: the technology manager prices it blind and sets his price, an appraiser reviews, a person is asked."""

from __future__ import annotations

from app.demo.cast import Cast
from app.demo.closing import scan_of
from kernel.money import Money


def sign_off(cast: Cast, valuation_id: str, amount: Money) -> None:
    """An own price first, from facts and comparable deals; then the model's is seen, and another set with its reason.

    The appraiser, invited by the unit, agrees over its own signature: the second voice besides the unit's decision.
    """
    manager, office, appraiser = cast.exchange.manager, cast.university.office, cast.appraiser
    path = f"/v1/valuations/{valuation_id}"
    manager.get(f"{path}/blind")
    own = {"price_fen": amount.share(9500).fen, "reason": "依据两宗同类许可与样机完成度。"}
    manager.post(f"{path}/reviews", verdict="own_price", **own)
    reason = "已完成中试，且有两家企业提出意向；参照可比许可确定。"
    figures = {"price_fen": amount.fen, "low_fen": amount.share(8500).fen, "high_fen": amount.share(11_500).fen}
    manager.post(f"{path}/reviews", verdict="override", reason=reason, **figures)
    office.post(f"{path}/third-party-reviews/invitations", organisation_id=appraiser.organisation_id)
    appraiser.post(
        f"{path}/third-party-reviews",
        agrees=True,
        low_fen=figures["low_fen"],
        high_fen=figures["high_fen"],
        opinion="可比案例选取适当，技术经理人另定价格的理由成立，同意其区间。",
        qualification="资产评估师（演示）",
        file_sha256=scan_of("third-party review"),
    )


def ask_for_a_person(cast: Cast, valuation_id: str) -> None:
    """The seller refuses that a model alone decides (个人信息保护法 art 24); the request waits for a technology manager."""
    grounds = "自动估价未考虑已签订的监测服务意向协议。"
    cast.university.office.post(f"/v1/valuations/{valuation_id}/human-decisions", grounds=grounds)
