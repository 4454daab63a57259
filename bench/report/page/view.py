"""What the page says, as plain values: the template only sets it."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bench.analysis import families, laws, quantities
from bench.analysis.comparisons import Group, Sweep, groups, sweeps
from bench.analysis.families import Family
from bench.model import Case, DataSource, ExerciseInfo, Figure, PartInfo, Record, Run, Table, variations
from bench.report import noise, summary
from bench.report.answers import theory
from bench.report.answers.pieces import Fold, Placement, Prose, Section
from bench.report.charts.model import Chart
from bench.report.charts.of_run import Place, charts
from bench.report.summary import ClaimLine, MetricLine, Tally

Drawn = dict[Place, tuple[Chart, ...]]


@dataclass(frozen=True)
class Placed:
    """A table or a figure, and the cases that gave exactly this one."""

    item: Table | Figure
    cases: tuple[Case, ...]
    which: tuple[str, ...] = ()
    """The parameters of each of the cases, where other cases of the part have other ones."""

    @property
    def label(self) -> str:
        which = self.which or ("",) * len(self.cases)
        return "; ".join(
            f"{case.device}, seed {case.seed}{f', {words}' if words else ''}"
            for case, words in zip(self.cases, which, strict=True)
        )

    @cached_property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns of a table hold numbers alone."""
        rows = self.item.rows if isinstance(self.item, Table) else ()
        return tuple(all(_is_number(cell) or cell is None for cell in column) for column in zip(*rows, strict=True))


NUMERAL = re.compile(r"[-−+]?\d[\d,]*(\.\d+)?(e[-+]?\d+)?")


def _is_number(cell: object) -> bool:
    """A number, or one that a study has written out with the digits it wants."""
    if isinstance(cell, str):
        return NUMERAL.fullmatch(cell) is not None
    return isinstance(cell, int | float) and not isinstance(cell, bool)


@dataclass(frozen=True, slots=True)
class Compared:
    """The groups of one seed: one table. ``unit`` counts the work of a call, where the part says it."""

    seed: int
    unit: str
    groups: tuple[Group, ...]
    several_devices: bool

    def label(self, group: Group) -> str:
        return ", ".join(word for word in (group.label, group.device if self.several_devices else "") if word)

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(note for group in self.groups for note in group.notes))

    @property
    def counted(self) -> bool:
        """Whether tensor bytes were counted: not in runs of before."""
        return any(row.peak and row.peak.tensors is not None for group in self.groups for row in group.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """One part with everything that its records hold."""

    anchor: str
    info: PartInfo
    tally: Tally
    claims: tuple[ClaimLine, ...]
    metrics: tuple[MetricLine, ...]
    charts: tuple[Chart, ...]
    tables: tuple[Placed, ...]
    figures: tuple[Placed, ...]
    compared: tuple[Compared, ...]
    sweeps: tuple[Sweep, ...]
    problems: tuple[Record, ...]
    data: tuple[DataSource, ...]
    several_devices: bool


@dataclass(frozen=True, slots=True)
class Block:
    """One section of the written answer with the parts that belong to it; ``title`` is a question's, as HTML."""

    html: str
    parts: tuple[PartView, ...]
    anchor: str = ""
    title: str = ""

    @property
    def tally(self) -> Tally:
        """The verdict on the question."""
        return summary.total(part.tally for part in self.parts)


@dataclass(frozen=True, slots=True)
class ExerciseView:
    anchor: str
    info: ExerciseInfo
    tally: Tally
    blocks: tuple[Block, ...]

    @property
    def parts(self) -> tuple[PartView, ...]:
        return tuple(part for block in self.blocks for part in block.parts)

    @property
    def questions(self) -> tuple[Block, ...]:
        """The sections whose parts this run has."""
        return tuple(block for block in self.blocks if block.title and block.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """The whole page but its pictures."""

    run: Run
    tally: Tally
    exercises: tuple[ExerciseView, ...]
    failed: tuple[tuple[str, ClaimLine], ...]
    facts: tuple[tuple[str, str], ...]
    command: str
    when: str
    scope: str
    files: tuple[str, ...]
    noise: str = ""


def view(run: Run) -> PageView:
    """Everything but pictures; a pure function of the run."""
    drawn, family = charts(run), families.of_run(run)
    exercises = tuple(_exercise(run, exercise, drawn, family) for exercise in summary.exercises(run))
    return PageView(
        run=run,
        tally=summary.tally(run.records),
        exercises=exercises,
        failed=failed_claims(run),
        facts=tuple(facts(run)),
        command=shlex.join(run.command),
        when=moment(run.created),
        scope=summary.scope(run),
        noise="; ".join(filter(None, (noise.of_run(run), noise.clocked(run)))),
        files=files(run, drawn),
    )


def failed_claims(run: Run) -> tuple[tuple[str, ClaimLine], ...]:
    """Every claim that fails anywhere, with the name of its part."""
    failed = []
    for exercise in summary.exercises(run):
        for part in summary.parts(run, exercise):
            lines = summary.claim_lines(summary.records_of(run, exercise.id, part.id))
            failed += [(f"{exercise.id}.{part.id}", line) for line in lines if not line.ok]
    return tuple(failed)


def _exercise(run: Run, exercise: ExerciseInfo, drawn: Drawn, family: Family) -> ExerciseView:
    parts = tuple(_part(run, exercise, part, drawn, family) for part in summary.parts(run, exercise))
    tally = summary.tally(summary.records_of(run, exercise.id))
    sections = theory.render(exercise.answer, run, exercise, family)
    return ExerciseView(anchor(exercise.id), exercise, tally, _blocks(exercise.id, sections, parts))


def _blocks(exercise: str, sections: tuple[Section, ...], parts: tuple[PartView, ...]) -> tuple[Block, ...]:
    """Each part below the section that names it, or its letter; parts without a section come last."""
    named = [section.question for section in sections]
    homes = {part.info.id: _home(part.info.id, named) for part in parts}
    blocks = [
        Block(
            _html(section),
            tuple(part for part in parts if homes[part.info.id] == index),
            anchor(exercise, "question", section.question) if section.question else "",
            section.title if section.question else "",
        )
        for index, section in enumerate(sections)
    ]
    rest = tuple(part for part in parts if homes[part.info.id] is None)
    return (*blocks, Block("", rest)) if rest else tuple(blocks)


def _html(section: Section) -> str:
    """All of a section in one; what it places stands below it."""
    heading = f"<h2>{section.title}</h2>" if section.title else ""
    return heading + section.answer + _text(section.pieces)


def _text(pieces: tuple[Prose | Placement | Fold, ...]) -> str:
    texts = (
        piece.html if isinstance(piece, Prose) else _text(piece.pieces)
        for piece in pieces
        if not isinstance(piece, Placement)
    )
    return "".join(texts)


def _home(part: str, questions: list[str]) -> int | None:
    """The section of "a.speed": one called "a.speed", else one called "a"."""
    while part:
        if part in questions:
            return questions.index(part)
        part = part.rpartition(".")[0]
    return None


def anchor(*words: str) -> str:
    from bench.report.charts.model import slug

    return slug(*words)


def _part(run: Run, exercise: ExerciseInfo, part: PartInfo, drawn: Drawn, family: Family) -> PartView:
    records = summary.records_of(run, exercise.id, part.id)
    compared = tuple(record for record in records if part.kind == "comparison" or record.case.variant)
    return PartView(
        anchor=anchor(exercise.id, part.id),
        info=part,
        tally=summary.tally(records),
        claims=summary.claim_lines(records),
        metrics=summary.metric_lines(records),
        charts=drawn.get((exercise.id, part.id), ()),
        tables=tuple(_placed([(table, record.case) for record in records for table in record.findings.tables])),
        figures=tuple(_placed([(figure, record.case) for record in records for figure in record.findings.figures])),
        compared=_compared(part, compared, family),
        sweeps=tuple(sweep for sweep in sweeps(compared) if max(map(len, sweep.lines.values())) >= laws.FEWEST),
        problems=tuple(record for record in summary.problems(records) if record.case.variant is None),
        data=tuple({source.sha256 + source.name: source for r in records for source in r.findings.data}.values()),
        several_devices=len({record.case.device for record in records}) > 1,
    )


def _compared(part: PartInfo, records: tuple[Record, ...], family: Family) -> tuple[Compared, ...]:
    grouped = groups(part, records, family)
    several = len({group.device for group in grouped}) > 1
    unit = next((record.work.unit for record in records if record.work is not None), "")
    return tuple(
        Compared(seed, unit, tuple(group for group in grouped if group.seed == seed), several)
        for seed in dict.fromkeys(group.seed for group in grouped)
    )


def _placed(items: list[tuple[Table, Case]] | list[tuple[Figure, Case]]) -> list[Placed]:
    """Equal items of several cases become one."""
    merged: list[tuple[Table | Figure, list[Case]]] = []
    for item, case in items:
        same = next((cases for other, cases in merged if other == item), None)
        if same is None:
            merged.append((item, [case]))
        else:
            same.append(case)
    which = variations(case for _, case in items)
    return [Placed(item, tuple(cases), _named([which[case.unseeded] for case in cases])) for item, cases in merged]


def _named(words: list[str]) -> tuple[str, ...]:
    return tuple(words) if any(words) else ()


def moment(created: str) -> str:
    """ "24 November 2026, 18:05 UTC"; the text itself where it is no ISO time."""
    try:
        when = datetime.fromisoformat(created)
    except ValueError:
        return created
    return f"{when.day} {when:%B %Y, %H:%M} {when.tzname() or ''}".strip()


def facts(run: Run) -> list[tuple[str, str]]:
    """The environment, name by name, empty ones left out."""
    place = run.environment
    commit = f"{place.commit}{', with uncommitted changes' if place.dirty else ''}" if place.commit else ""
    named = {
        "processor": f"{place.cpu}, {summary.plural(place.cores, 'core')}",
        "memory": quantities.size(place.memory),
        "GPU": place.gpu,
        "driver": place.driver,
        "CUDA": place.cuda,
        "threads per process": str(place.threads),
        "system": place.platform,
        "Python": place.python,
        "PyTorch": place.torch,
        "commit": commit,
        "profile": run.profile,
        "devices": ", ".join(run.devices),
        "seeds": ", ".join(map(str, run.seeds)),
        "data": run.data,
        "packages": ", ".join(f"{name} {version}" for name, version in sorted(place.packages.items())),
        "run": f"{run.id} (schema {run.schema})",
    }
    return [(name, value) for name, value in named.items() if value]


def files(run: Run, drawn: Drawn) -> tuple[str, ...]:
    """What lies in the run's folder, by paths relative to it."""
    studies = [figure.path for record in run.records for figure in record.findings.figures]
    every = [chart for of_part in drawn.values() for chart in of_part]
    figures = [f"figures/{chart.slug}.{kind}" for chart in every for kind in ("png", "svg")]
    return ("run.json", "journal.jsonl", *figures, *dict.fromkeys(studies))
