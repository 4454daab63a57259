"""The page of an exercise as plain values: its questions with their answers, what stands beside them, and the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bench.analysis import families
from bench.analysis.families import Family
from bench.model import DataSource, ExerciseInfo, Figure, PartInfo, Run
from bench.report import facts, summary
from bench.report.answers import markdown, theory
from bench.report.answers.pieces import Prose, Reference, Section
from bench.report.charts import placed as called
from bench.report.charts.broken import broken, reason
from bench.report.charts.model import Chart
from bench.report.charts.model import called as names
from bench.report.charts.of_run import Place, charts
from bench.report.page import alarms, blocks, lacks, placing
from bench.report.page.alarms import Alarm
from bench.report.page.evidence import PartView, part_view
from bench.report.page.lacks import Lack, home
from bench.report.page.placing import Absent, Code, Drawn, Held, Raced, Row, Shown, Thing
from bench.report.summary import Tally
from bench.texts import escaped

Drawings = dict[str, tuple[Chart, ...]]
FEW_WORDS, MANY_CARDS = 60, 6
"""Of what stands open before the first question; cards that leave no room for a word of it."""
MOST_CHARTS = 150
"""Of an exercise: each takes a twentieth of a second to draw, twice as many as any of ours has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of the sheet: ``wording``, ``answer`` and ``title`` are HTML; ``parts`` hold what nothing places;
    ``whole`` are the same with everything."""

    anchor: str
    name: str
    title: str
    wording: str
    answer: str
    rows: tuple[Row, ...]
    parts: tuple[PartView, ...]
    whole: tuple[PartView, ...]

    @property
    def tally(self) -> Tally:
        return summary.total(part.tally for part in self.whole)

    @property
    def small(self) -> Chart | None:
        """The chart of its card: the first that is placed."""
        return next((thing.chart for thing in placing.things(self.rows) if isinstance(thing, Drawn)), None)

    @property
    def is_paired(self) -> bool:
        """Whether anything stands beside a text: without it the text takes the room."""
        return any(row.is_paired for row in self.rows)

    @property
    def data(self) -> tuple[DataSource, ...]:
        listed = [source for part in self.whole for source in part.data]
        return tuple({source.sha256 + source.name: source for source in listed}.values())

    @property
    def charts(self) -> tuple[Chart, ...]:
        """Every chart of the question, those that are placed first."""
        open_ones = [thing.chart for thing in placing.things(self.rows) if isinstance(thing, Drawn)]
        return (*open_ones, *(chart for part in self.parts for chart in part.charts))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseView:
    """The page of one exercise but for its drawings. ``noise`` says how well its ratios are known: once, however many
    pages it takes."""

    info: ExerciseInfo
    tally: Tally
    noise: str
    alarms: tuple[Alarm, ...]
    before: str
    questions: tuple[Question, ...]
    lacking: tuple[Lack, ...]
    after: str

    @property
    def opening(self) -> tuple[str, str]:
        """What stands open before the first question, and what of it is folded: few words at most are open, and none
        below many cards, for they push the first answer away."""
        room = 0 if len(self.questions) > MANY_CARDS else FEW_WORDS
        first, end, rest = self.before.partition("</p>")
        candidates = ((self.before, ""), (first + end, rest.strip()))
        return next((each for each in candidates if _words(each[0]) <= room), ("", self.before))

    @property
    def parts(self) -> tuple[PartView, ...]:
        return tuple(part for question in self.questions for part in question.whole)

    @property
    def charts(self) -> tuple[Chart, ...]:
        return tuple({chart.slug: chart for question in self.questions for chart in question.charts}.values())

    @property
    def open_charts(self) -> tuple[Chart, ...]:
        """Those that stand beside answers, or below them."""
        things = (thing for question in self.questions for thing in placing.things(question.rows))
        return tuple({thing.chart.slug: thing.chart for thing in things if isinstance(thing, Drawn)}.values())

    @property
    def pictures(self) -> tuple[Figure, ...]:
        open_ones = [figure for question in self.questions for figure in placing.pictures(question.rows)]
        folded = [each.item for question in self.questions for part in question.parts for each in part.figures]
        return (*open_ones, *(item for item in folded if isinstance(item, Figure)))


def _words(html: str) -> int:
    return len(re.sub(r"<[^>]*>", " ", html).split())


def view(run: Run) -> tuple[ExerciseView, ...]:
    """The pages of all exercises of a run."""
    family = families.of_run(run)
    drawn = charts(run, family)
    return tuple(exercise_view(run, info, family, charts_of(drawn, info)) for info in summary.exercises(run))


def charts_of(drawn: Mapping[Place, tuple[Chart, ...]], exercise: ExerciseInfo) -> Drawings:
    """The charts of one exercise by its parts."""
    return {part: listed for (id, part), listed in drawn.items() if id == exercise.id}


def of_exercise(run: Run, exercise: ExerciseInfo) -> Run:
    """A run with the records of one exercise alone."""
    return replace(run, exercises=(exercise,), records=summary.records_of(run, exercise.id), broken=())


def exercise_view(run: Run, exercise: ExerciseInfo, family: Family, drawn: Drawings) -> ExerciseView:
    """The page of one exercise; ``family`` is that of the whole run, and ``drawn`` its charts by part."""
    own = of_exercise(run, exercise)
    parts = tuple(_part_views(own, exercise, family, drawn))
    listed = _answer(own, exercise, family)
    named = [section.question for section in listed if section.question]
    asked = [section for section in listed if section.question]
    find = placing.once(partial(_find, own, exercise, parts, family))
    questions = [
        question(
            exercise,
            section,
            _at_home(section.question, named, parts),
            find,
            partial=_is_partial(section.question, named, parts, exercise),
        )
        for section in asked
        if _is_here(section.question, named, parts, exercise)
    ]
    homeless = [part for part in parts if home(part.info.id, named) is None]
    return ExerciseView(
        info=exercise,
        tally=summary.tally(own.records),
        noise=facts.noise_words(own),
        alarms=alarms.alarms(own, exercise.id),
        before="".join(_plain(section) for section in listed[:1] if not section.question),
        questions=(*questions, *(_alone(exercise, part) for part in homeless)),
        lacking=lacks.lacking(own, exercise, asked, [part.info.id for part in parts]),
        after="".join(_plain(section) for section in listed[1:] if not section.question),
    )


def _part_views(run: Run, exercise: ExerciseInfo, family: Family, drawn: Drawings) -> Iterator[PartView]:
    by_part, room = run.by_part(), MOST_CHARTS
    for part in summary.parts(run, exercise):
        charts = drawn.get(part.id, ())
        made = part_view(run, exercise, part, by_part[exercise.id, part.id], charts=charts, room=room, family=family)
        yield made
        room -= len(made.charts)


def failed_view(run: Run, exercise: ExerciseInfo, why: str) -> ExerciseView:
    """A page that says only why there is none."""
    return ExerciseView(
        info=exercise,
        tally=summary.tally(of_exercise(run, exercise).records),
        noise="",
        alarms=(),
        before=f"<p>{markdown.box(f'this page cannot be shown: {why}')}</p>",
        questions=(),
        lacking=(),
        after="",
    )


def _answer(run: Run, exercise: ExerciseInfo, family: Family) -> tuple[Section, ...]:
    """The sections of the answer; a box in its place where it cannot be shown."""
    try:
        return theory.render(exercise.answer, run, exercise, family)
    except Exception as error:
        text = markdown.box(f"the answer cannot be shown: {reason(error)}")
        return (Section(pieces=(Prose(f"<p>{text}</p>"),)),)


def _plain(section: Section) -> str:
    """Text that belongs to no question."""
    title = f"<h3>{section.title}</h3>" if section.title else ""
    return title + section.answer + "".join(piece.html for piece in section.pieces if isinstance(piece, Prose))


def _at_home(name: str, questions: Sequence[str], parts: Iterable[PartView]) -> tuple[PartView, ...]:
    return tuple(part for part in parts if home(part.info.id, questions) == name)


def _is_here(name: str, questions: Sequence[str], parts: Iterable[PartView], exercise: ExerciseInfo) -> bool:
    """Whether this run has something of a question, or the question has nothing that could be run."""
    declared: list[PartInfo] = [part for part in exercise.parts if home(part.id, questions) == name]
    return not declared or bool(_at_home(name, questions, parts))


def _is_partial(name: str, questions: Sequence[str], parts: Iterable[PartView], exercise: ExerciseInfo) -> bool:
    """Whether this run has left out parts of a question."""
    ran = {part.info.id for part in parts}
    return any(home(part.id, questions) == name and part.id not in ran for part in exercise.parts)


def question(
    exercise: ExerciseInfo,
    section: Section,
    parts: tuple[PartView, ...],
    find: placing.Find,
    *,
    partial: bool = False,
) -> Question:
    """One section of an answer with its parts; of a ``partial`` one others were not run."""
    if partial and lacks.is_mostly_open(section):
        answer = section.answer if lacks.is_whole(section.answer) else ""
        wording, rows = placing.in_part(section, answer, _ran(parts))
    elif any(placing.placements(section.pieces)):
        prose, others = blocks.worded_pieces(section.pieces)
        wording, answer = prose, _told(section.answer, partial)
        rows = placing.laid(answer, others, find)
    else:
        told = replace(section, answer=_told(section.answer, partial))
        wording, answer, rows = placing.unplaced(told, placing.first_charts(parts))
    return Question(
        anchor=alarms.anchor(exercise.id, "question", section.question),
        name=section.question,
        title=section.title,
        wording=wording,
        answer=answer,
        rows=rows,
        parts=_left(parts, rows),
        whole=parts,
    )


def _alone(exercise: ExerciseInfo, part: PartView) -> Question:
    """A part that no section of the answer names is a question of its own."""
    from html import escape

    section = Section(question=part.info.id, title=escape(escaped(part.info.title)))
    return replace(question(exercise, section, (part,), _nothing), anchor=f"{part.anchor}-question")


def _nothing(reference: Reference) -> Thing:
    return Absent(placing.name_of(reference))


def _told(answer: str, partial: bool) -> str:
    """The sentence of an answer; none where it would speak of numbers that a part gives which was not run."""
    return "" if partial and not lacks.is_whole(answer) else answer


def _ran(parts: Sequence[PartView]) -> tuple[Thing, ...]:
    """What opens a question of which little was run: its charts, races and comparisons, or else its first tables."""
    drawn = placing.first_charts(parts)
    raced = [Raced(part) for part in parts if part.races]
    held = [Held(part, part.compared[0]) for part in parts if part.compared]
    tables = [Shown(part.tables[0]) for part in parts if part.tables and not (part.charts or part.races)]
    return (*drawn, *raced, *held, *tables)


def _left(parts: Iterable[PartView], rows: tuple[Row, ...]) -> tuple[PartView, ...]:
    """The parts without what is placed."""
    placed = tuple(placing.things(rows))
    drawn = [thing for thing in placed if isinstance(thing, Drawn)]
    shown = {(thing.part, name, thing.chart.place) for thing in drawn for name in names(thing.chart)}
    items = [thing.placed for thing in placed if isinstance(thing, Shown)]
    held = {thing.compared.part for thing in placed if isinstance(thing, Held)}
    raced = {thing.part.info.id for thing in placed if isinstance(thing, Raced)}
    return tuple(
        replace(
            part,
            charts=tuple(
                chart
                for chart in part.charts
                if not any((part.info.id, name, chart.place) in shown for name in names(chart))
            ),
            tables=tuple(each for each in part.tables if each not in items),
            figures=tuple(each for each in part.figures if each not in items),
            compared=tuple(each for each in part.compared if each.part not in held),
            races=() if part.info.id in raced else part.races,
        )
        for part in parts
    )


def _find(
    run: Run, exercise: ExerciseInfo, parts: tuple[PartView, ...], family: Family, reference: Reference
) -> Thing | None:
    """What a call of an answer places; nothing of a part that was not run."""
    name = reference.names[0]
    if reference.function == "code" and name in exercise.sources:
        return Code(name, exercise.sources[name])
    part = next((part for part in parts if part.info.id == name), None)
    if part is None:
        return None if any(name == each.id for each in exercise.parts) else Absent(placing.name_of(reference))
    wanted = dict(reference.parameters)
    if reference.function in ("table", "figure"):
        found = placing.recorded(reference.function, reference.names[1], part)
        return Shown(found) if found else Absent(placing.name_of(reference))
    if reference.function == "compare" and part.races:
        return Raced(part)
    if reference.function == "compare" and wanted.get("show") == "table":
        return Held(part, part.compared[0]) if part.compared else Absent(placing.name_of(reference))
    try:
        chart = called.chart(run, exercise, reference, family)
    except Exception as error:  # whatever others' numbers make of it: the answer around it is shown
        chart = broken(error, exercise.id, part.info.id, *reference.names[1:])
    return Drawn(chart, part.info.id) if chart else Absent(placing.name_of(reference))
