"""`market valuation appraise …`: the three methods on a file of inputs, with sources, sensitivity and warnings."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli.failing import fail

app = typer.Typer(no_args_is_help=True, help="Calculate by cost, comparable deals or income from a file of inputs.")


class Language(StrEnum):
    """What the lines speak."""

    ZH = "zh"
    EN = "en"


File = Annotated[
    Path | None, typer.Argument(help="inputs as JSON; amounts as …_yuan, …_wan or …_fen", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="print the calculation as JSON")]
Speaks = Annotated[Language, typer.Option(help="zh or en")]
Example = Annotated[bool, typer.Option("--example", help="print an inputs file to start from, and end")]


@app.command()
def cost(file: File = None, as_json: AsJson = False, language: Speaks = Language.ZH, example: Example = False) -> None:
    """成本法: V = C_re × (1 − d). Exit codes: 0 done, 1 the rules refuse it, 2 the file or an input is not valid."""
    _appraise("cost", file, as_json=as_json, language=language, example=example)


@app.command()
def market(
    file: File = None, as_json: AsJson = False, language: Speaks = Language.ZH, example: Example = False
) -> None:
    """市场法: V = Σ w · P · k. Exit codes: 0 done, 1 the rules refuse it, 2 the file or an input is not valid."""
    _appraise("market", file, as_json=as_json, language=language, example=example)


@app.command()
def income(
    file: File = None, as_json: AsJson = False, language: Speaks = Language.ZH, example: Example = False
) -> None:
    """收益法: V = Σ R·k/(1 + r)^t. Exit codes: 0 done, 1 the rules refuse it, 2 the file or an input is not valid."""
    _appraise("income", file, as_json=as_json, language=language, example=example)


def _appraise(method: str, file: Path | None, *, as_json: bool, language: Language, example: bool) -> None:
    from kernel.errors import Problem
    from valuation.appraisal import describing, practice, reading
    from valuation.appraisal.schemas.entries import ENTRIES, calculated

    if example:
        typer.echo(reading.example(method))
        return
    if file is None:
        fail("缺少输入文件。 / An inputs file is needed; --example prints one.", code=2)
    try:
        body = reading.checked(ENTRIES[method], file.read_bytes())
        done = calculated(body, practice.shipped())
    except OSError as missing:
        fail(f"文件无法读取。 / The file cannot be read: {missing.strerror}", code=2)
    except reading.UnreadableInputs as refused:
        fail(f"{refused.zh} / {refused.en}", code=2)
    except Problem as problem:
        fail(_sentence(problem), code=1 if problem.status == 409 else 2)
    if as_json:
        typer.echo(json.dumps(done.to_json(), ensure_ascii=False, indent=2))
        return
    for line in describing.lines(done.to_json(), language.value):
        typer.echo(line)


def _sentence(problem: object) -> str:
    """A refusal in both languages with its facts, the fields of a malformed file one a line."""
    from kernel.errors import Problem

    assert isinstance(problem, Problem)
    facts = dict(problem.facts())
    faults = facts.pop("errors", ())
    told = "; ".join(f"{name}={value}" for name, value in facts.items())
    head = f"{problem.zh} / {problem.title()}" + (f" ({told})" if told else "")
    return "\n".join([head, *(f"  {one['pointer']}: {one['message_zh']} / {one['message_en']}" for one in faults)])
