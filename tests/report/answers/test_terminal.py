"""Answers in a terminal."""

from __future__ import annotations

import io

from rich.console import Console

from bench.report.answers.terminal import Answer


def printed(answer: str, width: int = 60) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(Answer(answer))
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
