"""The words of a model card, Chinese and English side by side."""

from __future__ import annotations

from typing import Final

from valuation.features import Value
from valuation.words import KINDS, LABEL, SCRUTINY, TRADES

Said = tuple[str, str]

PURPOSE: Final[tuple[Said, ...]] = (
    (
        f"本模型给出技术成果的{LABEL[0]}。价格只供协商和挂牌起点参考，不替代资产评估、集体决策和公示程序。",
        f"This model gives an {LABEL[1]}. It is a starting point for talks and listings and replaces no appraisal, no "
        "collective decision and no public notice.",
    ),
    (
        "同类真实成交不足时不给单一价格：只有挂牌价的，给出的是「挂牌价参考，非价值」；区间过宽的，建议评估或竞价。",
        "Where there are too few real deals it gives no single price; asks alone give a range of asks, which is no value; "
        "where the range is too wide an appraisal or an auction is advised.",
    ),
    (
        "超出训练范围或未见过的类别会在估价页说明；不得用于关联交易定价、信贷额度自动决定或对个人的评价。",
        "What lies outside the training range is said on the valuation page. It is not for pricing deals between related "
        "parties, for automatic credit limits, or for judging people.",
    ),
)
ETHICS: Final[tuple[Said, ...]] = (
    (
        "个人信息保护法第24条：不使用发明人姓名、年龄、性别、职称等任何个人特征；买卖双方名称只用于排除关联交易和限制单一卖方的影响，不是特征。",
        "PIPL art 24: no personal feature is used, not the name, age, sex or title of an inventor. Names of sellers and buyers "
        "serve only to leave related parties out and to hold down the influence of one seller; they are no features.",
    ),
    (
        "价格类型、批次和打包信息不是特征：它们含有价格本身。单方当事人的交易数据不在本卡公开。",
        "The type of a price, its batch and its package are no features, for they contain the price. No single party's data "
        "is shown on this card.",
    ),
    (
        "小样本分组（不足最低数量）不给指标；生成的参考数据在出现之处均有标注，不得用于决策。",
        "Groups with too few sales show no figures. Generated reference data is labelled wherever it shows and decides nothing.",
    ),
)
APPEAL: Final[tuple[Said, ...]] = (
    (
        "对估价有异议的，权利人可以要求人工决定（个人信息保护法第24条）：由技术经理人复核并说明理由，或委托资产评估机构出具报告。",
        "Whoever disagrees may ask for a human decision (PIPL art 24): a technology manager reviews the price and gives reasons, "
        "or an appraiser is engaged.",
    ),
)
BOOKS: Final = {"deal": ("成交", "deals"), "ask": ("挂牌价", "asks"), "": ("全部", "all")}
SORTS: Final = {
    "real": ("仅真实数据的模型", "the model that has seen real data only"),
    "helped": ("含生成参考数据的模型", "the model helped by generated reference data"),
}
ROWS: Final = {
    "deals": ("成交", "deals"),
    "asks": ("卖方报价", "asking prices"),
    "unsold": ("流拍起始价（上限）", "unsold lots (bounds)"),
    "generated": ("生成的参考数据", "generated reference data"),
}
LEFT_OUT: Final = {
    "related-party": ("关联交易", "related parties"),
    "wash-pair": ("对倒交易", "wash pairs"),
    "defaulted": ("悔拍违约", "defaulted bids"),
    "appraisal-is-an-indication": ("评估价（另作参考）", "appraisals (an indication of their own)"),
}
CANDIDATES: Final = {
    "global-median": ("全体中位数", "global median"),
    "segment-median": ("分段加权中位数（基线）", "weighted segment median (baseline)"),
    "ridge-with-titles": ("含标题的岭回归", "ridge with titles"),
    "nearest-deals": ("最近似交易", "nearest deals"),
    "lightgbm": ("LightGBM", "LightGBM"),
    "pooled-segments-and-trees": ("分段部分合并＋时间＋线性＋树", "pooled segments, time, straight part and trees"),
}
LOSSES: Final = {"mean_abs_log_ratio": ("平均 |ln(估计/实际)|", "mean |ln(estimate/price)|")}
WHY: Final = {
    "first": ("首个模型", "the first run"),
    "better-out-of-time": ("样本外优于原模型", "better than the champion out of time"),
    "not-better-out-of-time": ("样本外未优于原模型，不予启用", "not better than the champion out of time"),
    "too-few-later-packages-to-compare": ("后续样本过少，无法比较，沿用同一方法", "too few later packages to compare"),
    "no-common-ground": ("与原模型无可比数据", "no data in common with the champion"),
    "imported": ("由文件导入并启用", "imported from files, to serve"),
    "imported-not-serving": ("由文件导入，未启用", "imported from files, not serving"),
}
VERDICTS: Final = {
    "within": ("在区间内", "within"),
    "outside-not-shown": ("未证实超出", "not shown outside"),
    "outside": ("超出", "outside"),
    "unacceptable": ("不可接受", "unacceptable"),
    "no-band": ("", ""),
}
MEASURES: Final = {
    "median_ratio": ("比率中位数", "median ratio"),
    "cod": ("离散系数 COD %", "COD %"),
    "prd": ("PRD", "PRD"),
    "prb": ("PRB", "PRB"),
    "vei": ("VEI %", "VEI %"),
    "mdape": ("MdAPE", "MdAPE"),
    "median_abs_log_ratio": ("|ln 比率| 中位数", "median |ln ratio|"),
    "r2_log": ("R²（对数）", "R² (log)"),
    "coverage": ("90% 区间覆盖率", "coverage of the 90 % range"),
}
PARTS: Final = {
    "overall": ("全部", "all"),
    "kind": ("成果类型", "kind of right"),
    "trade": ("交易方式", "way of trade"),
    "price": ("价格分位", "price quantile"),
}
VALUES: Final = {
    Value.LEGAL: ("法律价值", "legal value"),
    Value.TECHNICAL: ("技术价值", "technical value"),
    Value.ECONOMIC: ("经济价值", "economic value"),
    Value.TERMS: ("交易条款", "terms of the trade"),
}
DIRECTIONS: Final = {
    +1: ("越高越贵", "more is dearer"),
    -1: ("越高越便宜", "more is cheaper"),
    0: ("不预设", "not set"),
}
ALARMS: Final = {
    "distribution": ("分布变化", "distribution"),
    "missing": ("缺失率变化", "share of missing"),
    "unseen-categories": ("未见过的类别", "unseen categories"),
    "level": ("价格水平偏离", "level"),
    "cusum": ("累积偏离（CUSUM）", "CUSUM"),
}


def named(table: dict[str, Said], name: str, place: int) -> str:
    """A name in a language (0 zh, 1 en); one that no table knows stays as it is."""
    return table.get(name, (name, name))[place]


def part_named(part: str, name: str, place: int) -> str:
    """A line of a study in words: the part and, where it is not all, which one."""
    if part == "overall":
        return named(PARTS, part, place)
    values = {"kind": KINDS, "trade": TRADES}.get(part, {})
    separator = "：" if place == 0 else ": "
    return f"{named(PARTS, part, place)}{separator}{named(dict(values), name, place)}"


def group_named(group: str, place: int) -> str:
    """A calibration group in words."""
    return named(PARTS, group, place) if group == "overall" else named(dict(SCRUTINY), group, place)
