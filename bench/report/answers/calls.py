"""Calls in an answer: ``{{ claim("name") }}``, ``{{ chart("a", "loss") }}``.

The text between the braces is parsed as Python and must be one call of a known name on constants; nothing is run.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.errors import did_you_mean
from bench.model import Parameter
from bench.report.answers.formulas import ReportError
from bench.report.answers.pieces import Reference

KINDS = ("course", "noise", "law")
SHOWS = ("ratio", "time", "memory", "scaling", "pareto", "roofline", "table")
TEXT = ("a text",)
YES_OR_NO = (True, False)
LONGEST = 600
"""Characters of a call. What is longer was written by no author, and can exhaust a parser."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a call takes: ``names`` says what each text is, ``options`` which values a keyword may have.

    ``swept`` are calls whose keywords are the parameters of a case, ``places`` those that put something on the page.
    """

    names: tuple[str, ...]
    options: Mapping[str, tuple[Parameter, ...]] = field(default_factory=dict)
    swept: bool = False
    places: bool = False


BESIDE: Mapping[str, tuple[Parameter, ...]] = {"beside": YES_OR_NO}
SIGNATURES = {
    "claim": Signature(names=("claim",)),
    "metric": Signature(names=("metric",)),
    "kept": Signature(names=("part", "name"), swept=True),
    "kept_run": Signature(names=("part",)),
    "ratio": Signature(names=("part", "variant"), swept=True),
    "memory": Signature(names=("part", "variant"), swept=True),
    "time": Signature(names=("part", "variant"), swept=True),
    "throughput": Signature(names=("part", "variant"), swept=True),
    "roof": Signature(names=("part", "variant"), swept=True),
    "steps": Signature(names=("part", "method"), swept=True),
    "evaluations": Signature(names=("part", "method"), swept=True),
    "chart": Signature(names=("part", "curve"), options={"kind": KINDS, "by": TEXT, **BESIDE}, places=True),
    "compare": Signature(names=("part",), options={"show": SHOWS, **BESIDE}, places=True),
    "figure": Signature(names=("part", "figure"), options=BESIDE, places=True),
    "table": Signature(names=("part", "table"), options=BESIDE, places=True),
    "code": Signature(names=("solution.py",), options=BESIDE, places=True),
}
"""The names that an answer may use."""


def parse(text: str) -> Reference:
    """``claim("name")`` as a value. Raises ``ReportError`` for anything that is not such a call."""
    shown = short(text)
    if len(text) > LONGEST:
        raise ReportError(f"{{{{ {shown} }}}} is too long: a call has at most {LONGEST} characters")
    try:
        call = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ReportError(f'{{{{ {shown} }}}} is not a call such as claim("name")') from error
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        raise ReportError(f'{{{{ {shown} }}}} is not a call such as claim("name")')
    function = call.func.id
    if function not in SIGNATURES:
        hint = did_you_mean(function, SIGNATURES) or f"; there are {', '.join(SIGNATURES)}"
        raise ReportError(f"{short(function)}() is not known to answers{hint}")
    names, keywords = _constants(call, shown)
    _check_names(function, names, shown)
    for name, value in keywords:
        _check_keyword(function, name, value, shown)
    return Reference(function, names, keywords)


def short(text: str) -> str:
    """What was written, on one line that can stand in a message."""
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:79]}…"


def _constants(call: ast.Call, shown: str) -> tuple[tuple[str, ...], tuple[tuple[str, Parameter], ...]]:
    try:
        # literal_eval builds constants out of the tree and calls nothing.
        names = tuple(ast.literal_eval(argument) for argument in call.args)
        keywords = tuple((keyword.arg or "**", ast.literal_eval(keyword.value)) for keyword in call.keywords)
    except (ValueError, TypeError, RecursionError, MemoryError) as error:
        raise ReportError(f"{shown}: the arguments must be constants") from error
    return names, keywords


def _check_names(function: str, names: tuple[object, ...], shown: str) -> None:
    wanted = SIGNATURES[function].names
    if len(names) != len(wanted) or not all(isinstance(name, str) for name in names):
        takes = "1 name" if len(wanted) == 1 else f"{len(wanted)} names"
        form = ", ".join(f'"{name}"' for name in wanted)
        raise ReportError(f"{shown}: {function}() takes {takes} in quotes: {function}({form})")


def _check_keyword(function: str, name: str, value: object, shown: str) -> None:
    signature = SIGNATURES[function]
    if signature.swept:
        if name == "**" or not _is_parameter(value):
            raise ReportError(f"{shown}: a parameter is a number, a text or a tuple")
        return
    if not signature.options:
        raise ReportError(f"{shown}: {function}() takes no parameters")
    if name not in signature.options:
        hint = did_you_mean(name, signature.options) or f"; it takes {', '.join(signature.options)}"
        raise ReportError(f"{shown}: {function}() takes no {short(name)}{hint}")
    allowed = signature.options[name]
    # 1 == True: what is no truth value is none.
    if not (isinstance(value, str) if allowed is TEXT else any(value is one or value == one != 1 for one in allowed)):
        raise ReportError(f"{shown}: {name} is {' or '.join(map(str, allowed))}, not {short(repr(value))}")


def _is_parameter(value: object) -> bool:
    scalars = value if isinstance(value, tuple) else (value,)
    return all(isinstance(scalar, bool | int | float | str) for scalar in scalars)
