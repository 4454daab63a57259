"""An index of the runs of a folder: one number a case and run, so that a thousand runs are asked in milliseconds.

It is a file of SQLite below the cache folder, made from the ``run.json`` files and from nothing else. It may be deleted
at any time; one that is missing, damaged or of another version is made anew. A run is read again when the size or the
time of its file has changed. Whoever uses it has it alone meanwhile, so that two commands build it once, one after the
other.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from bench import cache
from bench.model import Case, Environment, Run
from bench.model.case import canonical
from bench.model.history import History, Measured, PastRun, Quantity, Track, Unread
from bench.results import folders, months, store
from bench.results.journal import JOURNAL
from bench.results.store import RUN, StoreError

VERSION = 3
"""Of the tables, and of what a number in them means."""
FOLDER = "index"
BATCH = 50
"""Runs that are entered together: what was read stays if the command is interrupted."""
MANY = 100
"""So many runs to read take seconds, and a word is said before."""
LONGEST = 300
"""Letters of a reason that are kept."""
HALF = "half a run: `bench run --resume` with its name ends it"
TABLES = """
create table runs (
    id integer primary key, folder blob not null unique, size integer not null, changed integer not null,
    problem text not null, created text not null, profile text not null
);
create table places (
    id integer primary key, run integer not null, name text not null, environment blob not null,
    unique (run, name)
);
create table tracks (
    id integer primary key, exercise text not null, quantity text not null, described blob not null,
    unique (exercise, quantity, described)
);
create table readings (
    track integer not null, place integer not null, value real not null, low real not null, high real not null,
    primary key (track, place)
) without rowid;
create index readings_of_place on readings (place);
"""
PLACES = """
select places.id, folder, created, profile, environment, name, count(*) over (partition by run)
from places join runs on runs.id = run order by created, folder, places.id
"""
# The readings of a track lie together, in the order of their key: to draw one is to read a few pages of the file.

Measure = Callable[[Run], Iterable[Measured]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where runs are, what is taken from each, and who is told that many are read."""

    root: Path
    measure: Measure
    say: Callable[[str], None] = lambda words: None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and which folders there are: ``stamps`` has size and time of every ``run.json``."""

    source: Source
    exercise: str
    quantity: Quantity
    stamps: dict[bytes, tuple[int, int]]
    half: list[Unread]


def history(source: Source, exercise: str, quantity: Quantity) -> tuple[History, tuple[Unread, ...]]:
    """What all runs of a folder measured of an exercise, and the folders that could not be read.

    Raises ``StoreError`` for a folder that cannot be looked into; one that is not there has no runs.
    """
    question = Question(source, exercise, quantity, *_scanned(source.root))
    try:
        with _alone(_file(source.root)) as file:
            return _asked(file, question)
    except OSError:  # a cache that cannot be written is no harm, only slower
        with closing(_connected(":memory:")) as database:
            return _answer(database, question)


def _file(root: Path) -> Path:
    """One file for each folder of runs."""
    return cache.folder() / FOLDER / f"{sha256(os.fsencode(root.resolve())).hexdigest()[:16]}.sqlite"


@contextmanager
def _alone(file: Path) -> Iterator[Path]:
    """Hold the lock of a file. The system gives it back however the process ends."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield file


def _asked(file: Path, question: Question) -> tuple[History, tuple[Unread, ...]]:
    """From the file, and once more from a new one where it is damaged."""
    try:
        with closing(_connected(str(file))) as database:
            return _answer(database, question)
    except (sqlite3.Error, StoreError, LookupError):
        _remove(file)
    try:
        with closing(_connected(str(file))) as database:
            return _answer(database, question)
    except sqlite3.Error as error:  # such as a full disk
        raise OSError(str(error)) from error


def _remove(file: Path) -> None:
    # With the journal of the old one, which would be taken for one of the new.
    for path in (file.with_name(f"{file.name}-journal"), file):
        with suppress(FileNotFoundError):
            path.unlink()


def _connected(file: str) -> sqlite3.Connection:
    """A database with our tables, empty where it was new; ``sqlite3.DatabaseError`` for one of another version."""
    database = sqlite3.connect(file, isolation_level=None)
    try:
        (version,) = database.execute("pragma user_version").fetchone()
        if version not in (0, VERSION):
            raise sqlite3.DatabaseError(f"version {version}")
        if version == 0:
            # One step: a file with some of the tables is never seen.
            database.executescript(f"begin; {TABLES} pragma user_version = {VERSION}; commit;")
    except BaseException:
        database.close()
        raise
    return database


def _answer(database: sqlite3.Connection, question: Question) -> tuple[History, tuple[Unread, ...]]:
    _bring_up_to_date(database, question.source, question.stamps)
    listed = database.execute("select folder, problem from runs where problem != ''")
    unread = [*question.half, *(Unread(_shown(folder), problem) for folder, problem in listed)]
    return _history(database, question.exercise, question.quantity), tuple(sorted(unread, key=lambda one: one.folder))


def _bring_up_to_date(database: sqlite3.Connection, source: Source, here: dict[bytes, tuple[int, int]]) -> None:
    """Read what is new or changed, and forget what is gone."""
    listed = database.execute("select folder, size, changed from runs")
    known = {folder: (size, changed) for folder, size, changed in listed}
    stale = sorted(folder for folder, stamp in here.items() if known.get(folder) != stamp)
    if len(stale) >= MANY:
        source.say(f"reading {len(stale):,} runs in {source.root}: their numbers are kept for the next time")
    for start in range(0, len(stale), BATCH):
        with _together(database):
            for folder in stale[start : start + BATCH]:
                _enter(database, source, folder, here[folder])
    if gone := known.keys() - here.keys():
        with _together(database):
            for folder in gone:
                _forget(database, folder)


@contextmanager
def _together(database: sqlite3.Connection) -> Iterator[None]:
    """All of it, or nothing."""
    database.execute("begin")
    try:
        yield
    except BaseException:
        database.execute("rollback")
        raise
    database.execute("commit")


def _scanned(root: Path) -> tuple[dict[bytes, tuple[int, int]], list[Unread]]:
    """Size and time of every ``run.json``, by the name of its folder, and the folders that have a journal alone."""
    stamps: dict[bytes, tuple[int, int]] = {}
    half = []
    for name, folder in _folders(root):
        try:
            stamp = os.stat(f"{folder}/{RUN}")  # noqa: PTH116 - a thousand paths as objects take longer than all the rest
            stamps.setdefault(os.fsencode(name), (stamp.st_size, stamp.st_mtime_ns))
        except OSError:
            if os.path.exists(f"{folder}/{JOURNAL}"):  # noqa: PTH110
                half.append(Unread(_shown(os.fsencode(name)), HALF))
    return stamps, half


def _folders(root: Path) -> list[tuple[str, str]]:
    try:
        return list(months.listed(str(root)))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreError(f"{root} cannot be looked into ({error.strerror}): name a folder of runs with -o") from error


def _shown(folder: bytes) -> str:
    return folder.decode(errors="replace")


def _forget(database: sqlite3.Connection, folder: bytes) -> None:
    run = "(select id from runs where folder = ?)"
    # Put together of texts that stand here.
    database.execute(f"delete from readings where place in (select id from places where run = {run})", (folder,))  # noqa: S608
    database.execute(f"delete from places where run = {run}", (folder,))  # noqa: S608
    database.execute("delete from runs where folder = ?", (folder,))


def _enter(database: sqlite3.Connection, source: Source, folder: bytes, stamp: tuple[int, int]) -> None:
    """Put one run in the place of what was known of its folder."""
    _forget(database, folder)
    path = folders.exact(source.root, os.fsdecode(folder)) or source.root / os.fsdecode(folder)
    try:
        run = _whole(store.read(path))
        row: tuple[str, str, str] = ("", _moment(run.created), run.profile)
        places = [(name, store.encode(place.environment)) for name, place in run.places.items()]
        tracks = [
            (one.place, (one.case.exercise, one.quantity, _described(one.case)), (one.value, one.low, one.high))
            for one in source.measure(run)
        ]
    except (StoreError, ValueError, OverflowError) as error:
        row, places, tracks = (_reason(error, path), "", ""), [], []
    added = database.execute(
        "insert into runs (folder, size, changed, problem, created, profile) values (?, ?, ?, ?, ?, ?)",
        (folder, *stamp, *row),
    )
    ids = {name: _place(database, added.lastrowid, name, environment) for name, environment in places}
    for place, track, numbers in tracks:
        database.execute("insert or ignore into tracks (exercise, quantity, described) values (?, ?, ?)", track)
        database.execute(
            "insert or replace into readings select id, ?, ?, ?, ? from tracks"
            " where exercise = ? and quantity = ? and described = ?",
            (ids[place], *numbers, *track),
        )


def _place(database: sqlite3.Connection, run: int | None, name: str, environment: bytes) -> int | None:
    """The number that a new place of a run has."""
    row = (run, name.encode(errors="replace").decode(), environment)
    return database.execute("insert or replace into places (run, name, environment) values (?, ?, ?)", row).lastrowid


def _described(case: Case) -> bytes:
    """The same bytes for the same case, in whatever order its parameters were declared."""
    return store.encode(
        replace(case, parameters={name: canonical(case.parameters[name]) for name in sorted(case.parameters)})
    )


def _whole(run: Run) -> Run:
    if not run.finished:
        raise StoreError(HALF)
    return run


def _reason(error: Exception, folder: Path) -> str:
    """What is wrong with a run, without the path, which is said beside it."""
    return str(error).removeprefix(f"{folder / RUN}: ").encode(errors="replace").decode()[:LONGEST]


def _moment(created: str) -> str:
    """One form for one moment, that sorts by time."""
    try:
        when = datetime.fromisoformat(created)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError) as error:
        raise StoreError(f"created is {created[:40]!r}, which is no time") from error


def _history(database: sqlite3.Connection, exercise: str, quantity: Quantity) -> History:
    tracks = [
        (store.decode(described, Case), columns)
        for id, described in database.execute(
            "select id, described from tracks where exercise = ? and quantity = ? order by id", (exercise, quantity)
        )
        if (columns := _columns(database, id))
    ]
    ids = {place for _, columns in tracks for place in columns[0]}
    rows = database.execute(PLACES)
    runs = [row for row in rows if row[0] in ids]
    numbers = {id: number for number, (id, *_) in enumerate(runs)}
    return History(
        tuple(map(_past, runs)),
        tuple(_track(case, [numbers[place] for place in columns[0]], columns[1:]) for case, columns in tracks),
    )


def _columns(database: sqlite3.Connection, track: int) -> Sequence[tuple[float, ...]]:
    rows = database.execute("select place, value, low, high from readings where track = ?", (track,)).fetchall()
    return tuple(zip(*rows, strict=True))


def _past(row: tuple[int, bytes, str, str, bytes, str, int]) -> PastRun:
    _, folder, created, profile, environment, name, count = row
    return PastRun(
        id=_shown(folder),
        created=created,
        profile=profile,  # type: ignore[arg-type]  # validated when the run was read
        environment=store.decode(environment, Environment),
        place=name if count > 1 else "",
    )


def _track(case: Case, runs: Sequence[int], numbers: Sequence[tuple[float, ...]]) -> Track:
    values, lows, highs = numbers
    return Track(case=case, runs=tuple(runs), values=values, lows=lows, highs=highs)
