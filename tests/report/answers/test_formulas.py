"""Formulas become MathML, or an error that names them."""

from __future__ import annotations

import pytest

from bench.report.answers.formulas import ReportError, mathml


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
    element = mathml(latex, display=True)
    assert element.startswith('<math display="block"')
    assert "&amp;" in element if r"\&" in latex else "&amp;" not in element


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


@pytest.mark.parametrize("latex", [r"\lVert g\rVert^2", r"\frac{1}{2}\lVert a - b\rVert_2"])
def test_the_bars_of_a_norm_are_one_size(latex: str) -> None:
    element = mathml(latex, display=True)
    assert element.count('stretchy="false"') == 2, element
