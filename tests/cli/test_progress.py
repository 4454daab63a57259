"""What the user sees of a run at work."""

import sys
from io import StringIO

import pytest
from rich.console import Console
from rich.progress import Progress as Bars

from bench.cli.progress import Lines, Live, key, time_left
from bench.cluster.standing import Standing
from bench.execute.messages import Progress
from bench.model import Case, Observation, Task, VariantResult

STUDY = Task("study", Case(exercise="ex07", part="b", device="cpu", seed=0))
ROUND = Task("time", Case(exercise="ex07", part="b.speed", device="cpu", seed=1, parameters={"n": 8}), round=2)


@pytest.fixture
def console() -> Console:
    return Console(file=StringIO(), width=40, force_terminal=False)


def printed(console: Console) -> list[str]:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


def test_a_log_says_when_a_part_begins_and_what_went_wrong(console: Console) -> None:
    with Lines(console) as lines:
        lines.begin([STUDY])
        lines.begin([ROUND, ROUND])
        lines.start(STUDY)
        lines.heard(STUDY, Progress("epochs", 1, 2))
        lines.done(Observation(task=STUDY, outcome="ok"))
        lines.done(Observation(task=STUDY, outcome="timeout", reason="[took] longer than this terminal is wide"))
    assert printed(console) == [
        "ex07.b on cpu (1 case)",
        "ex07.b.speed on cpu (2 cases)",
        "  ex07.b on cpu: timeout: [took] longer than this terminal is wide",
    ]


def test_shards_are_told_when_their_number_in_a_condition_has_changed(console: Console) -> None:
    lines = Lines(console)
    for waiting, left in ((3, 300.0), (3, 290.0), (2, 200.0)):
        lines.stand(Standing(shards={"waiting": waiting, "running": 1, "done": 3 - waiting}, left=left))
    assert " ".join(printed(console)) == (
        "4 shards: 3 waiting, 1 running; about 5 min left 4 shards: 2 waiting, 1 running, 1 done; about 3 min left"
    )


def test_the_variant_at_fault_is_named_and_not_the_task(console: Console) -> None:
    results = {"ours": VariantResult(), "theirs": VariantResult(outcome="disagrees", reason="off by 2")}
    Lines(console).done(Observation(task=ROUND, outcome="failed", reason="a variant failed", variants=results))
    assert printed(console) == ["  ex07.b.speed n=8 on cpu, seed 1: theirs: disagrees: off by 2"]


def test_a_terminal_has_a_bar_for_each_task_at_work(console: Console) -> None:
    with Live(console) as live:
        live.start(STUDY)
        live.start(ROUND)
        assert [task.description for task in live.bars.tasks] == [
            "ex07.b on cpu: studying",
            "ex07.b.speed n=8 on cpu, seed 1: timing, round 3",
        ]
        live.heard(STUDY, Progress("epochs", 3, 10))
        for task in (STUDY, ROUND):
            live.heard(task, Progress(variant="ours"))
        assert [(task.completed, task.total) for task in live.bars.tasks] == [(3, 10), (0, None)]
        live.done(Observation(task=STUDY, outcome="failed", reason="why"))
        live.heard(STUDY, Progress("epochs", 10, 10))
        assert [task.description for task in live.bars.tasks] == [f"{key(ROUND)}, round 3"]
    assert not live.bars.live.is_started
    assert "  ex07.b on cpu: failed: why" in printed(console)


def standing(done: int, lost: int = 0) -> Standing:
    return Standing(shards={"waiting": 100 - done - lost - 2, "running": 2, "done": done, "lost": lost}, left=90.0)


def test_a_log_is_told_of_every_twentieth_shard_and_of_what_went_wrong(console: Console) -> None:
    with Lines(console) as lines:
        for done in range(12):
            lines.stand(standing(done))
        lines.stand(standing(12, lost=1))
    assert printed(console) == [
        "100 shards: 98 waiting, 2 running; about 2 min left",
        "100 shards: 93 waiting, 2 running, 5 done; about 2 min left",
        "100 shards: 88 waiting, 2 running, 10 done; about 2 min left",
        "100 shards: 85 waiting, 2 running, 12 done, 1 lost; about 2 min left",
    ]


def test_a_terminal_has_one_bar_for_all_shards() -> None:
    console = Console(file=StringIO(), width=100, force_terminal=True)
    with Live(console) as live:
        live.stand(standing(3))
        live.stand(standing(40, lost=2))
        (bar,) = live.bars.tasks
        assert (bar.completed, bar.total) == (42, 100)
        assert bar.description == "100 shards: 56 waiting, 2 running, 40 done, 2 lost; about 2 min left"


def test_nothing_is_drawn_while_the_user_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(file=StringIO(), width=100, force_terminal=True)
    monkeypatch.setattr(sys, "stderr", plain := StringIO())
    with Live(console) as live:
        live.stand(standing(3))
        with live.aside():
            sys.stderr.write("really? [y/N]: \n")
            assert not live.bars.live.is_started
        assert live.bars.live.is_started
    assert plain.getvalue() == "really? [y/N]: \n"


def test_a_bar_of_which_no_time_is_known_says_none() -> None:
    console = Console(file=StringIO(), width=80, force_terminal=True)
    with Live(console) as live:
        live.stand(Standing(shards={"waiting": 2}))
        live.start(STUDY)
        live.bars.refresh()
    assert isinstance(console.file, StringIO)
    assert "shards: 2 waiting" in console.file.getvalue()
    assert "--" not in console.file.getvalue()


def test_a_bar_of_which_a_time_is_known_says_it() -> None:
    times = iter(range(0, 1000, 10))
    column, bars = time_left(), Bars(get_time=lambda: float(next(times)))
    bars.add_task("", total=4)
    (bar,) = bars.tasks
    assert str(column.render(bar)) == ""
    for completed in (1, 2):
        bars.update(bar.id, completed=completed)
    assert str(column.render(bar)) == "00:20"
