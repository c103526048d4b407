"""The forms of the calculators as data: sections of fields, each named by the place of its number in the body of the API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from valuation.appraisal import cost, discounting, income, lives, market, royalties
from valuation.appraisal.methods import METHOD_NAMES, Method
from valuation.appraisal.practice import shipped
from valuation.appraisal.saying import Said
from valuation.words import KINDS

YEARS_SHOWN: Final = 8
ITEMS_SHOWN: Final = 6
COMPARABLES_SHOWN: Final = 5
CHARGES_SHOWN: Final = 3


class Kind(StrEnum):
    """How a field is typed: amounts in yuan, rates as 0.15 or 15%, numbers, words, days, one of several."""

    AMOUNT = "amount"
    RATE = "rate"
    NUMBER = "number"
    TEXT = "text"
    DAY = "day"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `pieces` are the parts of a number that are asked for; without any the field is the value itself."""

    name: str
    label: Said
    kind: Kind
    pieces: tuple[str, ...] = ()
    options: tuple[tuple[str, Said], ...] = ()
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Fields under a heading; a folded one is opened by those who need it."""

    title: Said
    fields: tuple[Field, ...]
    note: Said | None = None
    folded: bool = False


RANGED: Final = ("value", "low", "high", "source")
SOURCED: Final = ("value", "source")
BARE: Final = ("value",)


def layout(method: Method) -> tuple[Section, ...]:
    """The form of a method."""
    return {Method.COST: _cost, Method.MARKET: _market, Method.INCOME: _income}[method]()


def fields_of(method: Method) -> Iterator[Field]:
    """Every field of a form."""
    for section in layout(method):
        yield from section.fields


def title(method: Method) -> Said:
    """The name of a method."""
    return METHOD_NAMES[method]


def _ranged(name: str, label: Said, kind: Kind, *, needed: bool = False) -> Field:
    return Field(name, label, kind, RANGED, needed=needed)


def _about() -> Section:
    return Section(
        Said("测算对象", "What is calculated"),
        (
            Field("subject", Said("对象名称", "name"), Kind.TEXT),
            Field("base_date", Said("评估基准日", "base date"), Kind.DAY, needed=True),
        ),
    )


def _life(under: str) -> tuple[Field, ...]:
    kinds = tuple((kind, Said(*KINDS[kind])) for kind in ("invention", "utility_model", "design"))
    return (
        _ranged(f"{under}.economic", lives.ECONOMIC, Kind.NUMBER, needed=True),
        Field(f"{under}.legal", lives.LEGAL, Kind.NUMBER, SOURCED),
        Field(f"{under}.right_kind", Said("或按专利类型", "or by kind of patent"), Kind.CHOICE, options=kinds),
        Field(f"{under}.filed_on", Said("和申请日计算", "and filing day"), Kind.DAY),
        Field(f"{under}.no_term", Said("无法定期限的理由", "or why there is no legal term"), Kind.TEXT),
    )


def _cost() -> tuple[Section, ...]:
    kinds = tuple((kind.value, said) for kind, said in cost.KINDS.items())
    items: list[Field] = []
    for place in range(ITEMS_SHOWN):
        at = f"items.{place}"
        label = Said(f"成本项目{place + 1}", f"item {place + 1}")
        items.append(Field(f"{at}.kind", label, Kind.CHOICE, options=kinds))
        items.append(_ranged(f"{at}.amount", Said("金额（元）", "amount (yuan)"), Kind.AMOUNT))
    return (
        _about(),
        Section(Said("成本项目", "Items of cost"), tuple(items), Said("空白的项目不计。", "Blank items do not count.")),
        Section(
            Said("资金成本与利润", "Capital cost and profit"),
            (
                _ranged("development_years", Said("研发周期（年）", "years of development"), Kind.NUMBER, needed=True),
                _ranged("capital_rate", Said("资金成本率", "capital cost rate"), Kind.RATE, needed=True),
                _ranged("profit_rate", Said("成本利润率", "profit on cost"), Kind.RATE, needed=True),
            ),
        ),
        Section(
            Said("贬值：按使用年限", "Depreciation by age"),
            (
                _ranged("depreciation.used", Said("已使用年限", "years used"), Kind.NUMBER),
                *(_optional(one) for one in _life("depreciation.life")),
            ),
            Said("两种方式择一。", "Choose one of two ways."),
        ),
        Section(
            Said("或按功能性、经济性贬值", "Or by obsolescence"),
            (
                _ranged("depreciation.functional", Said("功能性贬值率", "functional obsolescence"), Kind.RATE),
                _ranged("depreciation.economic", Said("经济性贬值率", "economic obsolescence"), Kind.RATE),
            ),
            folded=True,
        ),
    )


def _optional(one: Field) -> Field:
    return Field(one.name, one.label, one.kind, one.pieces, one.options)


def _market() -> tuple[Section, ...]:
    sections = [_about()]
    for place in range(COMPARABLES_SHOWN):
        at = f"comparables.{place}"
        factors = tuple(
            Field(f"{at}.factors.{name}", label, Kind.NUMBER, SOURCED) for name, label in market.FACTORS.items()
        )
        head = (
            Field(f"{at}.title", Said("名称", "title"), Kind.TEXT),
            Field(f"{at}.traded_on", Said("交易日期", "day of the deal"), Kind.DAY),
            Field(f"{at}.price", Said("成交价（元）", "price (yuan)"), Kind.AMOUNT, SOURCED),
            Field(f"{at}.weight", Said("权重", "weight"), Kind.RATE, SOURCED),
        )
        title = Said(f"可比交易案例{place + 1}", f"Comparable deal {place + 1}")
        note = Said(
            "挂牌价、评估价、关联交易不得作为案例；权重全填或全不填。",
            "No asks, appraised values or related deals; all weights or none.",
        )
        sections.append(Section(title, (*head, *factors), note if place == 0 else None, folded=place >= 3))
    return tuple(sections)


def _income() -> tuple[Section, ...]:
    return (_about(), _plan(), _royalty(), *_discount(), _lives(), _taxes(), _excess())


def _plan() -> Section:
    years = tuple(
        Field(f"plan.amounts_fen.{place}", Said(f"第{place + 1}年（元）", f"year {place + 1} (yuan)"), Kind.AMOUNT, needed=not place)
        for place in range(YEARS_SHOWN)
    )  # fmt: skip
    variants = (
        (income.Variant.ROYALTY_RELIEF.value, Said("许可费节省法（填销售收入）", "relief from royalty (revenue)")),
        (income.Variant.EXCESS_EARNINGS.value, Said("超额收益法（填超额收益）", "excess earnings (excess profit)")),
    )
    timings = (
        (income.Timing.MID_YEAR.value, Said("期中", "mid-year")),
        (income.Timing.END_YEAR.value, Said("期末", "end of year")),
    )
    return Section(
        Said("收益预测", "Plan"),
        (
            Field("variant", Said("方式", "way"), Kind.CHOICE, options=variants, needed=True),
            Field("timing", Said("折现时点", "discounted from"), Kind.CHOICE, options=timings, needed=True),
            *years,
            Field("plan.source", Said("预测来源", "source of the plan"), Kind.TEXT),
            _ranged("plan.level", Said("收入水平（1 为计划）", "level (1 is the plan)"), Kind.NUMBER),
            _ranged("plan.growth", Said("预测期后年增长率", "growth after the plan"), Kind.RATE),
            _ranged("plan.decay", Said("技术贡献年衰减率", "decay a year"), Kind.RATE),
        ),
        Said("最后填写的年份之后按增长率延续至寿命结束。", "After the last year filled in the plan goes on at the growth rate."),
    )  # fmt: skip


def _royalty() -> Section:
    industries = tuple((name, shipped()[f"royalty.{name}"].label) for name in shipped().industries)
    return Section(
        Said("分成率", "Royalty"),
        (
            _ranged("royalty.rate", royalties.RATE, Kind.RATE),
            Field("royalty.industry", Said("或用行业经验区间", "or an industry's prior"), Kind.CHOICE, options=industries),
            _ranged("royalty.score", royalties.SCORE, Kind.NUMBER),
        ),
        Said("行业经验区间可信度低，结果中会注明。", "Priors of industries have low confidence, which the result will say."),
    )  # fmt: skip


def _discount() -> tuple[Section, Section, Section]:
    build_up = {"risk_free": discounting.RISK_FREE, **discounting.PREMIA}
    capm = {"risk_free": discounting.RISK_FREE, "beta": discounting.BETA, **discounting.CAPM}
    return (
        Section(
            Said("折现率", "Discount rate"),
            (_ranged("discount.rate", discounting.RATE, Kind.RATE),),
            Said("直接填写，或在下面累加、CAPM 中择一。", "As it is, or by one of the two ways below."),
        ),
        Section(
            Said("累加法折现率", "Built-up rate"),
            tuple(_ranged(f"discount.build_up.{name}", label, Kind.RATE) for name, label in build_up.items()),
            folded=True,
        ),
        Section(
            Said("CAPM 折现率", "CAPM"),
            tuple(
                _ranged(f"discount.capm.{name}", label, Kind.NUMBER if name == "beta" else Kind.RATE)
                for name, label in capm.items()
            ),
            folded=True,
        ),
    )


def _lives() -> Section:
    return Section(Said("寿命", "Life"), _life("life"))


def _taxes() -> Section:
    bases = (
        (income.TaxBasis.AFTER.value, Said("税后", "after tax")),
        (income.TaxBasis.BEFORE.value, Said("税前", "before tax")),
    )
    return Section(
        Said("所得税口径", "Tax"),
        (
            Field("taxes.flows", Said("现金流口径", "cash flows"), Kind.CHOICE, options=bases, needed=True),
            Field("taxes.discount", Said("折现率口径", "discount rate"), Kind.CHOICE, options=bases, needed=True),
            Field("taxes.rate", Said("所得税税率", "tax rate"), Kind.RATE, SOURCED),
        ),
        Said("两者口径须一致；税率仅用于税后。", "Both on the same basis; the rate is used after tax only."),
    )


def _excess() -> Section:
    fields: list[Field] = []
    for place in range(CHARGES_SHOWN):
        fields.append(Field(f"charges.{place}.name", Said("贡献资产", "contributory asset"), Kind.TEXT))
        fields.append(_ranged(f"charges.{place}.amount", Said("年费用（元）", "charge a year (yuan)"), Kind.AMOUNT))
    return Section(
        Said("贡献资产费用（超额收益法）", "Contributory charges (excess earnings)"), tuple(fields), folded=True
    )
