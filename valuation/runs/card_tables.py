"""The tables of a model card, and the card as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from valuation import features
from valuation.runs import words

if TYPE_CHECKING:
    from valuation.runs.cards import Card

SHOWN: Final = ("median_ratio", "cod", "prd", "prb", "vei", "mdape", "r2_log")
"""Of the measures that are kept; the rest is in the manifest."""
_UNBROKEN: Final = "\N{NO-BREAK SPACE}"
NONE: Final = "—"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts; the first cell of a row names it."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def candidates(sort: str, found: Mapping[str, Any], chosen: str | None, loss: str | None, place: int) -> Table:
    """Every candidate with the declared loss and what stands beside it, the best first."""
    shown = (loss or "", "mdape", "median_abs_log_ratio", "r2_log")
    ordered = sorted(found, key=lambda name: _number(found[name].get(loss)))
    rows = tuple(
        (
            words.named(words.CANDIDATES, name, place),
            *(_figure(found[name].get(measure)) for measure in shown),
            f"{found[name].get('packages', 0):.0f}",
            ("入选", "chosen")[place] if name == chosen else "",
        )
        for name in ordered
    )
    headers = (
        ("候选", "candidate")[place],
        words.named(words.LOSSES, shown[0], place),
        *(words.named(words.MEASURES, name, place) for name in shown[1:]),
        ("成交包", "packages")[place],
        ("选择", "choice")[place],
    )
    return Table(words.named(words.SORTS, sort, place), headers, rows)


def study(sort: str, book: str, found: Mapping[str, Any], place: int) -> Table:
    """Every part with its measures, intervals and verdicts, and the coverage of the 90 % range."""
    covered = {(one["part"], one["name"]): one["figures"].get("coverage") for one in found.get("coverage", [])}
    rows = tuple(
        (
            words.part_named(one["part"], one["name"], place),
            f"{one['sales']:,}",
            *(_measured(one["figures"].get(name), place) for name in SHOWN),
            _measured(covered.get((one["part"], one["name"])), place),
        )
        for one in found["study"]
    )
    headers = (
        ("分组", "part")[place],
        ("成交包", "sales")[place],
        *(words.named(words.MEASURES, name, place) for name in (*SHOWN, "coverage")),
    )
    return Table(_caption(sort, book, place), headers, rows)


def calibration(sort: str, book: str, found: Mapping[str, Any], place: int) -> Table:
    """The half widths of ranges as factors, by group."""
    levels = sorted({level for one in found["groups"].values() for level in one["factors"]}, reverse=True)
    rows = tuple(
        (
            words.group_named(group, place),
            f"{one['packages']:,}",
            *(NONE if one["factors"].get(level) is None else f"×/÷ {one['factors'][level]:.2f}" for level in levels),
        )
        for group, one in found["groups"].items()
    )
    headers = (("分组", "group")[place], ("误差个数", "scores")[place], *levels)
    return Table(_caption(sort, book, place), headers, rows)


def drift_sentences(watch: Mapping[str, Any], place: int) -> tuple[str, ...]:
    """What the last look saw, in sentences."""
    out, rule = watch["outputs"], watch["thresholds"]
    told = [("有警报。", "There is an alarm.")[place] if watch["alarm"] else ("无警报。", "No alarm.")[place]]
    if watch["few_inputs"]:
        needed, count = rule["inputs_min"], watch["questions"]
        told.append(
            (
                f"近期估价 {count} 项，不足 {needed} 项，输入漂移暂不判断。",
                f"{count} questions of late, {needed} needed: too few to say anything of inputs.",
            )[place]
        )
    if watch["few_outputs"]:
        needed, count = rule["realised_min"], out["ratios"]
        told.append(
            (
                f"已实现价格 {count} 个，不足 {needed} 个（或同一天），输出漂移暂不判断。",
                f"{count} realised prices, {needed} needed on more than one day: too few to say anything of outputs.",
            )[place]
        )
    else:
        span = f"{out['median']:.2f} [{out['low']:.2f}–{out['high']:.2f}]"
        band = f"{rule['level_low_bp'] / 10_000:.2f}–{rule['level_high_bp'] / 10_000:.2f}"
        told.append(
            (
                f"{out['ratios']} 个已实现价格，实际/估计中位数 {span}，允许范围 {band}。",
                f"{out['ratios']} realised prices, median realised/estimated {span}, accepted {band}.",
            )[place]
        )
        if out["cusum_up"] is not None:
            sums = f"+{out['cusum_up']:.1f} / −{out['cusum_down']:.1f}"
            told.append(
                (
                    f"CUSUM 最大值 {sums}，界限 {rule['cusum_limit_bp'] / 10_000:.1f}。",
                    f"Largest CUSUM {sums}, limit {rule['cusum_limit_bp'] / 10_000:.1f}.",
                )[place]
            )
    told.append(
        (f"阈值依据：{rule['source']}（{rule['version']}）。", f"Thresholds: {rule['source']} ({rule['version']}).")[
            place
        ]
    )
    return tuple(told)


def drift(watch: Mapping[str, Any], place: int) -> Table:
    """Training against now, feature by feature."""
    rows = tuple(
        (
            _feature(one["feature"], place),
            f"{one['rows']:,}",
            _figure(one["psi"]),
            _figure(one["psi_limit"]),
            _figure(one["js"]),
            f"{one['missing_before']:.0%} → {one['missing_now']:.0%}",
            f"{one['unseen']:.0%}",
            ", ".join(words.named(words.ALARMS, alarm, place) for alarm in one["alarms"]) or _quiet(one, place),
        )
        for one in watch["inputs"]
    )
    headers = (
        ("特征", "feature")[place],
        ("有值", "given")[place],
        "PSI",
        ("PSI 界限", "limit of PSI")[place],
        ("JS 散度", "Jensen–Shannon")[place],
        ("缺失：训练 → 现在", "missing: training → now")[place],
        ("未见类别", "unseen")[place],
        ("警报", "alarm")[place],
    )
    return Table(("输入：训练与近期估价", "Inputs: training and questions of late")[place], headers, rows)


def markdown(card: Card) -> str:
    """The card as Markdown (CommonMark with pipe tables)."""
    lines = [f"# {_escaped(card.title)}", "", f"**{_escaped(card.label)}**", ""]
    for section in card.sections:
        lines += [f"## {_escaped(section.title)}", ""]
        for sentence in section.sentences:
            lines += [_escaped(sentence), ""]
        for table in section.tables:
            lines += [f"**{_escaped(table.caption)}**", "", *_pipes(table), ""]
    return "\n".join(lines)


def plain(value: Any) -> str:
    """A parameter as text."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {one}" for name, one in value.items()) or NONE
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or NONE
    return NONE if value is None else str(value)


def _pipes(table: Table) -> Iterable[str]:
    yield f"| {' | '.join(map(_escaped, table.headers))} |"
    yield f"|{' --- |' * len(table.headers)}"
    for row in table.rows:
        yield f"| {' | '.join(map(_escaped, row))} |"


def _escaped(text: str) -> str:
    """Text that stays text: no marks of Markdown or HTML, one line."""
    for mark in "\\|<>`*_[]":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())


def _caption(sort: str, book: str, place: int) -> str:
    return f"{words.named(words.SORTS, sort, place)}{('：', ': ')[place]}{words.named(words.BOOKS, book, place)}"


def _measured(figure: list[Any] | None, place: int) -> str:
    if figure is None:
        return NONE
    value, low, high, verdict = figure
    judged = words.named(words.VERDICTS, verdict or "no-band", place)
    span = f"[{_short(low)},{_UNBROKEN}{_short(high)}]"
    return f"{_short(value)} {span}" + (f" {judged}" if judged else "")


def _short(value: float) -> str:
    """Three significant digits, and never as a power of ten while it can be read otherwise."""
    return f"{value:.0f}" if 1_000 <= abs(value) < 1e6 else f"{value:.3g}"


def _figure(value: Any) -> str:
    return NONE if value is None or value != value else f"{value:.3f}"


def _number(value: Any) -> float:
    return float("inf") if value is None or value != value else float(value)


def _feature(name: str, place: int) -> str:
    found = features.BY_NAME.get(name)
    return name if found is None else (found.label_zh, found.label_en)[place]


def _quiet(one: Mapping[str, Any], place: int) -> str:
    return ("训练中无信息", "taught nothing")[place] if one["taught_nothing"] else NONE
