"""The command line itself, and the other verbs: list, show, check, report, data, doctor, new."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from bench.cli import cli
from bench.cli.completion import exercises
from bench.cli.output import red
from bench.cli.verbs.check import asked

TRIAL = Path(__file__).parents[1] / "trial"


def test_without_a_verb_the_help_is_printed_and_that_is_usage(bench: Callable) -> None:
    done, asked_for = bench(), bench("--help")
    assert (done.returncode, asked_for.returncode) == (2, 0)
    assert done.stdout == asked_for.stdout
    assert "list    Show every exercise" in done.stdout
    assert done.stderr == ""


def test_list_shows_every_exercise_and_imports_none(bench: Callable) -> None:
    done = bench("list", "--json")
    assert done.returncode == 0
    rows = {row["id"]: row for row in json.loads(done.stdout)}
    assert rows["ex90"]["title"] == "Sums, done right"
    assert rows["ex90"]["tags"] == ["trial"]
    assert rows["ex90"]["distribution"] == "trial"
    assert rows["ex93"]["title"] == "Hangs when it is imported"
    assert rows["ex10"]["distribution"] == "dl-exercise-bench"


def test_list_is_one_line_an_exercise(bench: Callable) -> None:
    lines = bench("list", "--tag", "trial").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["ex90", "ex95", "ex96", "ex97"]


def test_a_new_file_is_found_at_once(bench: Callable, tmp_path: Path) -> None:
    copy = tmp_path / "trial"
    shutil.copytree(TRIAL, copy)
    (copy / "trial_exercises" / "ex98_new.py").write_text('"""ex98: Only just written."""\n')
    assert "ex98  Only just written" in bench("list", path=str(copy)).stdout


def test_a_file_that_is_not_python_is_a_red_row(bench: Callable, tmp_path: Path) -> None:
    copy = tmp_path / "trial"
    shutil.copytree(TRIAL, copy)
    (copy / "trial_exercises" / "ex98_new.py").write_text("def\n")
    lines = bench("list", path=str(copy)).stdout.splitlines()
    assert lines[-1] == "ex98  broken: SyntaxError: invalid syntax (<unknown>, line 1)"
    assert max(map(len, lines)) > 80


@pytest.mark.parametrize(
    ("colours", "term", "text"), [("", "xterm", "\x1b[31mx\x1b[0m"), ("1", "xterm", "x"), ("", "dumb", "x")]
)
def test_red_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch, colours: str, term: str, text: str) -> None:
    monkeypatch.setenv("NO_COLOR", colours)
    monkeypatch.setenv("TERM", term)
    assert red("x") == text


def test_an_id_that_stands_twice_names_both(bench: Callable, one_line: Callable, tmp_path: Path) -> None:
    copy = tmp_path / "trial"
    shutil.copytree(TRIAL, copy)
    (copy / "trial_exercises" / "ex10_again.py").write_text('"""ex10: Again."""\n')
    line = one_line(bench("list", path=str(copy)), 4)
    assert "two exercises are called ex10" in line
    assert "ex10_again.py (trial)" in line
    assert "(dl-exercise-bench)" in line


def test_show_prints_parts_and_answer(bench: Callable) -> None:
    done = bench("show", "ex90")
    assert done.returncode == 0
    assert "a.speed" in done.stdout
    assert "n=8,64,512; against sum" in done.stdout
    assert json.loads(bench("show", "ex90", "--json").stdout)["parts"][1]["reference"] == "sum"


def test_show_of_what_cannot_be_loaded_is_one_line(bench: Callable, one_line: Callable) -> None:
    assert "the import went wrong" in one_line(bench("show", "ex91"), 4)
    assert "did you mean" in one_line(bench("show", "ex9"), 5)


def test_show_reads_in_a_terminal_and_needs_no_torch_here() -> None:
    script = (
        "import sys; sys.argv = ['bench', 'show', 'ex01']\n"
        "from bench.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "assert 'torch' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "∂L/∂w" in done.stdout
    assert [mark for mark in ("$", "\\", "{{") if mark in done.stdout] == []


def test_check_passes_what_is_sound(bench: Callable) -> None:
    done = bench("check", "ex90")
    assert done.returncode == 0, done.stdout
    assert "✗" not in done.stdout
    assert done.stdout.count("✓") == 3 + 2 + 3


@pytest.mark.parametrize(
    ("name", "code", "problems"),
    [
        ("ex91", 4, ["RuntimeError: the import went wrong"]),
        ("ex92", 4, ["bench_excercise"]),
        ("ex94", 4, ["SIGSEGV"]),
        ("ex95", 1, ["SIGSEGV", "while it worked on 'dies'"]),
        ("ex97", 1, ["default dtype from torch.float32", "grad mode", "'drawn' differs", "other values from the same"]),
    ],
)
def test_check_names_every_broken_promise(bench: Callable, name: str, code: int, problems: list[str]) -> None:
    done = bench("check", name)
    assert done.returncode == code
    for problem in problems:
        assert problem in done.stdout
    assert "Traceback" not in done.stderr


def test_check_takes_several_and_a_broken_promise_outranks_a_broken_plugin(bench: Callable) -> None:
    done = bench("check", "ex91", "ex97", "ex90", "ex90")
    assert done.returncode == 1
    told = [line.split()[:2] for line in done.stdout.splitlines()]
    assert [id for _, id in told] == ["ex91", *["ex97"] * (len(told) - 9), *["ex90"] * 8]
    assert told[0] == ["✗", "ex91"]
    assert {mark for mark, id in told if id == "ex90"} == {"✓"}
    done = bench("check", "ex90", "ex91", "--json")
    assert done.returncode == 4
    rows = json.loads(done.stdout)
    assert [row["exercise"] for row in rows] == ["ex90"] * 8 + ["ex91"]
    assert [bool(row["problem"]) for row in rows] == [False] * 8 + [True]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [([], 2, "name an exercise"), (["ex90", "--all"], 2, "name none beside it"), (["ex90", "ex9"], 5, "'ex9'")],
)
def test_check_refuses_before_it_begins(
    bench: Callable, one_line: Callable, arguments: list[str], code: int, says: str
) -> None:
    assert says in one_line(bench("check", *arguments), code)


def test_check_all_means_every_exercise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(TRIAL)
    ids = [listing.id for listing in asked((), everything=True)]
    assert {"ex06", "ex90"} < set(ids)
    assert ids == sorted(ids)


def test_report_of_what_is_not_there_is_one_line(bench: Callable, one_line: Callable, tmp_path: Path) -> None:
    assert "no runs in results" in one_line(bench("report"), 5)
    folder = tmp_path / "results" / "20260101T000000Z-x-cpu"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text('{"schema": 99}')
    assert "schema 99" in one_line(bench("report"), 2)
    (folder / "run.json").write_text('{"schema": 1, "id": "x"')
    assert "not whole" in one_line(bench("report", str(folder)), 2)


def test_report_needs_no_torch(bench: Callable, tmp_path: Path) -> None:
    assert bench("run", "ex96.ok", "--profile", "smoke").returncode == 0
    script = (
        "import sys; sys.argv = ['bench', 'report']\n"
        "from bench.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "assert 'torch' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_data_says_what_is_here(bench: Callable, one_line: Callable, tmp_path: Path) -> None:
    rows = {row["name"]: row for row in json.loads(bench("data", "--json", BENCH_DATA=str(tmp_path)).stdout)}
    assert rows["mnist (embedded)"]["found"]
    assert rows["mnist (full)"]["found"] is None
    assert "bench data fetch mnist" in bench("data", BENCH_DATA=str(tmp_path)).stdout
    assert "nothing" in one_line(bench("data", "fetch", "nothing"), 2)


def test_doctor_looks_at_everything(bench: Callable) -> None:
    done = bench("doctor", "--json")
    assert done.returncode == 0
    found = {row["what"]: row for row in json.loads(done.stdout)}
    assert {"python", "processor", "memory", "packages", "torch", "cuda", "clock", "memory meter"} <= found.keys()
    assert not found["torch"]["mend"]


def test_new_writes_an_exercise_that_works(bench: Callable, one_line: Callable, tmp_path: Path) -> None:
    copy = tmp_path / "trial"
    shutil.copytree(TRIAL, copy)
    (copy / "pyproject.toml").write_text("")
    package = str(copy / "trial_exercises")
    title = 'A "quoted" \\ title.\n"""'
    done = bench("new", "ex99", "--title", title, "--into", package, path=str(copy))
    assert done.returncode == 0, done.stderr
    assert "A 'quoted' / title" in bench("list", path=str(copy)).stdout
    assert bench("check", "ex99", path=str(copy)).returncode == 0
    tests = ["-m", "pytest", "-q", "--import-mode=importlib", "-p", "no:cacheprovider", str(copy / "tests")]
    env = {"PYTHONPATH": str(copy), "PATH": "/usr/bin:/bin"}
    tested = subprocess.run(
        [sys.executable, *tests], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert tested.returncode == 0, tested.stdout
    assert "5 passed" in tested.stdout
    assert "taken" in one_line(bench("new", "ex99", "--title", "x", "--into", package, path=str(copy)), 2)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["99", "--title", "x"], "is not an id"),
        (["ex99", "--title", " "], "--title"),
        (["ex99", "--title", "x", "--into", "."], "is not the folder of a package"),
        (["ex99"], "--title"),
    ],
)
def test_new_refuses_what_cannot_be(bench: Callable, one_line: Callable, arguments: list[str], says: str) -> None:
    assert says in one_line(bench("new", *arguments), 2)


def test_completion_knows_the_exercises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(TRIAL)
    found = exercises(None, None, "ex9")
    assert [item.value for item in found] == [f"ex9{k}" for k in (0, 1, 2, 3, 4, 5, 6, 7)]
    assert found[0].help == "Sums, done right"


def test_completion_knows_the_verbs_and_the_options() -> None:
    def completed(word: str) -> dict[str, str | None]:
        return {item.value: item.help for item in cli.shell_complete(click.Context(cli), word)}

    assert list(completed("d")) == ["data", "doctor"]
    assert completed("list") == {"list": "Show every exercise: id, title, tags."}
    assert "--version" in completed("--")
