"""The schedule, without a process: in which order tasks run, and what is left out of the later ones.

It is held against a plain recursive walk: the same tasks, in the same order where they run one at a time; side by side
the same records, whatever finishes first, and wherever a run was interrupted.
"""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.execute.observations import records
from bench.execute.schedule import Schedule, group_of
from bench.measure.sampling import Effort
from bench.model import Case, Claim, Findings, Memory, Observation, Record, Sample, Task, Trial, VariantResult
from tests.execute import walk

EFFORT = Effort(
    rounds=2, most_rounds=2, case_seconds=0.0, laps=1, block_seconds=0.0, seconds=0.0, narrow=math.inf, weighings=1
)
NAMES = ("reference", "ours", "theirs")
Do = Callable[[Task], Observation]


def task(part: str = "a", kind: str = "agree", device: str = "cpu", **parameters: int) -> Task:
    case = Case(exercise="ex01", part=part, device=device, seed=0, parameters=dict(parameters))
    return Task(kind, case)  # type: ignore[arg-type]


def machine(fates: dict[str, str] | None = None, chance: float = 0.0, seed: int = 0) -> Do:
    """Stands for the child processes: the same task always meets the same end.

    ``fates`` says what comes to a variant in a kind of task: ``{"time ours": "dies"}``; with ``chance`` anything may.
    """

    def fate(task: Task, name: str) -> str:
        if f"{task.kind} {name}" in (fates or {}):
            return (fates or {})[f"{task.kind} {name}"]
        lot = random.Random(f"{seed} {task.kind} {task.round} {task.case.key} {name}").random()
        return "dies" if lot < chance / 2 else "disagrees" if lot < chance else "ok"

    @cache
    def do(task: Task) -> Observation:
        if task.kind == "study":
            passed = fate(task, "") == "ok"
            return Observation(task=task, outcome="ok", findings=Findings(claims=(Claim("c", 1.0, "equals", passed),)))
        if fate(task, "the set-up") == "dies":
            return Observation(task=task, outcome="failed", reason="no set-up")
        names = [task.case.variant] if task.kind == "weigh" else [name for name in NAMES if name not in task.without]
        for name in names:
            if name and fate(task, name) == "dies":
                killed = VariantResult(outcome="failed", reason=f"killed in {task.kind}")
                return Observation(task=task, outcome="failed", reason=killed.reason, variants={name: killed})
        results = {name: result(task, fate(task, name)) for name in names if name}
        return Observation(task=task, outcome="ok", seconds=1.0, variants=results)

    return do


def result(task: Task, fate: str) -> VariantResult:
    if fate != "ok":
        return VariantResult(outcome="disagrees", reason=f"moved in {task.kind}")
    if task.kind == "time":
        return VariantResult(samples=(Sample(round=task.round, calls=1, seconds=1.0 + task.round),))
    return VariantResult(memory=Memory((task.round,), 0, "m")) if task.kind == "weigh" else VariantResult()


def drive(schedule: Schedule, do: Do, slots: int = 1, pick: random.Random | None = None) -> list[Task]:
    """Do all that is ready, at most ``slots`` at a time; what is at work ends in the order that ``pick`` draws."""
    began: list[Task] = []
    at_work: list[Task] = []
    while True:
        for ready in schedule.ready():
            if len(at_work) == slots:
                break
            if ready not in at_work:
                hold_apart(ready, at_work)
                at_work.append(ready)
                began.append(ready)
        if not at_work:
            return began
        schedule.note(do(at_work.pop(pick.randrange(len(at_work)) if pick else 0)))


def hold_apart(task: Task, at_work: Iterable[Task]) -> None:
    """What is timed is alone, and only work on the CPU goes side by side."""
    for other in at_work:
        assert not task.is_timed
        assert not other.is_timed
        assert task.case.device == other.case.device == "cpu"


def shown(tasks: Iterable[Task]) -> list[tuple[str, int, object, str | None]]:
    return [(each.kind, each.round, each.case.parameters.get("n"), each.case.variant) for each in tasks]


def test_rounds_go_over_all_cases_in_turn() -> None:
    began = drive(Schedule([task(n=1), task(n=2)], EFFORT), machine({"agree theirs": "disagrees"}))
    assert shown(began) == [
        ("agree", 0, 1, None),
        ("agree", 0, 2, None),
        ("time", 0, 1, None),
        ("time", 0, 2, None),
        ("time", 1, 1, None),
        ("time", 1, 2, None),
        ("weigh", 0, 1, "reference"),
        ("weigh", 0, 1, "ours"),
        ("weigh", 0, 2, "reference"),
        ("weigh", 0, 2, "ours"),
    ]
    assert {each.without for each in began if each.kind == "time"} == {("theirs",)}


def test_side_by_side_all_that_needs_no_clock_is_ready_at_once_and_comes_first() -> None:
    tasks = [task("a.speed"), task("a", "study"), task("b", "study"), task("c", device="cuda")]
    schedule = Schedule(tasks, EFFORT, side_by_side=True)
    assert [each.case.part for each in schedule.ready()] == ["a", "b", "a.speed"]
    for ready in schedule.ready():
        schedule.note(machine()(ready))
    assert [each.kind for each in schedule.ready()] == ["weigh"] * 3
    for ready in schedule.ready():
        schedule.note(machine()(ready))
    assert [(each.kind, each.case.part) for each in schedule.ready()] == [("time", "a.speed")]


@pytest.mark.parametrize("kind", ["agree", "time"])
def test_who_kills_the_process_is_left_out_and_the_others_go_on(kind: str) -> None:
    began = drive(Schedule([task()], EFFORT), machine({f"{kind} theirs": "dies"}))
    after = began[began.index(Task(kind, task().case, 0, ("theirs",))) :]  # type: ignore[arg-type]
    assert all("theirs" in each.without for each in after if each.kind != "weigh")
    assert [each.case.variant for each in after if each.kind == "weigh"] == ["reference", "ours"]


def test_who_dies_without_a_name_ends_the_case() -> None:
    assert len(drive(Schedule([task()], EFFORT), machine({"agree the set-up": "dies"}))) == 1


def test_a_case_that_is_planned_twice_is_done_once() -> None:
    assert len(drive(Schedule([task(kind="study"), task(kind="study")], EFFORT), machine())) == 1


def test_the_first_failure_stops_a_run_that_is_told_to_and_nothing_goes_side_by_side() -> None:
    tasks = [task("a", "study"), task("b"), task("c", "study")]
    schedule = Schedule(tasks, EFFORT, side_by_side=True, stop_first=True)
    assert [each.case.part for each in schedule.ready()] == ["a"]
    began = drive(schedule, machine({"agree ours": "disagrees"}), slots=2)
    assert [each.case.part for each in began] == ["a", "b"]
    assert schedule.stopped
    assert schedule.ready() == ()


def test_a_failure_that_is_known_does_not_stop_the_run_that_goes_on() -> None:
    do = machine({"agree ours": "disagrees"})
    tasks = [task("b"), task("c", "study")]
    again = Schedule(tasks, EFFORT, stop_first=True, known=[do(tasks[0])])
    assert not again.stopped
    assert {each.case.part for each in drive(again, do)} == {"b", "c"}


def test_a_case_is_complete_once_nothing_of_it_is_open() -> None:
    schedule = Schedule([task("a", "study"), task("b")], EFFORT)
    complete = []
    do = machine()
    while ready := schedule.ready():
        schedule.note(do(ready[0]))
        complete += [(each[0].task.case.part, len(each)) for each in schedule.completed()]
    assert complete == [("a", 1), ("b", 1 + 2 + 3)]
    assert schedule.completed() == []


def test_rounds_go_on_until_they_are_enough_or_the_most() -> None:
    asked: list[tuple[object, int]] = []

    def enough(case: Case, observations: Sequence[Observation]) -> bool:
        asked.append((case.parameters["n"], sum(each.task.kind == "time" for each in observations)))
        return case.parameters["n"] == 1

    effort = replace(EFFORT, most_rounds=5)
    began = drive(Schedule([task(n=1), task(n=2)], effort, enough=enough), machine())
    assert Counter(each.case.parameters["n"] for each in began if each.kind == "time") == {1: 2, 2: 5}
    assert asked == [(1, 2), (2, 2), (2, 3), (2, 4)]


def racing(missing: str = "", dies: str = "") -> Do:
    """Everybody arrives but one, who never does, or who kills the process."""

    def do(task: Task) -> Observation:
        names = [name for name in NAMES if name not in task.without]
        if dies in names:
            killed = VariantResult(outcome="failed", reason="killed")
            return Observation(task=task, outcome="failed", reason="killed", variants={dies: killed})
        return Observation(task=task, outcome="ok", seconds=1.0, variants={n: ran(n == missing) for n in names})

    return do


def ran(misses: bool) -> VariantResult:
    trial = Trial(end="limit" if misses else "reached", steps=3, evaluations=3, best=1.0, seconds=1.0)
    return VariantResult(trials=(trial,))


def test_a_race_has_rounds_alone_and_who_misses_twice_runs_no_more() -> None:
    effort = replace(EFFORT, rounds=4, most_rounds=4)
    began = drive(Schedule([task(kind="race")], effort), racing(missing="ours"))
    assert [(each.kind, each.round, each.without) for each in began] == [
        ("race", 0, ()),
        ("race", 1, ()),
        ("race", 2, ("ours",)),
        ("race", 3, ("ours",)),
    ]


def test_a_race_goes_on_without_who_kills_its_process() -> None:
    began = drive(Schedule([task(kind="race")], EFFORT), racing(dies="ours"))
    assert [(each.round, each.without) for each in began] == [(0, ()), (0, ("ours",)), (1, ("ours",))]


def test_a_race_runs_alone() -> None:
    schedule = Schedule([task(kind="race"), task("b", "study")], EFFORT, side_by_side=True)
    assert [each.kind for each in schedule.ready()] == ["study"]


def test_groups_are_parts_on_a_device() -> None:
    assert group_of(task("a", n=1)) == group_of(task("a", n=2)) != group_of(task("b"))
    assert group_of(task("a")) != group_of(task("a", device="cuda"))


@st.composite
def plans(draw: st.DrawFn) -> list[Task]:
    """The first tasks of a few parts, some of them swept, on one device or two."""
    tasks = []
    for part in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["study", "agree", "agree"]))
        for device in draw(st.sampled_from([("cpu",), ("cuda",), ("cpu", "cuda")])):
            tasks += [task(f"p{part}", kind, device, n=n) for n in range(draw(st.integers(1, 3)))]
    return tasks


efforts = st.builds(
    Effort,
    rounds=st.integers(1, 3),
    weighings=st.integers(1, 2),
    most_rounds=st.just(0),
    case_seconds=st.just(0.0),
    narrow=st.just(math.inf),
    laps=st.just(1),
    block_seconds=st.just(0.0),
    seconds=st.just(0.0),
)
chances = st.sampled_from([0.0, 0.1, 0.4])


def walked(tasks: list[Task], effort: Effort, do: Do, *, early: bool) -> tuple[list[Task], tuple[Record, ...]]:
    """What the plain walk does, each task once, and the records of what it comes to."""
    done: dict[Task, Observation] = {}

    def once(task: Task) -> Observation:
        return done.setdefault(task, do(task))

    if early:
        walk.ahead(tasks, effort, once)
    reached: list[Observation] = []

    def reach(task: Task) -> Observation:
        reached.append(once(task))
        return reached[-1]

    walk.walk(tasks, effort, reach)
    return list(done), records(tasks, reached)


@given(plans(), efforts, chances, st.integers(0, 999))
@settings(max_examples=60)
def test_one_at_a_time_it_is_the_plain_walk(tasks: list[Task], effort: Effort, chance: float, seed: int) -> None:
    do = machine(chance=chance, seed=seed)
    schedule = Schedule(tasks, effort)
    expected, as_records = walked(tasks, effort, do, early=False)
    assert drive(schedule, do) == expected
    assert records(tasks, schedule.observations()) == as_records


@given(plans(), efforts, chances, st.integers(0, 999), st.integers(2, 4))
@settings(max_examples=60)
def test_side_by_side_it_does_the_tasks_of_the_plain_walk(
    tasks: list[Task], effort: Effort, chance: float, seed: int, slots: int
) -> None:
    do = machine(chance=chance, seed=seed)
    schedule = Schedule(tasks, effort, side_by_side=True)
    began = drive(schedule, do, slots, random.Random(seed))
    expected, as_records = walked(tasks, effort, do, early=True)
    assert len(began) == len(set(began))
    assert set(began) == set(expected)
    assert records(tasks, schedule.observations()) == as_records


@given(plans(), efforts, chances, st.integers(0, 999), st.integers(1, 3), st.booleans())
@settings(max_examples=25)
def test_resumed_at_every_point_it_is_the_same_run_and_measures_nothing_twice(
    tasks: list[Task], effort: Effort, chance: float, seed: int, slots: int, together: bool
) -> None:
    """Also with another number of slots than before; observations may come back in any order."""
    do = machine(chance=chance, seed=seed)
    whole = Schedule(tasks, effort, side_by_side=slots > 1)
    journal = [do(each) for each in drive(whole, do, slots, random.Random(seed))]
    full, as_records = {each.task for each in journal}, records(tasks, whole.observations())
    for at in range(len(journal) + 1):
        known = journal[:at]
        random.Random(at).shuffle(known)
        again = Schedule(tasks, effort, side_by_side=together, known=known)
        began = drive(again, do, 1 + 2 * together, random.Random(at))
        assert not {each.task for each in known} & set(began)
        assert records(tasks, again.observations()) == as_records
        if together == (slots > 1):
            assert {each.task for each in known} | set(began) == full


@given(chances, st.integers(0, 999))
@settings(max_examples=30)
def test_the_order_of_observations_makes_no_record(chance: float, seed: int) -> None:
    tasks = [task("a", n=n) for n in range(3)]
    schedule = Schedule(tasks, replace(EFFORT, weighings=2))
    drive(schedule, machine(chance=chance, seed=seed))
    shuffled = schedule.observations()
    random.Random(seed).shuffle(shuffled)
    assert records(tasks, shuffled) == records(tasks, schedule.observations())
