"""Plugins as pluggy sees them: an exercise loaded by name, and files of the user's own."""

from pathlib import Path

import pytest

from bench import plugins
from bench.errors import PluginError

TRIAL = Path(__file__).parent / "trial"


def test_loading_gives_the_exercise_or_says_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(TRIAL)
    assert list(plugins.load("trial_exercises.ex90_sound").parts) == ["a", "a.speed"]
    with pytest.raises(PluginError, match="bench_excercise"):
        plugins.load("trial_exercises.ex92_misspelt")
    with pytest.raises(PluginError, match="no hook bench_exercise"):
        plugins.load("json")


def test_files_are_called_here_only_for_the_hooks_of_this_process(tmp_path: Path) -> None:
    variants, listener = tmp_path / "variants.py", tmp_path / "listener.py"
    variants.write_text("raise RuntimeError\ndef bench_variants(exercise, part): ...\n")
    listener.write_text("def bench_measured(record): ...\n")
    (module,) = plugins.listeners(plugins.read_files([variants, listener]))
    assert module.__file__ == str(listener)
    listener.write_text("1 / 0\ndef bench_measured(record): ...\n")
    with pytest.raises(PluginError, match="ZeroDivisionError"):
        plugins.listeners(plugins.read_files([listener]))
