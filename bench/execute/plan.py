"""The plan of a run: from names, devices, parameters and seeds to the first task of every case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bench import masking
from bench.catalogue import Listing, find
from bench.errors import Missing, NothingMatched, UsageError, did_you_mean
from bench.execute import continuing, parameters, provenance
from bench.execute.executors.base import Executor
from bench.execute.guests.offers import Survey, survey
from bench.execute.inquiries import IMPORT_SECONDS, Seen, describe, look
from bench.execute.messages import Question
from bench.model import (
    SCHEMA,
    Broken,
    Case,
    Description,
    ExerciseInfo,
    Parameter,
    PartDescription,
    Plan,
    Profile,
    Scope,
    SourceFile,
    Task,
)
from bench.results import floors

TIMEOUTS: dict[Profile, float | None] = {"smoke": 300.0, "quick": 900.0, "full": None}
"""Seconds for one task, where the command line does not say."""
LONG = 4
"""More exercises than this are called "all" in the name of a run."""

NewId = Callable[[str, str, datetime], str]
Accept = Callable[[Plan], None]
"""Is shown a plan that has no id yet, and raises where it may not be run."""


def unnamed(what: str, device: str, now: datetime) -> str:
    """For a plan that will not be run."""
    return ""


def whatever(plan: Plan) -> None:
    """Accepts it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of a run. With an ``earlier`` run, only what goes on from its checkpoints is planned.
    ``forgiving``: of several files one that adds nothing is a row."""

    names: Sequence[str]
    command: tuple[str, ...]
    device: str = "auto"
    profile: Profile = "quick"
    seeds: tuple[int, ...] = (0,)
    given: parameters.Given = field(default_factory=dict)
    threads: int = 1
    timeout: float | None = None
    data: str = "auto"
    files: tuple[SourceFile, ...] = ()
    only: str = ""
    stop_first: bool = False
    keep_checkpoints: bool = False
    forgiving: bool = False
    earlier: continuing.Earlier | None = None

    @property
    def time_limit(self) -> float | None:
        """Seconds for one task."""
        return TIMEOUTS[self.profile] if self.timeout is None else self.timeout

    @property
    def import_limit(self) -> float:
        """Seconds for one import: where nobody says, no hang takes as long as the longest task may."""
        return IMPORT_SECONDS if self.timeout is None else self.timeout

    @property
    def form(self) -> str:
        """Of the data: embedded or full."""
        return self.data if self.data != "auto" else "full" if self.profile == "full" else "embedded"


def make_plan(
    executor: Executor,
    listings: Sequence[Listing],
    request: Request,
    *,
    accept: Accept = whatever,
    new_id: NewId = unnamed,
    see: Callable[[str], Seen] | None = None,
) -> Plan:
    """Everything that is known before the first task runs; ``new_id`` is called when all is well, and gives an id that
    no other run has. ``see`` says what the machine is on which it will run, where that is not this one, and what there
    is of a form of the data. Raises ``BenchError`` for what the user has to mend, and whatever ``accept`` raises."""
    # Before torch is looked for: of exercises that are known, what is asked for wrongly is said at once.
    asked, broken = look_at(selected := select(request.names, listings), executor, request.import_limit)
    wanted = chosen(asked, request.only, request.given)
    here, now = see(request.form) if see else look(executor, request.threads), datetime.now(UTC)
    devices = pick_devices(request.device, here.devices)
    tasks, wanted = to_do(request, wanted, devices, is_enough=bool(broken))
    place, code = here.environment, provenance.of_exercises(e.listing for e, _ in wanted)
    if request.earlier:
        continuing.check(request.earlier, profile=request.profile, data=request.form, here=place, code=code)
    outside = offered(request, questions(asked, tasks), executor, broken)
    plan = Plan(
        schema=SCHEMA,
        id="",
        created=now.isoformat(timespec="seconds"),
        command=request.command,
        profile=request.profile,
        devices=devices,
        seeds=request.seeds,
        data=request.form,
        threads=request.threads,
        timeout=request.time_limit,
        environment=place,
        exercises=tuple(exercise.info(request.profile) for exercise, _ in wanted),
        broken=(*broken, *outside.broken),
        tasks=tasks,
        files=outside.files,
        guests=outside.guests,
        modules={exercise.listing.id: exercise.listing.module for exercise, _ in wanted},
        code=code | outside.read,
        stop_first=request.stop_first,
        keep_checkpoints=request.keep_checkpoints,
        continued=request.earlier.run.id if request.earlier else "",
        floor=floors.recall(request.threads) if "cpu" in devices else None,
        data_digests=here.data,
        scope=None if request.earlier else scope_of(request, selected),
    )
    accept(plan)
    return replace(plan, id=new_id(called(request.names), "+".join(devices), now))


def scope_of(request: Request, selected: Iterable[Selection]) -> Scope:
    """What is kept of a request for the exercises that are broken now."""
    names = tuple(name for each in selected for name in each.names)
    given = {name: tuple(masking.value(name, text) for text in texts) for name, texts in request.given.items()}
    return Scope(names, request.only, given, request.import_limit)


def to_do(
    request: Request, wanted: Wanted, devices: Sequence[str], *, is_enough: bool
) -> tuple[tuple[Task, ...], Wanted]:
    """The first tasks, and the exercises that have any. Raises ``NothingMatched`` where there are none, unless that
    ``is_enough``: a broken exercise is something to tell."""
    tasks = first_tasks(wanted, request, devices)
    if not tasks and not is_enough:
        raise NothingMatched(nothing_to_run(request.only, devices, request.names[0]))
    return left_to_do(request, tasks, wanted)


def offered(request: Request, asked: Sequence[Question], executor: Executor, broken: tuple[Broken, ...]) -> Survey:
    """What the files add to the comparisons that are asked for."""
    # What a file would add to a broken exercise nobody knows.
    names = () if broken else request.names
    return survey(request.files, asked, executor, names=names, timeout=request.time_limit, forgiving=request.forgiving)


def nothing_to_run(only: str, devices: Iterable[str], name: str) -> str:
    on, whole = ", ".join(devices), name.partition(".")[0]
    what = f"{name} has no {only} that runs on {on}" if only else f"nothing to run on {on}"
    return f"{what}: `bench show {whole}` lists the parts"


def called(names: Sequence[str]) -> str:
    """What a run of these exercises is called by."""
    return "all" if len(names) > LONG else "+".join(names)


@dataclass(frozen=True, slots=True)
class Selection:
    """One exercise, and the questions asked of it: none means all of its parts."""

    listing: Listing
    questions: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """By which `select` gives this again."""
        return tuple(f"{self.listing.id}.{each}" for each in self.questions) or (self.listing.id,)


@dataclass(frozen=True, slots=True)
class Asked:
    """A selection whose exercise could be loaded."""

    selection: Selection
    description: Description

    @property
    def listing(self) -> Listing:
        return self.selection.listing

    def parts(self, only: str = "") -> tuple[PartDescription, ...]:
        """The parts that are meant, or only those of a kind. Raises ``NothingMatched`` for a question that the exercise
        has not."""
        for name in self.selection.questions:
            if not any(belongs(part.id, name) for part in self.description.parts):
                have = [part.id for part in self.description.parts]
                hint = did_you_mean(name, have) or f"; it has {', '.join(have)}"
                raise NothingMatched(f"{self.listing.id} has no part {name!r}{hint}")
        return tuple(part for part in self.description.parts if only in ("", part.kind) and self._means(part))

    def _means(self, part: PartDescription) -> bool:
        questions = self.selection.questions
        return not questions or any(belongs(part.id, name) for name in questions)

    def info(self, profile: Profile) -> ExerciseInfo:
        """What a run keeps of the exercise."""
        return ExerciseInfo(
            id=self.listing.id,
            title=self.listing.title,
            tags=self.description.tags,
            parts=tuple(part.at(profile) for part in self.description.parts),
            answer=self.listing.answer,
            sources=self.listing.sources,
        )


def select(names: Iterable[str], listings: Sequence[Listing]) -> tuple[Selection, ...]:
    """``ex10`` is an exercise, ``ex10.a`` its question a with all that belongs to it (``a.speed``).

    Raises ``NothingMatched`` for a name that is none.
    """
    asked: dict[str, list[str]] = {}
    for name in names:
        id, _, part = name.partition(".")
        asked.setdefault(find(id, listings).id, []).append(part)
    return tuple(Selection(find(id, listings), () if "" in parts else tuple(parts)) for id, parts in asked.items())


def look_at(
    selections: Iterable[Selection], executor: Executor, timeout: float = IMPORT_SECONDS
) -> tuple[list[Asked], tuple[Broken, ...]]:
    """What the exercises declare, and those that are broken; each import has ``timeout`` seconds."""
    answers = [(selection, describe(selection.listing, executor, timeout)) for selection in selections]
    asked = [Asked(selection, answer) for selection, answer in answers if isinstance(answer, Description)]
    return asked, tuple(answer for _, answer in answers if isinstance(answer, Broken))


def belongs(part: str, question: str) -> bool:
    return part == question or part.startswith(question + ".")


Wanted = Sequence[tuple[Asked, tuple[PartDescription, ...]]]
"""Exercises with the parts that are asked for."""


def chosen(asked: Iterable[Asked], only: str, given: parameters.Given) -> Wanted:
    """The exercises of which any part is asked for. Raises ``UsageError`` for a parameter that no part has, or a value
    that none can have."""
    wanted = [(exercise, parts) for exercise in asked if (parts := exercise.parts(only))]
    if wanted:
        parameters.check(given, [(exercise.listing.id, part) for exercise, parts in wanted for part in parts])
    return wanted


def left_to_do(request: Request, tasks: tuple[Task, ...], wanted: Wanted) -> tuple[tuple[Task, ...], Wanted]:
    """Of a run that is continued what goes on there; all of any other."""
    if not request.earlier:
        return tasks, wanted
    tasks = continuing.tasks_of(request.earlier, tasks)
    ids = {task.case.exercise for task in tasks}
    return tasks, [(each, parts) for each, parts in wanted if each.listing.id in ids]


def first_tasks(wanted: Wanted, request: Request, devices: Sequence[str]) -> tuple[Task, ...]:
    """The first task of every case, each once: cases of one part and device stand together."""
    cases = [
        (part.kind, Case(exercise=exercise.listing.id, part=part.id, device=device, seed=seed, parameters=values))
        for exercise, parts in wanted
        for part in parts
        for device in devices
        if device in part.devices
        for seed in request.seeds
        for values in masked(parameters.combinations(part, request.given, request.profile), request.given)
    ]
    return tuple(dict.fromkeys(Task.first(kind, case) for kind, case in cases))


def masked(combinations: Iterable[dict[str, Parameter]], given: parameters.Given) -> Iterator[dict[str, Parameter]]:
    """As cases have them, which are kept and shown. What an exercise declares itself is no secret."""
    for values in combinations:
        yield {name: masking.masked(name, value) if name in given else value for name, value in values.items()}


def questions(asked: Iterable[Asked], tasks: Iterable[Task]) -> list[Question]:
    """Every comparison of the exercises that are asked for, and every race, which takes no answer; those that will run
    are selected."""
    selected = {(task.case.exercise, task.case.part) for task in tasks}
    return [
        Question(
            exercise=exercise.listing.id,
            part=part.id,
            parameters=tuple(part.parameters),
            selected=(exercise.listing.id, part.id) in selected,
            closed="a race takes no methods from outside" if part.kind == "race" else "",
        )
        for exercise in asked
        for part in exercise.description.parts
        if part.kind == "comparison" or (part.kind == "race" and (exercise.listing.id, part.id) in selected)
    ]


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
