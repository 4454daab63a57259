"""Written answers as HTML: sections, live numbers, what stays together, and nothing that runs."""

from __future__ import annotations

import re

import pytest

from bench.model import ExerciseInfo, Run
from bench.report.answers import theory
from bench.report.answers.pieces import Fold, Placement, Prose, Reference, Section


def rendered(answer: str, run: Run) -> str:
    sections = theory.render(answer, run, run.exercises[0])
    return "".join(section.title + section.answer + "".join(map(html, section.pieces)) for section in sections)


def html(piece: object) -> str:
    return piece.html if isinstance(piece, Prose) else ""


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


def test_problems_and_references_of_an_answer() -> None:
    answer = (
        'Good $x^2$, {{ claim("one") }} and {{ ratio("b", "by hand", batch=8) }}; `{{ code }}` and `$x & y$` stay.\n\n'
        'Bad: $a & b$, {{ guess("x") }}, {{ claim() }}.\n\n$$\\frac{$$\n'
    )
    problems = theory.problems(answer)
    assert len(problems) == 4
    assert [problem.line for problem in problems] == [3, 3, 3, 5]
    assert any("'a & b'" in problem.text for problem in problems)
    assert any("guess()" in problem.text for problem in problems)
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


def test_an_answer_is_cut_at_its_questions(run: Run) -> None:
    info = ExerciseInfo(id="ex03", title="Pooling")
    sections = theory.render("# Title\n\nFirst.\n\n## 3a — x\n\nA.\n\n### Detail\n\nB.\n\n## 3b — y\n\nC.", run, info)
    assert [section.question for section in sections] == ["", "a", "b"]
    assert [section.title for section in sections] == ["", "3a — x", "3b — y"]
    assert sections[0].pieces == (Prose("<p>First.</p>\n"),)
    assert sections[1].pieces == (Prose("<p>A.</p>\n<h3>Detail</h3>\n<p>B.</p>\n"),)
    assert theory.render("", run, info) == ()


FENCED = """
## a — Is it right?

::: answer
It is: {{ claim("gradients by hand = autograd") }}.
:::

Some text.
{{ claim("every claim holds") }}

{{ chart("a", "loss", kind="noise", beside=True) }} {{ compare("a.speed") }}
{{ table("a", "sizes") }}

::: details The *long* way
First.

{{ figure("a", "Paths") }}
:::

Last.

### References

A book.
"""


def test_an_answer_its_folds_and_what_it_places_stand_apart(run: Run) -> None:
    section, closing = theory.render(FENCED, run, run.exercises[0])
    assert section.question == "a"
    assert section.title == "a — Is it right?"
    assert section.answer.startswith("<p>It is: <span")
    assert "9.6" in section.answer
    first, *rest = section.pieces
    assert isinstance(first, Prose)
    assert "Some text." in first.html
    beside = Reference("chart", ("a", "loss"), (("kind", "noise"), ("beside", True)))
    assert rest == [
        Placement((beside, Reference("compare", ("a.speed",)))),
        Placement((Reference("table", ("a", "sizes")),)),
        Fold("The *long* way", (Prose("<p>First.</p>\n"), Placement((Reference("figure", ("a", "Paths")),)))),
        Prose("<p>Last.</p>\n"),
    ]
    assert closing == Section(title="References", pieces=(Prose("<p>A book.</p>\n"),))


def test_problems_of_fences_and_placements_are_boxes_where_they_stand(run: Run) -> None:
    text = rendered(
        '## a\n\n::: note\nHello.\n:::\n\nSee {{ chart("a", "x") }}.\n\n{{ chart("a") }}\n\n- x\n  ::: answer', run
    )
    assert text.count('class="error"') == 4
    assert "Hello." in text
