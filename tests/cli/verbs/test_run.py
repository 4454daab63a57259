"""``bench run``: exit codes, streams, folders; killed and continued."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.cli.verbs import run
from bench.errors import BenchError
from bench.results import folders, journal, months, store

SMOKE = ("--profile", "smoke")
KILLER = """
import os, signal
from bench import hookimpl

@hookimpl
def bench_measured(record):
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job begins with it ignored
    os.kill(os.getpid(), signal.SIG{})
"""


@pytest.mark.usefixtures("sketched", "drawn_anew")
def test_a_run_prints_its_result_on_stdout_and_writes_a_folder(bench: Callable, tmp_path: Path) -> None:
    done = bench("run", "ex90", *SMOKE, NO_COLOR="1")
    assert done.returncode == 0, done.stderr
    assert "everything ran (3 cases)" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    (folder,) = (tmp_path / "results").iterdir()
    assert folder.name.endswith("-ex90-cpu")
    names = {"run.json", "journal.jsonl", "figures", "index.html", "ex90.html"}
    assert {path.name for path in folder.iterdir()} == names
    assert "ex90.a on cpu" in done.stderr
    redrawn = bench("report", NO_COLOR="1")
    assert (redrawn.returncode, redrawn.stdout) == (0, done.stdout)


def test_json_is_the_run(bench: Callable, tmp_path: Path) -> None:
    done = bench("run", "ex96.claim", *SMOKE, "--json")
    assert done.returncode == 1
    (folder,) = (tmp_path / "results").iterdir()
    assert store.encode(store.read(folder)).decode() == done.stdout.strip()
    assert json.loads(done.stdout)["records"][0]["findings"]["claims"][0]["value"] == 2


@pytest.mark.parametrize(
    ("names", "code"),
    [(["ex96.ok", "ex96.skip"], 0), (["ex96.missing"], 3), (["ex91"], 4), (["ex91", "ex96.raises", "ex96.missing"], 1)],
)
def test_the_exit_code_is_the_verdict(bench: Callable, names: list[str], code: int) -> None:
    done = bench("run", *names, *SMOKE)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["run"], 2, "name an exercise"),
        (["run", "ex79"], 5, "no exercise is called 'ex79'"),
        (["run", "ex90.z"], 5, "has no part 'z'"),
        (["run", "ex90", "--param", "m=1"], 2, "no selected part has a parameter 'm'"),
        (["run", "ex90", "--param", "n"], 2, "name=value"),
        (["run", "ex90", "--device", "tpu"], 2, "choose cpu, cuda, all or auto"),
        (["run", "ex90", "--device", "cuda"], 3, "no cuda device is here"),
        (["run", "ex90", "--only", "speed"], 2, "--only"),
        (["run", "ex90.a.speed", "--only", "study"], 5, "no study that runs on cpu"),
        (["run", "ex90", "--profile", "slow"], 2, "--profile"),
        (["run", "ex90", "--with", "nowhere.py"], 2, "there is no such file"),
        (["run", "ex90", "--all"], 2, "--all runs every exercise"),
        (["run", "--resume", "yesterday"], 5, "no runs in results"),
        (["run", "ex90", "-o", "/dev/null/results"], 2, "/dev/null"),
        (["run", "ex90", "--resume", "latest"], 2, "name no exercise beside it"),
        (["run", "ex90", "--continue", "yesterday"], 5, "no runs in results"),
        (["run", "--resume", "latest", "--continue", "latest"], 2, "give one of them"),
        (["run", "--parm", "n=1"], 2, "--param"),
        (["run", "ex90", "--jobs", "9" * 20], 2, "'--jobs': 99999999999999999999 is not in the range 0<=x<=1024"),
        (["run", "ex90", "--against", "main"], 5, "nothing to hold this run against: no runs in results"),
        (["run", "ex90", "--fail-on", "inconclusive"], 2, "name a run by --against"),
    ],
)
def test_a_mistake_is_one_line(
    bench: Callable, one_line: Callable, tmp_path: Path, arguments: list[str], code: int, says: str
) -> None:
    assert says in one_line(bench(*arguments), code)
    assert not (tmp_path / "results").exists()


def test_dry_run_names_the_cases_and_writes_nothing(bench: Callable, tmp_path: Path) -> None:
    done = bench("run", "ex90", "--dry-run", "--seeds", "2")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert len(lines) == 2 + 2 * 3
    assert lines[0] == "ex90.a scale=1.0 on cpu (study)"
    assert lines[-1] == "ex90.a.speed n=512 on cpu, seed 1 (agree)"
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("signal", "code", "names"),
    [
        ("KILL", -9, ["ex96.ok", "ex96.skip"]),
        ("INT", 130, ["ex96.ok", "ex96.skip"]),
        pytest.param("KILL", -9, ["ex90"], marks=pytest.mark.slow),
    ],
)
def test_a_killed_run_goes_on_where_it_was(
    bench: Callable, process: Callable, tmp_path: Path, signal: str, code: int, names: list[str]
) -> None:
    (tmp_path / "killer.py").write_text(KILLER.format(signal))
    killed = process("run", *names, *SMOKE, "--jobs", "1", "--with", "killer.py")
    assert killed.returncode == code
    (folder,) = (tmp_path / "results").iterdir()
    before = journal.read(folder).observations
    assert len(before) == 1
    if signal == "INT":
        assert f"bench run --resume results/{folder.name}" in killed.stderr
        assert not store.read(folder).finished
    done = bench("run", "--resume", "latest")
    assert done.returncode == 0, done.stderr
    after = journal.read(folder).observations
    assert after[: len(before)] == before
    tasks = [store.encode(one.task) for one in after]
    assert len(set(tasks)) == len(tasks)
    assert store.read(folder).finished


def test_ctrl_c_while_the_report_is_drawn_keeps_the_run(bench: Callable, tmp_path: Path) -> None:
    (tmp_path / "killer.py").write_text(
        "from bench import hookimpl\n\n@hookimpl\ndef bench_report(run, folder):\n    raise KeyboardInterrupt\n"
    )
    done = bench("run", "ex96.ok", *SMOKE, "--with", "killer.py")
    (folder,) = (tmp_path / "results").iterdir()
    assert done.returncode == 130
    assert f"bench report results/{folder.name}" in done.stderr
    assert store.read(folder).finished


def test_a_variant_of_ones_own(bench: Callable) -> None:
    mine = str(Path(__file__).parents[2] / "trial" / "with_mine.py")
    done = bench("run", "ex90.a.speed", "--with", mine, *SMOKE, "--param", "n=8", "--json")
    assert done.returncode == 1
    outcomes = {record["case"]["variant"]: record["outcome"] for record in json.loads(done.stdout)["records"]}
    assert outcomes["mine"] == "ok"
    assert outcomes["mine, wrong"] == "disagrees"
    assert outcomes["mine, broken"] == "failed"


HOOK = "from bench import hookimpl\n\n@hookimpl\ndef bench_variants(exercise, part):\n    return "


@pytest.mark.parametrize(
    ("code", "exit", "says"),
    [
        ("1 / 0\n", 4, "mine.py: ZeroDivisionError: division by zero"),
        ("def\n", 4, "mine.py: SyntaxError: invalid syntax"),
        ("import sys; sys.exit(0)\n", 4, "mine.py: called sys.exit(0) while it was loaded"),
        ("import os; os._exit(0)\n", 4, "mine.py: its process ended with exit status 0 before it gave an answer while"),
        ("while True:\n    pass\n", 4, "mine.py: no answer within 1 s while it was loaded"),
        (f"{HOOK}len", 4, "mine.py: bench_variants gave a builtin_function_or_method, not a dict of set-ups"),
        (f"{HOOK}{{'': lambda lab, n: None}}", 4, "mine.py: the variant '' for ex90.a.speed has no name"),
        (
            "def bench_variants(exercise, part): ...\n",
            5,
            "mine.py adds nothing to ex90.a: bench_variants is not",
        ),
        ("x = 1\n", 5, "mine.py adds nothing to ex90.a: it has no hook"),
    ],
)
def test_a_file_that_is_of_no_use_is_one_line_before_anything_runs(
    bench: Callable, one_line: Callable, tmp_path: Path, code: str, exit: int, says: str
) -> None:
    (tmp_path / "mine.py").write_text(code)
    seconds = "1" if "1 s" in says else "60"
    line = one_line(bench("run", "ex90.a", "--with", "mine.py", *SMOKE, "--timeout", seconds), exit)
    assert line.startswith(f"bench: {says}")
    assert not (tmp_path / "results").exists()


def test_of_two_files_the_broken_one_is_a_row_and_the_other_goes_on(bench: Callable, tmp_path: Path) -> None:
    """The good one imports what lies beside it, where there is also a file that is called like a library."""
    good = Path(__file__).parents[2] / "trial" / "with_mine.py"
    (tmp_path / "alice.py").write_text(f"import helper, random\nrandom.random()\n{good.read_text()}")
    (tmp_path / "bob.py").write_text("import no_such_module\n")
    for name in ("helper", "random", "torch"):
        (tmp_path / f"{name}.py").write_text("")
    done = bench("run", "ex90.a.speed", "--with", "alice.py", "--with", "bob.py", *SMOKE, "--param", "n=8", "--json")
    run = json.loads(done.stdout)
    assert {record["case"]["variant"]: record["outcome"] for record in run["records"]} == {
        "sum": "ok",
        "product": "ok",
        "mine (alice.py)": "ok",
        "mine, wrong (alice.py)": "disagrees",
        "mine, broken (alice.py)": "failed",
    }
    reason = "ModuleNotFoundError: No module named 'no_such_module', at bob.py:1: import no_such_module"
    assert run["broken"] == [{"exercise": "bob.py", "reason": reason}]
    assert {Path(name).name for name in run["code"]} == {"ex90_sound.py", "alice.py", "helper.py"}
    (tmp_path / "helper.py").write_text("changed = True\n")
    again = bench("run", "--resume", "latest")
    assert again.returncode == 2
    assert again.stderr == (
        f"bench: {tmp_path / 'helper.py'} changed since the run began: start a new run, or put the file back\n"
    )


@pytest.mark.parametrize("files", [("alice.py", "bob.py"), ("bob.py", "alice.py")])
def test_files_whose_variant_has_one_name_are_rows_of_their_own_in_any_order(
    bench: Callable, tmp_path: Path, files: tuple[str, str]
) -> None:
    """They were one row, ✓ or ✗ by the order of the files: a wrong solution vanished."""
    for name, call in (("alice", "x.sum(1)"), ("bob", "-x.sum(1)")):
        set_up = f"def mine(lab, n):\n    x = problem(lab, n)\n    return lambda: {call}\n"
        code = (Path(__file__).parents[2] / "trial" / "with_mine.py").read_text().partition("def mine")[0]
        hook = code.replace(', "mine, wrong": wrong, "mine, broken": broken', "")
        (tmp_path / f"{name}.py").write_text(f"{hook}{set_up}")
    given = [word for file in files for word in ("--with", file)]
    done = bench("run", "ex90.a.speed", *given, *SMOKE, "--param", "n=8")
    assert done.returncode == 1
    assert done.stdout.startswith("✗ ex90.a.speed mine (bob.py) (n=8; cpu, seed 0)  disagrees: it is −1 ×")
    assert "1 of 4 variants went wrong" in done.stdout


MENDED = '''"""ex98: broken at first"""
from bench import Exercise, hookimpl

exercise = Exercise()


@exercise.study("a", "a claim that holds")
def a(lab):
    lab.claim("it holds", 0, at_most=1)


@hookimpl
def bench_exercise():
    return exercise
'''


def test_an_exercise_whose_import_was_killed_joins_the_run_that_is_gone_on_with(
    bench: Callable, install: Callable, tmp_path: Path
) -> None:
    killed = MENDED.replace("exercise = ", "import os\nos.kill(os.getpid(), 9)\nexercise = ", 1)
    package = install("more", ex98_new=killed)
    first = bench("run", "ex98.a", "ex96.ok", *SMOKE, "--seeds", "2")
    assert first.returncode == 4
    assert "died of SIGKILL" in first.stdout
    still = bench("run", "--resume", "latest")
    assert (still.returncode, "looking again at what was broken: ex98 …" in still.stderr) == (4, True)
    (package / "ex98_new.py").write_text(MENDED)
    mended = bench("run", "--resume", "latest")
    assert mended.returncode == 0, mended.stderr
    (folder,) = (tmp_path / "results").iterdir()
    run = store.read(folder)
    assert [(each.case.exercise, each.case.seed) for each in run.records] == [
        ("ex98", 0),
        ("ex98", 1),
        ("ex96", 0),
        ("ex96", 1),
    ]
    assert (run.broken, len(journal.read(folder).observations)) == ((), 4)
    (package / "ex98_new.py").write_text(killed)
    assert "changed since the run began" in bench("run", "--resume", "latest").stderr


def test_swept_values_are_never_called_seeds(bench: Callable) -> None:
    done = bench("run", "ex90.a", "--only", "study", *SMOKE, "--param", "scale=1,2", "-v")
    assert done.returncode == 0, done.stderr
    assert "mean: " in done.stdout
    assert " for scale=2.0" in done.stdout
    assert "seeds" not in done.stdout


def test_a_run_that_is_gone_on_with_takes_no_new_variants(bench: Callable, one_line: Callable, tmp_path: Path) -> None:
    assert bench("run", "ex96.ok", *SMOKE).returncode == 0
    (tmp_path / "late.py").write_text(f"{HOOK}{{}}")
    line = one_line(bench("run", "--resume", "latest", "--with", "late.py"), 2)
    assert "late.py is not among its files; start a new run with it" in line


def test_neither_a_stale_plugin_nor_files_that_are_called_like_libraries_stop_anybody(
    process: Callable, scratch: Path, install: Callable, tmp_path: Path
) -> None:
    """The plugin is another distribution's, the files lie in the folder of the command: one run meets both."""
    install("old")
    (scratch / "site" / "old-0.1.dist-info" / "entry_points.txt").write_text("[bench.plugins]\nold = no_such_module\n")
    for name in ("random", "torch", "numpy"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('not the library')\n")
    done = process("run", "ex96.ok", *SMOKE, "--json")
    assert done.returncode == 4
    assert "Traceback" not in done.stderr
    (folder,) = (tmp_path / "results").iterdir()
    assert store.encode(store.read(folder)).decode() == done.stdout.strip()
    run = json.loads(done.stdout)
    assert [record["outcome"] for record in run["records"]] == ["ok"]
    reason = "ModuleNotFoundError: No module named 'no_such_module' (installed by old)"
    assert run["broken"] == [{"exercise": "old", "reason": reason}]
    assert process("show", "ex90").returncode == process("report").returncode - 4 == 0


def test_a_run_is_gone_on_with_as_many_threads_as_it_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(asked: run.Options, listener: object) -> None:
        threads.append(asked.threads)
        raise BenchError("enough")

    threads: list[int] = []
    monkeypatch.setattr(run, "executor_for", stop)
    old, folder = tmp_path / "old", tmp_path / "run"
    for each in (old, folder):
        each.mkdir()
    shutil.copy(Path(__file__).parents[2] / "execute" / "schema1" / journal.JOURNAL, old)
    journal.Journal.create(folder, replace(journal.read(old).plan, threads=3)).close()
    with pytest.raises(BenchError, match="enough"):
        run.command.main(["--resume", str(folder)], standalone_mode=False)
    assert threads == [3]


def test_a_file_among_the_names_is_told_how_it_is_given(bench: Callable, one_line: Callable) -> None:
    done = bench("run", "ex90.a", "--with", "alice.py", "bob.py")
    assert "bob.py is no exercise: a file is given by --with bob.py" in one_line(done, 2)


def test_a_run_ends_with_a_comparison_and_its_exit_code(bench: Callable, one_line: Callable, tmp_path: Path) -> None:
    """In smoke a time is never more than inconclusive."""
    words = ["run", "ex90.a.speed", *SMOKE, "--param", "n=8"]
    assert bench(*words, "--against", "main", "--allow-missing").returncode == 0
    assert bench("baseline", "set", "main").returncode == 0
    done = bench(*words, "--against", "main", "--fail-on", "inconclusive")
    assert done.returncode == 1, done.stderr
    assert done.stdout.index("everything ran") < done.stdout.index("2 times: 2 inconclusive")
    first, second = sorted(path for path in (tmp_path / "results").iterdir() if path.is_dir())
    assert f"page: results/{second.name}/compare.html" in done.stdout.replace("\n", "")
    assert json.loads((second / "compare.json").read_text())["exit_code"] == 1
    assert '<a href="compare.html">' in (second / "index.html").read_text()
    assert "compare.html" not in (first / "index.html").read_text()
    elsewhere = replace(store.read(first), environment=replace(store.read(first).environment, cpu="abacus"))
    store.write(elsewhere, first)
    assert "differ in cpu: abacus and " in one_line(bench(*words, "--against", "main"), 2)
    assert "has none of the cases" in one_line(bench("run", "ex96.ok", *SMOKE, "--against", second.name), 5)
    assert "cannot be held against itself" in one_line(bench("run", "--resume", "latest", "--against", "latest"), 2)
    assert len([path for path in (tmp_path / "results").iterdir() if path.is_dir()]) == 2, "nothing of what was refused"


def test_in_actions_a_run_leaves_a_summary(bench: Callable, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    done = bench("run", "ex96.claim", *SMOKE, "--json", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    assert (done.returncode, json.loads(done.stdout)["finished"]) == (1, True)
    assert "\n::error title=bench%3A claim::ex96.claim: " in done.stderr
    assert summary.read_text().startswith("### bench run: everything ran (1 case)\n")


def test_in_actions_a_run_that_could_not_be_compared_leaves_a_summary_too(
    bench: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BenchError("the disk is full")

    actions = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    assert bench("run", "ex96.ok", *SMOKE).returncode == 0
    monkeypatch.setattr("bench.report.between.page.write_page", refuse)
    done = bench("run", "ex96.ok", *SMOKE, "--against", "latest", **actions)
    assert (done.returncode, done.stderr.endswith("bench: the disk is full\n")) == (1, True)
    assert "everything ran" in (tmp_path / "summary.md").read_text()


@pytest.mark.usefixtures("drawn_anew")
def test_where_there_are_many_runs_all_verbs_find_those_that_lie_by_month(
    bench: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(months, "MANY", 1)
    for _ in range(2):
        assert bench("run", "ex90.a", *SMOKE).returncode == 0
    first, second = folders.runs(tmp_path / "results")
    home = tmp_path / "results" / months.month_of(second)
    assert sorted(path.name for path in home.iterdir()) == [second]
    assert (home / second / "index.html").is_file()
    assert f"{home.name}/{second}" in bench("report", "latest").stdout
    assert bench("compare", "latest~1", "latest").returncode in (0, 5)
    (home / second / store.RUN).unlink()
    assert bench("run", "--resume", "latest").returncode == 0
    assert store.read(home / second).finished
    assert bench("show", "ex90", "--run", second).returncode == 0
    assert (tmp_path / "results" / first).is_dir(), "nothing is moved"
