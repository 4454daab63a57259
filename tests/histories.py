"""Histories with known changes, and folders of runs that have them."""

import math
import os
import random
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.analysis import trend
from bench.analysis.trend import Question, Trend
from bench.model import SCHEMA, Case, Environment, Memory, Record, Run, Sample
from bench.model.history import History, PastRun, Track
from bench.results import store

MATTERS = ("cpu", "gpu", "torch")
BEGIN = datetime(2026, 10, 1, tzinfo=UTC)


def place(number: int = 0, **more: Any) -> Environment:
    plain = {"python": "3.11.7", "torch": "2.14.1", "platform": "Linux", "cpu": "EPYC", "commit": commit(number)}
    return Environment(**plain | {"cores": 2, "memory": 2**33, "threads": 1} | more)


def commit(number: int) -> str:
    """A name as git has it, which no repository has."""
    return f"{number + 1:07x}" + "0" * 33


def moment(number: int) -> str:
    return (BEGIN + timedelta(days=number)).isoformat()


def past(number: int = 0, **more: Any) -> PastRun:
    """The run of a day."""
    return PastRun(id=f"run-{number}", created=moment(number), profile="quick", environment=place(number, **more))


def case(variant: str | None = "by hand", **more: Any) -> Case:
    return Case(**{"exercise": "ex07", "part": "b.speed", "device": "cpu", "seed": 0, "variant": variant} | more)


def noisy(count: int, seed: int = 0, sigma: float = 0.02) -> list[float]:
    """Milliseconds with noise of 2 % from run to run."""
    chance = random.Random(seed)
    return [1e-3 * math.exp(chance.gauss(0, sigma)) for _ in range(count)]


def stepped(count: int, at: int, factor: float, seed: int = 0) -> list[float]:
    values = noisy(count, seed)
    return values[:at] + [factor * value for value in values[at:]]


def history(*columns: Sequence[float], runs: Sequence[PastRun] = (), cases: Sequence[Case] = ()) -> History:
    """A case for each column of values, called a, b, c unless they are given."""
    listed = runs or [past(number) for number in range(len(columns[0]))]
    tracks = [
        Track(
            case=each,
            runs=tuple(range(len(values))),
            values=tuple(values),
            lows=tuple(0.99 * value for value in values),
            highs=tuple(1.02 * value for value in values),
        )
        for each, values in zip(cases or [case(name) for name in "abcdefgh"[: len(columns)]], columns, strict=True)
    ]
    return History(tuple(listed), tuple(tracks))


def question(**more: Any) -> Question:
    return Question(**{"exercise": "ex07", "matters": MATTERS, "places": {}, "subjects": {}} | more)


def told(*columns: Sequence[float], **more: Any) -> Trend:
    """The trend of columns of values, a run a day."""
    return trend.of_history(history(*columns), question(**more), lambda run: True)


def run(number: int, *records: Record, **more: Any) -> Run:
    plain: dict[str, Any] = {
        "schema": SCHEMA,
        "id": f"run-{number}",
        "created": moment(number),
        "command": ("bench", "run", "ex07"),
        "profile": "quick",
        "devices": ("cpu",),
        "seeds": (0,),
        "data": "embedded",
        "environment": place(number),
        "records": records or (record(1e-3),),
    }
    return Run(**plain | more)


def record(seconds: float, variant: str | None = "by hand", peaks: tuple[int, ...] = (), **more: Any) -> Record:
    """Three processes, of which the middle one took so many seconds a call."""
    samples = tuple(
        Sample(round=number, calls=10, seconds=10 * seconds * factor) for number, factor in enumerate((0.99, 1, 1.02))
    )
    memory = Memory(peaks, 1000, "VmHWM") if peaks else None
    return Record(case=case(variant, **more), outcome="ok", samples=samples, memory=memory)


def keep(root: Path, *runs: Run) -> None:
    """Store runs under names that sort by their time."""
    for each in runs:
        folder = root / f"{datetime.fromisoformat(each.created):%Y%m%dT%H%M%SZ}-ex07-cpu"
        folder.mkdir(parents=True)
        (folder / store.RUN).write_bytes(store.encode(each))  # without the fsync of a real one


def repository(folder: Path, count: int) -> list[str]:
    """A repository with so many commits, one after the other; their names, the oldest first."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    stream = "".join(
        f"commit refs/heads/main\ncommitter A <a@b> {1_790_000_000 + 86_400 * number} +0000\ndata 7\nStep {number:02}"
        f"\nM 100644 inline f\ndata 2\n{number:02}\n"
        for number in range(count)
    )
    git(folder, "fast-import", "--quiet", given=stream)
    git(folder, "reset", "-q", "--hard", "main")
    return git(folder, "rev-list", "--reverse", "main").split()


def git(folder: Path, *words: str, given: str = "") -> str:
    settings = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(["git", *words], cwd=folder, env=settings, input=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
