"""Certificates for tests: a small model of made-up deals, a valuation by it, and the file that its issuer would sign."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np

from kernel.ids import ModelRunId, OrganisationId, ResultId, ValuationId
from kernel.money import Money
from kernel.signing import Signer
from valuation import features, registry
from valuation.calibrating import Calibration
from valuation.certifying.certificate import Answer, Packed, write
from valuation.certifying.forms import Sealed, encode
from valuation.certifying.verifying import Key
from valuation.estimates import Models
from valuation.explaining import ASK_DISCOUNT, allocate, group, money
from valuation.grading import Evidence, Grade, Reason
from valuation.model import PriceModel
from valuation.tables import ModelRun, Valuation
from valuation.trees import Forest

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
SIGNER = Signer.from_seed(bytes(range(32)))
KEYS = [Key(SIGNER.public_key)]
WORDS = ("轴承", "电机", "涂层", "滤膜", "夹具", "传感器", "算法", "叶片")
FACTS = features.facts(
    title="一种用于海上风电的算法",
    kind="invention",
    trade="transfer",
    on=NOW.date(),
    filed_on=date(2020, 5, 6),
    tech_field="06",
    trl=6,
    abstract="本发明公开一种功率预测的算法。",
)

COMPARABLE = {
    "title": "一种风电预测方法",
    "kind": "invention",
    "trade": "licence",
    "price_type": "deal",
    "price_type_zh": "成交价",
    "price_type_en": "deal price",
    "price_fen": 30_000_000,
    "price_is_rounded": False,
    "dealt_on": "2026-03-01",
    "package_rows": 1,
    "generated": False,
    "likeness": 0.71,
    "differences_zh": ["对方为许可"],
    "differences_en": ["theirs: licence"],
}


@lru_cache(maxsize=1)
def a_model() -> PriceModel:
    """Learnt from 80 made-up deals and asks: every part of the model is there, nearest deals included."""
    random = np.random.default_rng(11)
    rows, prices = [], []
    for number in range(80):
        word, life = WORDS[random.integers(len(WORDS))], int(random.integers(1, 15))
        facts = features.facts(
            title=f"一种{word}装置{number}",
            kind=("invention", "utility_model")[random.integers(2)],
            trade=("transfer", "licence")[random.integers(2)],
            on=date(2026, 1, 1),
            filed_year=2026 - life,
            rights=int(random.integers(1, 4)),
            tech_field=f"{random.integers(1, 12):02d}",
            trl=None if random.uniform() < 0.2 else int(random.integers(1, 10)),
            abstract=f"本发明公开{word}及其应用，编号{number}。",
            book=(features.DEALT, features.ASKED)[random.integers(2)],
        )
        worth = 11 + 0.8 * (facts["kind"] == "invention") - 0.04 * life + 0.6 * (word == "算法")
        rows.append(facts)
        prices.append(math.exp(worth + random.normal(0, 0.3)))
    days = np.datetime64("2024-01-01") + np.arange(80) * 5
    model = PriceModel(
        segments=features.SEGMENTS,
        strata=features.STRATA,
        text=features.TEXT,
        directions=features.DIRECTIONS,
        title_size=6,
        tree_title_size=4,
        neighbours=5,
    )
    model.fit(features.frame(rows), prices, days, calibrated=False)
    assert model.forest is not None
    # One booster with titles and one without are enough; ranges by made-up errors, many in one group and few in another.
    model.forest = Forest(model.forest.members[2:4])
    scores = [((("examined",), ("secret",))[number % 6 == 0], 0.2 + abs(random.normal())) for number in range(80)]
    model.calibration = Calibration({(features.DEALT,): scores, (features.ASKED,): scores[::2]})
    return model


@lru_cache(maxsize=1)
def _packed() -> tuple[Packed, bytes, str]:
    models = Models(real=a_model(), evidence={("invention", "transfer"): Evidence(60, 0, 40)})
    return Packed.of(a_model()), *registry.pack(models, [FACTS])


def a_run() -> ModelRun:
    """The run that made the model, with 60 deals behind inventions for transfer; not in any database yet."""
    _, artefact, sha256 = _packed()
    return ModelRun(
        id=ModelRunId(UUID(int=7)),
        model_id=f"2026-11-21/{sha256[:8]}",
        data_hash="d" * 64,
        artefact=artefact,
        artefact_sha256=sha256,
        manifest={},
        trained_at=NOW,
    )


def an_answer(level_bp: int | None = 9000) -> Answer:
    """What the model says of the result."""
    return Answer.of(a_model(), _packed()[0], FACTS, level_bp)


def a_valuation(*, discount_bp: int = 0) -> Valuation:
    """A priced valuation of grade A; with a discount the range of asks of grade C, without a price."""
    answer = an_answer()
    parts, price = dict(answer.parts), answer.log_price
    if discount_bp:
        parts[ASK_DISCOUNT] = math.log1p(-discount_bp / 10_000)
        price += parts[ASK_DISCOUNT]
    assert answer.half_width is not None
    return _row(
        grade=Grade.C if discount_bp else Grade.A,
        reason=Reason.ASKS_ONLY if discount_bp else None,
        price=None if discount_bp else money(price),
        low=Money(math.floor(math.exp(price - answer.half_width) * 100)),
        high=Money(math.ceil(math.exp(price + answer.half_width) * 100)),
        level_bp=9000,
        **_reasons(answer.base, parts, in_yuan=not discount_bp),
    )


def _reasons(base_log: float, parts: dict[str, float], *, in_yuan: bool) -> dict[str, Any]:
    """The reasons as they are stored: grouped, with factors and with amounts that close to the fen."""
    grouped = group(parts)
    base, _, amounts = allocate(base_log, list(grouped.values()))
    shown = [
        {
            "feature": name,
            "label_zh": name,
            "label_en": name,
            "value_zh": "",
            "value_en": "",
            "factor": math.exp(part),
            "yuan_fen": amount.fen if in_yuan else None,
            "indicator": None,
        }
        for (name, part), amount in zip(grouped.items(), amounts, strict=True)
    ]
    return {"base": base.fen if in_yuan else None, "shown": shown}


def an_abstention() -> Valuation:
    """Not enough evidence."""
    return _row(
        grade=Grade.D, reason=Reason.TOO_LITTLE, price=None, low=None, high=None, level_bp=None, base=None, shown=[]
    )


def a_body(found: Valuation | None = None) -> dict[str, Any]:
    """What the certificate of a valuation says."""
    found = found or a_valuation()
    answer = None if found.low is None else an_answer()
    return write(found, a_run(), answer, issued_at=NOW)


def signed(body: Any, signer: Signer = SIGNER) -> bytes:
    """The file of a certificate, whatever it says: a forger with the right key would do the same."""
    content = body if isinstance(body, bytes) else encode(body)
    return Sealed(content, signer.sign(content), signer.key_id).to_bytes()


def changed(change: Callable[[dict[str, Any]], None], found: Valuation | None = None) -> bytes:
    """A certificate in which something was changed, signed again with the right key."""
    body = copy.deepcopy(a_body(found))
    change(body)
    return signed(body)


def _row(*, base: int | None, shown: list[Any], **answer: Any) -> Valuation:
    return Valuation(
        id=ValuationId(UUID("01900000-0000-7000-8000-000000000001")),
        result_id=ResultId(UUID("01900000-0000-7000-8000-000000000002")),
        owner_id=OrganisationId(UUID("01900000-0000-7000-8000-000000000003")),
        asked_by=None,
        run_id=ModelRunId(UUID(int=7)),
        subject=FACTS,
        rests_on_generated=False,
        evidence={"deals": 60, "generated": 0, "asks": 40, "deals_needed": 30, "policy": "2026-11"},
        explanation={"base_fen": base, "withheld": False, "contributions": shown, "statement": {"zh": [], "en": []}},
        comparables=[COMPARABLE],
        valued_at=NOW,
        **answer,
    )
