"""Plugins as pluggy sees them: an exercise loaded by name, and sources of variants, each alone."""

from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench import plugins
from bench.errors import PluginError
from bench.model import Guest, SourceFile
from bench.with_files import read_files

TRIAL = Path(__file__).parent / "trial"
OFFER = "from bench import hookimpl\n@hookimpl\ndef bench_variants(exercise, part):\n    return {'mine': len}\n"


def test_loading_gives_the_exercise_or_says_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(TRIAL)
    assert list(plugins.load("trial_exercises.ex90_sound").parts) == ["a", "a.speed"]
    with pytest.raises(PluginError, match="bench_excercise"):
        plugins.load("trial_exercises.ex92_misspelt")
    with pytest.raises(PluginError, match="no hook bench_exercise"):
        plugins.load("json")


@pytest.fixture
def announce(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Other distributions' plugins: ``(name, module, distribution)`` each."""

    def announce(*entries: tuple[str, str, str]) -> None:
        def found(group: str) -> list[EntryPoint]:
            assert group == plugins.GROUP
            return [
                EntryPoint(name, value, group)._for(SimpleNamespace(name=by))  # type: ignore[attr-defined]
                for name, value, by in entries
            ]

        monkeypatch.setattr(plugins, "entry_points", found)
        monkeypatch.setattr(plugins, "plugin_entries", plugins.plugin_entries.__wrapped__)

    return announce


def test_two_plugins_of_one_name_are_told_apart_by_their_distributions(announce: Callable[..., None]) -> None:
    announce(("a", "json", "one"), ("b", "json", "one"), ("b", "wave", "two"))
    assert {name: entry.value for name, entry in plugins.plugin_entries().items()} == {
        "a": "json",
        "b (one)": "json",
        "b (two)": "wave",
    }


def test_a_plugin_that_is_stale_stops_nobody(announce: Callable[..., None]) -> None:
    announce(("old", "no_such_module", "acme"), ("good", "json", "other"))
    said: list[str] = []
    (module,) = plugins.listeners([], said.append)
    assert module.__name__ == "json"
    assert said == ["old cannot be loaded: ModuleNotFoundError: No module named 'no_such_module' (installed by acme)"]
    assert len(plugins.listeners([], pytest.fail, without={"old"})) == 1


def test_what_is_no_module_is_no_plugin(announce: Callable[..., None]) -> None:
    announce(("environ", "os:environ", "acme"), ("call", "os:getcwd", "acme"), ("good", "json", "other"))
    said: list[str] = []
    assert [module.__name__ for module in plugins.listeners([], said.append)] == ["json"]
    assert said == [
        "environ is a _Environ, not a module (installed by acme)",
        "call is a builtin_function_or_method, not a module (installed by acme)",
    ]
    with pytest.raises(PluginError, match=r"^environ is a _Environ, not a module$"):
        plugins.source.__wrapped__("environ", None)


MUTE = "class E(Exception):\n    def __str__(self): raise SystemExit(0)\nraise E()"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (MUTE, "E: (its message cannot be shown: str() of it raises SystemExit)"),
        ("raise BaseException('own')", "BaseException: own"),
    ],
)
def test_whatever_an_import_raises_stops_nobody(code: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "listener.py").write_text(f"{code}\ndef bench_measured(record): ...\n")
    with pytest.raises(PluginError) as caught:
        plugins.listeners(read_files([tmp_path / "listener.py"]), pytest.fail)
    assert str(caught.value) == f"{tmp_path}/listener.py cannot be loaded: {said}"


def test_files_are_called_here_only_for_the_hooks_of_this_process(tmp_path: Path) -> None:
    variants, listener = tmp_path / "variants.py", tmp_path / "listener.py"
    variants.write_text("raise RuntimeError\ndef bench_variants(exercise, part): ...\n")
    listener.write_text("def bench_measured(record): ...\n")
    (module,) = plugins.listeners(read_files([variants, listener]), pytest.fail)
    assert module.__file__ == str(listener)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("1 / 0", r"listener\.py cannot be loaded: ZeroDivisionError"),
        ("import sys; sys.exit(0)", r"listener\.py called sys\.exit\(0\) while it was loaded"),
        ("raise SystemExit", r"listener\.py called sys\.exit\(\) while"),
    ],
)
def test_a_file_that_cannot_be_loaded_is_one_line(tmp_path: Path, line: str, says: str) -> None:
    (tmp_path / "listener.py").write_text(f"{line}\ndef bench_measured(record): ...\n")
    with pytest.raises(PluginError, match=says):
        plugins.listeners(read_files([tmp_path / "listener.py"]), pytest.fail)


def guest(offered: str, source: str = "/mine.py") -> Guest:
    return Guest(source=source, exercise="ex90", part="a.speed", offered=offered, name=f"{offered} (mine.py)")


def test_a_guest_is_the_set_up_that_its_source_offers() -> None:
    files = [SourceFile("/other.py", "1 / 0"), SourceFile("/mine.py", OFFER)]
    assert plugins.set_up_of(guest("mine"), files) is len
    with pytest.raises(PluginError, match=r"/mine\.py does not offer 'yours' to ex90\.a\.speed any more"):
        plugins.set_up_of(guest("yours"), files)
    with pytest.raises(PluginError, match="the plugin gone is not installed here"):
        plugins.set_up_of(guest("mine", "gone"), files)


def test_a_source_is_loaded_once() -> None:
    file = SourceFile("/once.py", OFFER)
    first, _ = plugins.source("/once.py", file)
    assert plugins.source("/once.py", SourceFile("/once.py", OFFER))[0] is first
