"""What a run did otherwise than its exercises declare, and which claims were therefore not made: lines for its top."""

from __future__ import annotations

from collections.abc import Iterator

from bench.model import Parameter, Record, Run, changes

MOST = 5
"""Claims that are named; more are counted."""


def words(run: Run, exercise: str = "") -> tuple[str, ...]:
    """The lines that stand on top of a run, or of one exercise's page: none where all is as declared.

    ``Differs from the sheet: learning_rate 0.05 instead of 0.001 in ex07.a.``
    """
    records = [record for record in run.records if exercise in ("", record.case.exercise)]
    lines = (_differs(run, records), _unmade(records), _continued(run))
    return tuple(line for line in lines if line)


def _differs(run: Run, records: list[Record]) -> str:
    """Parts in which a parameter has the same values in place of the same ones stand together."""
    values: dict[tuple[str, str, str], dict[str, None]] = {}
    for place, name, value, declared in _changed(run, records):
        values.setdefault((name, declared, place), {})[value] = None
    places: dict[str, list[str]] = {}
    for (name, declared, place), given in values.items():
        places.setdefault(f"{name} {', '.join(given)} instead of {declared}", []).append(place)
    texts = [f"{text} in {', '.join(at)}" for text, at in places.items()]
    return f"Differs from the sheet: {'; '.join(texts)}." if texts else ""


def _changed(run: Run, records: list[Record]) -> Iterator[tuple[str, str, str, str]]:
    """Part, parameter, what it is and what is declared: of every record."""
    declared = {(each.id, part.id): part.parameters for each in run.exercises for part in each.parts}
    for record in records:
        case = record.case
        for name, (value, was) in changes(case.parameters, declared.get((case.exercise, case.part), {})).items():
            yield f"{case.exercise}.{case.part}", name, _shown(value), _shown(was)


def _shown(value: Parameter) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _unmade(records: list[Record]) -> str:
    names = dict.fromkeys(
        f"“{name}” ({record.case.exercise}.{record.case.part})" for record in records for name in record.findings.unmade
    )
    if not names:
        return ""
    more = f", and {len(names) - MOST} more" if len(names) > MOST else ""
    return f"Not claimed, for it holds for the sheet's values only: {', '.join([*names][:MOST])}{more}."


def _continued(run: Run) -> str:
    return f"Goes on from the trainings of {run.continued}." if run.continued else ""
