"""The command line itself: its verbs, its help, and how what goes wrong is said."""

import errno
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

import bench.cli
from bench.cli import MODULES, VERBS, cli
from bench.errors import BenchError, Missing

FOLDER = Path(bench.cli.__file__).parent / "verbs"


def test_every_verb_is_a_module_of_its_name_and_every_module_a_verb() -> None:
    assert sorted(MODULES.get(verb, verb) for verb in VERBS) == sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))
    for verb in VERBS:
        command = cli.get_command(click.Context(cli), verb)
        assert command.name == verb
    assert cli.get_command(click.Context(cli), "frobnicate") is None


def test_without_a_verb_the_help_is_printed_and_that_is_usage(bench: Callable) -> None:
    done, asked_for = bench(), bench("--help")
    assert (done.returncode, asked_for.returncode) == (2, 0)
    assert done.stdout == asked_for.stdout
    assert re.search("list +Show every exercise", done.stdout)
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("word", "says"),
    [("lst", "there is no verb 'lst'; did you mean list"), ("x", f"'x'; the verbs are {', '.join(VERBS)}")],
)
def test_a_word_that_is_no_verb_is_one_line(bench: Callable, one_line: Callable, word: str, says: str) -> None:
    assert says in one_line(bench(word), 2)


def test_a_wrong_option_says_whose_help_to_read(bench: Callable, one_line: Callable) -> None:
    assert one_line(bench("list", "--jsno"), 2).endswith("; see `bench list --help`")


def verb_that(monkeypatch: pytest.MonkeyPatch, action: Callable[[], object]) -> None:
    """Puts ``action`` in the place of ``bench list``."""
    command = click.Command("list", callback=action)
    monkeypatch.setitem(sys.modules, "bench.cli.verbs.list", SimpleNamespace(command=command))


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (BenchError("went\nwrong"), 1, "bench: went wrong"),
        (Missing("no GPU"), 3, "bench: no GPU"),
        (
            BenchError("the process that runs the cases died: OSError: [Errno 24] Too many open files"),
            2,
            "bench: too many files are open: allow more with `ulimit -n 1024`, and try again",
        ),
        (click.Abort(), 130, "bench: interrupted"),
        (
            OSError(errno.EMFILE, "x"),
            2,
            "bench: too many files are open: allow more with `ulimit -n 1024`, and try again",
        ),
        (PermissionError(errno.EACCES, "no", "a"), 2, "bench: a cannot be used: no"),
        (
            RuntimeError("can't start new thread"),
            2,
            "bench: this machine has no memory or no processes left: end something else, and try again",
        ),
        (click.FileError("x", "not here"), 1, "bench: Could not open file 'x': not here"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_goes_wrong_is_one_line_with_its_exit_code(
    bench: Callable, one_line: Callable, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, line: str
) -> None:
    def fail() -> None:
        raise error

    verb_that(monkeypatch, fail)
    assert one_line(bench("list"), code) == line


def test_ctrl_c_is_one_line_below_the_line_that_it_broke_off(bench: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    verb_that(monkeypatch, interrupt)
    done = bench("list")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "\nbench: interrupted\n")


def test_ctrl_c_while_a_class_is_made_is_ctrl_c(
    bench: Callable, one_line: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python 3.11 has it as the cause of another error."""

    def interrupt() -> None:
        raise RuntimeError("Error calling __set_name__ on 'Field' instance 'a' in 'A'") from KeyboardInterrupt()

    verb_that(monkeypatch, interrupt)
    assert one_line(bench("list"), 130) == "bench: interrupted"


def test_a_mistake_of_ours_keeps_its_traceback(bench: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    verb_that(monkeypatch, fail)
    with pytest.raises(ZeroDivisionError):
        bench("list")


def test_a_library_that_gets_no_thread_sends_no_ctrl_c(bench: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenBLAS does, which then looks as if somebody had."""
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    bench("list")
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"


def test_a_crash_of_a_library_names_the_line_that_called_it() -> None:
    code = "import os; from bench import cli; cli.cli = lambda **_: os.kill(os.getpid(), 11); cli.main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == -11
    assert "Fatal Python error: Segmentation fault" in done.stderr
    assert "in main" in done.stderr


@pytest.mark.parametrize(("given", "code"), [(None, 0), (0, 0), (4, 4)])
def test_what_a_verb_returns_is_the_exit_code(
    bench: Callable, monkeypatch: pytest.MonkeyPatch, given: int | None, code: int
) -> None:
    verb_that(monkeypatch, lambda: given)
    assert bench("list").returncode == code


@pytest.mark.parametrize("line", ["--help", "list", "list --json --tag trial", "data"])
def test_a_reader_that_has_gone_is_no_failure(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    """``bench list | true``, with a pipe that is closed before the first line."""
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-m", "bench", *line.split()], stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_completion_knows_the_verbs_and_the_options() -> None:
    def completed(word: str) -> dict[str, str | None]:
        return {item.value: item.help for item in cli.shell_complete(click.Context(cli), word)}

    assert list(completed("d")) == ["data", "doctor"]
    assert completed("list") == {"list": "Show every exercise: id, title, tags."}
    assert "--version" in completed("--")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
@pytest.mark.parametrize("line", ["list", "--help"])
def test_a_disk_that_is_full_is_one_line(line: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-m", "bench", line], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr == "bench: no space left on the disk of what is written to: free some, and try again\n"
