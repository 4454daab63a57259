"""What is typed: names, values, sizes, dates, ranges, engines, and whole command lines of verbs that start nothing."""

from __future__ import annotations

import io
import os
import random
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench import cli
from bench.ab import environments
from bench.cli import completion, sizes
from bench.cluster import dask_clusters, engine, slurm
from bench.errors import BenchError
from bench.execute import parameters, ranges
from bench.formats import loading
from bench.model import PartDescription
from bench.results import folders, named, since, store
from tests.bad_input import samples
from tests.bad_input.damage import of_text

NUMBERS = (
    *("1", "1e999", "nan", "-1", "true", "", "é", "1_000", "0x10", "inf", "٣", "²", "-0"),
    *("9" * 5000, "1" + "0" * 400),
)
PATHS = ("", ".", "/", "..", "/dev/null", "x" * 300, "~nobody/x", "loop", "a\ud800b", "-", "--", "a" * 5000)
DOCUMENTED = {0, 1, 2, 3, 4, 5, 130}


def word(chance: random.Random) -> str:
    return chance.choice((of_text, lambda _: chance.choice(NUMBERS), lambda _: chance.choice(PATHS)))(chance)


def as_argument(text: str) -> str:
    """As the system hands it over: without NUL, and what is not UTF-8 as Python has it."""
    plain = text.replace("\0", "").encode(errors="replace")
    return os.fsdecode(plain + b"\xff" if text.endswith("x") else plain)


def names(chance: random.Random, folder: Path) -> None:
    """Of runs."""
    given = chance.choice((word(chance), "x" * chance.randrange(5000), "../" * chance.randrange(9), "latest~9999"))
    given = chance.choice((given, f"{folder}/{given}", f"latest{given}", f"latest~{given}"))
    for read in (named.resolve, folders.find):
        with suppress(BenchError):
            read(*((given, folder) if read is named.resolve else (folder, given)))
    loading.load(given, root=folder)


PART = PartDescription(id="a", title="A", kind="study", parameters={"n": 1, "x": 0.5, "b": True, "s": "t", "t": (1, 2)})


def values(chance: random.Random, folder: Path) -> None:
    """Of parameters."""
    texts = [
        chance.choice((of_text(chance), f"n={chance.choice(NUMBERS)},{chance.choice(NUMBERS)}", word(chance)))
        for _ in range(2)
    ]
    chosen = parameters.parse([text.replace("n=", f"{chance.choice('nxbst')}=", 1) for text in texts])
    parameters.check(chosen, [("a", PART)])
    list(parameters.combinations(PART, chosen))


def ranged(chance: random.Random, folder: Path) -> None:
    piece = lambda: chance.choice((*NUMBERS, "2^0", "2^14", "1..64", "9^999", "..", "*", "+", of_text(chance, 4)))  # noqa: E731
    ranges.expand("n", ["".join(piece() for _ in range(chance.randrange(5))) for _ in range(2)])


def measures(chance: random.Random, folder: Path) -> None:
    """Sizes, dates and requirements: each text is given to all of them, and each may refuse it."""
    behind = ("", "MB", "GiB", " tb", "d", "w", "-10-01", "T00:00:00Z", "==1", "\n")
    text = chance.choice(NUMBERS) + chance.choice(behind)
    text = chance.choice((text, word(chance)))
    readers: tuple[Callable[[], object], ...] = (
        lambda: sizes.parse("--memory", text),
        lambda: since.since(text, datetime(2026, 10, 1, tzinfo=UTC), ()),
        lambda: environments.requirements(text),
        lambda: slurm.array_size(f"MaxArraySize = {text}"),
    )
    for read in readers:
        with suppress(BenchError):
            read()


def engines(chance: random.Random, folder: Path) -> None:
    options = ("partition", "time", "mem", "workers", "memory", "scheduler-file", "nonsense")
    told = ",".join(f"{chance.choice(options)}={word(chance)}" for _ in range(chance.randrange(4)))
    wanted = engine.parse(f"{chance.choice(('slurm', 'dask', 'x', ''))}{chance.choice((':', ',', ''))}{told}", {})
    with suppress(BenchError):
        slurm.check(wanted.address, wanted.options)
    dask_clusters.named(wanted.address, wanted.options)
    engine.make(engine.Wanted(engine=f"no {wanted.engine}"))


def completed(chance: random.Random, folder: Path) -> None:
    completion.exercises(None, None, word(chance))


VERBS: dict[str, tuple[str, ...]] = {
    "list": ("--tag", "--json"),
    "compare": ("--fail-on", "--margin", "--allow-missing", "--by", "--json", "--markdown", "-o"),
    "baseline": ("set", "show", "remove", "list", "-o", "--json"),
    "trend": ("--by", "--since", "--of", "--profile", "--page", "--json", "-o"),
    "export": ("--to", "junit", "csv", "--of", "records", "--place", "--force", "-o", "--results"),
    "keep": ("-o",),
    "show": ("--run", "-o", "--json"),
    "new": ("--title", "--into"),
    "": ("--version", "--help", "-h"),
    "nonsense": (),
    "work": ("--slots", "--threads", "--data"),
    "ab": ("--env", "--budget", "--equal", "--profile"),
    "run": ("--resume", "--continue", "--seed", "--timeout", "--jobs", "--threads", "--detach", "--against"),
    "sweep": ("--memory", "--param", "--until-oom"),
}
STARTING = {"run": ("--resume", "nothing-here"), "sweep": ("a.b.c.d",), "ab": ("--env", "-x"), "work": ("nowhere", "0")}
"""What is put behind those that would start processes, so that they have something to refuse."""


def command_lines(chance: random.Random, folder: Path) -> None:
    """Whatever it is, the exit code is one that is documented, and what is refused is one line on stderr."""
    verb = chance.choice(list(VERBS))
    known = (*VERBS[verb], "good", "latest", "ex10", str(folder), "junit", "bmf", "commit", "30d", "0.1")
    words = [verb, *(chance.choice((chance.choice(known), word(chance))) for _ in range(chance.randrange(6)))]
    words = [as_argument(each) for each in (*words, *STARTING.get(verb, ())) if each or chance.random() < 0.5]
    said, complaint = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(complaint):
        patch.setattr(sys, "argv", ["bench", *words])
        code = cli.status()
    refused = [line for line in complaint.getvalue().splitlines() if line.startswith("bench: ")]
    assert code in DOCUMENTED, f"{words}: exit code {code}"
    assert len(refused) <= 1, f"{words}: {complaint.getvalue()}"
    assert code in (0, 1) or refused or verb == "", f"{words}: exit code {code} without a word"


def runs_here(folder: Path) -> None:
    """A folder in which names may mean something."""
    place = folder / "results" / "20260101T000000Z-ex10-cpu"
    place.mkdir(parents=True, exist_ok=True)
    (place / store.RUN).write_bytes(store.encode(samples.tiny_run()))
    (folder / "results" / named.TAGS).write_text('{"schema": 1, "tags": {"good": "20260101T000000Z-ex10-cpu"}}')
    if not (folder / "loop").is_symlink():
        (folder / "loop").symlink_to("loop")
