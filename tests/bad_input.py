"""Bad input by the thousand, from one seed: every kind is a function that makes one and gives it to what reads it.

A reader may take it, or refuse it by a ``BenchError``. Whatever else it raises is a bug of the reader's.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import string
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import torch

from bench.analysis import trend
from bench.cli import output
from bench.execute import lock_files, parameters
from bench.execute.observations import run_of
from bench.formats import bmf, github_action, junit, pyperf, pytest_benchmark, table
from bench.kit.data import cifar, idx, places
from bench.kit.training import checkpoint
from bench.model import Observation, PartDescription, Plan, Run, Task
from bench.report import console, summary
from bench.report.answers import live, theory
from bench.report.answers.terminal import Answer
from bench.report.between import comparison as between
from bench.report.between import document, markdown
from bench.report.page import html, images
from bench.results import folders, journal, named, store
from tests.report import sample

Kind = Callable[[random.Random, Path], None]
ABSURD: tuple[Any, ...] = (
    0,
    -1,
    1,
    2**63,
    10**400,
    -(10**30),
    0.0,
    -0.0,
    1e308,
    -1e308,
    5e-324,
    True,
    None,
    "",
    "\x1b[2J\x07",
    "\u202e\ud7ff\ufffe",
    "x" * 300,
    "../../etc/passwd",
    "1e999",
    [],
    {},
    [[]],
    "nan",
)


def printed() -> Any:
    """A console that nobody reads."""
    there = output.stdout()
    there.file = io.StringIO()
    return there


def of_text(chance: random.Random, most: int = 40) -> str:
    letters = string.printable + "éß误\u202e\x1b\x7f…{}[]()$\\|`#*_<>&\"'"
    return "".join(chance.choice(letters) for _ in range(chance.randrange(most)))


def damaged(chance: random.Random, data: bytes) -> bytes:
    """With some bytes changed, cut off, doubled or put in."""
    spoilt = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 5, 20))):
        at = chance.randrange(len(spoilt) + 1)
        how = chance.randrange(5)
        if how == 0 and at < len(spoilt):
            spoilt[at] = chance.randrange(256)
        elif how == 1:
            del spoilt[at:]
        elif how == 2:
            spoilt[at:at] = spoilt[at : at + chance.randrange(64)]
        elif how == 3:
            spoilt[at:at] = chance.randbytes(chance.randrange(8))
        else:
            del spoilt[at : at + chance.randrange(64)]
    return bytes(spoilt)


def spoilt(chance: random.Random, value: Any) -> Any:
    """The same JSON with a few of its leaves and branches replaced, dropped or doubled."""
    content = json.loads(json.dumps(value))
    for _ in range(chance.choice((1, 1, 2, 4))):
        _spoil_one(chance, content)
    return content


def _spoil_one(chance: random.Random, content: Any) -> None:
    # Most of what is read of a run is in its records.
    here = content
    if isinstance(content, dict) and "records" in content and chance.random() < 0.6:
        here = content["records"]
    while isinstance(here, dict | list):
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        if not keys:
            return
        key = chance.choice(keys)
        if isinstance(here[key], dict | list) and here[key] and chance.random() < 0.9:
            here = here[key]
            continue
        how = chance.randrange(6)
        if how == 0:
            del here[key]
        elif how == 1 and isinstance(here, list):
            here.append(here[key])
        else:
            here[key] = chance.choice(_alike(here[key]) if how < 5 else ABSURD)
        return


def _alike(value: Any) -> tuple[Any, ...]:
    """Absurd values of one type with it, which are found by looking at them alone."""
    return tuple(each for each in ABSURD if type(each) is type(value)) or ABSURD


@cache
def small_run() -> Run:
    run = sample.build(hostile=False, seeds=(0,))
    parts = dict.fromkeys(record.case.part for record in run.records)
    few = [record for part in parts for record in [each for each in run.records if each.case.part == part][:4]]
    return replace(run, records=tuple(few))


@cache
def written_run() -> Any:
    return json.loads(store.encode(small_run()))


@cache
def observed() -> tuple[Plan, tuple[Observation, ...]]:
    run = small_run()
    tasks = tuple(Task("study", record.case) for record in run.records[:3])
    plan = Plan(
        schema=run.schema,
        id=run.id,
        created=run.created,
        command=run.command,
        profile=run.profile,
        devices=run.devices,
        seeds=run.seeds,
        data=run.data,
        threads=1,
        timeout=None,
        environment=run.environment,
        exercises=run.exercises,
        broken=(),
        tasks=tasks,
    )
    seen = [Observation(task=task, outcome="ok", findings=run.records[0].findings) for task in tasks]
    return plan, tuple(seen)


def bad_run(chance: random.Random, folder: Path) -> Run:
    data = json.dumps(spoilt(chance, written_run())).encode()
    (folder / store.RUN).write_bytes(damaged(chance, data) if chance.random() < 0.1 else data)
    return store.read(folder)


def results(chance: random.Random, folder: Path) -> None:
    """A ``run.json``, with whatever tells of it without drawing."""
    run = bad_run(chance, folder)
    console.show(run, printed(), folder, verbose=chance.random() < 0.5)
    summary.verdict(run)
    list(trend.measured(run))
    for form in (bmf, github_action, junit, pyperf, pytest_benchmark):
        form.encode(run)
    for rows in ("records", "samples", "claims", "metrics"):
        table.encode_csv(run, rows)


def compared(chance: random.Random, folder: Path) -> None:
    pair = [small_run(), bad_run(chance, folder)]
    chance.shuffle(pair)
    told = between.compare(pair, (), 0.03)
    document.document(told, between.exit_code(told))
    markdown.markdown(told)


def pages(chance: random.Random, folder: Path) -> None:
    html.bench_report(run=bad_run(chance, folder), folder=folder)


def journals(chance: random.Random, folder: Path) -> None:
    plan, observations = observed()
    lines = [json.loads(store.encode(each)) for each in (plan, *observations)]
    at = chance.randrange(len(lines))
    lines[at] = spoilt(chance, lines[at])
    bodies = [json.dumps(line).encode() for line in lines]
    data = b"".join(b"%08x %s\n" % (crc32(body), body) for body in bodies)
    (folder / journal.JOURNAL).write_bytes(damaged(chance, data) if chance.random() < 0.5 else data)
    again, begun, known = journal.Journal.reopen(folder)
    again.close()
    planned = {task.case.whole for task in begun.tasks}  # as a session's schedule leaves out what it has not planned
    run_of(begun, [each for each in known if each.task.case.whole in planned], finished=True)


def checkpoints(chance: random.Random, folder: Path) -> None:
    buffer = io.BytesIO()
    torch.save({"weights": torch.zeros(3), "epoch": 2, "names": ["a", "b"]}, buffer)
    (folder / "a.pt").write_bytes(damaged(chance, buffer.getvalue()))
    checkpoint.load(folder / "a.pt")


def digits(chance: random.Random, folder: Path) -> None:
    shape = (5, 3, 2)
    plain = b"\0\0\x08\x03" + b"".join(size.to_bytes(4, "big") for size in shape) + bytes(30)
    packed = chance.random() < 0.5
    for name, data in (("images", plain), ("images.gz", gzip.compress(plain))):
        (folder / name).unlink(missing_ok=True)
        if name.endswith("gz") == packed:
            (folder / name).write_bytes(damaged(chance, data))
    idx.parse(idx.content(folder / "images", idx.size_of(shape)), shape, "images")


def photographs(chance: random.Random, folder: Path) -> None:
    buffer = io.BytesIO()
    pictures, labels = np.zeros((2, 32, 32, 3), np.uint8), np.zeros(2, np.uint8)
    save = np.savez if chance.random() < 0.5 else np.savez_compressed
    save(buffer, x_train=pictures, y_train=labels, x_test=pictures, y_test=labels)
    (folder / cifar.NPZ).write_bytes(damaged(chance, buffer.getvalue()))
    cifar.read_npz(folder / cifar.NPZ)


@cache
def picture(form: str) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, form)
    return buffer.getvalue()


def pictures(chance: random.Random, folder: Path) -> None:
    form = chance.choice(("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"))
    (folder / "a.png").write_bytes(damaged(chance, picture(form)))
    images.data_uri(folder, chance.choice((10, 1000)), "a.png")


PIECES = (
    "{{ claim(",
    '"x"',
    ") }}",
    "{{",
    "}}",
    "$",
    "$$",
    "\\frac{",
    "}",
    "\\left(",
    "\n\n",
    "\n# ",
    "\n## 10a — b\n",
    "\n::: answer\n",
    "\n:::\n",
    "\n::: fold\n",
    "| a | b |\n| - | - |\n| 1 |\n",
    "[]",
    "{[]:1}",
    "**",
    "`",
    "\n```\n",
    "<script>",
    "![a](b)",
    "[a](javascript:b)",
    '{{ chart("a", "b", kind={}) }}',
    '{{ ratio("a.speed", "by hand", batch=[8]) }}',
    '{{ metric("slope of log variance") }}',
    "-" * 50,
    "(" * 90,
    "\n> ",
    "\n- ",
)


def answers(chance: random.Random, folder: Path) -> None:
    run = small_run()
    soup = "".join(chance.choice((*PIECES, of_text(chance))) for _ in range(chance.randrange(30)))
    text = damaged(chance, sample.ANSWER.encode()).decode(errors="replace") if chance.random() < 0.3 else soup
    theory.render(text, run, run.exercises[0], {})
    theory.problems(text, "ex10")
    printed().print(Answer(text, lambda reference: live.NOT_MEASURED, exercise="ex10"))


def names(chance: random.Random, folder: Path) -> None:
    """Of runs, as they are typed."""
    given = chance.choice((of_text(chance), "x" * chance.randrange(5000), "../" * chance.randrange(9), "latest~9999"))
    given = chance.choice((given, f"{folder}/{given}", f"latest{given}")).replace("\0", "")
    named.resolve(given, folder)
    folders.find(folder, given)


def given_parameters(chance: random.Random, folder: Path) -> None:
    values = ("1", "1e999", "nan", "-1", "9" * 5000, "true", "", "é", "1_000", "0x10", "inf")
    texts = [chance.choice((of_text(chance), f"n={chance.choice(values)},{chance.choice(values)}")) for _ in range(2)]
    part = PartDescription(
        id="a", title="A", kind="study", parameters={"n": 1, "x": 0.5, "b": True, "s": "t", "t": (1, 2)}
    )
    chosen = parameters.parse([text.replace("n=", f"{chance.choice('nxbst')}=", 1) for text in texts])
    parameters.check(chosen, [("a", part)])
    list(parameters.combinations(part, chosen))


def variables(chance: random.Random, folder: Path) -> None:
    """Of the environment, where everything is a text."""
    from bench import cache as cached

    before = dict(os.environ)
    known = (
        "BENCH_LOCKS",
        "BENCH_CACHE",
        "BENCH_DATA",
        "XDG_RUNTIME_DIR",
        "XDG_CACHE_HOME",
        "COLUMNS",
        "TERM",
    )
    try:
        for name in chance.sample(known, 3):
            given = chance.choice((of_text(chance), "~nobody/x", "9" * 400, "-1", "", "/proc/1/x", "x" * 300))
            os.environ[name] = given.replace("\0", "").encode(errors="replace").decode()
        cached.folder()
        cached.read("a")
        places.data_folders()
        lock_files.lock_folder()
        printed().print("a", of_text(chance), markup=False)
    finally:
        os.environ.clear()
        os.environ.update(before)


KINDS: dict[str, tuple[Kind, int]] = {
    "results": (results, 10),
    "comparisons": (compared, 5),
    "pages": (pages, 2),
    "journals": (journals, 6),
    "checkpoints": (checkpoints, 12),
    "digits": (digits, 12),
    "photographs": (photographs, 10),
    "pictures": (pictures, 12),
    "answers": (answers, 10),
    "names": (names, 12),
    "parameters": (given_parameters, 12),
    "variables": (variables, 12),
}
"""Each with how many there are of it in about a hundred: a page takes longer than a name."""
