"""What a run did otherwise than its exercises declare, and which claims were therefore not made: lines for its top."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench.model import Parameter, Record, Run, changes

SHEET = "the sheet"
EPOCHS, KEEP = "epochs", "--keep-checkpoints"
MOST = 5
"""Claims that are named; more are counted."""


def words(run: Run, exercise: str = "") -> tuple[str, ...]:
    """The lines that stand on top of a run, or of one exercise's page: none where all is as declared.

    ``Differs from the sheet: learning_rate 0.05 instead of 0.001 in ex07.a.`` Where the profile has another value than
    the sheet, a run differs from the profile: ``Differs from quick: epochs 5 instead of 4 (the sheet has 15) …``
    """
    records = [record for record in run.records if exercise in ("", record.case.exercise)]
    lines = (*_differs(run, records), _unmade(records), _continued(run, records), _unkept(run, records))
    return tuple(line for line in lines if line)


def _differs(run: Run, records: list[Record]) -> Iterator[str]:
    """A line for the sheet and one for the profile; parts in which a parameter has the same values in place of the same
    ones stand together."""
    values: dict[Change, dict[str, None]] = {}
    for change, value in _changed(run, records):
        values.setdefault(change, {})[value] = None
    places: dict[tuple[str, str], list[str]] = {}
    for change, given in values.items():
        text = f"{change.name} {', '.join(given)} instead of {change.declared}{change.note}"
        places.setdefault((change.whose, text), []).append(change.place)
    for whose in dict.fromkeys([SHEET, run.profile]):
        texts = [f"{text} in {', '.join(at)}" for (theirs, text), at in places.items() if theirs == whose]
        if texts:
            yield f"Differs from {whose}: {'; '.join(texts)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A parameter of a part with another value than is ``declared``: ``whose`` that is, and a note on it."""

    name: str
    declared: str
    whose: str
    note: str
    place: str


def _changed(run: Run, records: list[Record]) -> Iterator[tuple[Change, str]]:
    """What is changed and to what: of every record."""
    parts = {(each.id, part.id): part for each in run.exercises for part in each.parts}
    for record in records:
        case = record.case
        part = parts.get((case.exercise, case.part))
        for name, (value, was) in changes(case.parameters, part.parameters if part else {}).items():
            in_full = part.in_full.get(name) if part else None
            whose, note = (SHEET, "") if in_full is None else (run.profile, f" (the sheet has {_shown(in_full)})")
            place = f"{case.exercise}.{case.part}"
            yield Change(name=name, declared=_shown(was), whose=whose, note=note, place=place), _shown(value)


def _shown(value: Parameter) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _unmade(records: list[Record]) -> str:
    names = dict.fromkeys(
        f"“{name}” ({record.case.exercise}.{record.case.part})" for record in records for name in record.findings.unmade
    )
    if not names:
        return ""
    more = f", and {len(names) - MOST} more" if len(names) > MOST else ""
    return f"Not claimed, for it rests on the declared values: {', '.join([*names][:MOST])}{more}."


def _continued(run: Run, records: list[Record]) -> str:
    """What a run goes on from, and which of the parts that its command names it leaves out."""
    if not run.continued:
        return ""
    ran = {f"{record.case.exercise}.{record.case.part}" for record in records}
    homes = {record.case.exercise for record in records}
    names = [f"{each.id}.{part.id}" for each in run.exercises if each.id in homes for part in each.parts]
    rest = [name for name in names if name not in ran and _is_named(name, run.command)]
    left = f" Left out, for it has no checkpoints of them: {', '.join(rest)}." if rest else ""
    return f"Goes on from the trainings of {run.continued}.{left}"


def _is_named(part: str, command: tuple[str, ...]) -> bool:
    return "--all" in command or any(f"{part}.".startswith(f"{word}.") for word in command if word)


def _unkept(run: Run, records: list[Record]) -> str:
    """Trainings that were to leave checkpoints, and left none."""
    if KEEP not in run.command:
        return ""
    trained = [record for record in records if EPOCHS in record.case.parameters and record.case.variant is None]
    kept, bare = (
        dict.fromkeys(f"{each.case.exercise}.{each.case.part}" for each in trained if bool(each.checkpoints) is wanted)
        for wanted in (True, False)
    )
    names = [name for name in bare if name not in kept]
    if not names:
        return ""
    one = len(names) == 1
    leave, whose = ("leaves", "its") if one else ("leave", "their")
    return f"{', '.join(names)} {leave} no checkpoints: {whose} trainings cannot go on."
