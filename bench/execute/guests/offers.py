"""Variants from outside, before anything runs: which sources there are, what each offers, and how it will be called."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from bench import ctrl_c, plugins
from bench.errors import NothingMatched, PluginError
from bench.execute.executors.base import Executor
from bench.execute.inquiries import last_line
from bench.execute.messages import Order, Question, Reply, Surveyed
from bench.model import Broken, Guest, SourceFile

SECONDS = 30.0
"""How long a source may take to load and to answer, unless ``--timeout`` is less."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the user's, or the plugin that another distribution announces; ``label`` is what people call it."""

    name: str
    label: str
    file: SourceFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What came of all sources. ``files`` are those that could be loaded; ``read`` is what was loaded with each source,
    as ``{path: sha256}``."""

    guests: tuple[Guest, ...] = ()
    files: tuple[SourceFile, ...] = ()
    broken: tuple[Broken, ...] = ()
    read: dict[str, str] = field(default_factory=dict)


def survey(
    files: Sequence[SourceFile],
    questions: Sequence[Question],
    executor: Executor,
    *,
    names: Sequence[str],
    timeout: float | None = None,
    forgiving: bool = False,
) -> Survey:
    """Ask every source, each in a process of its own, what it has for the selected comparisons.

    Raises ``PluginError`` where every file is broken, ``NothingMatched`` for a file that adds nothing to what ``names``
    select, if there are any. Of several, a broken one is a row, and so is another distribution's plugin; where it is
    ``forgiving``, so is a file that adds nothing beside one that does.
    """
    seconds = min(SECONDS, timeout or SECONDS)
    sources = sources_of(files)
    with tempfile.TemporaryDirectory(prefix="bench-survey-", ignore_cleanup_errors=True) as folder:
        asked = [(source, ask(source, questions, executor, folder=folder, seconds=seconds)) for source in sources]
        answers = [(source, answer_of(ctrl_c.result(future), seconds)) for source, future in asked]
    broken = tuple(row for source, answer in answers for row in rows(source, answer))
    refuse_if_all_are_broken(files, answers)
    selected = [f"{each.exercise}.{each.part}" for each in questions if each.selected]
    idle = adding_nothing(answers, ", ".join(names), selected) if names else ()
    if idle and not (forgiving and any(source.file and may_be_held(answer) for source, answer in answers)):
        raise NothingMatched("; ".join(f"{row.exercise} {row.reason}" for row in idle))
    sound = [(source, answer) for source, answer in answers if isinstance(answer, Surveyed)]
    return Survey(
        guests=named(answers),
        files=tuple(source.file for source, _ in sound if source.file),
        broken=(*broken, *idle),
        read={path: digest for _, answer in sound for path, digest in answer.read.items()},
    )


Answers = Sequence[tuple[Source, Surveyed | str]]
"""What each source answered, or why it did not."""


def sources_of(files: Sequence[SourceFile]) -> list[Source]:
    """The plugins of other distributions, then the user's files."""
    labels = labels_of([file.path for file in files])
    own = [Source(file.path, labels[file.path], file) for file in files]
    return [*(Source(name, name) for name in plugins.plugin_entries()), *own]


def labels_of(paths: Sequence[str]) -> dict[str, str]:
    """For each path the shortest end that no other has: ``mine.py``, or ``alice/mine.py``."""
    return {path: label_of(path, [other for other in paths if other != path]) for path in paths}


def label_of(path: str, others: Iterable[str]) -> str:
    parts = PurePath(path).parts
    taken = [PurePath(other).parts for other in others]
    length = next(
        (length for length in range(1, len(parts)) if parts[-length:] not in [other[-length:] for other in taken]),
        len(parts),
    )
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in str(PurePath(*parts[-length:])))


def ask(
    source: Source, questions: Sequence[Question], executor: Executor, *, folder: str, seconds: float
) -> Future[Reply]:
    order = Order(
        kind="survey",
        source=source.name,
        files=(source.file,) if source.file else (),
        questions=tuple(questions),
        folder=folder,
    )
    return executor.submit(order, timeout=seconds)


def answer_of(reply: Reply, seconds: float) -> Surveyed | str:
    """The answer, or why there is none."""
    if isinstance(reply.answer, Surveyed) and not reply.timed_out:
        return reply.answer
    if isinstance(reply.answer, Broken) and not reply.timed_out:
        return reply.answer.reason
    when = f"in {reply.variant}" if reply.variant else "while it was loaded"
    if reply.timed_out:
        return f"no answer within {seconds:g} s {when}"
    return f"its process {last_line(reply)} {when}"


def rows(source: Source, answer: Surveyed | str) -> list[Broken]:
    """A broken source, or what it offers that cannot be taken."""
    reasons = [answer] if isinstance(answer, str) else answer.problems
    entry = None if source.file else plugins.plugin_entries()[source.name]
    by = f" (installed by {plugins.distribution(entry)})" if entry else ""
    return [Broken(source.label, f"{reason}{by}") for reason in reasons]


def refuse_if_all_are_broken(files: Sequence[SourceFile], answers: Answers) -> None:
    """Nothing that the user has given would be measured."""
    mine = [(source, answer) for source, answer in answers if source.file]
    if mine and all(isinstance(answer, str) or (answer.problems and not answer.offers) for _, answer in mine):
        raise PluginError("; ".join(f"{row.exercise}: {row.reason}" for each in mine for row in rows(*each)))


def adding_nothing(answers: Answers, names: str, selected: Sequence[str]) -> tuple[Broken, ...]:
    """The user's files without which the run would be the same, and why."""
    return tuple(
        Broken(source.label, why)
        for source, answer in answers
        if source.file and isinstance(answer, Surveyed) and (why := useless(answer, names, selected))
    )


def may_be_held(answer: Surveyed | str) -> bool:
    return isinstance(answer, Surveyed) and bool(answer.offers)


def useless(answer: Surveyed, names: str, selected: Sequence[str]) -> str:
    """Why the run would be the same without a file, or without a hook that only lacks its decorator."""
    forgotten = [name for name in answer.undecorated if name in {"bench_variants", *plugins.LISTENING}]
    if answer.offers or answer.problems or {"bench_exercise", *plugins.LISTENING} & set(answer.hooks):
        return f"has {' and '.join(forgotten)} without @hookimpl" if forgotten else ""
    return f"adds nothing to {names}: {why_nothing(answer, selected)}"


def why_nothing(answer: Surveyed, selected: Sequence[str]) -> str:
    if answer.undecorated:
        return f"{' and '.join(answer.undecorated)} {is_or_are(answer.undecorated)} not marked @hookimpl"
    if answer.elsewhere:
        return f"it offers variants of {', '.join(answer.elsewhere)}, which {is_or_are(answer.elsewhere)} not selected"
    if "bench_variants" in answer.hooks:
        return f"its bench_variants offers no variant of {' or '.join(selected) or 'any comparison there'}"
    return "it has no hook, such as bench_variants"


def is_or_are(things: Sequence[str]) -> str:
    return "is" if len(things) == 1 else "are"


def named(answers: Answers) -> tuple[Guest, ...]:
    """All variants from outside. One keeps its name where it is the only one of that name, and from the only file that
    may offer some; else its source is told with it. This depends on the sources alone: a run that is gone on with finds
    the same names."""
    several = sum(bool(source.file) and may_offer(answer) for source, answer in answers) > 1
    offered = [
        (source, Guest(source=source.name, exercise=offer.exercise, part=offer.part, offered=name, name=name))
        for source, answer in answers
        if isinstance(answer, Surveyed)
        for offer in answer.offers
        for name in offer.names
    ]
    guests = [with_source(source, guest) if several and source.file else guest for source, guest in offered]
    while True:
        count = Counter(map(place, guests))
        apart = [
            with_source(source, guest) if guest.name == guest.offered and count[place(guest)] > 1 else guest
            for (source, _), guest in zip(offered, guests, strict=True)
        ]
        if apart == guests:
            return tuple(guests)
        guests = apart  # a new name may be one that another source offers


def may_offer(answer: Surveyed | str) -> bool:
    """Once it is mended, if it is broken or has no hook."""
    return isinstance(answer, str) or not answer.hooks or "bench_variants" in answer.hooks


def with_source(source: Source, guest: Guest) -> Guest:
    return replace(guest, name=f"{guest.offered} ({source.label})")


def place(guest: Guest) -> tuple[str, str, str]:
    return guest.exercise, guest.part, guest.name
