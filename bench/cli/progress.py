"""Progress on stderr: a bar with the time left on a terminal, one line a part elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING

from bench.cli.output import visible
from bench.execute.messages import Progress
from bench.model import Observation, Task

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID, TimeRemainingColumn

    from bench.cluster.standing import Standing

DOING = {
    "study": "studying",
    "agree": "holding against the reference",
    "time": "timing",
    "weigh": "weighing",
    "race": "racing",
}

STEPS = 20
"""How often a log is told how a run in shards stands, if nothing goes wrong."""


def title(task: Task) -> str:
    return f"{task.case.exercise}.{task.case.part} on {task.case.device}"


@dataclass(slots=True)
class Lines:
    """For logs: says when a part begins, and what went wrong."""

    console: Console
    part: str = ""
    stood: tuple[int, int] | None = None

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        pass

    def say(self, text: str) -> None:
        self.console.print(text, markup=False, soft_wrap=True)

    def stand(self, standing: Standing) -> None:
        """Of a run in shards: said at first, when more of them went wrong, and with every twentieth that ended."""
        ended = standing.ended * STEPS // max(1, standing.total), standing.wrong
        if ended != self.stood:
            self.stood = ended
            self.say(standing.words)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """While the user is asked something."""
        yield

    def begin(self, group: Sequence[Task]) -> None:
        self.say(f"{title(group[0])} ({len(group)} {'case' if len(group) == 1 else 'cases'})")

    def start(self, task: Task) -> None:
        pass

    def heard(self, task: Task, progress: Progress) -> None:
        pass

    def done(self, observation: Observation) -> None:
        for problem in problems(observation):
            self.say(f"  {problem}")


def problems(observation: Observation) -> list[str]:
    """A line for every variant, or the whole task, that is not ok."""
    case = observation.task.case.label
    bad = {name: result for name, result in observation.variants.items() if result.outcome != "ok"}
    if not bad and observation.outcome != "ok":
        return [f"{case}: {observation.outcome}: {observation.reason}"]
    return [f"{case}: {name}: {result.outcome}: {result.reason}" for name, result in bad.items()]


@dataclass(slots=True)
class Live(Lines):
    """For a terminal: the part at hand, what is being done, how much of it, and how long it will still take."""

    bars: Bars = field(init=False)
    bar: dict[str, TaskID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        text = TextColumn("{task.description}", markup=False)
        columns = (text, BarColumn(bar_width=24), MofNCompleteColumn(), time_left())
        self.bars = Progress(*columns, console=self.console, transient=True, refresh_per_second=4)

    def __enter__(self) -> Live:
        self.bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.bars.stop()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Bars would be drawn over the answer, and stderr as they show it takes ``[y/N]`` for markup."""
        self.bars.stop()
        try:
            yield
        finally:
            self.bars.start()

    def stand(self, standing: Standing) -> None:
        name = "shards"
        if name not in self.bar:
            self.bar[name] = self.bars.add_task(name, total=standing.total)
        self.bars.update(self.bar[name], completed=standing.ended, description=visible(standing.words))

    def start(self, task: Task) -> None:
        which = f", round {task.round + 1}" if task.is_timed else ""
        self.bar[key(task)] = self.bars.add_task(visible(f"{key(task)}{which}"), total=None)

    def heard(self, task: Task, progress: Progress) -> None:
        if progress.total and key(task) in self.bar:
            self.bars.update(self.bar[key(task)], completed=progress.done, total=progress.total)

    def done(self, observation: Observation) -> None:
        if (bar := self.bar.pop(key(observation.task), None)) is not None:
            self.bars.remove_task(bar)
        Lines.done(self, observation)


def time_left() -> TimeRemainingColumn:
    """The column of a bar's time: empty where nothing is known, which rich draws as ``--:--``."""
    from rich.progress import Task as Bar
    from rich.progress import TimeRemainingColumn
    from rich.text import Text

    class TimeLeft(TimeRemainingColumn):
        def render(self, task: Bar) -> Text:
            return Text() if task.time_remaining is None else super().render(task)

    return TimeLeft(compact=True)


def key(task: Task) -> str:
    """ "ex07.b on cpu, seed 0: studying"."""
    return f"{task.case.label}: {DOING[task.kind]}"
