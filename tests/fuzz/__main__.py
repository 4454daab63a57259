"""Inputs that atheris makes by looking at which lines they reach: ``python -m tests.fuzz READER [SECONDS]``.

What is neither taken nor refused by a ``BenchError`` ends it, with the input in a file: it becomes a seed of
``tests/bad_input/crashes.py``. Without a reader it names them.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from zlib import crc32

import atheris

with atheris.instrument_imports(include=["bench"], enable_loader_override=False):
    from bench.errors import BenchError
    from tests.bad_input import damage, files, told

INPUTS = 64
"""Spoilt ones to begin with, beside an honest one."""


def journal_of(data: bytes) -> bytes:
    """Every line with a checksum that is right: by chance none would be."""
    return b"".join(b"%08x %s\n" % (crc32(line), line) for line in data.split(b"\n"))


def read(name: str, data: bytes, folder: Path) -> None:
    if name == "answers":
        told.render(data.decode(errors="replace"))
        return
    file = files.FILES[name]
    files.lay(file, journal_of(data) if name == "journal" else data, folder)
    file.read(folder)


def beginnings(name: str, folder: Path) -> None:
    """The corpus."""
    for seed in range(INPUTS):
        chance = random.Random(seed)
        if name == "answers":
            data = told.answer(chance).encode(errors="replace")
        else:
            data = files.FILES[name].honest(chance) if not seed else files.spoilt(files.FILES[name], chance, seed)
        if name == "journal":
            data = b"\n".join(line[9:] for line in data.splitlines())
        (folder / str(seed)).write_bytes(data)


def mutated(data: bytes, most: int, seed: int) -> bytes:
    """JSON as JSON, every other time: atheris does not see how a library in C reads it."""
    chance = random.Random(seed)
    try:
        lines = [json.loads(line) for line in data.split(b"\n")] if seed % 2 else []
    except (ValueError, RecursionError):
        lines = []
    if not lines:
        return bytes(atheris.Mutate(data, len(data) + 64))[:most]
    at = chance.randrange(len(lines))
    lines[at] = damage.spoilt(chance, lines[at])
    return b"\n".join(json.dumps(line).encode() for line in lines)[:most]


def main(name: str, seconds: str = "300") -> None:
    with TemporaryDirectory() as made:
        corpus, here = Path(made, "corpus"), Path(made, "here")
        corpus.mkdir()
        here.mkdir()
        beginnings(name, corpus)
        if name in files.FILES:
            files.surround(name, here)

        def one(data: bytes) -> None:
            try:
                read(name, data, here)
            except BenchError:
                return

        options = [f"-max_total_time={seconds}", "-rss_limit_mb=4096", "-timeout=60", "-max_len=65536"]
        atheris.Setup([sys.argv[0], *options, str(corpus)], one, custom_mutator=mutated)
        atheris.Fuzz()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("\n".join([*files.FILES, "answers"]))
    main(*sys.argv[1:])
