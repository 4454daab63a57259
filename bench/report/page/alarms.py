"""What went wrong, first of all on a page: every claim that fails and every record that is not ok."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from bench.model import Parameter, Record, Run
from bench.report import summary
from bench.report.answers.live import claim_text
from bench.report.charts.model import slug
from bench.report.summary import ClaimLine

USUAL = re.compile(r"([a-z0-9]+(\.[a-z0-9]+)*)?")
"""A name that loses nothing but dots in an id of a page."""
CLAIM = "claim fails"
MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One reason, and every place of a part that it befell: names with the ids where they stand on the page."""

    part: str
    what: str
    reason: str
    places: tuple[tuple[str, str], ...]

    @property
    def exercise(self) -> str:
        return self.part.partition(".")[0]


def anchor(*words: str) -> str:
    """An id of the page; ``#`` before it leads there. Names that lose more than their dots in it end with a hash: "A b"
    and "a-b" are two places."""
    usual = all(USUAL.fullmatch(word) for word in words)
    digest = "" if usual else f"-{sha256(repr(words).encode(errors='surrogatepass')).hexdigest()[:8]}"
    return f"{slug(*words)}{digest}"


def is_wrong(record: Record) -> bool:
    """Whether a record belongs at the top; what an exercise leaves out by itself does not."""
    return record.outcome not in ("ok", "skipped") or record.missing


def claim_anchor(exercise: str, part: str, number: int) -> str:
    return f"{anchor(exercise, part)}-claim-{number}"


def case_anchor(exercise: str, part: str, number: int) -> str:
    return f"{anchor(exercise, part)}-case-{number}"


def alarms(run: Run, exercise: str) -> tuple[Alarm, ...]:
    """Of one exercise, by part: records that are not ok first, equal reasons together. Smoke judges no claim."""
    parts, declared = run.by_part(), summary.declared(run)
    return tuple(
        alarm
        for (id, part), records in parts.items()
        if id == exercise
        for alarm in _of_part(run, exercise, part, records, declared.get((exercise, part), {}))
    )


def _of_part(
    run: Run, exercise: str, part: str, records: Sequence[Record], declared: Mapping[str, Parameter]
) -> Iterator[Alarm]:
    places: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for number, record in enumerate(records):
        if is_wrong(record):
            key = (MISSING if record.outcome == "skipped" else record.outcome, record.reason or "no reason given")
            on = f", {run.where(record)}" if run.is_spread else ""
            name = case_name(record, declared) + on
            places.setdefault(key, []).append((name, case_anchor(exercise, part, number)))
    for (what, reason), where in places.items():
        yield Alarm(part=f"{exercise}.{part}", what=what, reason=reason, places=tuple(where))
    for number, line in enumerate(summary.claim_lines(records)):
        if not line.ok and run.profile != "smoke":
            place = (line.worst.name, claim_anchor(exercise, part, number))
            yield Alarm(part=f"{exercise}.{part}", what=CLAIM, reason=_broken(line), places=(place,))


def _broken(line: ClaimLine) -> str:
    return f"{claim_text(line)} ({line.found}; {line.passed} of {line.total} hold)"


def case_name(record: Record, declared: Mapping[str, Parameter]) -> str:
    """ "by hand, batch=8; cpu, seed 0"."""
    words = ", ".join(word for word in (record.case.variant or "", summary.parameters(record, declared)) if word)
    return "; ".join(word for word in (words, summary.place(record)) if word)


def total(listed: Iterable[Alarm]) -> int:
    """How many places there are."""
    return sum(len(alarm.places) for alarm in listed)
