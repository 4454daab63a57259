"""run.json: values to JSON and back, validated, with errors of one line. The only user of msgspec."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from math import isfinite
from pathlib import Path, PureWindowsPath
from typing import Any, TypeVar

from bench import plain_file
from bench.errors import BenchError
from bench.model import SCHEMA, Figure, Record, Run
from bench.results import bounds

T = TypeVar("T")
RUN = "run.json"
SHARDS = "shards"
"""In a run's folder: ``shards/NNNNN/`` has the attempts at a shard, each a folder of a run's own."""
FULL = (errno.ENOSPC, errno.EDQUOT)
NO_ROOM = ("no space left", *(os.strerror(number).lower() for number in FULL))
"""In what is said of a full disk, by the system or by us."""
LARGEST = 2**63
SURROGATE = re.compile("[\ud800-\udfff]")
DIALECT = "https://json-schema.org/draft/2020-12/schema"


class StoreError(BenchError):
    """A stored run that cannot be read, or a folder that cannot be written."""

    exit_code = 2


class NotJSON(StoreError):
    """Bytes that are not JSON, or only the beginning of it."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The one field that every schema has."""

    schema: int


def encode(value: object) -> bytes:
    """One line of JSON. Raises ``ValueError`` naming the field, as in ``records[3].samples[0].seconds is nan``, for a
    number that is not finite, a string that is not Unicode, a type that JSON does not have, and a figure's path that
    leaves the run's folder."""
    if wrong := next(_problems(value, ""), ""):
        raise ValueError(wrong.lstrip("."))
    return _json(value)


def _json(value: object) -> bytes:
    import msgspec

    return msgspec.json.encode(value)


def _problems(value: object, where: str) -> Iterator[str]:
    if isinstance(value, tuple | list):
        for i, item in enumerate(value):
            yield from _problems(item, f"{where}[{i}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            if type(key) is not str or _wrong(key):
                yield f"{where} has the key {key!a}, which is not a string of Unicode"
            yield from _problems(item, f"{where}[{key!r}]")
    elif is_dataclass(value):
        for field in fields(value):
            yield from _problems(getattr(value, field.name), f"{where}.{field.name}")
        if isinstance(value, Figure) and not inside(value.path):
            yield f"{where}.path is {value.path!r}, which is not inside the run's folder"
    elif wrong := _wrong(value):
        yield f"{where or 'the value'} {wrong}"


def _wrong(leaf: object) -> str:
    """Why a leaf cannot be stored; subclasses of float and str, as numpy has them, would not come back as they were."""
    if type(leaf) is float:
        return "" if isfinite(leaf) else f"is {leaf}"
    if type(leaf) is str:
        return "" if leaf.isascii() or not SURROGATE.search(leaf) else f"is not valid Unicode: {leaf!a}"
    if type(leaf) is int:
        return "" if -LARGEST <= leaf < 2 * LARGEST else "is a whole number beyond 64 bits"
    if leaf is None or type(leaf) is bool:
        return ""
    return f"is a {type(leaf).__module__}.{type(leaf).__qualname__}, which cannot be stored"


def inside(path: str) -> bool:
    """Whether a path, read as POSIX and as Windows do, is relative and never goes up."""
    # A run travels: what is written here may be read there, and only Windows takes both kinds of slash.
    windows = PureWindowsPath(path)
    return bool(windows.parts) and not windows.anchor and ".." not in windows.parts and "\0" not in path


def decode(data: bytes, kind: type[T]) -> T:
    """The value of type ``kind`` that ``data`` holds, validated; ``StoreError`` says what is wrong, and where."""
    import msgspec

    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as error:
        raise StoreError(_field(str(error))) from error
    except msgspec.DecodeError as error:
        raise NotJSON(_malformed(str(error), len(data))) from error
    except UnicodeDecodeError as error:
        raise NotJSON("not JSON: a string is not UTF-8") from error
    except RecursionError as error:
        raise NotJSON("not ours: nested too deeply") from error


def _field(message: str) -> str:
    """``Expected `float`, got `str` - at `$.a[0].b` `` as ``a[0].b: expected float, got str``."""
    what, _, where = message.replace("`", "").partition(" - at $")
    return f"{where.lstrip('.')}: {what[0].lower()}{what[1:]}" if where else what[0].lower() + what[1:]


def _malformed(message: str, size: int) -> str:
    # msgspec names the place of what it did not expect; at the very end that is an end come too soon.
    if "truncated" in message or f"(byte {size})" in message:
        return f"not whole: the JSON stops in the middle, at byte {size}"
    if "UTF-8" in message:  # older versions of msgspec leave this to the codec
        return "not JSON: a string is not UTF-8"
    return f"not JSON: {message.removeprefix('JSON is malformed: ')}"


def write(run: Run, folder: Path) -> Path:
    """Write ``folder/run.json`` in one step: whoever looks sees the whole old file or the whole new one.

    Raises ``ValueError`` for what cannot be stored, ``StoreError`` where the disk refuses; the old file then stays.
    """
    path, data = folder / RUN, _pretty(run)
    try:
        replace_file(path, data)
        sync(folder)
    except OSError as error:
        raise refusal(error, path, resuming(folder)) from error
    return path


def replace_file(path: Path, data: bytes, *, sync: bool = True) -> None:
    """Whoever looks sees the whole old file or the whole new one, however many write it at once. Raises ``OSError``
    where the disk refuses.

    :param sync: put it on the disk before it has its name: not needed for what can be drawn again
    """
    # Beside it, since a rename is one step within one file system only; hidden, since nobody is to find it; and under a
    # name that no other process has, for two may write the same file.
    part = path.with_name(f".{os.urandom(6).hex()}.part")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            if sync:
                # Before the rename: some file systems put a new name on the disk before the content.
                os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_to(path: Path, data: bytes) -> None:
    """As ``replace_file``, for a path that the user has named: a pipe or a device stays what it is, and a link is
    followed. Raises ``OSError``."""
    if path.exists() and not path.is_file():
        path.write_bytes(data)
    else:
        replace_file(path.resolve(), data)


def _pretty(run: Run) -> bytes:
    """One field a line, and within a field one exercise, record or broken plugin a line: small, and `diff` likes it."""
    if wrong := next(_problems(run, ""), ""):
        raise ValueError(wrong.lstrip("."))
    return b"{\n" + b",\n".join(_entry(f.name, getattr(run, f.name)) for f in fields(run)) + b"\n}\n"


def _entry(name: str, value: object) -> bytes:
    if isinstance(value, tuple) and value and is_dataclass(value[0]):
        return _json(name) + b": [\n  " + b",\n  ".join(map(_json, value)) + b"\n]"
    return _json(name) + b": " + _json(value)


def sync(folder: Path) -> None:
    """Make a name in a folder last, where the system lets a folder be opened."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def refusal(error: OSError, path: Path, then: str) -> StoreError:
    """What the disk said, and what to do; ``then`` ends the sentence once it can be written again."""
    if error.errno in FULL:
        return StoreError(f"no space left on the disk of {path}: free some, {then}")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError(f"{path} cannot be written ({error.strerror}): change its permissions, {then}")
    return StoreError(f"{path} cannot be written: {error.strerror or error}")


def has_no_room(reason: str) -> bool:
    """Whether what somebody gave as a reason is a full disk."""
    return any(words in reason.lower() for words in NO_ROOM)


def resuming(folder: Path) -> str:
    """How to go on with the run of a folder, as the end of a sentence: an attempt at a shard is none by itself."""
    is_attempt = len(folder.parents) > 2 and folder.parents[1].name == SHARDS
    return f"then `bench run --resume {(folder.parents[2] if is_attempt else folder).name}`"


def read(path: Path) -> Run:
    """The run in a folder, or in a ``run.json``. Raises ``StoreError`` of one line for anything but a whole run."""
    file = path / RUN if path.is_dir() else path
    try:
        return _parse(_bytes(file), file.parent)
    except StoreError as error:
        raise StoreError(f"{file}: {error}") from error


def _bytes(file: Path) -> bytes:
    try:
        return plain_file.read(file)
    except FileNotFoundError as error:
        raise StoreError("no such file; a run that was stopped has none: `bench run --resume` ends it") from error
    except OSError as error:
        raise StoreError(f"cannot be read: {error.strerror or error}") from error


def _parse(data: bytes, folder: Path) -> Run:
    check(data)
    run = decode(data, Run)
    if wrong := bounds.wrong(run) or _misplaced(run):
        raise StoreError(wrong)
    return _named(_inside(run, folder))


def check(data: bytes) -> None:
    """``StoreError`` unless this is JSON with a schema number that this bench reads."""
    try:
        # msgspec passes over fields that a class does not name, so that any version of the file gives its number.
        schema = decode(data, Stamp).schema
    except NotJSON:
        raise
    except StoreError as error:
        raise StoreError(f"not ours: no schema number ({error})") from error
    if schema > SCHEMA:
        raise StoreError(f"written by schema {schema}, this bench reads up to {SCHEMA}: upgrade bench")
    if schema < 1:
        raise StoreError(f"not ours: schema {schema}; the first one is 1")


def _inside(run: Run, folder: Path) -> Run:
    """Without the figures whose path leaves the folder, by itself or through a link: their record says so, and the rest
    of the run is as good as it was."""
    # Looked at again as it is read: the file may be another's, and a link in the folder may lead anywhere.
    home = folder.resolve()
    records = tuple(_own(record, home) if record.findings.figures else record for record in run.records)
    return run if records == run.records else replace(run, records=records)


def _own(record: Record, home: Path) -> Record:
    figures = record.findings.figures
    own = tuple(each for each in figures if inside(each.path) and _leads_into(home, each.path))
    if len(own) == len(figures):
        return record
    left_out = [f"the picture {each.name!r} is left out: its file is not in the run's folder" for each in figures]
    notes = tuple(note for note, each in zip(left_out, figures, strict=True) if each not in own)
    return replace(record, findings=replace(record.findings, figures=own), notes=(*record.notes, *notes))


def _leads_into(home: Path, path: str) -> bool:
    try:
        return (home / path).resolve().is_relative_to(home)
    except (OSError, RuntimeError):  # links in a circle, or a name that no disk takes
        return False


def _misplaced(run: Run) -> str:
    """The first record of a place that the run does not have: nobody knows what its numbers may be held against."""
    for i, record in enumerate(run.records):
        if record.place and record.place not in run.places:
            return f"records[{i}].place is {record.place!r}, which is no place of the run"
    return ""


def _named(run: Run) -> Run:
    """With the name of its place in every record: one that names none was on the first."""
    if not run.is_spread and len({record.place for record in run.records}) < 2:
        return run
    records = tuple(replace(record, place=run.where(record)) for record in run.records)
    return replace(run, records=records, peaks=tuple(replace(peak, place=run.where(peak)) for peak in run.peaks))


def json_schema() -> dict[str, Any]:
    """The JSON Schema of ``run.json``, as it is committed in ``run.schema.json``."""
    import msgspec

    model = decode(_json(msgspec.json.schema(Run)), dict[str, Any])  # defaults as JSON has them: lists, not tuples
    return {"$schema": DIALECT, "title": f"bench run, schema {SCHEMA}", **model}
