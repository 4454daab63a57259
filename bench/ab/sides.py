"""One measurement of a side: a fresh ``bench run`` on its code, in its environment."""

from __future__ import annotations

import os
import signal
import site
import subprocess
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import IO

from bench import plain_file
from bench.ab import readings, room
from bench.ab.pairs import OutOfTime
from bench.ab.readings import Reading
from bench.cache import expanded
from bench.errors import BenchError, UsageError
from bench.results import store

PATIENCE = 10.0
"""Seconds for a run that was asked to end, before it is killed."""
FOLDERS = ("BENCH_DATA", "BENCH_CACHE", "BENCH_LOCKS")
TAIL = 4096
"""Bytes of what a run says last: its mistake is the last line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """``label`` names it for people; ``python`` is its interpreter, ``path`` where that looks for modules first."""

    label: str
    python: str
    path: tuple[str, ...]


def search_path(root: Path, place: Path, given: Iterable[str]) -> tuple[str, ...]:
    """The places of a Python path, with those inside the repository ``root`` moved into its worktree ``place``.

    Raises ``UsageError`` where none is: both sides would run the same code.
    """
    listed = added(given)
    inside = [path for path in listed if path.is_relative_to(root)]
    # What git ignores, such as the scripts of an environment in the repository, has no place in a worktree.
    moved = [place / path.relative_to(root) for path in inside]
    moved = [path for path in moved if path.is_dir()]
    if not moved:
        raise UsageError(
            f"nothing that Python imports lies in {root}: install it there by `pip install -e .`, or set PYTHONPATH"
        )
    outside = [path for path in listed if path not in inside and path.is_dir()]
    return tuple(map(str, (*moved, *outside)))


def added(given: Iterable[str]) -> tuple[Path, ...]:
    """The places of a Python path that somebody added, resolved; those of the interpreter are left out, wherever it
    lies: an environment is often inside the repository, and none of its files."""
    return tuple(dict.fromkeys(path.resolve() for path in map(Path, given) if not is_pythons(path)))


def is_pythons(path: Path) -> bool:
    """Whether it belongs to the interpreter: its library, its scripts, or where packages are installed."""
    kinds = ("stdlib", "platstdlib", "purelib", "platlib", "scripts")
    own = [*(sysconfig.get_path(kind) for kind in kinds), *site.getsitepackages(), site.getusersitepackages()]
    return any(path.resolve().is_relative_to(Path(place).resolve()) for place in own)


def measure(side: Side, names: Sequence[str], options: Sequence[str], *, keep: Path, seconds: float) -> Reading:
    """One run, whose ``run.json`` goes to the file ``keep``.

    A side that ends without one is a reading too. Raises ``OutOfTime`` where it was stopped after ``seconds``,
    ``OutOfRoom`` where a disk is full.
    """
    with room.wanted(Path(gettempdir())), TemporaryDirectory(prefix="bench-ab-") as made:
        folder = Path(made)
        command = (side.python, "-m", "bench", "run", *names, *options, "-o", str(folder / "runs"))
        code, complaint = _ended(command, folder, surroundings(side), seconds)
        return _read(folder / "runs", code, complaint, keep)


def surroundings(side: Side) -> dict[str, str]:
    """The variables of a side: ours, but for where modules are found. It runs in another folder, so that those of ours
    that name one are made absolute. A step of GitHub's Actions has one summary, which is ours to write."""
    taken = ("GIT_", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(taken)}
    folders = {name: str(expanded(variables[name]).absolute()) for name in FOLDERS if variables.get(name)}
    return variables | folders | {"PYTHONPATH": os.pathsep.join(side.path)}


def _ended(command: Sequence[str], folder: Path, variables: dict[str, str], seconds: float) -> tuple[int, str]:
    """Exit code and last line of a command, called in a folder where no module lies."""
    with (folder / "said").open("w+b") as said:
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,  # a terminal's Ctrl-C is ours, and handed on below
            )
        except OSError as error:
            raise BenchError(f"{command[0]} cannot be started: {error.strerror or error}") from error
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise OutOfTime("the time was up") from error
        finally:
            end(process)
        return code, _last_line(said)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a run to end, as Ctrl-C does, and kill it with all that it started where it does not."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _last_line(said: IO[bytes]) -> str:
    said.seek(max(0, said.seek(0, os.SEEK_END) - TAIL))
    lines = said.read().decode(errors="replace").split("\n")
    return next((line.strip().removeprefix("bench: ") for line in reversed(lines) if line.strip()), "")


def _read(runs: Path, code: int, complaint: str, keep: Path) -> Reading:
    files = sorted(runs.glob(f"*/{store.RUN}"))
    if not files:
        died = f"it died of signal {-code}" if code < 0 else complaint
        return _told(readings.lost(died, code))
    try:
        run = store.read(files[0].parent)
    except store.StoreError as error:
        return readings.lost(str(error), code)
    if not run.finished:
        return readings.lost("it was interrupted", code)
    reading = _told(readings.of_run(run, code))
    with room.wanted(keep):
        keep.parent.mkdir(parents=True, exist_ok=True)
        store.replace_file(keep, plain_file.read(files[0]))
    return reading


def _told(reading: Reading) -> Reading:
    """The reading, where it is one: what had no room for its files is not broken."""
    room.require(reading.broken.values())
    return reading
