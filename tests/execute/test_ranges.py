"""Ranges: what each form means, and one line for what is none."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import UsageError
from bench.execute import ranges


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["2^0..2^4"], (1, 2, 4, 8, 16)),
        (["10^1..10^3"], (10, 100, 1000)),
        (["2^0..2^6*8"], (1, 8, 64)),
        (["1..64*2"], (1, 2, 4, 8, 16, 32, 64)),
        (["3..100*4"], (3, 12, 48)),
        (["10..35+10"], (10, 20, 30)),
        (["3..6"], (3, 4, 5, 6)),
        (["2^1..3^2"], (2, 3, 4, 5, 6, 7, 8, 9)),
        (["32", "8", "16", "8"], (8, 16, 32)),
        (["1", "8..32*2"], (1, 8, 16, 32)),
        ([" 2 .. 4 "], (2, 3, 4)),
        (["7..7"], (7,)),
        (["-2..1"], (-2, -1, 0, 1)),
    ],
)
def test_what_a_range_means(texts: list[str], values: tuple[int, ...]) -> None:
    assert ranges.expand("n", texts) == values


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("64..1", r"--param n=64\.\.1: the range runs downwards; write 1\.\.64"),
        ("2^9..2^1", r"runs downwards; write 2\^1\.\.2\^9"),
        ("1..1000", "more than 100 values"),
        ("0..9007199254740992", "more than 100 values"),
        ("0.5", "whole numbers"),
        ("1..2.5", "whole numbers"),
        ("1...5", "whole numbers"),
        ("..", "whole numbers"),
        ("1..", "whole numbers"),
        ("many", "whole numbers"),
        ("2^", "whole numbers"),
        ("2^-1", "whole numbers"),
        ("\u0663..5", "whole numbers"),
        ("1..8*1", "factor is 2 or more"),
        ("0..8*2", "begins at 1 or more"),
        ("1..8+0", "at least 1"),
        ("1..8-1", "whole numbers"),
        ("9^999", r"at most 2\^53"),
        ("9007199254740993", r"at most 2\^53"),
        ("12345678901234567", "whole numbers"),
    ],
)
def test_what_is_none_is_one_line(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as error:
        ranges.expand("n", [text])
    assert "\n" not in str(error.value)


def test_an_empty_one_is_refused() -> None:
    with pytest.raises(UsageError, match="empty"):
        ranges.expand("n", [])


def test_a_long_line_is_cut() -> None:
    with pytest.raises(UsageError) as error:
        ranges.expand("n", [str(value) for value in range(2000)])
    assert len(str(error.value)) < 200


@given(st.integers(0, 40), st.integers(0, 40))
def test_powers_are_all_between_the_ends(low: int, more: int) -> None:
    high = min(53, low + more)
    assert ranges.expand("n", [f"2^{low}..2^{high}"]) == tuple(2**each for each in range(low, high + 1))


@given(st.text(max_size=12))
def test_any_text_is_a_range_or_refused(text: str) -> None:
    values: tuple[int, ...] = ()
    with suppress(UsageError):
        values = ranges.expand("n", [text])
    assert list(values) == sorted(set(values))


@pytest.mark.parametrize(("text", "is_range"), [("1..8", True), ("2^3", True), ("8", False), ("sgd", False)])
def test_what_only_a_range_is_written_like(text: str, is_range: bool) -> None:
    assert ranges.is_range(text) == is_range
