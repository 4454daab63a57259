"""Named operators, primes, bars and limits are set as TeX sets them."""

from __future__ import annotations

import pytest

from bench.report.answers.formulas import mathml

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


def test_limits_stand_below_in_displays_alone() -> None:
    assert "<munder>" in mathml(r"\min_{x} f(x)", display=True)
    assert "<munder>" not in mathml(r"\min_{x} f(x)", display=False)
    assert "<munder>" not in mathml(r"\log_{2} x", display=True)
