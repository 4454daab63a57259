"""In which order tasks run, and what is left out of the later ones."""

from dataclasses import replace

from bench.execute.schedule import groups, perform
from bench.measure.sampling import Effort
from bench.model import Case, Observation, Outcome, Seen, Task

EFFORT = Effort(rounds=2, blocks=1, block_seconds=0.0, seconds=0.0, weighings=1)


def task(part: str = "a", kind: str = "agree", **parameters: int) -> Task:
    return Task(kind, Case(exercise="ex01", part=part, device="cpu", seed=0, parameters=dict(parameters)))  # type: ignore[arg-type]


class Machine:
    """Stands for the child processes: ``kill`` names who dies in which kind of task."""

    def __init__(self, **kill: str) -> None:
        self.kill, self.done = kill, list[Task]()

    def __call__(self, task: Task) -> Observation:
        self.done.append(task)
        victim = self.kill.get(task.kind)
        if victim and victim not in task.without:
            return Observation(
                task=task, outcome="failed", reason="killed", variants={victim: Seen(outcome="failed", reason="killed")}
            )
        names = [name for name in ("ours", "theirs") if name not in task.without]
        return Observation(task=task, outcome="ok", variants={name: Seen() for name in names})

    def kinds(self) -> list[tuple[str, int, object, str | None]]:
        return [(one.kind, one.round, one.case.parameters.get("n"), one.case.variant) for one in self.done]


def test_rounds_go_over_all_cases_in_turn() -> None:
    machine = Machine()
    perform([task(n=1), task(n=2)], EFFORT, machine)
    assert machine.kinds() == [
        ("agree", 0, 1, None),
        ("agree", 0, 2, None),
        ("time", 0, 1, None),
        ("time", 0, 2, None),
        ("time", 1, 1, None),
        ("time", 1, 2, None),
        ("weigh", 0, 1, "ours"),
        ("weigh", 0, 1, "theirs"),
        ("weigh", 0, 2, "ours"),
        ("weigh", 0, 2, "theirs"),
    ]


def test_a_study_is_one_task() -> None:
    machine = Machine()
    perform([task(kind="study")], EFFORT, machine)
    assert [one.kind for one in machine.done] == ["study"]


def test_who_kills_the_process_is_left_out_and_the_others_go_on() -> None:
    for kind in ("agree", "time"):
        machine = Machine(**{kind: "theirs"})
        perform([task()], EFFORT, machine)
        after = machine.done[machine.done.index(replace(task(kind=kind), without=("theirs",))) :]
        assert all("theirs" in one.without for one in after if one.kind != "weigh")
        assert [one.case.variant for one in after if one.kind == "weigh"] == ["ours"]


def test_who_dies_without_a_name_ends_the_case() -> None:
    done: list[Task] = []

    def do(task: Task) -> Observation:
        done.append(task)
        outcome: Outcome = "failed"
        return Observation(task=task, outcome=outcome, reason="killed")

    perform([task()], EFFORT, do)
    assert len(done) == 1


def test_groups_are_parts_on_a_device() -> None:
    tasks = [task("a", n=1), task("a", n=2), task("b")]
    assert [len(group) for group in groups(tasks)] == [2, 1]
