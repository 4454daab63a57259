"""Shell completion of exercise names."""

import pytest

from bench import catalogue
from bench.cli.completion import exercises
from bench.errors import PluginError


def test_it_knows_the_exercises() -> None:
    items = exercises(None, None, "ex9")
    assert [item.value for item in items] == [f"ex9{k}" for k in (0, 1, 2, 3, 4, 5, 6, 7)]
    assert items[0].help == "Sums, done right"


def test_a_broken_installation_completes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise PluginError("two exercises are called ex10")

    monkeypatch.setattr(catalogue, "listings", fail)
    assert exercises(None, None, "ex") == []
