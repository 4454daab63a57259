"""From names, devices, parameters and seeds to the first task of every case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bench.catalogue import Listing, did_you_mean, find
from bench.errors import Missing, NothingMatched, UsageError
from bench.execute import parameters
from bench.model import Case, Description, PartDescription, Profile, Task


@dataclass(frozen=True, slots=True)
class Selection:
    """One exercise, and the questions asked of it: none means all of its parts."""

    listing: Listing
    parts: tuple[str, ...] = ()


def select(names: Iterable[str], listings: Sequence[Listing]) -> tuple[Selection, ...]:
    """``ex10`` is an exercise, ``ex10.a`` its question a with all that belongs to it (``a.speed``).

    Raises ``NothingMatched`` for a name that is none.
    """
    asked: dict[str, list[str]] = {}
    for name in names:
        id, _, part = name.partition(".")
        asked.setdefault(find(id, listings).id, []).append(part)
    return tuple(Selection(find(id, listings), () if "" in parts else tuple(parts)) for id, parts in asked.items())


def chosen(selection: Selection, exercise: Description, only: str = "") -> tuple[PartDescription, ...]:
    """The parts that a selection means, or only those of a kind. Raises ``NothingMatched`` for a question that the
    exercise has not."""
    for name in selection.parts:
        if not any(belongs(part.id, name) for part in exercise.parts):
            have = [part.id for part in exercise.parts]
            hint = did_you_mean(name, have) or f"; it has {', '.join(have)}"
            raise NothingMatched(f"{selection.listing.id} has no part {name!r}{hint}")
    return tuple(
        part
        for part in exercise.parts
        if only in ("", part.kind) and (not selection.parts or any(belongs(part.id, name) for name in selection.parts))
    )


def belongs(part: str, question: str) -> bool:
    return part == question or part.startswith(question + ".")


def tasks(
    exercise: str,
    parts: Iterable[PartDescription],
    devices: Sequence[str],
    given: parameters.Given,
    seeds: Sequence[int],
    profile: Profile,
) -> Iterator[Task]:
    """The first task of every case: cases of one part and device stand together."""
    for part in parts:
        for device in devices:
            if device not in part.devices:
                continue
            for seed in seeds:
                for values in parameters.combinations(part, given, profile):
                    case = Case(exercise=exercise, part=part.id, device=device, seed=seed, parameters=values)
                    yield Task("study" if part.kind == "study" else "agree", case)


def pick_devices(wanted: str, here: Sequence[str]) -> tuple[str, ...]:
    """``auto`` is the best device that is here, ``all`` is every one. Raises ``Missing`` for one that is not here."""
    if wanted == "all":
        return tuple(here)
    if wanted == "auto":
        return (here[-1],)
    if wanted not in ("cpu", "cuda"):
        raise UsageError(f"--device {wanted}: choose cpu, cuda, all or auto")
    if wanted not in here:
        raise Missing(f"no {wanted} device is here; `bench doctor` says what torch sees, --device cpu runs without")
    return (wanted,)
