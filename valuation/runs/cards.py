"""The model card of a run, from its manifest alone: what a stranger needs to judge it, as sections for page and Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from kernel.calendar import local_date
from kernel.money import Money
from valuation import features
from valuation.runs import card_tables, words
from valuation.runs.card_tables import Table
from valuation.words import GENERATED, LABEL

Pick = Callable[[tuple[str, str]], str]
SENSITIVITY_ASK: Final = Money.yuan(1_000_000)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the card: a heading, sentences, and tables."""

    name: str
    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """The card in one language."""

    language: str
    title: str
    label: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a card is made of; all of it is kept, nothing is computed again."""

    id: str
    model_id: str
    data_hash: str
    sha256: str
    trained_at: datetime
    manifest: Mapping[str, Any]
    serves: bool
    why: str | None = None
    decided: Mapping[str, Any] = field(default_factory=dict)
    watch: Mapping[str, Any] | None = None


def card(facts: Facts, language: str) -> Card:
    """The card in zh or en. What an older manifest does not hold is left out."""
    place = 1 if language == "en" else 0

    def say(both: tuple[str, str]) -> str:
        return both[place]

    made = (
        Section("purpose", say(("用途与限制", "Purpose and limits")), tuple(map(say, words.PURPOSE))),
        _standing(facts, say, place),
        _data(facts.manifest, say, place),
        _candidates(facts.manifest, say, place),
        _measures(facts.manifest, say, place),
        _calibration(facts.manifest, say, place),
        _discount(facts.manifest, say),
        _features(facts.manifest, say, place),
        _drift(facts.watch, say, place),
        Section("ethics", say(("伦理与个人信息", "Ethics and personal data")), tuple(map(say, words.ETHICS))),
        Section("appeal", say(("如何提出异议", "How to disagree")), tuple(map(say, words.APPEAL))),
        _versions(facts, say),
    )
    title = say((f"模型卡 {facts.model_id}", f"Model card {facts.model_id}"))
    return Card("en" if place else "zh", title, say(LABEL), made)


def _standing(facts: Facts, say: Pick, place: int) -> Section:
    day = local_date(facts.trained_at).isoformat()
    if facts.serves:
        sentences = [say((f"{day} 训练，当前使用。", f"Trained on {day}; it serves now."))]
    else:
        sentences = [say((f"{day} 训练，当前未使用。", f"Trained on {day}; it does not serve now."))]
    if facts.why:
        why = words.named(words.WHY, facts.why, place)
        sentences.append(say((f"决定依据：{why}。", f"Why: {why}.")))
    losses = facts.decided.get("losses")
    if losses:
        one, other = (f"{losses[name]:.3f}" for name in ("challenger", "champion"))
        count = facts.decided.get("later_packages")
        sentences.append(
            say(
                (
                    f"在 {count} 个后续成交包上的损失：本模型 {one}，原模型 {other}。",
                    f"Loss on {count} later packages: this run {one}, the champion {other}.",
                )
            )
        )
    return Section("standing", say(("使用状态", "Standing")), tuple(sentences))


def _data(manifest: Mapping[str, Any], say: Pick, place: int) -> Section:
    days, rows = manifest.get("days", {}), manifest.get("rows", {})
    sentences = []
    if days:
        first, last = days["first"], days["last"]
        sentences.append(
            say(
                (
                    f"共读取 {manifest.get('rows_read', 0):,} 行，交易日期 {first} 至 {last}。"
                    "目标是一个成交包的公平成交价；挂牌价只是上限。",
                    f"{manifest.get('rows_read', 0):,} rows were read, dated {first} to {last}. The target is the arm's-length "
                    "price of one package; an ask is an upper bound only.",
                )
            )
        )
    if rows.get("generated"):
        sentences.append(
            say(
                (
                    f"其中含{GENERATED[0]} {rows['generated']:,} 行，仅用于真实成交不足的类别，由此得出的价格会注明。",
                    f"Among them {rows['generated']:,} rows of {GENERATED[1]}, used only where real deals are too few; prices "
                    "that rest on them say so.",
                )
            )
        )
    used = [(words.named(words.ROWS, name, place), f"{count:,}") for name, count in rows.items()]
    out = [(words.named(words.LEFT_OUT, name, place), f"{n:,}") for name, n in manifest.get("left_out", {}).items()]
    count = say(("行数", "rows"))
    none = [(say(("无", "none")), "0")]
    tables = (
        Table(say(("使用的数据", "Data in use")), (say(("种类", "sort")), count), tuple(used)),
        Table(say(("未使用的数据", "Left out")), (say(("原因", "reason")), count), tuple(out or none)),
    )
    return Section("data", say(("数据", "Data")), tuple(sentences), tables)


def _candidates(manifest: Mapping[str, Any], say: Pick, place: int) -> Section:
    loss = words.named(words.LOSSES, str(manifest.get("loss", "")), place)
    told = say(
        (
            f"事先声明的损失：{loss}，每个成交包权重为一，只在以后的日期上计算；损失最小者入选。",
            f"The loss declared beforehand: {loss}, one unit a package, on later days only; the smallest is chosen.",
        )
    )
    tables = [
        card_tables.candidates(sort, found, manifest.get("chosen", {}).get(sort), manifest.get("loss"), place)
        for sort, found in manifest.get("candidates", {}).items()
    ]
    return Section("candidates", say(("候选模型与选择", "Candidates and choice")), (told,), tuple(tables))


def _measures(manifest: Mapping[str, Any], say: Pick, place: int) -> Section:
    measured = list(_books(manifest))
    if not measured:
        return _none("measures", say(("分组测量", "Measures by group and price")), say)
    first = measured[0][2]
    sentences = (
        say(
            (
                f"对当时尚未见过的以后日期的成交包进行预测；方括号内为 {first['level']:.0%} 自助区间（按日期整群抽样，"
                f"{first['draws']} 次，种子 {first['seed']}）。少于 {first['sales_min']} 笔的分组不给指标。",
                f"Foretold for later packages that had not been seen; in brackets the {first['level']:.0%} bootstrap interval "
                f"(whole days drawn, {first['draws']} times, seed {first['seed']}). Parts of fewer than {first['sales_min']} "
                "sales have no figures.",
            )
        ),
        say(
            (
                f"标准：{first['standard']}。该标准为不动产制定，此处只作尺度；比率 = 估计 / 实际价格。",
                f"Yardstick: {first['standard']}. {first['note']} A ratio is estimate / price.",
            )
        ),
    )
    tables = tuple(card_tables.study(sort, book, one, place) for sort, book, one in measured)
    return Section("measures", say(("分组测量", "Measures by group and price")), sentences, tables)


def _calibration(manifest: Mapping[str, Any], say: Pick, place: int) -> Section:
    sentences = [
        say(
            (
                "区间由以往误差的分位数得出（分裂共形预测，每个成交包一个误差）；少于 9 个误差的不给 90% 区间。",
                "Ranges come from quantiles of past errors (split conformal prediction, one score a package); below nine "
                "scores no 90 % range is given.",
            )
        )
    ]
    for sort, book, one in _books(manifest):
        promise = one.get("promise")
        if promise and promise.get("p") is not None:
            name = f"{words.named(words.SORTS, sort, place)}, {words.named(words.BOOKS, book, place)}"
            share = f"{promise['covered']} / {promise['packages']}"
            sentences.append(
                say(
                    (
                        f"{name}：当时给出的 90% 区间覆盖 {share} 个成交包，β-二项检验 p = {promise['p']:.3f}。",
                        f"{name}: the 90 % ranges given at the time held {share} packages, beta-binomial p = {promise['p']:.3f}.",
                    )
                )
            )
    tables = tuple(
        card_tables.calibration(sort, book, one["calibration"], place) for sort, book, one in _books(manifest)
    )
    return Section("calibration", say(("区间校准", "Calibration of ranges")), tuple(sentences), tables)


def _discount(manifest: Mapping[str, Any], say: Pick) -> Section:
    title = say(("挂牌价到成交价的折扣", "From ask to deal"))
    found = manifest.get("ask_discount")
    if not found:
        return _none("discount", title, say)
    pairs = found["pairs"]
    told = say(
        (
            f"采用折扣 {found['bp'] / 100:g}%，"
            + (
                f"来自 {pairs} 对同一成果的挂牌与成交"
                if found["from_pairs"]
                else f"为先验（仅有 {pairs} 对同一成果的挂牌与成交）"
            )
            + f"。来源：{found['source']}。",
            f"A discount of {found['bp'] / 100:g} % is in use, "
            + (
                f"from {pairs} pairs of the same result"
                if found["from_pairs"]
                else f"a prior ({pairs} pairs of the same result)"
            )
            + f". Source: {found['source']}.",
        )
    )
    rows = tuple(
        (f"{bp / 100:g}%", str(Money(SENSITIVITY_ASK.fen * (10_000 - bp) // 10_000)), "●" if bp == found["bp"] else "")
        for bp in found.get("sensitivity_bp", [])
    )
    headers = (
        say(("折扣", "discount")),
        say((f"挂牌 {SENSITIVITY_ASK} 时的预期成交价", f"expected deal at an ask of {SENSITIVITY_ASK}")),
        say(("采用", "in use")),
    )
    return Section("discount", title, (told,), (Table(say(("敏感性", "Sensitivity")), headers, rows),))


def _features(manifest: Mapping[str, Any], say: Pick, place: int) -> Section:
    known = [features.BY_NAME[name] for name in manifest.get("features", []) if name in features.BY_NAME]
    rows = tuple(
        (
            (one.label_zh, one.label_en)[place],
            one.unit,
            words.DIRECTIONS[one.direction][place],
            words.VALUES[one.value][place],
            one.indicator or "—",
            one.source,
        )
        for one in known
    )
    headers = tuple(
        map(
            say,
            (
                ("特征", "feature"),
                ("单位", "unit"),
                ("方向", "direction"),
                ("价值维度", "value"),
                ("GB/T 42748-2023 三级指标", "GB/T 42748-2023 indicator"),
                ("来源", "source"),
            ),
        )
    )
    told = say(("全部特征在挂牌时即已知。", "Everything is known on the day of listing."))
    return Section("features", say(("特征", "Features")), (told,), (Table(say(("特征表", "Features")), headers, rows),))


def _drift(watch: Mapping[str, Any] | None, say: Pick, place: int) -> Section:
    title = say(("漂移监测", "Drift watch"))
    if not watch or "outputs" not in watch:
        return Section("drift", title, (say(("尚无监测记录。", "It has not been looked at yet.")),))
    return Section("drift", title, card_tables.drift_sentences(watch, place), (card_tables.drift(watch, place),))


def _versions(facts: Facts, say: Pick) -> Section:
    manifest = facts.manifest
    rows = [
        (say(("模型编号", "model")), facts.model_id),
        (say(("训练记录号", "run")), facts.id),
        (say(("模型文件 SHA-256", "artefact SHA-256")), facts.sha256),
        (say(("训练数据 SHA-256", "training data SHA-256")), facts.data_hash),
        *((name, str(value)) for name, value in manifest.get("versions", {}).items()),
        *((f"policy {name}", str(value)) for name, value in manifest.get("policy", {}).items()),
    ]
    for sort, settings in manifest.get("parameters", {}).items():
        told = "; ".join(f"{name} {card_tables.plain(value)}" for name, value in settings.items())
        rows.append((f"{say(('参数', 'parameters'))} {sort}", told))
    headers = (say(("项目", "item")), say(("值", "value")))
    title = say(("版本、参数与校验值", "Versions, parameters and hashes"))
    return Section("versions", title, (), (Table(title, headers, tuple(rows)),))


def _books(manifest: Mapping[str, Any]) -> Iterable[tuple[str, str, Mapping[str, Any]]]:
    for sort, books in manifest.get("measures", {}).items():
        for book, one in books.items():
            yield sort, book, one


def _none(name: str, title: str, say: Pick) -> Section:
    return Section(
        name, title, (say(("本次训练未保存此项。", "This run has not kept it, or there was too little to say.")),)
    )
