"""What a run left out of an exercise: a line a question, with the parts that would have to be run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from bench.model import ExerciseInfo, PartInfo, Run
from bench.report.answers.pieces import Fold, Piece, Prose, Section
from bench.texts import escaped

MEASURED, UNMEASURED = '<span class="live', '<span class="unmeasured"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """``title`` is HTML, ``command`` runs what is missing; of a question that is here in part ``ran`` names
    what was run."""

    title: str
    command: str
    ran: tuple[str, ...] = ()


def lacking(run: Run, exercise: ExerciseInfo, asked: Iterable[Section], ran: Sequence[str]) -> tuple[Lack, ...]:
    """The questions of which parts were not run, in their order, then such parts that belong to none."""
    titles = {section.question: section.title for section in asked}
    questions = tuple(titles)
    missed: dict[str, list[PartInfo]] = {name: [] for name in titles}
    for part in exercise.parts:
        if part.id not in ran:
            missed.setdefault(home(part.id, questions) or part.id, []).append(part)
    titles |= {part.id: escape(escaped(part.title)) for part in exercise.parts if part.id not in titles}
    return tuple(
        Lack(
            title=titles[name],
            command=_command(run, exercise.id, parts),
            ran=tuple(f"{exercise.id}.{part}" for part in ran if home(part, questions) == name),
        )
        for name, parts in missed.items()
        if parts
    )


def is_whole(answer: str) -> bool:
    """Whether every number of a text was measured."""
    return UNMEASURED not in answer


def is_mostly_open(section: Section) -> bool:
    """Whether most of the numbers that an answer speaks of were not measured."""
    text = section.answer + "".join(_texts(section.pieces))
    return text.count(UNMEASURED) > text.count(MEASURED)


def _texts(pieces: Iterable[Piece]) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, Prose):
            yield piece.html
        elif isinstance(piece, Fold):
            yield from _texts(piece.pieces)


def home(part: str, questions: Sequence[str]) -> str | None:
    """The question of "a.speed": one called "a.speed", else one called "a"."""
    while part:
        if part in questions:
            return part
        part = part.rpartition(".")[0]
    return None


def _command(run: Run, exercise: str, parts: Sequence[PartInfo]) -> str:
    """ "bench run ex10.a --profile full"; a part that is run with another one is not named."""
    ids = [part.id for part in parts]
    names = [f"{exercise}.{id}" for id in ids if not any(id.startswith(f"{other}.") for other in ids)]
    devices = dict.fromkeys(device for part in parts for device in part.devices)
    elsewhere = [] if set(devices) & set(run.devices) or not devices else [f"--device {next(iter(devices))}"]
    profile = [] if run.profile == "quick" else [f"--profile {run.profile}"]
    return " ".join(["bench run", *names, *elsewhere, *profile])
