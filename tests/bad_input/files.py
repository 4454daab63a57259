"""Every file of others that bench reads: what an honest one holds, and what reads it."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bench import cache, catalogue, outlines, tensor_file, with_files
from bench.analysis import trend
from bench.cli import on
from bench.cli.verbs import attempt, keep, new
from bench.cluster import attempts, dask_clusters, engine, handed, outputs, probing
from bench.cluster.shards import Needs
from bench.execute import continuing
from bench.execute.observations import run_of
from bench.kit.data import cifar, idx, photos
from bench.kit.training import checkpoint
from bench.model import Description, NoiseFloor
from bench.report import summary
from bench.report.page import beside, images
from bench.results import descriptions, floors, index, journal, named, store
from tests.bad_input import damage, samples

Read = Callable[[Path], Any]


@dataclass(frozen=True, kw_only=True)
class File:
    """``name`` is its path below the folder that ``read`` is given; ``honest`` are good contents, and ``around`` are
    honest files beside it. ``spoil`` knows more than its bytes."""

    name: str
    honest: Callable[[random.Random], bytes]
    read: Read
    around: Callable[[], Mapping[str, bytes]] = dict
    spoil: Callable[[random.Random], bytes] | None = None


def always(data: bytes | str) -> Callable[[random.Random], bytes]:
    return lambda chance: data.encode() if isinstance(data, str) else data


def json_of(value: Callable[[], Any]) -> dict[str, Callable[[random.Random], bytes]]:
    """Honest JSON, and the same with its leaves and branches spoilt."""
    return {
        "honest": lambda chance: json.dumps(value()).encode(),
        "spoil": lambda chance: json.dumps(damage.spoilt(chance, value())).encode(),
    }


def decoded(encode: Callable[[], bytes]) -> Callable[[], Any]:
    return lambda: json.loads(encode())


def read_run(folder: Path) -> None:
    run = store.read(folder)
    summary.verdict(run)
    list(trend.measured(run))


def read_journal(folder: Path) -> None:
    again, begun, known = journal.Journal.reopen(folder)
    again.close()
    planned = {task.case.whole for task in begun.tasks}  # as a session's schedule leaves out what it has not planned
    run_of(begun, [each for each in known if each.task.case.whole in planned], finished=True)


def spoilt_journal(chance: random.Random) -> bytes:
    """Most with a checksum that is right, or nothing behind it would ever be looked at."""
    values = list(samples.written_journal())
    at = chance.randrange(len(values))
    values[at] = damage.spoilt(chance, values[at])
    return samples.lines(values)


def journal_around() -> dict[str, bytes]:
    return {journal.JOURNAL: samples.lines(list(samples.written_journal()))}


def read_done(folder: Path) -> None:
    attempts.finished(folder, 0)
    attempts.busy(folder, 0)


class Answering:
    """An engine whose one command has ended: what it should have written lies there, or does not."""

    outlives = True

    def __init__(self, answer: Path) -> None:
        self.answer = answer

    def start(self, commands: Any, needs: Needs) -> tuple[str, ...]:
        place = Path(commands[0][commands[0].index("--probe") + 1], probing.ANSWER)
        place.symlink_to(self.answer)
        return ("1",)

    def look(self, handles: Any) -> dict[str, str]:
        return dict.fromkeys(handles, "ended")

    def cancel(self, handles: Any) -> None: ...

    def close(self) -> None: ...


def read_probe(folder: Path) -> None:
    needs = Needs(device="cpu", threads=1, alone=False)
    probing.ask(Answering(folder / "answer.json"), folder, needs, pause=lambda seconds: None)


def read_tags(folder: Path) -> None:
    for name in named.tags(folder):
        named.resolve(name, folder)


def cached(read: Callable[[], Any]) -> Read:
    """What a file of the cache is read by, with that folder as the cache."""

    def with_cache(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("BENCH_CACHE", str(folder))
            read()

    return with_cache


SOURCE = Path(catalogue.__file__).with_name("texts.py")


def read_outlines() -> None:
    with outlines.remembered() as memory:
        outlines.outline_of(SOURCE, memory)


def outlined() -> Any:
    from hashlib import sha256

    value = json.dumps(["A heading", ["a tag"], ""])
    return {"basis": outlines.BASIS, "values": {sha256(SOURCE.read_bytes()).hexdigest(): value, "a": "b"}}


def described() -> Any:
    entry = descriptions.CacheEntry(
        "bench.texts",
        descriptions.libraries(),
        {str(SOURCE): descriptions.digest(str(SOURCE))},
        Description(tags=("a",)),
    )
    return json.loads(store.encode(entry))


def floor() -> NoiseFloor:
    from bench.results import environment

    return NoiseFloor(
        created="2026-10-01T00:00:00Z",
        widths={"a": 0.1},
        waited=0.0,
        wander=1.0,
        cpu=environment.cpu(),
        cores=environment.cores(),
        threads=1,
        boot=floors.boot(),
    )


def read_index(folder: Path) -> None:
    """The folder of runs is empty, and the index of another one lies in its place."""
    (folder / "results").mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "_file", lambda root: folder / "index")
        patch.setattr(index, "_bring_up_to_date", lambda *_: None)
        index.history(index.Source(root=folder / "results", measure=trend.measured), "ex10", "time")


def read_project(folder: Path) -> None:
    tables = on.tables(folder / "pyproject.toml")
    for name in [*tables, "slurm"]:
        engine.parse(name, tables)


PROJECT = """[project]\nname = "a"\n[project.entry-points."bench.exercises"]\na = "a.b"
[tool.bench.on.gpu]\nengine = "slurm:partition=gpu"\ntime = "2:00:00"\nmem = 4\n[tool.bench.on.many]\nengine = "dask"
workers = 0x10\nmemory = 1.5\n[tool.other]\nwhen = 2026-10-01T00:00:00Z\nlist = [1, [2, {a = 3}]]\n"""


def listing(folder: Path, name: str = "exercise/__init__.py") -> catalogue.Listing:
    return catalogue.Listing(
        id="ex10", title="A", tags=(), module="a", path=folder / name, distribution="d", problem=""
    )


def read_answer(folder: Path) -> None:
    written = listing(folder)
    written.answer, written.sources, keep.references(written)


def read_distribution(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(folder)])
        for package, distribution in catalogue.packages():
            catalogue._in_package(package, distribution, cache.Memory("none.json", ""))


def read_with(folder: Path) -> None:
    for file in with_files.read_files([folder / "mine.py"]):
        with_files.functions(file)


CODE = '''"""A heading: with é."""\n\nfrom bench import Exercise, hookimpl\n\n\n@hookimpl
def bench_exercise():\n    return Exercise(id="ex10", title=f"{1:>{2}}", tags=("a", "b"))\n'''


def read_idx(folder: Path) -> None:
    idx.parse(idx.content(folder / "images", idx.size_of(samples.SHAPE)), samples.SHAPE, "images")


def read_photo(folder: Path) -> None:
    try:
        photos.photo_at(folder / "a.png", "a")
    except ValueError as error:  # an exercise's own error, of a parameter that it was given
        if "a.png" not in str(error):
            raise


def of_pictures(chance: random.Random) -> bytes:
    return samples.picture(chance.choice(("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "PPM", "ICO", "TGA")))


def gallery() -> Any:
    rows = [[1.0, None], [2.0, 0.5]]
    portrait = {"name": "x", "shape": [2, 2], "expected": rows, "given": rows, "difference": rows, "wrong": True}
    return {"variant": "by hand", "portraits": [portrait], "left_out": 1}


def swept() -> Any:
    line = {"variant": "a", "knee_in_words": "none", "largest_in_words": ""}
    return {"run": samples.tiny_run().id, "parameter": "batch", "memory": "", "variants": [line]}


def kept() -> Any:
    return {"schema": samples.tiny_run().schema, "runs": [json.loads(store.encode(samples.tiny_run()))]}


def run_around() -> dict[str, bytes]:
    return {store.RUN: store.encode(samples.tiny_run()), **journal_around()}


def read_earlier(folder: Path) -> None:
    """The run that ``--continue`` goes on from, and the checkpoints that it takes over."""
    earlier = continuing.Earlier.read(folder)
    task = samples.further()
    (folder / "next").mkdir(exist_ok=True)
    continuing.bring(earlier, continuing.tasks_of(earlier, [task]), folder / "next")


STAMPED = "20260101T000000Z-ex10-cpu"
OUTPUT = "starting …\n\x1b[31mslurmstepd: error: no memory\x1b[0m\n"
FILES: dict[str, File] = {
    "run.json": File(name=store.RUN, read=read_run, **json_of(decoded(lambda: store.encode(samples.tiny_run())))),
    "run.json to go on from": File(
        name=store.RUN,
        read=read_earlier,
        around=lambda: {samples.CHECKPOINT: samples.checkpoint()},
        **json_of(decoded(lambda: store.encode(samples.trained_run()))),
    ),
    "journal": File(
        name=journal.JOURNAL,
        honest=lambda chance: samples.lines(list(samples.written_journal())),
        spoil=spoilt_journal,
        read=read_journal,
    ),
    "shards.json": File(name=handed.SHARDS, read=handed.read, around=journal_around, **json_of(decoded(samples.cut))),
    "handed.jsonl": File(
        name=handed.HANDED,
        honest=always('{"shard":0,"handle":"12_0"}\n{"shard":1,"handle":"12_1"}\n'),
        read=handed.handles,
    ),
    "done": File(
        name="shards/00000/done",
        honest=always("host-1-2\n"),
        read=read_done,
        around=lambda: {f"shards/00000/host-1-2/{store.RUN}": b"{}"},
    ),
    "refused": File(name="shards/00000/refused", honest=always("no torch\n"), read=partial(attempts.refusal, number=0)),
    "answer of a machine": File(
        name="answer.json", read=read_probe, **json_of(lambda: {"token": "a", "seen": None, "problem": "no torch"})
    ),
    "output of a shard": File(
        name="output/12_0.out", honest=always(OUTPUT), read=partial(outputs.last_line, handle="12_0")
    ),
    "tags.json": File(
        name=named.TAGS,
        read=read_tags,
        around=lambda: {f"{STAMPED}/{store.RUN}": b"{}"},
        **json_of(lambda: {"schema": 1, "tags": {"good": STAMPED}}),
    ),
    "outlines.json": File(name=outlines.REMEMBERED, read=cached(read_outlines), **json_of(outlined)),
    "descriptions": File(
        name=descriptions.name_of(SOURCE),
        read=cached(partial(descriptions.recall, "bench.texts", SOURCE)),
        **json_of(described),
    ),
    "noise.json": File(
        name=floors.NAME,
        read=cached(partial(floors.recall, 1)),
        **json_of(decoded(lambda: store.encode(floors.Kept((floor(),))))),
    ),
    "index": File(name="index", honest=lambda chance: samples.indexed(), read=read_index),
    "scheduler file": File(
        name="scheduler.json",
        read=lambda folder: dask_clusters.named("", {dask_clusters.FILE: str(folder / "scheduler.json")}),
        **json_of(lambda: {"type": "Scheduler", "address": "tcp://10.0.0.1:8786", "workers": {}}),
    ),
    "pyproject.toml": File(name="pyproject.toml", honest=always(PROJECT), read=read_project),
    "pyproject.toml of exercises": File(
        name="pyproject.toml", honest=always(PROJECT), read=lambda folder: new.declared(folder / "pyproject.toml")
    ),
    "kept.json": File(name="exercise/kept.json", read=lambda folder: keep.before(listing(folder)), **json_of(kept)),
    "sweep.json": File(name="sweep.json", read=lambda folder: beside.of(folder, samples.tiny_run()), **json_of(swept)),
    "answer.md": File(
        name="exercise/answer.md",
        honest=always('# A\n\n## 10a — b\n\n{{ kept("a", "b") }} {{ code("c.py") }} $x$\n'),
        read=read_answer,
        around=lambda: {"exercise/kept.json": b"{}", "exercise/c.py": b"x = 1\n"},
    ),
    "an exercise's source": File(
        name="exercise.py",
        honest=always(CODE),
        read=lambda folder: catalogue.read(
            folder / "exercise.py", "a.ex10_b", "d", cache.Memory("none.json", outlines.BASIS)
        ),
    ),
    "metadata of a distribution": File(
        name="a-1.dist-info/entry_points.txt",
        honest=always("[console_scripts]\na = b:c\n\n[bench.exercises]\na = a_package\n\n[other]\nx = y\n"),
        read=read_distribution,
        around=lambda: {"a-1.dist-info/METADATA": b"Name: a\n", "a_package/ex10_b.py": CODE.encode()},
    ),
    "a file of --with": File(name="mine.py", honest=always(CODE), read=read_with),
    "IDX": File(name="images", honest=lambda chance: samples.idx(), read=read_idx),
    "IDX, packed": File(name="images.gz", honest=lambda chance: samples.packed_idx(), read=read_idx),
    "npz": File(
        name=str(cifar.NPZ),
        honest=lambda chance: samples.photographs(packed=chance.random() < 0.5),
        read=lambda folder: cifar.read_npz(folder / cifar.NPZ),
    ),
    "a photograph": File(name="a.png", honest=of_pictures, read=read_photo),
    "a picture of a run": File(
        name="a.png", honest=of_pictures, read=lambda folder: images.data_uri(folder, 20, "a.png")
    ),
    "checkpoint": File(
        name="a.pt", honest=lambda chance: samples.checkpoint(), read=lambda folder: checkpoint.load(folder / "a.pt")
    ),
    "checkpoint of an old torch": File(
        name="a.pt",
        honest=lambda chance: samples.old_checkpoint(),
        read=lambda folder: checkpoint.load(folder / "a.pt"),
    ),
    "tensors": File(
        name="a.pt",
        honest=lambda chance: chance.choice((samples.checkpoint, samples.old_checkpoint))(),
        read=lambda folder: tensor_file.recall(folder / "a.pt"),
    ),
    "portraits": File(name="portraits/a.json", read=lambda folder: list(attempt.seen_in(folder)), **json_of(gallery)),
}

REFUSED = {"answer of a machine", "checkpoint of an old torch"}
"""What is refused though it is whole: another machine's token, and a form that bench never wrote."""
MEANT = {("a file of --with", "pipe"), ("a file of --with", "now_a_pipe")}
"""Whoever names a pipe, such as the shell's ``<(...)``, waits for it."""


def lay(file: File, data: bytes, folder: Path) -> Path:
    """Put a content in its place."""
    path = folder / file.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def spoilt(file: File, chance: random.Random, seed: int = 0) -> bytes:
    if file.spoil and chance.random() < 0.5:
        return file.spoil(chance)
    return damage.bad_bytes(chance, file.honest(chance), seed)


def feed(name: str, chance: random.Random, folder: Path, seed: int = 0) -> None:
    """Spoil a file, and have it read."""
    file = FILES[name]
    lay(file, spoilt(file, chance, seed), folder)
    file.read(folder)


def surround(name: str, folder: Path) -> None:
    """Lay what is honest beside it."""
    for path, data in FILES[name].around().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
