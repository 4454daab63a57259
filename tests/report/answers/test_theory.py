"""Written answers as HTML: sections, live numbers, what stays together, and nothing that runs."""

from __future__ import annotations

import re

import pytest

from bench.model import ExerciseInfo, Run
from bench.report.answers import theory
from bench.report.answers.live import Reference


def rendered(answer: str, run: Run) -> str:
    info = run.exercises[0]
    return "".join(section.html for section in theory.render(answer, run, info))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("($x$)", "(", ")"),
        ("$x$,", "", ","),
        ("“$x$”", "“", "”"),
        ('({{ claim("gradients by hand = autograd") }}),', "(", "),"),
    ],
)
def test_brackets_and_marks_stay_with_what_they_enclose(text: str, first: str, last: str, run: Run) -> None:
    (inside,) = re.findall(r'<p><span class="together">(.*)</span></p>', rendered(text, run))
    assert inside.startswith(f"{first}<span")
    assert inside.endswith(f"</span>{last}")


def test_an_opening_bracket_alone_stays_too(run: Run) -> None:
    assert '<span class="together">(<span' in rendered("See ($x$ and more).", run)


def test_punctuation_stays_with_its_formula_and_a_number_with_its_bound(run: Run) -> None:
    text = rendered('So $I=T$. And $a$ b, {{ claim("gradients by hand = autograd") }}.', run)
    first, *_ = re.findall(r'<span class="together">.*?</span>(.*?)</span>', text, re.DOTALL)
    assert first == "."
    assert text.count('<span class="together">') == 2
    assert '<span class="live together"' in text


def test_what_was_not_measured_says_so_in_the_text(run: Run) -> None:
    assert "not measured in this run" in rendered('{{ metric("nothing") }}', run)


def test_numbers_are_set_with_powers_and_units() -> None:
    assert theory.powers("3.2e-16 ≤ 1e-12") == "3.2\u202f×\u202f10<sup>−16</sup> ≤ 1\u202f×\u202f10<sup>−12</sup>"
    assert theory.powers("-0.5 & 12 ms") == "−0.5 &amp; 12\u00a0ms"
    assert theory.powers("a-1 v2 x3e5 <b>") == "a-1 v2 x3e5 &lt;b&gt;"


def test_problems_and_references_of_an_answer() -> None:
    answer = (
        'Good $x^2$, {{ claim("one") }} and {{ ratio("b", "by hand", batch=8) }}; `{{ code }}` and `$x & y$` stay.\n\n'
        'Bad: $a & b$, {{ guess("x") }}, {{ claim() }}.\n\n$$\\frac{$$\n'
    )
    problems = theory.problems(answer)
    assert len(problems) == 4
    assert any("'a & b'" in line for line in problems)
    assert any("guess()" in line for line in problems)
    assert theory.references(answer) == (
        Reference("claim", ("one",)),
        Reference("ratio", ("b", "by hand"), (("batch", 8),)),
    )
    assert theory.problems('$$\\sum_{i} x_i$$ and {{ metric("m") }}') == ()


def test_braces_inside_formulas_are_latex() -> None:
    assert theory.problems("$x_{{1}}$") == ()
    assert theory.references("$x_{{1}}$") == ()


def test_errors_are_boxes_in_the_text(run: Run) -> None:
    text = rendered('$a & b$ {{ guess("x") }}', run)
    assert text.count('class="error"') == 2
    assert "guess() is not known" in text


def test_html_and_pictures_stay_harmless(run: Run) -> None:
    text = rendered(
        "<script>alert(1)</script> <img src=x onerror=alert(1)> ![pic](https://example.org/x.png) "
        "[bad](javascript:alert(1)) [good](https://example.org) {{ claim(\"<b onclick='x'>\") }}",
        run,
    )
    assert "<script" not in text
    assert "<img" not in text
    assert 'href="javascript' not in text
    assert "<b " not in text
    assert '<a href="https://example.org" rel="noreferrer">good</a>' in text


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("3a — Average pooling", "a"),
        ("3a. Average pooling", "a"),
        ("3 a: pooling", "a"),
        ("3.a pooling", "a"),
        ("(3b) pooling", "b"),
        ("ex03.a.speed", "a.speed"),
        ("Ex3a", "a"),
        ("3.4 Dropout", "4"),
        ("3 exercises about pooling", ""),
        ("30a — something", ""),
        ("A remark", ""),
        ("References", ""),
    ],
)
def test_questions_are_read_off_headings(heading: str, question: str) -> None:
    assert theory.question_of(heading, "3") == question


def test_an_answer_is_cut_at_its_questions(run: Run) -> None:
    info = ExerciseInfo(id="ex03", title="Pooling")
    sections = theory.render("# Title\n\nFirst.\n\n## 3a — x\n\nA.\n\n### Detail\n\nB.\n\n## 3b — y\n\nC.", run, info)
    assert [section.question for section in sections] == ["", "a", "b"]
    assert "Title" not in sections[0].html
    assert "Detail" in sections[1].html
    assert theory.render("", run, info) == ()
