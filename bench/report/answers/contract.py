"""A written answer held against its exercise: every heading binds, and every name that it uses is there."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bench.errors import did_you_mean
from bench.model import ByProfile, Declared, Findings, PartDescription, Scalar, Target, Work, value_at
from bench.model.declared import PROFILES
from bench.report.answers import calls, kept, problems
from bench.report.answers.outline import Chapter, Fence, Problem, is_answer, outline
from bench.report.answers.pieces import Reference
from bench.report.charts import naming

RECORDED = {"chart": "curves", "table": "tables", "figure": "figures"}
"""What each placing call takes from the findings of a study."""
NOT_OF = {"comparison": ("steps", "evaluations"), "race": ("memory", "throughput", "roof")}
"""The calls that have nothing to tell of a kind of part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An exercise as it was tried: its parts, the findings of each study, the variants of each comparison. A part that
    could not be tried is in neither, and nothing is said of its names. ``spelt`` are names as its source has them: what
    smoke does not find a longer profile may. ``sources`` are the files that its answer can print; ``work`` is of the
    comparisons that declare one."""

    id: str
    parts: Sequence[PartDescription]
    found: Mapping[str, Findings]
    variants: Mapping[str, Sequence[str]]
    spelt: Container[str] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    work: Mapping[str, Work] = field(default_factory=dict)

    def lacks(self, name: str, names: Collection[str]) -> bool:
        return name not in names and name not in self.spelt

    def part(self, id: str) -> PartDescription | None:
        return next((part for part in self.parts if part.id == id), None)


def broken(answer: str, exercise: Seen) -> tuple[Problem, ...]:
    """Everything in an answer that cannot be shown or is not there, in the order of its lines."""
    chapters = outline(answer, exercise.id)
    wrong = [*problems.of(chapters), *_headings(chapters, exercise), *_fences(chapters), *_twice(chapters)]
    for line, reference in (*problems.asked(chapters), *problems.placed(chapters)):
        wrong += [Problem(line, f"{spelt(reference)}: {text}") for text in _names(reference, exercise)]
    return tuple(sorted(wrong, key=lambda problem: problem.line))


def spelt(reference: Reference) -> str:
    """The call as it may have been written: ``chart("a", "loss")``."""
    names = ", ".join(f'"{name}"' for name in reference.names)
    return f"{reference.function}({calls.short(names)})"


def covers(question: str, part: str) -> bool:
    """Whether a part belongs to a question: "a.speed" to "a", and to "a.speed"."""
    return f"{part}.".startswith(f"{question}.")


def _headings(chapters: Sequence[Chapter], exercise: Seen) -> Iterator[Problem]:
    """Questions that stand twice or have no part, and parts without a heading."""
    ids, first = [part.id for part in exercise.parts], dict[str, int]()
    for chapter in chapters:
        question = chapter.question
        if question in first:
            yield Problem(
                chapter.line, f"a second heading of question {question}: the first is on line {first[question]}"
            )
        elif question and not any(covers(question, id) for id in ids):
            yield Problem(
                chapter.line, f"the heading names question {question}, which no part answers{_hint(question, ids)}"
            )
        if question:
            first.setdefault(question, chapter.line)
    homeless: list[str] = []
    for part in exercise.parts:
        if not any(covers(question, part.id) for question in (*first, *homeless)):
            homeless.append(part.id)
            heading = f"## {part.id} — {calls.short(part.title)}"
            yield Problem(1, f'no heading takes part {part.id}: write one such as "{heading}"')


def _fences(chapters: Sequence[Chapter]) -> Iterator[Problem]:
    """Fences that are empty or stand where nothing is asked, and questions that are left without an answer."""
    fences = [(chapter, item) for chapter in chapters for item in chapter.items if isinstance(item, Fence)]
    answered: list[str] = []
    for chapter, fence in fences:
        if not fence.items:
            yield Problem(fence.line, f"::: {fence.name} is empty")
        if not is_answer(fence):
            continue
        if not chapter.question:
            yield Problem(fence.line, '::: answer stands below no question: write a heading such as "## a — …" first')
        elif chapter.question in answered:
            yield Problem(fence.line, f"a second ::: answer to {chapter.question}: join the two")
        answered.append(chapter.question)
    for chapter in chapters:
        if fences and chapter.question and not any(covers(question, chapter.question) for question in answered):
            yield Problem(chapter.line, f"question {chapter.question} has no ::: answer, and others have")


def _twice(chapters: Sequence[Chapter]) -> Iterator[Problem]:
    """Whatever is placed a second time, in the same form."""
    first: dict[tuple[object, ...], int] = {}
    for line, reference in problems.placed(chapters):
        key = (reference.function, reference.names, dict(reference.parameters).get("show"))
        if key in first:
            yield Problem(line, f"{spelt(reference)} is placed a second time: it stands on line {first[key]}")
        first.setdefault(key, line)


def _names(reference: Reference, exercise: Seen) -> Iterator[str]:
    """What the exercise does not have of what a call names."""
    if reference.function in ("claim", "metric"):
        yield from _finding(reference, exercise)
        return
    if reference.function in kept.FUNCTIONS:
        yield from _kept(reference, exercise)
        return
    if reference.function == "code":
        if reference.names[0] not in exercise.sources:
            yield "name a file of the exercise's own folder that ends in .py and has at most 32 KiB"
        return
    part = exercise.part(reference.names[0])
    if part is None:
        ids = [part.id for part in exercise.parts]
        yield f"there is no part {calls.short(reference.names[0])}{_hint(reference.names[0], ids)}"
    elif reference.function in RECORDED:
        yield from _recorded(reference, part, exercise)
    elif is_roofline(reference) and part.kind == "race":
        yield f"{part.id} is a race: only a comparison has a roofline"
    elif part.kind == "race" and dict(reference.parameters).get("show", "table") != "table":
        yield f'{part.id} is a race: compare("{part.id}") without show shows its methods as a table'
    elif part.kind == "study":
        yield f"{part.id} is a study, which compares no variants"
    elif reference.function in NOT_OF.get(part.kind, ()):
        yield f"{part.id} is a {part.kind}: {reference.function}() has nothing to tell of it"
    else:
        if is_roofline(reference):
            yield from _counted(part, exercise)
        if calls.SIGNATURES[reference.function].swept:
            yield from _case(reference, part, exercise)


def _kept(reference: Reference, exercise: Seen) -> Iterator[str]:
    """A number that no kept run has: a part or a parameter that is gone by now may still be told of."""
    shown = kept.look_up(reference, exercise.sources.get(kept.FILE, ""))
    if not shown.measured:
        yield f"{shown.text}: `bench keep RUN {exercise.id}` keeps what a run found"


def _finding(reference: Reference, exercise: Seen) -> Iterator[str]:
    """A claim or metric of whatever part: nothing is said where one of them could not be tried."""
    kind, name = f"{reference.function}s", reference.names[0]
    studies = [part.id for part in exercise.parts if part.kind == "study"]
    names = [finding.name for findings in exercise.found.values() for finding in getattr(findings, kind)]
    if all(id in exercise.found for id in studies) and exercise.lacks(name, names):
        yield f"no study has a {reference.function} of this name{_hint(name, names)}"


def _recorded(reference: Reference, part: PartDescription, exercise: Seen) -> Iterator[str]:
    kind, name = RECORDED[reference.function], reference.names[1]
    by = dict(reference.parameters).get("by")
    if part.kind == "race" and kind == "curves":
        names = courses(part)
        if name not in names:
            yield f"part {part.id} has no chart {calls.short(name)}{_hint(name, names)}"
    elif part.kind != "study":
        yield f'{part.id} is a {part.kind}, which records no {kind}: compare("{part.id}") shows what it measures'
    elif part.id in exercise.found:
        names = [finding.name for finding in getattr(exercise.found[part.id], kind)]
        if by == "name":
            if not any(naming.rest(each, name) for each in names):
                yield f"part {part.id} has no {kind} whose names begin with {calls.short(name)}{_hint(name, names)}"
        elif exercise.lacks(name, names):
            yield f"part {part.id} has no {kind.removesuffix('s')} {calls.short(name)}{_hint(name, names)}"
    if by is not None and by not in (allowed := ("series", "name", "seed", "device", *part.parameters)):
        yield f"by is {' or '.join(allowed)}, not {calls.short(str(by))}"


def is_roofline(reference: Reference) -> bool:
    return reference.function == "roof" or dict(reference.parameters).get("show") == "roofline"


def _counted(part: PartDescription, exercise: Seen) -> Iterator[str]:
    """A comparison that was tried, and whose work has no arithmetic intensity."""
    work = exercise.work.get(part.id)
    if part.id in exercise.variants and (work is None or work.intensity is None):
        yield f"part {part.id} does not say its flops and bytes: give it work=…, a Work(…, flops=…, bytes=…)"


def courses(race: PartDescription) -> list[str]:
    """The names of a race's curves: "loss against steps"."""
    targets = [Target.parse(str(value_at(profile, race.target))) for profile in PROFILES]
    return [f"{target.quantity} against {unit}" for target in targets for unit in ("seconds", "steps")]


def _case(reference: Reference, part: PartDescription, exercise: Seen) -> Iterator[str]:
    """A variant with the parameters of a case."""
    variant = reference.names[1]
    names = exercise.variants.get(part.id, (variant,))
    if exercise.lacks(variant, names):
        kind = "method" if part.kind == "race" else "variant"
        yield f"part {part.id} has no {kind} {calls.short(variant)}{_hint(variant, names)}"
    for name, value in reference.parameters:
        if name in ("seed", "device"):
            continue
        if name not in part.parameters:
            yield f"part {part.id} has no parameter {calls.short(name)}{_hint(name, part.parameters)}"
        elif value not in (values := [*_values(part.parameters[name])]):
            yield f"{name} is never {calls.short(repr(value))}; it is {', '.join(map(repr, values))}"


def _values(declared: Declared) -> Iterable[Scalar]:
    """All that a parameter may be, in whatever profile."""
    if isinstance(declared, ByProfile):
        every = [value for one in (declared.smoke, declared.quick, declared.full) for value in _values(one)]
        return dict.fromkeys(every)
    return declared if isinstance(declared, tuple) else (declared,)


def _hint(name: str, names: Collection[str]) -> str:
    unique = dict.fromkeys(names)
    there = f"; there {'are' if len(unique) > 1 else 'is'} {calls.short(', '.join(unique) or 'none')}"
    return did_you_mean(name, unique) or there
