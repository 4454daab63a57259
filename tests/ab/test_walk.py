"""By halves to the first slower commit, on histories where it is known."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from bench.ab import readings, walk
from bench.ab.history import Commit
from bench.ab.pairs import Comparison
from bench.ab.readings import Rule, judge
from bench.ab.walk import Walk, Walker
from bench.errors import BenchError
from tests.ab.planting import Fake, case, contest, pairs, reading

COMMITS = tuple(Commit(f"{i:040x}", f"number {i}") for i in range(19))
WHOLE = judge(pairs(1.2), Rule()).timed[0]


def walked(
    monkeypatch: pytest.MonkeyPatch,
    first_slow: int,
    *,
    broken: set[int] = frozenset(),
    noise: float = 0.02,
    seconds: float = 3600,
    seed: int = 0,
    room: int = 1_000_000,
) -> Walk:
    """Of commits which take 1.2 times as long from ``first_slow`` on."""
    fake = Fake({"A": {"plain": 1e-3}, "B": {}}, noise=noise, room=room)
    fake.draw = random.Random(seed)
    monkeypatch.setattr("bench.measure.clock.now", fake.clock)

    def attempt(commit: Commit, rule: Rule, seconds: float) -> Comparison:
        place = COMMITS.index(commit)
        fake.times["B"] = {"plain": 1.2e-3 if place >= first_slow else 1e-3}
        fake.broken = {"B": readings.lost("it died of signal 11", -11)} if place in broken else {}
        return contest(fake, seconds, rule).run()

    return Walker(
        commits=COMMITS, followed=WHOLE, rule=Rule(), attempt=attempt, seconds=seconds, say=lambda text: None
    ).walk()


@pytest.mark.parametrize("first_slow", range(19))
def test_it_finds_the_first_slower_commit(first_slow: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found = walked(monkeypatch, first_slow)
    assert [each.subject for each in found.suspects] == [f"number {first_slow}"]
    assert len(found.steps) <= 5
    assert walk.conclusion(found) == f"the first slower commit is {COMMITS[first_slow].label}"


def test_noise_misleads_it_in_few_walks(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = sum(walked(monkeypatch, 7, noise=0.05, seed=seed).suspects != COMMITS[7:8] for seed in range(20))
    assert wrong <= 1


def test_a_commit_that_does_not_run_is_skipped_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    found = walked(monkeypatch, 12, broken={8, 9, 10})
    assert found.suspects == COMMITS[12:13]
    assert [step.said for step in found.steps].count("skipped") >= 1
    skipped = next(step for step in found.steps if step.said == "skipped")
    assert skipped.why == "the run is broken on side B alone: it died of signal 11"


def test_what_was_skipped_stays_suspect(monkeypatch: pytest.MonkeyPatch) -> None:
    found = walked(monkeypatch, 9, broken={8, 9, 10})
    assert found.suspects == COMMITS[8:12]
    assert not found.is_out_of_time
    assert walk.conclusion(found).startswith(
        "the first slower commit is one of 4 (the others were skipped): 0000000000, "
    )


def test_the_time_is_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    found = walked(monkeypatch, 12, seconds=20.5)
    assert found.is_out_of_time
    assert COMMITS[12] in found.suspects
    assert 1 < len(found.suspects) < 19
    assert "the time was up" in walk.conclusion(found)


def test_an_error_of_a_step_is_not_swallowed() -> None:
    def attempt(commit: Commit, rule: Rule, seconds: float) -> Comparison:
        raise BenchError("git worktree failed")

    with pytest.raises(BenchError, match="git worktree failed"):
        Walker(commits=COMMITS, followed=WHOLE, rule=Rule(), attempt=attempt, seconds=9, say=lambda text: None).walk()


def test_two_ends_that_are_neighbours_need_no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Walker(
        commits=COMMITS[:1], followed=WHOLE, rule=Rule(), attempt=None, seconds=9, say=lambda text: None
    ).walk()
    assert (found.suspects, found.steps) == (COMMITS[:1], ())


def test_alpha_of_all_tests_sums_to_alpha() -> None:
    rule = Rule()
    spent = walk.first_rule(rule).alpha + sum(walk.rule_for(WHOLE, rule, k).alpha for k in range(2, 1000))
    assert 0.99 * rule.alpha < spent <= rule.alpha


def test_from_half_of_the_slow_down_on_a_commit_is_slower() -> None:
    rule = walk.rule_for(WHOLE, Rule(), 2)
    assert rule.margin == pytest.approx(1.2**0.5 - 1, rel=0.05)
    assert rule.one_sided
    assert walk.rule_for(WHOLE, Rule(margin=0.5), 2).margin == 0.5


def test_it_follows_the_case_that_was_slowed_most() -> None:
    less = replace(judge(pairs(1.1), Rule()).timed[0], case=case("less"))
    assert walk.worst([less, WHOLE]) is WHOLE
    assert walk.worst([judge(pairs(1.0), Rule()).timed[0]]) is None


def test_only_that_case_is_looked_at() -> None:
    measure = walk.following(case("x"), lambda letter, names, seconds: reading({"x": 1.0, "y": 2.0}))
    assert measure("A", ["ex60"], 1.0).times == {case("x"): 1.0}


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        (pairs(1.2), ("slower", "+")),
        (pairs(1.0), ("not slower", "")),
        (pairs(1.0, 2), ("undecided", "about")),
        ([], ("undecided", "not one pair fitted")),
        ([readings.Pair(reading({"plain": 1.0}), reading())], ("skipped", "the case is not timed there")),
    ],
)
def test_what_a_comparison_says_of_a_commit(listed: list[readings.Pair], said: tuple[str, str]) -> None:
    made = Comparison(a="", b="", findings=judge(listed, Rule()), rule=Rule(), seconds=1.0, ended="time")
    found, why = walk.read(made)
    assert found == said[0]
    assert why.startswith(said[1])


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Walk:
    return walked(monkeypatch, 12, broken={8, 9})


Form = Callable[[Walk], object]


def test_it_is_told_in_three_forms(found: Walk) -> None:
    lines = [line.text for line in walk.text(found)]
    assert lines[1] == "the way to the first slower commit, by ex60.a.speed on cpu: plain"
    assert lines[-1] == "the first slower commit is 0000000000: number 12"
    assert any(line.startswith("– 0000000000: number 8: skipped, the run is broken") for line in lines)
    assert walk.markdown(found).endswith("**the first slower commit is 0000000000: number 12**\n")
    document = walk.document(found)
    assert document["suspects"] == [{"commit": COMMITS[12].hash, "subject": "number 12"}]
    assert {step["said"] for step in document["steps"]} == {"slower", "not slower", "skipped"}


def test_the_step_for_which_the_time_was_too_short_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    found = walked(monkeypatch, 12, seconds=20.5)
    assert found.steps[-1].said == "undecided"
    last, whole = list(walk.text(found))[-2:]
    assert (last.state, last.text) == ("undecided", f"– {walk.words(found.steps[-1])}")
    assert "the time was up" in whole.text


@pytest.mark.parametrize("room", [14, 17, 45])
def test_a_disk_that_fills_up_ends_the_way(monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    """In the first pair of a commit, and in a later one."""
    found = walked(monkeypatch, 12, room=room)
    assert 2 <= len(found.suspects) < len(COMMITS)
    assert found.refused.startswith("no space left on the disk of x")
    assert not found.is_out_of_time
    assert "(there was no room on the disk): " in walk.conclusion(found)
