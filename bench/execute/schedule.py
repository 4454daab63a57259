"""Which tasks are ready: a pure object that is told what was observed, and the only one that knows their order.

A study is one task. A comparison first agrees, then is timed in rounds, then its variants are weighed. What failed is
left out of what follows. A race has rounds alone. Nothing here knows of processes, machines or files.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from bench.analysis import races
from bench.execute.observations import ORDER, records_of_case
from bench.measure.sampling import Effort
from bench.model import Case, Observation, Task

Enough = Callable[[Sequence[Observation]], bool]
"""Whether the rounds of a case that were timed are enough: asked once it has had the fewest."""


@dataclass(slots=True, kw_only=True)
class Course:
    """One case on its way: which of its tasks are open, and what the others gave.

    ``variants`` are those that are still sound, ``without`` those that are not.
    """

    effort: Effort
    enough: Enough
    open: list[Task]
    observations: list[Observation] = field(default_factory=list)
    variants: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def note(self, observation: Observation) -> Sequence[Task]:
        """Close a task; give those that it opens."""
        self.open.remove(observation.task)
        self.observations.append(observation)
        opened = tuple(self._following(observation))
        self.open += opened
        return opened

    def _following(self, observation: Observation) -> Iterator[Task]:
        task = observation.task
        if task.kind in ("study", "weigh"):
            return
        if again := retried(observation):
            yield again
            return
        self._narrow(observation)
        if not self.variants:
            return
        if task.kind == "agree":
            yield from self._weighings(task.case)
        # Rounds come one after another: a variant that dies in one is not begun in the next.
        following = task.round + 1 if task.is_timed else 0
        if following < self.effort.rounds or (
            following < self.effort.most_rounds and not self.enough(self.observations)
        ):
            yield Task("race" if task.kind == "race" else "time", task.case, following, self.without)

    def _narrow(self, observation: Observation) -> None:
        """Keep the variants that are sound. Where the reference itself failed, there is nothing to compare with."""
        results = observation.variants if observation.outcome == "ok" else {}
        hopeless = races.hopeless(self.observations)
        self.variants = tuple(n for n, result in results.items() if result.outcome == "ok" and n not in hopeless)
        failed = tuple(name for name in results if name not in self.variants)
        self.without = (*observation.task.without, *failed)
        # Weighings that were opened for a variant are closed with it.
        self.open = [task for task in self.open if task.case.variant is None or task.case.variant in self.variants]

    def _weighings(self, case: Case) -> Iterator[Task]:
        for round in range(self.effort.weighings):
            for name in self.variants:
                yield Task("weigh", replace(case, variant=name), round)


def retried(observation: Observation) -> Task | None:
    """The same task without the variant that killed its process, so that the others are still measured."""
    task = observation.task
    culprits = tuple(name for name in observation.variants if name not in task.without)
    if observation.outcome == "ok" or not culprits:
        return None
    return replace(task, without=(*task.without, *culprits))


Rank = tuple[int, ...]


class Schedule:
    """The order of all tasks of a run.

    One task is ready at a time, and is alone on the machine. With ``side_by_side``, everything on the CPU that is held
    against no clock comes first, and all of it is ready at once; what is timed still runs alone, afterwards.
    A case is timed in more rounds than the fewest until ``enough`` says so. ``stop_first`` ends the run with the first
    failure. ``known`` are observations of a run that was interrupted: they
    are taken for their tasks as those come up, in whatever order they were made.
    """

    def __init__(
        self,
        tasks: Iterable[Task],
        effort: Effort,
        *,
        enough: Callable[[Case, Sequence[Observation]], bool] = lambda case, observations: True,
        side_by_side: bool = False,
        stop_first: bool = False,
        known: Iterable[Observation] = (),
    ) -> None:
        self.stopped = False
        self._stop_first = stop_first
        self._side_by_side = side_by_side and not stop_first  # -x promises that nothing begins after a failure
        self._known = {observation.task: observation for observation in known}
        self._courses: dict[Case, Course] = {}
        self._places: dict[Case, tuple[int, int]] = {}
        self._together: list[tuple[Rank, Task]] = []
        self._alone: list[tuple[Rank, Task]] = []
        self._complete: list[tuple[Observation, ...]] = []
        groups: dict[tuple[str, str, str], int] = {}
        for number, task in enumerate(dict.fromkeys(tasks)):
            group = groups.setdefault(group_of(task), len(groups))
            self._places[task.case] = group, number
            self._courses[task.case] = Course(effort=effort, enough=partial(enough, task.case), open=[task])
            self._open(task)
        self._recall()

    def ready(self, most: int | None = None) -> tuple[Task, ...]:
        """The tasks that may run now, the ``most`` urgent ones first; those that run already are among them until
        noted."""
        if self.stopped:
            return ()
        # Nothing that is timed begins before the last of what goes side by side has ended.
        return tuple(task for _, task in (self._together[:most] or self._alone[:1]))

    def note(self, observation: Observation) -> None:
        """Take what came of a task that was ready."""
        self._take(observation)
        failed = self._stop_first and not all(record.passed for record in records_of_case([observation]))
        self.stopped = self.stopped or failed
        self._recall()

    def completed(self) -> list[tuple[Observation, ...]]:
        """The observations of each case that has become complete since this was last asked."""
        complete, self._complete = self._complete, []
        return complete

    def observations(self) -> list[Observation]:
        """All that was noted, case by case."""
        return [observation for course in self._courses.values() for observation in course.observations]

    def _recall(self) -> None:
        """Take what is known of tasks that have come up, until one comes up that is not known."""
        # Of a run that is not gone on with, thousands of tasks would be looked at after each.
        while self._known and (recalled := [self._known.pop(task) for task in self.ready() if task in self._known]):
            for observation in recalled:
                self._take(observation)

    def _take(self, observation: Observation) -> None:
        course = self._courses[observation.task.case.whole]
        # Beside the task itself: weighings of variants that it shows to be unsound are closed, and never done.
        before = list(course.open)
        opened = course.note(observation)
        for task in before:
            if task not in course.open:
                self._close(task)
        for task in opened:
            self._open(task)
        if not course.open:
            self._complete.append(tuple(course.observations))

    def _queue(self, task: Task) -> list[tuple[Rank, Task]]:
        early = self._side_by_side and task.case.device == "cpu" and not task.is_timed
        return self._together if early else self._alone

    def _rank(self, task: Task) -> Rank:
        group, number = self._places[task.case.whole]
        # All cases of a part take one phase before any takes the next: what is compared is measured together.
        phase = ORDER[task.kind]
        if self._queue(task) is self._together:
            # Studies are the longest: begun first, they leave no core idle at the end. Then case by case.
            return (task.kind != "study", number, phase, task.round)
        return (group, phase, task.round, number)

    def _open(self, task: Task) -> None:
        insort(self._queue(task), (self._rank(task), task), key=lambda entry: entry[0])

    def _close(self, task: Task) -> None:
        self._queue(task).remove((self._rank(task), task))


def group_of(task: Task) -> tuple[str, str, str]:
    """The part and device of a task: the cases of one part on one device are measured in turn with one another."""
    return task.case.exercise, task.case.part, task.case.device
