"""Honest input, small enough to be spoilt and read a thousand times."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
from dataclasses import replace
from functools import cache
from typing import Any
from zlib import crc32

import numpy as np
import torch

from bench.analysis import trend
from bench.cluster import handed
from bench.cluster.shards import Needs
from bench.model import Observation, Plan, Run, Task
from bench.results import index, store
from tests.report import sample

SHAPE = (5, 3, 2)
"""Of the array in a sample of IDX."""
CHECKPOINT = "ex10/checkpoints/a.pt"


@cache
def small_run() -> Run:
    run = sample.build(hostile=False, seeds=(0,))
    parts = dict.fromkeys(record.case.part for record in run.records)
    few = [record for part in parts for record in [each for each in run.records if each.case.part == part][:4]]
    return replace(run, records=tuple(few))


@cache
def tiny_run() -> Run:
    """With a record for each part, and the beginning of everything that is long."""
    run = small_run()
    parts = {record.case.part: record for record in run.records}
    whole = json.loads(store.encode(replace(run, records=tuple(parts.values()))))
    return store.decode(json.dumps(beginning(whole)).encode(), Run)


def beginning(value: Any) -> Any:
    """The same JSON with four items of each list."""
    if isinstance(value, list):
        return [beginning(each) for each in value[:4]]
    return {name: beginning(each) for name, each in value.items()} if isinstance(value, dict) else value


@cache
def trained_run() -> Run:
    """Whose first record is a training that kept a checkpoint."""
    run = tiny_run()
    record = run.records[0]
    case = replace(record.case, parameters={**record.case.parameters, "epochs": 1}, variant=None)
    trained = replace(record, case=case, checkpoints=(CHECKPOINT,), outcome="ok")
    return replace(run, records=(trained, *run.records[1:]), finished=True)


def further() -> Task:
    """What goes on with it."""
    case = trained_run().records[0].case
    return Task("study", replace(case, parameters={**case.parameters, "epochs": 2}))


@cache
def written_run() -> Any:
    return json.loads(store.encode(small_run()))


@cache
def observed() -> tuple[Plan, tuple[Observation, ...]]:
    run = tiny_run()
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


def lines(values: list[Any]) -> bytes:
    """A journal of values of JSON, each with a checksum that is right."""
    bodies = [json.dumps(value).encode() for value in values]
    return b"".join(b"%08x %s\n" % (crc32(body), body) for body in bodies)


@cache
def written_journal() -> tuple[Any, ...]:
    plan, observations = observed()
    return tuple(json.loads(store.encode(each)) for each in (plan, *observations))


@cache
def cut() -> bytes:
    plan, _ = observed()
    needs = Needs(device="cpu", threads=1, alone=False, seconds=1.0)
    pieces = tuple(handed.Piece(tasks=(at,), needs=needs) for at in range(len(plan.tasks)))
    return store.encode(handed.Cut(engine="slurm", options={"partition": "gpu"}, pieces=pieces))


@cache
def idx() -> bytes:
    size = SHAPE[0] * SHAPE[1] * SHAPE[2]
    return b"\0\0\x08\x03" + b"".join(side.to_bytes(4, "big") for side in SHAPE) + bytes(range(size))


@cache
def packed_idx() -> bytes:
    return gzip.compress(idx(), mtime=0)


@cache
def photographs(*, packed: bool = False) -> bytes:
    buffer = io.BytesIO()
    pictures, labels = np.zeros((2, 32, 32, 3), np.uint8), np.zeros(2, np.uint8)
    save = np.savez_compressed if packed else np.savez
    save(buffer, x_train=pictures, y_train=labels, x_test=pictures, y_test=labels)
    return buffer.getvalue()


@cache
def checkpoint() -> bytes:
    buffer = io.BytesIO()
    torch.save({"weights": torch.zeros(3), "epoch": 2, "names": ["a", "b"]}, buffer)
    return buffer.getvalue()


@cache
def old_checkpoint() -> bytes:
    """As torch wrote them before its files were archives."""
    buffer = io.BytesIO()
    torch.save({"weights": torch.zeros(3), "epoch": 2}, buffer, _use_new_zipfile_serialization=False)
    return buffer.getvalue()


@cache
def picture(form: str) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.radial_gradient("L").resize((40, 30)).convert("RGB").save(buffer, form)
    return buffer.getvalue()


@cache
def indexed() -> bytes:
    """The index of a folder with one run, as a file of SQLite."""
    database = sqlite3.connect(":memory:")
    database.executescript(f"begin; {index.TABLES} pragma user_version = {index.VERSION}; commit;")
    _enter(database)
    data = database.serialize()
    database.close()
    return data


def _enter(database: sqlite3.Connection) -> None:
    run = tiny_run()
    place = database.execute(
        "insert into runs (folder, size, changed, problem, created, profile) values (?, 1, 1, '', ?, ?)",
        (b"20260101T000000Z-ex10-cpu", run.created, run.profile),
    ).lastrowid
    database.execute(
        "insert into places (id, run, name, environment) values (1, ?, 'a', ?)", (place, store.encode(run.environment))
    )
    for number, each in enumerate(trend.measured(run), 1):
        row = (number, each.case.exercise, each.quantity, store.encode(each.case))
        database.execute("insert or ignore into tracks values (?, ?, ?, ?)", row)
        database.execute("insert or ignore into readings values (?, 1, ?, ?, ?)", (number, 1.0, 0.9, 1.1))
    database.commit()
