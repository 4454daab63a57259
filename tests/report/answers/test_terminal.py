"""Answers in a terminal."""

from __future__ import annotations

import io

from rich.console import Console

from bench.report.answers.live import NOT_MEASURED, Shown
from bench.report.answers.markdown import Resolve
from bench.report.answers.pieces import Reference
from bench.report.answers.terminal import Answer


def printed(answer: str, resolve: Resolve | None = None, *, question: str = "", color: bool = False) -> str:
    console = Console(file=io.StringIO(), width=60, color_system="standard" if color else None, force_terminal=color)
    console.print(Answer(answer, resolve, exercise="ex03", question=question))
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


def test_an_answer_has_no_latex_and_leaves_numbers_open() -> None:
    shown = printed('# Title\n\n## 1a — One\n\nSo $W_B^{2}$ is {{ claim("a") }}.\n\n$$\\frac{a}{b}$$\n\nEnd')
    assert shown == "1a — One\n\nSo W_B² is ….\n\n    a/b\n\nEnd"


def test_formulas_stand_in_tables_and_lists() -> None:
    shown = printed("| $x_1$ | b |\n| --- | --- |\n| $|x|$ | {{ metric('m') }} |\n\n- $a_{ij}$\n")
    assert "x₁" in shown
    assert "∣x∣" in printed("the bars of $|x|$")
    assert "aᵢⱼ" in shown


def test_markup_in_a_formula_is_text_and_a_bad_formula_stands_as_written() -> None:
    assert printed(r"$a*b*c$ and [red]$\nosuch x$[/red]") == r"a * b * c and [red]\nosuch x[/red]"
    assert "$x$" in printed("```\n$x$\n```")


FENCED = """
Before.

## a — First

Text.

{{ chart("a", "loss") }} {{ table("a", "sizes") }}

::: answer
It is $x^2$, {{ claim("c") }}.
:::

::: details Derivation
A step.
:::

## 3a.speed — Faster

Much.

## b — Second

Other.
"""


def test_the_answer_stands_first_and_placements_are_named() -> None:
    assert printed(FENCED, question="a") == (
        "a — First\n\nIt is x², ….\n\nText.\n\n[chart: loss] [table: sizes]\n\n"
        "Derivation\n\nA step.\n\n3a.speed — Faster\n\nMuch."
    )
    assert "\x1b[1mIt is \x1b[0m" in printed(FENCED, color=True)


def test_one_question_may_be_asked_for() -> None:
    assert printed(FENCED, question="a.speed") == "3a.speed — Faster\n\nMuch."
    assert printed(FENCED).startswith("Before.\n\na — First")


def test_numbers_of_a_run_are_filled_in() -> None:
    def resolve(reference: Reference) -> Shown:
        return {"c": Shown("3e-16 ≤ 1e-12", True), "d": Shown("2 > 1", False)}.get(reference.names[0], NOT_MEASURED)

    text = '{{ claim("c") }}; {{ claim("d") }}; {{ metric("m") }}; {{ guess() }}; {{ chart("a", "x") }}'
    assert printed(text, resolve) == "3e-16 ≤ 1e-12 ✓; 2 > 1 ✗; …; …; …"


def test_code_can_be_copied_whole() -> None:
    line = "x = " + " + ".join("abcdefghij") + " + " + "y" * 60
    console = Console(file=io.StringIO(), width=60)
    console.print(Answer(f"Text:\n\n```python\ndef f():\n    {line}\n```"), crop=False)
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().splitlines()
    assert lines[2:6] == ["─" * 40, "def f():", f"    {line}", "─" * 40]
