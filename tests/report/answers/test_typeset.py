"""Numbers, units and formulas, well set."""

from __future__ import annotations

from bench.report.answers import typeset


def test_numbers_are_set_with_powers_and_units() -> None:
    assert typeset.powers("3.2e-16 ≤ 1e-12") == "3.2\u202f×\u202f10<sup>−16</sup> ≤ 1\u202f×\u202f10<sup>−12</sup>"
    assert typeset.powers("-0.5 & 12 ms") == "−0.5 &amp; 12\u00a0ms"
    assert typeset.powers("a-1 v2 x3e5 <b>") == "a-1 v2 x3e5 &lt;b&gt;"
