"""A run by whatever it is called: a folder, a run.json, an id or a beginning of one, ``latest``, ``latest~1``, a tag.

Tags are names that a user gives to runs of a folder. They lie beside the runs, in ``tags.json``, and are data of
others like everything that is read there: a name or a run that is not as it should be is refused in one line.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from bench import plain_file
from bench.errors import NothingMatched, UsageError
from bench.results import folders, store
from bench.results.store import StoreError

TAGS = "tags.json"
KEPT = "reference"
"""The folder beside the runs in which a checkout keeps some: their names are looked for there too."""
LATEST = re.compile(r"latest(?:~(\d{1,4}))?")
SAFE = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,59}")
RUN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,199}")
MOST_BYTES = 1_000_000
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Tags:
    """The content of the file: the name of a run's folder by tag."""

    schema: int = SCHEMA
    tags: dict[str, str] = field(default_factory=dict)


def resolve(name: str, results: Path) -> Path:
    """The folder of a run. A path comes first, then the name of a run in ``results``, a tag, ``latest`` and
    ``latest~N`` (the N-th before it), a beginning that only one run has, and all that among the runs that are kept.

    Raises ``NothingMatched`` with the nearest names, ``StoreError`` for tags that cannot be read.
    """
    if found := folders.exact(results, name):
        return found
    if (match := LATEST.fullmatch(name)) and match[1]:
        return _before(results, int(match[1]))
    if name != "latest" and name in (given := tags(results)):
        return _tagged(name, given[name], results)
    try:
        return folders.find(results, name)
    except NothingMatched:
        # A beginning of several runs is none of one that is kept.
        if not any(run.startswith(name) for run in folders.runs(results)):
            with suppress(NothingMatched):
                return folders.find(results / KEPT, name)
        raise


def _before(results: Path, number: int) -> Path:
    stamped = list(islice(folders.newest(results), number + 1))
    if number < len(stamped):
        return stamped[number]
    raise NothingMatched(
        f"latest~{number} is not there: {results} has {len(stamped)} runs that are named by their time"
    )


def _tagged(name: str, run: str, results: Path) -> Path:
    if folder := _here_or_kept(run, results):
        return folder
    raise NothingMatched(f"the tag {name!r} stands for {run}, which is not in {results} any more")


def _here_or_kept(run: str, results: Path) -> Path | None:
    return folders.exact(results, run) or folders.exact(results / KEPT, run)


def tags(results: Path) -> dict[str, str]:
    """Every tag with the name of its run, sorted; none where there is no file. Raises ``StoreError`` for a file that is
    not ours, or that names something else than folders of runs."""
    path = results / TAGS
    try:
        content = store.decode(plain_file.read(path, MOST_BYTES), Tags)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror or error}; mend or remove it") from error
    except StoreError as error:
        raise StoreError(f"{path}: {error}; mend or remove it") from error
    return dict(sorted(_sound(path, content).items()))


def _sound(path: Path, content: Tags) -> dict[str, str]:
    if content.schema != SCHEMA:
        raise StoreError(f"{path}: written by schema {content.schema}, this bench reads {SCHEMA}: upgrade bench")
    for name, run in content.tags.items():
        # A run's name becomes a path: nothing in it may lead out of the folder.
        if not (_is_safe(name) and RUN_NAME.fullmatch(run)):
            raise StoreError(f"{path}: {name[:60]!a} for {run[:60]!a} is no tag for a run; mend or remove it")
    return content.tags


def tag(name: str, run: str, results: Path) -> None:
    """Call a run of the folder by a name; one that was another run's before is this one's now.

    Raises ``UsageError`` for a name that is not safe, ``NothingMatched`` for a run that is not there, ``StoreError``
    where the file cannot be read or written.
    """
    if not _is_safe(name):
        raise UsageError(
            f"{name[:60]!a} cannot be a tag: take a letter, then letters, digits, dots, dashes and underscores, "
            "60 at most, and not latest"
        )
    if folders.place(results, name).exists():
        raise UsageError(f"{name!r} cannot be a tag: {results} has a folder or file of that name")
    if not (RUN_NAME.fullmatch(run) and _here_or_kept(run, results)):
        raise NothingMatched(f"no run in {results} is called {run!r}: a tag stands for a whole name")
    _write(results, tags(results) | {name: run})


def untag(name: str, results: Path) -> None:
    """Forget a tag; its run stays. Raises ``NothingMatched`` where there is none."""
    given = tags(results)
    if name not in given:
        raise NothingMatched(f"no tag {name!r} in {results}; there are {', '.join(given) or 'none'}")
    _write(results, {each: run for each, run in given.items() if each != name})


def _is_safe(name: str) -> bool:
    return bool(SAFE.fullmatch(name)) and name != "latest"


def _write(results: Path, given: dict[str, str]) -> None:
    path = results / TAGS
    try:
        store.replace_file(path, store.encode(Tags(tags=dict(sorted(given.items())))) + b"\n")
    except OSError as error:
        raise store.refusal(error, path, "then try again") from error
