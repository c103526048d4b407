"""Names of kinds, trades, price types and fields in both languages: one place, so that no page says it differently."""

from __future__ import annotations

from typing import Any, Final

KINDS: Final = {
    "invention": ("发明专利", "invention patent"),
    "utility_model": ("实用新型专利", "utility model"),
    "design": ("外观设计专利", "design patent"),
    "software": ("软件著作权", "software copyright"),
    "layout_design": ("集成电路布图设计", "layout design"),
    "plant_variety": ("植物新品种", "plant variety"),
    "new_drug": ("生物医药新品种", "new drug"),
    "know_how": ("技术秘密", "know-how"),
}
TRADES: Final = {
    "transfer": ("转让", "transfer"),
    "licence": ("许可", "licence"),
    "equity": ("作价入股", "equity contribution"),
}
PRICE_TYPES: Final = {
    "deal": ("成交价", "deal price"),
    "ask": ("卖方报价（非成交价）", "asking price (not a deal)"),
    "appraisal": ("评估价", "appraised value"),
    "unsold": ("流拍起始价（未成交）", "start price of an unsold lot"),
}
TECH_FIELDS: Final = {
    "01": ("电子信息", "electronics and information"),
    "02": ("航空航天", "aerospace"),
    "03": ("先进制造", "advanced manufacturing"),
    "04": ("生物、医药和医疗器械", "biology, medicine and medical devices"),
    "05": ("新材料及其应用", "new materials"),
    "06": ("新能源与高效节能", "new energy and energy saving"),
    "07": ("环境保护与资源综合利用", "environment and resources"),
    "08": ("核应用", "nuclear applications"),
    "09": ("农业", "agriculture"),
    "10": ("现代交通", "modern transport"),
    "11": ("城市建设与社会发展", "urban construction and society"),
}
"""The eleven technology fields of technology contract registration."""

GENERATED: Final = ("生成的参考数据", "generated reference data")
LABEL: Final = ("AI初始价格参考，非资产评估报告", "AI initial price for reference, not an appraisal report")
BASE: Final = ("可比成果的典型价格", "typical price of comparable results")
ALLOCATION: Final = ("按对数平均分摊，非沙普利值", "allocation by the logarithmic mean, not Shapley values")
"""What yuan beside a factor are: the factor is the model's own contribution, the yuan are shares of a difference."""
FACTORS_ONLY: Final = (
    "一项影响大于价格本身，只示倍数，不分摊为元",
    "a reason is larger than the price itself: factors only, no yuan",
)
WHAT_IF: Final = ("模型行为，非因果关系", "model behaviour, not cause")
UNKNOWN: Final = ("未提供", "not given")

SCRUTINY: Final = {
    "examined": ("经实质审查", "examined in substance"),
    "unexamined": ("未经实质审查", "not examined in substance"),
    "secret": ("不经授权", "not granted by an office"),
}

TEXT_CHARACTERS_MAX: Final = 60
"""Titles and abstracts as the value of a reason: their beginning is enough to know them again."""

_TABLES: Final = {"scrutiny": SCRUTINY, "kind": KINDS, "trade": TRADES, "tech_field": TECH_FIELDS}


def value_in_words(feature: str, value: Any) -> tuple[str, str]:
    """The value of a feature (zh, en); a code that no table names is shown as it is."""
    if value is None or value != value or value == "":
        return UNKNOWN
    if feature in _TABLES:
        return _TABLES[feature].get(str(value), (str(value), str(value)))
    match feature:
        case "rights":
            return f"{value:.0f} 件", f"{value:.0f}"
        case "remaining_life":
            return f"{value:.1f} 年", f"{value:.1f} years"
        case "trl":
            return f"{value:.0f} 级", f"level {value:.0f}"
        case "is_method":
            return ("是", "yes") if value else ("否", "no")
        case "title_length":
            return f"{value:.0f} 字", f"{value:.0f} characters"
    text = " ".join(str(value).split())
    shown = text if len(text) <= TEXT_CHARACTERS_MAX else text[: TEXT_CHARACTERS_MAX - 1] + "…"
    return shown, shown


def tech_field_code(text: str) -> str:
    """The code of a technology field by its name or code; a text that no table knows stays as it is."""
    plain = text.strip()
    if plain.isascii() and plain.isdigit() and plain.zfill(2) in TECH_FIELDS:
        return plain.zfill(2)
    return next((code for code, names in TECH_FIELDS.items() if plain.casefold() in names), plain)
