"""A value of several settings in one phrase that can stand in a sentence."""

from __future__ import annotations

import pytest

from bench.report.answers import settings

EPOCHS = ["epochs=5", "epochs=9"]


@pytest.mark.parametrize(
    ("labels", "texts", "expected"),
    [
        (EPOCHS, ["33.6 %", "33.6 %"], "33.6 %"),
        # In the order of the settings: a range would be read as one, and hides which is which.
        (EPOCHS, ["41.2 %", "33.6 %"], "41.2 / 33.6 % (epochs 5 / 9)"),
        (EPOCHS, ["0.5", "0.25"], "0.5 / 0.25 (epochs 5 / 9)"),
        (["cpu", "cuda"], ["1 ms", "2 µs"], "1 ms / 2 µs (cpu / cuda)"),
        (EPOCHS, ["2 times faster", "3 times slower"], "2 times faster / 3 times slower (epochs 5 / 9)"),
        (["n=1, m=2", "n=3, m=4"], ["1 s", "2 s"], "1 / 2 s (n 1, m 2 / n 3, m 4)"),
        ([f"n={n}" for n in range(9)], [f"{n} times faster" for n in range(9)], "0 to 8 times faster (n 0 to 8)"),
        (["a=1, b=2", "a=1, b=3", "a=4, b=2", "a=4, b=3"], ["1", "2", "3", "4"], "1 to 4 (first and last of 4)"),
    ],
)
def test_a_phrase_says_what_differs_once(labels: list[str], texts: list[str], expected: str) -> None:
    assert settings.phrase(labels, texts) == expected


def test_many_settings_are_counted() -> None:
    assert settings.over(["n=1", "n=2"]) == "over 2 values of n"
    assert settings.over(["n=1, m=1", "n=2, m=1"]) == "over 2 settings"


def test_the_whole_list_names_every_setting() -> None:
    assert settings.listed(EPOCHS, ["1 %", "2 %"]) == "epochs=5: 1 %; epochs=9: 2 %"
    assert settings.listed([""], ["1 %"]) == ""
