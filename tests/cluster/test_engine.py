"""Engines by name: every mistake is one line, and another distribution may bring one."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.cluster import engine
from bench.cluster.engine import Wanted, make, parse, started, states
from bench.cluster.shards import Needs
from bench.errors import BenchError, Missing, PluginError, UsageError

TABLES = {
    "big": {"engine": "slurm:partition=gpu", "time": "2:00:00", "nodes": 4},
    "there": {"engine": "dask:tcp://host:8786"},
    "nothing": {"time": "1:00"},
    "odd": {"engine": "slurm", "exclusive": True},
    "list": {"engine": "slurm", "nodes": [1, 2]},
    "number": {"engine": 3},
    "loop": {"engine": "loop"},
}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("slurm", Wanted(engine="slurm")),
        ("slurm:", Wanted(engine="slurm")),
        ("slurm:time=2:00:00,gres=gpu:1", Wanted(engine="slurm", options={"time": "2:00:00", "gres": "gpu:1"})),
        ("slurm:constraint=", Wanted(engine="slurm", options={"constraint": ""})),
        ("dask:tcp://h:1,n=2", Wanted(engine="dask", address="tcp://h:1", options={"n": "2"})),
        ("dask:/a/scheduler.json", Wanted(engine="dask", address="/a/scheduler.json")),
        ("big", Wanted(engine="slurm", options={"partition": "gpu", "time": "2:00:00", "nodes": "4"})),
        (
            "big:time=1:00,x=y",
            Wanted(engine="slurm", options={"partition": "gpu", "time": "1:00", "nodes": "4", "x": "y"}),
        ),
        ("there", Wanted(engine="dask", address="tcp://host:8786")),
        ("there:tcp://other:1", Wanted(engine="dask", address="tcp://other:1")),
    ],
)
def test_a_text_names_an_engine(text: str, wanted: Wanted) -> None:
    assert parse(text, TABLES) == wanted


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("slurm:a=1,gpu", "--on: 'gpu' is no option; write NAME=VALUE, with commas between"),
        ("slurm:,a=1", "--on: '' is no option"),
        ("slurm:a=1,", "--on: '' is no option"),
        ("slurm:x\ny", "are printable text"),
        ("slurm:\udcff", "are printable text"),
        ("nothing", r'\[tool.bench.on.nothing\] names no engine: add engine = "slurm"'),
        ("number", r"\[tool.bench.on.number\] names no engine"),
        ("odd", r"\[tool.bench.on.odd\]: exclusive must be a string or a number"),
        ("list", r"\[tool.bench.on.list\]: nodes must be a string or a number"),
    ],
)
def test_a_mistake_is_one_line(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as error:
        parse(text, TABLES)
    assert "\n" not in str(error.value)


def test_a_table_that_names_itself_is_not_what_was_meant() -> None:
    with pytest.raises(UsageError, match=r"--on loop: no engine has this name; there are slurm, dask$"):
        make(parse("loop", TABLES), ["loop"])


def test_a_value_with_a_comma_has_a_place() -> None:
    with pytest.raises(UsageError, match=r"'n2' is no option; .*; a value with a comma goes into a table"):
        parse("slurm:nodelist=n1,n2", {})


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("slrm", "did you mean slurm"),
        ("", "--on '': no engine has this name; there are slurm, dask"),
        ("loop", "there are slurm, dask, night"),
        ("nigt", "did you mean night"),
    ],
)
def test_a_name_that_no_engine_has(name: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        make(parse(name, TABLES), ["night"])


GOOD = """
class Engine:
    outlives = False
    def __init__(self, address, options):
        self.given = address, dict(options)
    def start(self, commands, needs): ...
    def look(self, handles): ...
    def cancel(self, handles): ...
    def close(self): ...
"""


@pytest.fixture
def distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Another distribution is installed, which announces the engine ``mine`` in a module of this text."""

    def install(text: str) -> None:
        info = tmp_path / "more-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: more\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[bench.engines]\nmine = an_engine_of_mine:Engine\n")
        (tmp_path / "an_engine_of_mine.py").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)
        importlib.invalidate_caches()

    yield install
    sys.modules.pop("an_engine_of_mine", None)


def test_another_distribution_brings_an_engine(distribution: Callable[[str], None]) -> None:
    distribution(GOOD)
    made = make(parse("mine:there,a=b", {}))
    assert made.given == ("there", {"a": "b"})  # type: ignore[attr-defined]
    with pytest.raises(UsageError, match="did you mean mine"):
        make(parse("mnie", {}))
    with pytest.raises(UsageError, match="options come after a colon: mine:a=b,c=d"):
        make(parse("mine,a=b,c=d", {}))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("import nothing_of_that_name", "the engine mine cannot be loaded: ModuleNotFoundError"),
        ("class Engine: ...", "the engine mine cannot be loaded: TypeError"),
        ("x = 1", "the engine mine cannot be loaded: AttributeError"),
        ("def Engine(address, options): return object()", "has no outlives, start, look, cancel, close"),
        (GOOD.replace("def look", "def see"), "the engine mine has no look: docs/cluster.md"),
    ],
)
def test_an_engine_that_is_broken_is_one_line(distribution: Callable[[str], None], text: str, says: str) -> None:
    distribution(text)
    with pytest.raises(PluginError, match=says):
        make(parse("mine", {}))


def test_what_an_engine_says_is_what_the_user_reads(distribution: Callable[[str], None]) -> None:
    distribution("from bench.errors import Missing\ndef Engine(a, o): raise Missing('no such queue')")
    with pytest.raises(Missing, match="no such queue"):
        make(parse("mine", {}))


def test_an_engine_of_ours_is_imported_when_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUILT_IN", {"trial": "tests.cluster.processes:make"})
    assert make(parse("trial", {})).outlives
    assert issubclass(PluginError, BenchError)


NEEDS = Needs(device="cpu", threads=1, alone=False)


@pytest.mark.parametrize(
    ("handles", "says"),
    [
        (["a"], "the engine gave 1 handles for 2 commands"),
        (["a", 7], "the engine gave 7 as a handle, which is no text"),
        (["a", ""], "the engine gave '' as a handle"),
        (None, "the engine gave 0 handles for 2 commands"),
    ],
)
def test_handles_that_could_not_be_kept(handles: list[object] | None, says: str) -> None:
    """A number would be written down and not be read again: its shard would be handed out twice. What has been started
    is taken back."""
    cancelled: list[str] = []
    mine = SimpleNamespace(start=lambda commands, needs: handles, cancel=cancelled.extend)
    with pytest.raises(PluginError, match=says):
        started(mine, [["a"], ["b"]], NEEDS)  # type: ignore[arg-type]
    assert cancelled == (["a"] if handles else [])


def test_a_state_that_is_none() -> None:
    """It would be waited for, for ever."""
    mine = SimpleNamespace(look=lambda handles: {"a": "ended", "b": "COMPLETED"})
    with pytest.raises(PluginError, match="'COMPLETED'; there are waiting, running, ended, lost"):
        states(mine, ["a", "b"])  # type: ignore[arg-type]
    assert states(mine, ["a", "c"]) == {"a": "ended", "c": "lost"}  # type: ignore[arg-type]
    assert states(mine, []) == {}  # type: ignore[arg-type]
    with pytest.raises(PluginError, match="the engine gave None for the states of commands"):
        states(SimpleNamespace(look=lambda handles: None), ["a"])  # type: ignore[arg-type]
