"""The rows of a race: what it took each method to reach the target, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.analysis import quantities, races, statistics
from bench.analysis.comparisons import Group, Row, groups
from bench.analysis.families import NO_FAMILY, Family
from bench.model import Case, PartInfo, Record, Trial

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

HEADER = ("method", "time to the target", "against the reference", "steps", "evaluations", "best")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One method. ``time`` and ``against`` carry intervals; ``end`` says how its runs ended, and
    ``reason`` what went wrong."""

    method: str
    time: str = ""
    against: str = ""
    verdict: str = ""
    steps: str = ""
    evaluations: str = ""
    best: str = ""
    end: str = ""
    reason: str = ""
    is_reached: bool = False
    is_bad: bool = False

    @property
    def outcome(self) -> str:
        """The time to the target, or why there is none."""
        return self.time or self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceTable:
    """The methods that may be held against each other: one device, one set of parameters, and one seed, or the
    ``seeds`` of all of them together, where intervals are over seeds."""

    target: str
    label: str
    device: str
    seeds: tuple[int, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    place: str = ""

    @property
    def is_over_seeds(self) -> bool:
        return len(self.seeds) > 1

    @property
    def counted(self) -> bool:
        """Whether evaluations say more than steps do."""
        return any(line.evaluations != line.steps for line in self.lines)


def tables(part: PartInfo, records: Iterable[Record], family: Family = NO_FAMILY) -> tuple[RaceTable, ...]:
    """Of several seeds first what they say together, then each."""
    alike: dict[tuple[Case, str], list[Group]] = {}
    for group in groups(part, records, family):
        alike.setdefault((group.rows[0].record.case.unseeded, group.place), []).append(group)
    return tuple(table for of_one in alike.values() for table in _of_setting(part, of_one))


def _of_setting(part: PartInfo, grouped: Sequence[Group]) -> Iterator[RaceTable]:
    if len(grouped) > 1:
        yield _table(part, grouped, tuple(_over_seeds(grouped)), ())
    for group in grouped:
        notes = [f"{row.name}: {note}" for row in group.rows if (note := races.note(row.record.trials))]
        yield _table(part, [group], tuple(line(row) for row in group.rows), (*group.notes, *notes))


def _table(part: PartInfo, grouped: Sequence[Group], lines: tuple[Line, ...], notes: tuple[str, ...]) -> RaceTable:
    first = grouped[0]
    return RaceTable(
        target=part.target,
        label=first.label,
        device=first.device,
        seeds=tuple(group.seed for group in grouped),
        lines=lines,
        notes=notes,
        place=first.place,
    )


def line(row: Row) -> Line:
    """One method under one seed."""
    record = row.record
    if not record.trials:
        return Line(method=row.name, end=record.outcome, reason=record.reason, is_bad=record.outcome != "ok")
    ratio = row.ratio
    return Line(
        method=row.name,
        time=statistics.time_in_words(row.time),
        against=against(row),
        verdict=(ratio.verdict or "") if ratio else "",
        **_counted(record.trials),
        end=races.in_words(record.trials),
        is_reached=races.arrives(record.trials),
        reason=record.reason,
        is_bad=record.outcome != "ok",
    )


def _counted(trials: Sequence[Trial]) -> dict[str, str]:
    """Steps and evaluations to the target, and the best value: of those that did not get there, the value alone."""
    reached = [trial for trial in trials if trial.is_reached]
    best = next((trial.best for trial in trials if trial.best is not None), None)
    return {
        "steps": races.counts(trial.steps for trial in reached),
        "evaluations": races.counts(trial.evaluations for trial in reached),
        "best": "" if best is None else quantities.number(best, 4),
    }


def against(row: Row) -> str:
    """The ratio of times to the target; where one of the two did not arrive, how far that one was behind at least."""
    if row.is_reference or row.reference is None:
        return row.ratio_words
    if row.ratio is not None:
        return statistics.in_words(row.ratio)
    ours, theirs = row.record, row.reference
    if races.arrives(ours.trials):
        return _behind(theirs, ours, "faster") or "the reference did not arrive"
    return _behind(ours, theirs, "slower")


def against_of(part: PartInfo, record: Record, records: Iterable[Record], family: Family) -> str:
    """The same of one record, its reference being among ``records``; nothing of the reference itself."""
    alike = [other for other in records if other.case.whole == record.case.whole]
    rows = [row for group in groups(part, alike, family) for row in group.rows if row.record is record]
    return next((against(row) for row in rows if not row.is_reference), "")


def _behind(lost: Record, winner: Record, what: str) -> str:
    """How many times longer one had run in vain than the other needs at most; nothing where it had not."""
    time = statistics.estimate(winner)
    vain = not any(trial.is_reached for trial in lost.trials)
    spent = max((trial.seconds for trial in lost.trials if vain and trial.end == "limit"), default=0.0)
    times = spent / (time.high or time.centre) if time else 0.0
    return f"more than {quantities.number(times, 2)} times {what}" if times > 1 else ""


def _over_seeds(grouped: Sequence[Group]) -> Iterator[Line]:
    """A method under all seeds: a seed is the unit of replication."""
    by_name: dict[str, list[Row]] = {}
    for group in grouped:
        for row in group.rows:
            by_name.setdefault(row.name, []).append(row)
    for name, rows in by_name.items():
        ran = [row for row in rows if row.record.trials]
        arrived = [row for row in ran if races.arrives(row.record.trials)]
        times = [row.time.centre for row in arrived if row.time]
        everywhere = len(arrived) == len(grouped)
        ratio = _ratio_over_seeds(rows) if everywhere else None
        yield Line(
            method=name,
            time=statistics.time_in_words(statistics.geometric_mean(times)) if everywhere else "",
            against=rows[0].ratio_words if rows[0].is_reference else statistics.in_words(ratio) if ratio else "",
            verdict=(ratio.verdict or "") if ratio else "",
            **_counted([trial for row in ran for trial in row.record.trials]),
            end="reached" if everywhere else f"reached with {len(arrived)} of {len(grouped)} seeds",
            is_reached=everywhere,
            is_bad=any(row.record.outcome != "ok" for row in rows),
        )


def _ratio_over_seeds(rows: Sequence[Row]) -> statistics.Ratio | None:
    centres = [row.ratio.centre for row in rows if row.ratio]
    interval = statistics.geometric_mean(centres) if len(centres) == len(rows) else None
    if interval is None:
        return None
    return statistics.Ratio(
        interval.centre,
        interval.low,
        interval.high,
        interval.rounds,
        verdict=statistics.verdict(interval),
    )


def outcome(record: Record, words: str) -> str:
    """``words``, of what it took to get there; of a method that did not get there, that."""
    return words if not record.trials or races.arrives(record.trials) else races.in_words(record.trials)


def steps(record: Record) -> str:
    return _counted(record.trials)["steps"]


def evaluations(record: Record) -> str:
    return _counted(record.trials)["evaluations"]


def heading(table: RaceTable, *, several_devices: bool, several_places: bool = False) -> str:
    """What is the same in all lines: "batch = 50, on cpu, on n2, seed 1"."""
    seeds = (
        f"over {len(table.seeds)} seeds" if table.is_over_seeds else f"seed {table.seeds[0]}" if table.seeds[0] else ""
    )
    words = (
        table.label,
        f"on {table.device}" if several_devices else "",
        f"on {table.place}" if several_places else "",
        seeds,
    )
    return ", ".join(word for word in words if word)


def renderables(part: PartInfo, records: Sequence[Record], family: Family) -> Iterator[RenderableType]:
    """For a terminal. Every text is printed as it stands, never read as markup."""
    from rich.padding import Padding

    listed = tables(part, records, family)
    several = {f"several_{name}s": len({getattr(t, name) for t in listed}) > 1 for name in ("device", "place")}
    for table in listed:
        yield _text(f"    {', '.join(filter(None, (f'to {table.target}', heading(table, **several))))}", "dim")
        yield Padding(_drawn(table), (0, 0, 0, 4), expand=False)
        for note in table.notes:
            yield Padding(_text(note, "dim"), (0, 0, 0, 4), expand=False)


def _drawn(table: RaceTable) -> Table:
    from rich import box
    from rich.table import Table as Drawn

    shown = [name for name in HEADER if table.counted or name != "evaluations"]
    drawn = Drawn(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False, header_style="dim")
    for name in shown:
        right = name in HEADER[1:2] + HEADER[3:]
        drawn.add_column(name, justify="right" if right else "left", no_wrap=name in HEADER[3:])
    for line in table.lines:
        against = _text(
            line.against.replace(" times ", " × ", 1), {"faster": "green", "slower": "red"}.get(line.verdict, "")
        )
        counts = [line.steps, line.evaluations] if table.counted else [line.steps]
        outcome = _text(line.outcome, "bold red" if line.is_bad else "" if line.is_reached else "yellow")
        drawn.add_row(_text(line.method), outcome, against, *map(_text, counts), _text(line.best))
    return drawn


def _text(text: str, style: str = "") -> RenderableType:
    from rich.text import Text

    return Text("".join(c if c.isprintable() else "�" for c in text), style=style)
