"""Labels are wrapped, never cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bench.report.charts.letters import LINE, widest_part, width, wrap_height, wrapped


@given(st.text(max_size=80), st.floats(40, 200))
def test_nothing_is_lost_and_no_line_is_wider_than_asked(text: str, most: float) -> None:
    lines = wrapped(text, most)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line) <= most or len(line) == 1 for line in lines)


def test_lines_break_at_spaces_and_long_words_anywhere() -> None:
    assert wrapped("by hand, compiled", 70) == ("by hand,", "compiled")
    assert len(wrapped("a" * 40, 70)) > 1
    assert wrapped("convolution_backward", 110) == ("convolution_", "backward")
    assert wrapped("convolution_backward", 200) == ("convolution_backward",)
    assert widest_part("by convolution_backward") == width("convolution_")
    assert wrap_height(("a", "b")) == 2 * LINE
