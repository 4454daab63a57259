"""Formulas as text read well on a line."""

from __future__ import annotations

import pytest

from bench.report.answers.formulas import text


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"\tfrac12(o-t)^2", "½ (o − t)²"),
        (r"\frac{\partial L}{\partial W_l}=\delta_l a_{l-1}^{\top}", "∂L/∂Wₗ = δₗaₗ₋₁ᵀ"),
        (r"\frac{\partial^2 f}{\partial x^2}", "∂²f/∂x²"),
        (r"\frac{a+b}{2c}", "(a + b)/(2c)"),
        (r"\frac{m/(1-\beta^t)}{\sqrt v+\varepsilon}", "(m/(1 − βᵗ))/(√v + ε)"),
        (r"\frac{x}{\lVert x\rVert}", "x/‖x‖"),
        (r"\frac1q\,(x-y)", "1/q · (x − y)"),
        (r"-\frac1N\sum_i z_i", "−1/N ∑ᵢ zᵢ"),
        (r"\sum_{j=1}^{n} w_j\sum_k x_k", "∑ⱼ₌₁ⁿ wⱼ ∑ₖ xₖ"),
        (r"\sum_{c=1}^{2} w_c", "∑_(c=1)^2 w_c"),
        (r"\sum_{i>r}\sigma_i^2", "∑_(i>r) σᵢ²"),
        (r"e^{z_j}", "e^(zⱼ)"),
        (r"H=(1+x^2)^{-3/2}", "H = (1 + x²)^(−3/2)"),
        (r"\mathrm{Var}_{\mathrm{train}}", "Var_train"),
        (r"\delta_{h_1}", "δ_(h₁)"),
        (r"\left\lVert Y\right\rVert^2", "‖Y‖²"),
        (r"|a|\,|b|^2", "∣a∣ ∣b∣²"),
        (r"\sqrt{1+x^2}", "√(1 + x²)"),
        (r"\sqrt[3]{x}", "³√x"),
        (r"\hat y=\bar T+\tilde w_v", "\u0177 = T\u0304 + w\u0303ᵥ"),
        (r"\min_{j\le k}\log x", "min_(j≤k) log x"),
        (r"W\in\mathbb R^{d\times m}", "W ∈ ℝᵈˣᵐ"),
        (r"r\sim k", "r ∼ k"),
        (r"x*_{\text{full}}w", "x *_full w"),
        (r"4{,}640, 2", "4,640, 2"),
        (r"\text{d}x", "dx"),
        (r"\underbrace{a-b}_{\mathrm{loss}}", "(a − b) [loss]"),
        (r"S=\frac12\begin{pmatrix}1&-1\\0&1\end{pmatrix}", "S = ½ (1 −1; 0 1)"),
        (r"\begin{pmatrix}a+b&c\\0&1\end{pmatrix}", "(a + b, c; 0, 1)"),
        (r"\begin{align*}a&=b\\c&=d\end{align*}", "a = b\nc = d"),
        (r"a=b,\qquad c=d", "a = b,   c = d"),
        (r"\langle\cdot,\cdot\rangle", "⟨·, ·⟩"),
        (r"\eta\,g/(\lvert g\rvert+\varepsilon)", "η g/(∣g∣ + ε)"),
    ],
)
def test_formulas_read_well_on_a_line(latex: str, plain: str) -> None:
    assert text(latex, display=True) == plain
