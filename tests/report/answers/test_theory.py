"""Written answers: formulas, live numbers, sections, and nothing that runs."""

from __future__ import annotations

import re

import pytest

from bench.model import ExerciseInfo, Run
from bench.report.answers import live, theory
from bench.report.answers.formulas import ReportError, mathml
from bench.report.answers.live import Reference


def rendered(answer: str, run: Run) -> str:
    info = run.exercises[0]
    return "".join(section.html for section in theory.render(answer, run, info))


@pytest.mark.parametrize(
    "latex",
    [
        r"\delta_l=(W_{l+1}^\top\delta_{l+1})\odot f'(z_l)",
        r"\begin{pmatrix}1&2\\3&4\end{pmatrix}",
        r"\begin{cases}1&x>0\\0&\text{otherwise}\end{cases}",
        r"\begin{align*}A&=\begin{pmatrix}1&2\end{pmatrix}\\B&=2\end{align*}",
        r"\frac{\partial L}{\partial W} = \sum_{i=1}^{n} \bigl\lVert x_i \bigr\rVert^2",
        r"A \& B",
    ],
)
def test_formulas_become_mathml(latex: str) -> None:
    found = mathml(latex, display=True)
    assert found.startswith('<math display="block"')
    assert "&amp;" in found if r"\&" in latex else "&amp;" not in found


THIN = '<mspace width="0.1667em" />'


@pytest.mark.parametrize(
    ("latex", "spaces"), [(r"\tanh z", 1), (r"\max(z, 0)", 0), (r"2\log x", 2), (r"(a)\sin b", 2), (r"y = \exp(x)", 0),
                          (r"\log_2 n", 1), (r"\exp\left(x\right)", 0), (r"\log\log n", 2), ("ab", 0)]
)  # fmt: skip
def test_named_operators_stand_off_from_ordinary_neighbours(latex: str, spaces: int) -> None:
    assert mathml(latex, display=False).count(THIN) == spaces


@pytest.mark.parametrize(
    ("latex", "piece"),
    [
        (r"\frac{\mathrm{d}y}{\mathrm{d}x}", "<mtext>d</mtext>"),
        (r"\mathbf{1}^\top x", "<mn>𝟏</mn>"),
        (r"\mathbb{1}_{10}", "<mn>𝟙</mn>"),
        ("f'(x)", '<mrow><mi>f</mi><mo lspace="0em" rspace="0em">′</mo></mrow>'),
        ("x_1''", "<msub><mi>x</mi><mn>1</mn></msub><mo"),
        ("|a|+|b|^2", '<msup><mo stretchy="false" form="postfix">|</mo>'),
    ],
)
def test_what_browsers_would_show_otherwise(latex: str, piece: str) -> None:
    assert piece in mathml(latex, display=False)


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


def test_limits_stand_below_in_displays_alone() -> None:
    assert "<munder>" in mathml(r"\min_{x} f(x)", display=True)
    assert "<munder>" not in mathml(r"\min_{x} f(x)", display=False)
    assert "<munder>" not in mathml(r"\log_{2} x", display=True)


def test_aligned_is_rewritten() -> None:
    assert mathml(r"\begin{aligned}a&=b\\c&=d\end{aligned}", True).count("<mtr>") == 2


@pytest.mark.parametrize(
    ("latex", "why"),
    [
        ("a & b", "raw &"),
        (r"\begin{pmatrix}1&2\end{pmatrix} & x", "raw &"),
        (r"\nosuchcommand x", r"\\nosuchcommand"),
        (r"\frac{", "cannot be converted"),
        ("x^{", "cannot be converted"),
        (r"\left( a", "cannot be converted"),
        ("a }", "not understood"),
        (r"\text{<script>alert(1)</script>}", "not allowed|cannot be converted"),
        (r"\href{javascript:alert(1)}{x}", "not allowed|not understood"),
    ],
)
def test_a_formula_that_cannot_be_shown_is_named(latex: str, why: str) -> None:
    with pytest.raises(ReportError, match=why) as caught:
        mathml(latex, display=False)
    assert repr(latex) in str(caught.value)


def test_punctuation_stays_with_its_formula_and_a_number_with_its_bound(run: Run) -> None:
    text = rendered('So $I=T$. And $a$ b, {{ claim("gradients by hand = autograd") }}.', run)
    first, *_ = re.findall(r'<span class="together">.*?</span>(.*?)</span>', text, re.DOTALL)
    assert first == "."
    assert text.count('<span class="together">') == 2
    assert '<span class="live together"' in text


def test_live_numbers_are_parsed_not_run() -> None:
    assert live.parse(' claim("a = b") ') == Reference("claim", ("a = b",))
    assert live.parse('ratio("a.speed", "by hand", batch=8, device="cuda")') == Reference(
        "ratio", ("a.speed", "by hand"), (("batch", 8), ("device", "cuda"))
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('guess("x")', "not known"),
        ("claim", "not a call"),
        ("claim(", "not a call"),
        ("claim(x)", "constants"),
        ('claim(__import__("os").getcwd())', "constants"),
        ('claim("a", "b")', "takes 1 name"),
        ("claim(1)", "in quotes"),
        ('claim("a", batch=1)', "no parameters"),
        ('ratio("a")', "takes 2 names"),
        ('ratio("a", "b", **{"c": 1})', "parameter"),
        ('"a".claim("b")', "not a call"),
        ('ratio("a", "b", batch=[1])', "parameter"),
    ],
)
def test_anything_but_a_known_call_on_constants_is_refused(text: str, why: str) -> None:
    with pytest.raises(ReportError, match=why):
        live.parse(text)


def shown(text: str, run: Run) -> live.Shown:
    return live.look_up(live.parse(text), run, run.exercises[0])


def test_a_claim_shows_its_worst_seed_and_its_bound(run: Run) -> None:
    assert shown('claim("gradients by hand = autograd")', run) == live.Shown("9.6e-16 ≤ 1e-12", True)
    assert shown('claim("every claim holds")', run) == live.Shown("0.63 < 0.9", False)


def test_a_metric_shows_its_median_and_range(run: Run) -> None:
    assert shown('metric("slope of log variance")', run).text == "-0.987 (-0.997 to -0.977 over 3 seeds)"


def test_times_ratios_and_peaks_are_picked_by_parameters(run: Run) -> None:
    assert shown('ratio("a.speed", "by hand", batch=8)', run).text.startswith("2.00 ±")
    assert shown('ratio("a.speed", "by hand, in place", batch=8)', run).text.startswith("6.4")
    assert shown('memory("a.speed", "by hand", batch=8)', run).text == "1.63 MiB"
    assert shown('time("a.speed", "by hand", batch=8)', run).text.endswith("µs")
    assert shown('throughput("a.speed", "by hand", batch=8)', run).text.endswith("images/s")
    assert shown('time("b", "plain")', run).measured


@pytest.mark.parametrize(
    "text",
    [
        'claim("nothing of that name")',
        'metric("nothing")',
        'ratio("a.speed", "by hand", batch=9)',
        'ratio("a.speed", "nobody", batch=8)',
        'time("b", "crash")',
        'memory("b", "shaky")',
        'time("a.speed", "by hand", device="cuda")',
    ],
)
def test_what_was_not_measured_says_so(text: str, run: Run) -> None:
    assert shown(text, run) == live.NOT_MEASURED
    assert "not measured in this run" in rendered("{{ " + text + " }}", run)


def test_numbers_are_set_with_powers_and_units() -> None:
    assert theory.powers("3.2e-16 ≤ 1e-12") == "3.2\u202f×\u202f10<sup>−16</sup> ≤ 1\u202f×\u202f10<sup>−12</sup>"
    assert theory.powers("-0.5 & 12 ms") == "−0.5 &amp; 12\u00a0ms"
    assert theory.powers("a-1 v2 x3e5 <b>") == "a-1 v2 x3e5 &lt;b&gt;"


def test_problems_and_references_of_an_answer() -> None:
    answer = (
        'Good $x^2$, {{ claim("one") }} and {{ ratio("b", "by hand", batch=8) }}; `{{ code }}` and `$x & y$` stay.\n\n'
        'Bad: $a & b$, {{ guess("x") }}, {{ claim() }}.\n\n$$\\frac{$$\n'
    )
    found = theory.problems(answer)
    assert len(found) == 4
    assert any("'a & b'" in line for line in found)
    assert any("guess()" in line for line in found)
    assert theory.references(answer) == (
        Reference("claim", ("one",)),
        Reference("ratio", ("b", "by hand"), (("batch", 8),)),
    )
    assert theory.problems('$$\\sum_{i} x_i$$ and {{ metric("m") }}') == ()


def test_braces_inside_formulas_are_latex() -> None:
    assert theory.problems("$x_{{1}}$") == ()
    assert theory.references("$x_{{1}}$") == ()


def test_errors_are_boxes_in_the_text(run: Run) -> None:
    found = rendered('$a & b$ {{ guess("x") }}', run)
    assert found.count('class="error"') == 2
    assert "guess() is not known" in found


def test_html_and_pictures_stay_harmless(run: Run) -> None:
    found = rendered(
        "<script>alert(1)</script> <img src=x onerror=alert(1)> ![pic](https://example.org/x.png) "
        "[bad](javascript:alert(1)) [good](https://example.org) {{ claim(\"<b onclick='x'>\") }}",
        run,
    )
    assert "<script" not in found
    assert "<img" not in found
    assert 'href="javascript' not in found
    assert "<b " not in found
    assert '<a href="https://example.org" rel="noreferrer">good</a>' in found


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


@pytest.mark.parametrize("latex", [r"\lVert g\rVert^2", r"\frac{1}{2}\lVert a - b\rVert_2"])
def test_the_bars_of_a_norm_are_one_size(latex: str) -> None:
    found = mathml(latex, display=True)
    assert found.count('stretchy="false"') == 2, found
