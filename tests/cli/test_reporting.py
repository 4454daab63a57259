"""Plugins that are told of a run: each is, whatever the others do."""

import errno
import os
from pathlib import Path
from types import ModuleType

import pytest

from bench import hookimpl, plugins, report
from bench.cli import reporting
from bench.cli.reporting import Reporters
from bench.model import SCHEMA, Case, Environment, Record, Run
from bench.report.page.still import BOX
from bench.report.undrawn import Undrawn

RECORD = Record(case=Case(exercise="ex01", part="a", device="cpu", seed=0), outcome="ok")
RUN = Run(
    schema=SCHEMA,
    id="x",
    created="now",
    command=("bench",),
    profile="smoke",
    devices=("cpu",),
    seeds=(0,),
    data="embedded",
    environment=Environment(python="", torch="", platform="", cpu="", cores=1, memory=1, threads=1),
    records=(RECORD,),
)


def plugin(name: str, **hooks: object) -> ModuleType:
    module = ModuleType(name)
    for hook, function in hooks.items():
        setattr(module, hook, hookimpl(function))
    return module


def fails(*_: object) -> None:
    raise ValueError("on\ntwo lines, and longer than the eighty columns that a terminal has where nobody says")


LINE = "ValueError: on two lines, and longer than the eighty columns that a terminal has where nobody says"


@pytest.fixture(autouse=True)
def without_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """One built-in report in the place of those that take a second."""
    monkeypatch.setattr(report, "plugins", lambda: (plugin("built_in", bench_report=lambda folder: [folder / "a"]),))


def test_one_that_fails_is_one_line_and_hides_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    heard: list[Record] = []
    broken = plugin("broken", bench_measured=lambda record: fails(), bench_report=lambda run: fails())
    listening = plugin(
        "listening",
        bench_measured=lambda record: heard.append(record),
        bench_report=lambda run, folder: [str(folder / run.id)],
    )
    reporters = Reporters([broken, listening])
    reporters.tell(RECORD)
    assert heard == [RECORD]
    assert capsys.readouterr().err == f"bench_measured of broken failed: {LINE}\n"
    assert reporters.draw(RUN, Path("there")) == (Path("there/a"), Path("there/x"))
    assert capsys.readouterr().err == f"the report of broken failed: {LINE}\n"


class MuteError(Exception):
    def __str__(self) -> str:
        raise SystemExit(0)


class OwnError(BaseException):
    pass


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (SystemExit(0), "broken called sys.exit(0)"),
        (OwnError("of its own"), "broken failed: OwnError: of its own"),
        (GeneratorExit(), "broken failed: GeneratorExit"),
        (MuteError(), "broken failed: MuteError: (its message cannot be shown: str() of it raises SystemExit)"),
        (ValueError("\x1b[31m"), r"broken failed: ValueError: \x1b[31m"),
    ],
)
def test_whatever_one_raises_is_one_line_and_the_run_goes_on(
    error: BaseException, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def raises() -> None:
        raise error

    reporters = Reporters([plugin("broken", bench_measured=raises, bench_report=raises)])
    reporters.tell(RECORD)
    assert reporters.draw(RUN, Path()) == (Path("a"),)
    assert capsys.readouterr().err == f"bench_measured of {said}\nthe report of {said}\n"


def test_a_long_message_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    def raises() -> None:
        raise ValueError("x" * 1_000_000)

    Reporters([plugin("broken", bench_measured=raises)]).tell(RECORD)
    assert len(capsys.readouterr().err) < 600


def test_what_one_prints_is_no_part_of_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    talks = plugin("talks", bench_measured=lambda: print("heard"), bench_report=lambda: print("drawn"))  # noqa: T201
    reporters = Reporters([talks])
    reporters.tell(RECORD)
    reporters.draw(RUN, Path())
    assert capsys.readouterr() == ("", "heard\ndrawn\n")


def test_one_that_leaves_the_working_directory_leaves_it_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Reporters([plugin("leaves", bench_measured=lambda: os.chdir("/"))]).tell(RECORD)
    assert Path.cwd() == tmp_path


def test_a_report_may_write_nothing_and_must_give_paths(capsys: pytest.CaptureFixture[str]) -> None:
    listeners = [plugin("silent", bench_report=lambda: None), plugin("numbers", bench_report=lambda: [1])]
    assert Reporters(listeners).draw(RUN, Path()) == (Path("a"),)
    assert capsys.readouterr().err.startswith("the report of numbers failed: TypeError: ")


def test_hooks_that_are_not_as_they_should_be_are_said_once_and_never_called(
    capsys: pytest.CaptureFixture[str],
) -> None:
    misspelt = plugin("misspelt", bench_reprot=lambda: [], bench_measured=lambda record: pytest.fail("it was called"))
    wrong = plugin("wrong", bench_measured=lambda recrod: pytest.fail("it was called"))
    reporters = Reporters([misspelt, wrong])
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("registering misspelt failed: PluginError: misspelt: unknown hook 'bench_reprot'")
    assert second.startswith("registering wrong failed: PluginError: wrong: ")
    reporters.tell(RECORD)
    reporters.draw(RUN, Path())
    assert capsys.readouterr().err == ""


def test_a_plugin_is_registered_once_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    monkeypatch.setattr("bench.cli.reporting.new_manager", lambda: made.append(0) or plugins.new_manager())  # type: ignore[func-returns-value]
    reporters = Reporters([plugin("listening", bench_measured=lambda: None)])
    for _ in range(3):
        reporters.tell(RECORD)
    reporters.draw(RUN, Path())
    assert len(made) == 1 + 1


def test_ctrl_c_is_not_a_failure_of_a_plugin() -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Reporters([plugin("slow", bench_report=interrupt)]).draw(RUN, Path())


def refuses(error: Exception) -> ModuleType:
    def bench_report(folder: Path) -> None:
        raise error

    return plugin("built_in", bench_report=bench_report)


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), 2, "there cannot be written (Permission denied): change"),
        (OSError(errno.ENOSPC, "full"), 2, "no space left on the disk of there: free some, then `bench report there`"),
        (OSError(errno.EMFILE, "many"), 2, "too many files are open: allow more with `ulimit -n 1024`"),
        (MemoryError(), 2, "this machine has no memory or no processes left"),
        (ValueError("on\ntwo lines"), 1, "ValueError: on two lines"),
    ],
)
def test_a_page_that_is_not_written_is_said_with_the_exit_code_that_it_deserves(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, code: int, line: str
) -> None:
    monkeypatch.setattr(report, "plugins", lambda: (refuses(error),))
    reporters = Reporters([plugin("other", bench_report=lambda folder: [folder / "b"])])
    assert reporters.draw(RUN, Path("there")) == (Path("there/b"),)
    assert (reporters.code, reporters.has_pages) == (code, False)
    assert capsys.readouterr().err.startswith(f"no page was written: {line}")


def test_a_page_with_a_box_in_it_is_a_page_and_no_success(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    boxes = Undrawn(["OverflowError: too large", "another"], [Path("there/index.html")])
    monkeypatch.setattr(report, "plugins", lambda: (refuses(boxes),))
    reporters = Reporters([plugin("other", bench_report=lambda folder: [folder / "b"])])
    assert reporters.draw(RUN, Path("there")) == (Path("there/index.html"), Path("there/b"))
    assert (reporters.code, reporters.has_pages) == (1, True)
    said = "2 charts or pages could not be drawn, and a box says so in its place: OverflowError: too large\n"
    assert capsys.readouterr().err == said


def test_a_report_of_others_that_fails_spoils_no_exit_code() -> None:
    reporters = Reporters([plugin("broken", bench_report=lambda run: fails())])
    reporters.draw(RUN, Path("there"))
    assert reporters.code == 0


@pytest.mark.parametrize(("words", "lines"), [(f"<p>{BOX}why</span></p>", 1), ("This cannot be drawn: why", 0)])
def test_a_box_on_a_page_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: str, lines: int
) -> None:
    (tmp_path / "a.html").write_text(words)
    reporting.tell_of_boxes(tmp_path / "a.html")
    assert capsys.readouterr().err.count("could not be drawn, and a box says so in its place\n") == lines
