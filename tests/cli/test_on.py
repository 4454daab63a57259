"""``bench run --on``: which engine, which table, what is asked before anything runs, and how one comes back."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest

from bench.cli import INTERRUPTED, on
from bench.cli.output import stderr
from bench.cli.progress import Lines
from bench.cli.verbs import run
from bench.cluster import handed
from bench.errors import NothingMatched, UsageError
from bench.results import journal, named, store
from tests.cluster.doubles import Cloud, begun, listener, plan_of, run_at
from tests.cluster.test_probing import SEEN

PLAN = plan_of("ex01.a", "ex01.a.speed", sizes=(1, 2))


def asked(root: Path, **other: Any) -> Any:
    plain: dict[str, Any] = {
        "on": "double",
        "resume": None,
        "detach": False,
        "root": root,
        "device": "cpu",
        "threads": 2,
    }
    return SimpleNamespace(**plain | {"stop_first": False, "secrets": {}} | other)


@pytest.fixture
def reporters() -> Any:
    loaded: list[object] = []
    return SimpleNamespace(load=lambda files, without: loaded.append(files), tell=lambda record: None, loaded=loaded)


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """The engine that every name gives."""
    cloud = Cloud(tmp_path / PLAN.id)
    monkeypatch.setattr("bench.cluster.engine.make", lambda wanted, tables=(): cloud)
    monkeypatch.setattr("bench.cluster.probing.ask", lambda engine, root, needs, data, *, pause: SEEN)
    monkeypatch.setattr(on.time, "sleep", cloud.pause)
    monkeypatch.chdir(tmp_path)
    return cloud


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("[tool.bench]\n", {}),
        ("tool = 3\n", {}),
        ("[tool.bench]\non = 'x'\n", {}),
        ("[tool.bench.on]\nx = 1\n", {}),
        ("[tool.bench.on.big]\nengine = 'slurm'\nnodes = 2\n", {"big": {"engine": "slurm", "nodes": 2}}),
    ],
)
def test_tables_are_those_of_the_project_here(tmp_path: Path, text: str, found: object) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    assert on.tables(tmp_path / "pyproject.toml") == found


def test_without_a_project_there_are_no_tables(tmp_path: Path) -> None:
    assert on.tables(tmp_path / "pyproject.toml") == {}


@pytest.mark.parametrize("text", [b"[tool", b"\xff"])
def test_a_project_that_is_no_toml_is_one_line(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "pyproject.toml").write_bytes(text)
    with pytest.raises(UsageError, match=r"pyproject\.toml is no TOML"):
        on.tables(tmp_path / "pyproject.toml")


def test_a_run_is_elsewhere_where_it_was_begun_there(tmp_path: Path) -> None:
    folder, _ = begun(tmp_path, PLAN)
    (tmp_path / "plain").mkdir()
    journal.Journal.create(tmp_path / "plain", PLAN).close()
    assert on.is_elsewhere(asked(tmp_path))
    assert not on.is_elsewhere(asked(tmp_path, on=None))
    assert on.is_elsewhere(asked(tmp_path, on=None, resume=str(folder)))
    assert not on.is_elsewhere(asked(tmp_path, on=None, resume="plain"))
    with pytest.raises(NothingMatched):
        on.is_elsewhere(asked(tmp_path, on=None, resume="nothing"))


@pytest.mark.parametrize("name", ["latest~1", "mine"])
def test_a_run_is_resumed_by_whatever_other_verbs_call_it(
    tmp_path: Path, cloud: Cloud, reporters: Any, name: str
) -> None:
    first = replace(PLAN, id="20261129T120000Z-ex01-cpu")
    folder, _ = begun(tmp_path, first)
    begun(tmp_path, replace(PLAN, id="20261129T130000Z-ex01-cpu"))
    named.tag("mine", first.id, tmp_path)
    again = asked(tmp_path, on=None, resume=name)
    assert on.is_elsewhere(again)
    assert on.opened(again, (), listener(), reporters, lambda **_: None).folder == folder
    assert run.begun(again) == first


def test_a_run_without_shards_is_resumed_and_continued_by_the_same_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []

    def note(folder: Path, *_: object, **__: object) -> None:
        opened.append(folder)
        raise NothingMatched

    for stamp in ("20261129T120000Z", "20261129T130000Z"):
        (tmp_path / f"{stamp}-ex01-cpu").mkdir()
        journal.Journal.create(tmp_path / f"{stamp}-ex01-cpu", PLAN).close()
    monkeypatch.setattr("bench.execute.session.reopen", note)
    monkeypatch.setattr("bench.execute.continuing.Earlier.read", note)
    again: Any = asked(tmp_path, on=None, resume="latest~1", continued="latest~1")
    more: Any = {"executor": None, "listener": listener(), "reporters": SimpleNamespace(tell=None)}
    for step in (lambda: run.opened(again, [], (), **more), lambda: run.earlier_of(again)):
        with pytest.raises(NothingMatched):
            step()
    assert opened == [tmp_path / "20261129T120000Z-ex01-cpu"] * 2


def test_what_is_done_again_is_not_detached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "run", "ex01", "--detach", "--on", "night"])
    assert run.command_line() == ("bench", "run", "ex01", "--on", "night")


def test_a_run_is_planned_by_what_a_node_is_and_begun_in_its_folder(
    tmp_path: Path, cloud: Cloud, reporters: Any
) -> None:
    cloud.run.mkdir()

    def planned(*, earlier: object, see: Any) -> object:
        assert earlier is None
        assert see("full") == SEEN
        return PLAN

    heard = listener()
    watched = on.opened(asked(tmp_path, on="slurm:time=1:00"), (), heard, reporters, planned)  # type: ignore[arg-type]
    assert heard.said == ["asking slurm for a machine …"]
    plan, cut, shards = handed.read(cloud.run)
    assert (plan, cut.engine, cut.options) == (PLAN, "slurm", {"time": "1:00"})
    assert watched.shards == shards
    assert watched.run().finished
    assert on.is_left(watched) is False


def test_an_engine_is_closed_where_the_plan_cannot_be_made(tmp_path: Path, cloud: Cloud, reporters: Any) -> None:
    def planned(**_: object) -> object:
        raise UsageError("no such part")

    with pytest.raises(UsageError, match="no such part"):
        on.opened(asked(tmp_path), (), listener(), reporters, planned)  # type: ignore[arg-type]
    assert cloud.closed == 1
    assert cloud.jobs == {}


def test_a_run_is_gone_on_with_by_the_engine_that_it_was_begun_with(
    tmp_path: Path, cloud: Cloud, reporters: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = begun(tmp_path, PLAN)
    handed.keep(
        folder, handed.Cut(engine="dask", address="h:1", options={"a": "b"}, pieces=handed.read(folder)[1].pieces)
    )
    wanted: list[Any] = []
    monkeypatch.setattr("bench.cluster.engine.make", lambda each: wanted.append(each) or cloud)
    again = asked(tmp_path, on=None, resume=PLAN.id, stop_first=True)
    watched = on.opened(again, (), listener(), reporters, None)  # type: ignore[arg-type]
    assert (wanted[0].engine, wanted[0].address, wanted[0].options) == ("dask", "h:1", {"a": "b"})
    assert watched.plan.stop_first, "as the command says that resumes it"
    assert watched.run().finished


def test_no_secret_of_an_engine_is_kept_and_it_is_asked_for_again(
    tmp_path: Path, cloud: Cloud, reporters: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.run.mkdir()
    secret = "dask:tls://me:pa55@h:1,scheduler-token=t0ps3cret,workers=2"
    on.opened(asked(tmp_path, on=secret), (), listener(), reporters, lambda **_: PLAN)  # type: ignore[arg-type]
    cut = handed.read(cloud.run)[1]
    assert (cut.address, cut.options) == ("tls://***@h:1", {"scheduler-token": "***", "workers": "2"})
    kept = b"".join(path.read_bytes() for path in cloud.run.rglob("*") if path.is_file())
    assert b"pa55" not in kept
    assert b"t0ps3cret" not in kept
    with pytest.raises(UsageError, match="--on dask had a secret, which no file keeps: give --on again"):
        on.opened(asked(tmp_path, on=None, resume=PLAN.id), (), listener(), reporters, None)  # type: ignore[arg-type]
    wanted: list[Any] = []
    monkeypatch.setattr("bench.cluster.engine.make", lambda each: wanted.append(each) or cloud)
    on.opened(asked(tmp_path, on=secret, resume=PLAN.id), (), listener(), reporters, None)  # type: ignore[arg-type]
    assert (wanted[0].address, wanted[0].options["scheduler-token"]) == ("tls://me:pa55@h:1", "t0ps3cret")


def test_an_engine_is_not_named_again_without_need(tmp_path: Path, cloud: Cloud, reporters: Any) -> None:
    begun(tmp_path, PLAN)
    with pytest.raises(UsageError, match="--resume goes on where the run was begun: give no --on beside it"):
        on.opened(asked(tmp_path, on="slurm", resume=PLAN.id), (), listener(), reporters, None)  # type: ignore[arg-type]


def test_detach_is_refused_where_what_is_left_would_end_with_us(tmp_path: Path, cloud: Cloud, reporters: Any) -> None:
    cloud.outlives = False
    with pytest.raises(UsageError, match="--detach: what this engine has started ends with this process"):
        on.opened(asked(tmp_path, detach=True), (), listener(), reporters, None)  # type: ignore[arg-type]
    assert cloud.closed == 1


@pytest.mark.parametrize(("device", "needs"), [("cuda", "cuda"), ("all", "cuda"), ("cpu", "cpu"), ("auto", "cpu")])
def test_a_machine_is_asked_that_has_the_device(
    tmp_path: Path, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, device: str, needs: str
) -> None:
    given: list[Any] = []
    monkeypatch.setattr(
        "bench.cluster.probing.ask", lambda engine, root, needs, data, *, pause: given.append((root, needs))
    )
    on.ask(asked(tmp_path, device=device), "slurm", cloud, listener(), "embedded")  # type: ignore[arg-type]
    ((root, wanted),) = given
    assert (root, wanted.device, wanted.threads, wanted.alone) == (tmp_path, needs, 2, False)


def test_what_would_run_is_asked_of_a_node_too(tmp_path: Path, cloud: Cloud) -> None:
    with on.foreseen(asked(tmp_path), listener()) as see:  # type: ignore[arg-type]
        assert see is not None
        assert see("full") == SEEN
    assert cloud.closed == 1
    with on.foreseen(asked(tmp_path, on=None), listener()) as see:  # type: ignore[arg-type]
        assert see is None


def test_earlier_runs_are_the_newest_that_can_be_read(tmp_path: Path) -> None:
    assert on.earlier_runs(tmp_path / "nothing") == []
    _, shards = begun(tmp_path, PLAN)
    for number in range(8):
        folder = tmp_path / f"2026110{number + 1}T000000Z-ex01-cpu"
        folder.mkdir()
        store.write(run_at(PLAN, shards[0], PLAN.environment), folder)
    (folder / store.RUN).write_text("{")
    assert len(on.earlier_runs(tmp_path)) == on.RUNS - 1


def terminal(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.StringIO(said)
    stdin.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdin", stdin)


@pytest.mark.parametrize(("said", "left"), [("y\n", False), ("n\n", True), ("\n", True), ("", True)])
def test_after_ctrl_c_one_is_asked(said: str, left: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal(said, monkeypatch)
    assert on.leave_running(Lines(stderr())) is left


def test_ctrl_c_at_the_question_leaves_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> bool:
        raise click.Abort

    terminal("", monkeypatch)
    monkeypatch.setattr(click, "confirm", interrupt)
    assert on.leave_running(Lines(stderr()))


@pytest.mark.parametrize("stdin", [None, io.StringIO("y\n")])
def test_where_nobody_can_answer_they_go_on(stdin: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    assert on.leave_running(Lines(stderr()))


@pytest.mark.parametrize(("interrupted", "code"), [(False, 0), (True, INTERRUPTED)])
def test_what_goes_on_without_us_is_said_with_the_way_back(
    interrupted: bool, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    left: Any = SimpleNamespace(left=True, interrupted=interrupted, open={1: 0, 2: 0}, folder=Path("results/a-run"))
    assert on.is_left(left)
    assert on.leave(left) == code
    line = "2 shards go on without this process: bench run --resume results/a-run\n"
    assert capsys.readouterr() == ("", line)
