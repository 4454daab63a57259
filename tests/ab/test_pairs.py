"""Pairs go on until all is decided, and not beyond the time."""

import random
from itertools import islice

import pytest

from bench.ab import pairs, readings
from bench.ab.readings import Rule
from bench.ab.room import OutOfRoom
from bench.analysis.sequential import bounds, verdict
from bench.errors import Missing, NothingMatched, UsageError
from tests.ab.planting import Fake, case, contest, reading


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch):
    """Runs a contest on the clock of its fake."""

    def run(fake: Fake, seconds: float = 600, rule: Rule | None = None) -> pairs.Comparison:
        monkeypatch.setattr("bench.measure.clock.now", fake.clock)
        return contest(fake, seconds, rule).run()

    return run


def test_the_order_is_abba_by_lot() -> None:
    order = list(islice(pairs.orders(3), 40))
    blocks = list(zip(order[::2], order[1::2], strict=True))
    assert all(second == first[::-1] for first, second in blocks)
    assert {first for first, _ in blocks} == {("A", "B"), ("B", "A")}
    assert order == list(islice(pairs.orders(3), 40))
    assert order != list(islice(pairs.orders(4), 40))


@pytest.mark.parametrize(("times", "said"), [(1e-3, "equivalent"), (1.2e-3, "slower"), (0.8e-3, "faster")])
def test_it_ends_when_all_is_decided(held, times: float, said: str) -> None:
    fake = Fake({"A": {"plain": 1e-3}, "B": {"plain": times}})
    found = held(fake)
    assert found.findings.overall == said
    assert found.ended == "decided"
    assert 3 <= found.findings.pairs <= 12
    assert found.seconds == len(fake.calls) == 2 * found.findings.pairs


def test_identical_sides_are_red_in_at_most_one_of_twenty(held) -> None:
    def is_red(seed: int) -> bool:
        fake = Fake({"A": {"plain": 1e-3}, "B": {"plain": 1e-3}}, noise=0.05)
        fake.draw.seed(seed)
        return held(fake, 60).findings.is_red

    assert sum(map(is_red, range(40))) <= 2


def busy_machine(seed: int) -> list[float]:
    """The logs of 30 pairs of identical code where load lingers, drifts, bursts and has two modes."""
    draw, load, logs = random.Random(seed), 0.0, list[float]()
    for number, order in enumerate(islice(pairs.orders(seed), 30)):
        taken: dict[str, float] = {}
        for letter in order:
            load = 0.9 * load + draw.gauss(0, 0.02)
            burst = abs(draw.gauss(0, 0.3)) * (draw.random() < 0.1)
            taken[letter] = draw.gauss(0, 0.02) + load + 0.02 * number + burst + 0.1 * (draw.random() < 0.3)
        logs.append(taken["B"] - taken["A"])
    return logs


def test_on_a_busy_machine_identical_code_is_red_in_at_most_one_of_twenty() -> None:
    def is_red(logs: list[float]) -> bool:
        return any(verdict(bounds(logs[:n]), 0.03) == "slower" for n in range(1, 31))

    assert sum(is_red(busy_machine(seed)) for seed in range(200)) <= 10


def test_the_time_is_a_bound(held) -> None:
    fake = Fake({"A": {"plain": 1e-3}, "B": {"plain": 1e-3}}, noise=0.5)
    found = held(fake, 30.5)
    assert found.ended == "time"
    assert found.findings.overall == "undecided"
    assert 20 <= found.seconds <= 30.5


def test_a_pair_that_does_not_fit_is_left_out(held) -> None:
    fake = Fake({"A": {"plain": 1e-3}, "B": {"plain": 1e-3}}, takes=20.0)
    found = held(fake, 30)
    assert (found.ended, found.findings.pairs, found.findings.overall) == ("time", 0, "not timed")
    assert found.seconds == 30


def test_later_pairs_run_only_what_is_undecided(held) -> None:
    fake = Fake({"A": {"plain": 1e-3}, "B": {"plain": 1e-3}})
    held(fake)
    assert fake.calls[0][1] == ("ex60",)
    assert {names for _, names in fake.calls[2:]} == {("ex60.a.speed",)}


def test_what_breaks_on_b_ends_it(held) -> None:
    fake = Fake({"A": {"plain": 1e-3}, "B": {}}, broken={"B": readings.lost("it died of signal 11", -11)})
    found = held(fake)
    assert (found.ended, found.findings.pairs, found.findings.is_red) == ("broken", 1, True)


def test_one_slower_case_is_enough_where_that_is_asked(held) -> None:
    times = {"A": {"plain": 1e-3, "other": 1e-3}, "B": {"plain": 2e-3, "other": 1e-3}}
    found = held(Fake(times, noise=0.03), rule=Rule(until_slower=True))
    assert (found.ended, found.findings.undecided) == ("slower", (case("other"),))
    assert held(Fake(times, noise=0.03)).findings.pairs > found.findings.pairs


def test_nothing_timed_is_one_pair(held) -> None:
    fake = Fake({"A": {}, "B": {}})
    assert held(fake).ended == "not timed"
    assert len(fake.calls) == 2


@pytest.mark.parametrize(("code", "error"), [(2, UsageError), (3, Missing), (5, NothingMatched)])
def test_a_mistake_of_both_sides_is_one_of_the_command_line(held, code: int, error: type[Exception]) -> None:
    wrong = readings.lost("no part has a parameter 'x'", code)
    fake = Fake({"A": {}, "B": {}}, broken={"A": wrong, "B": wrong})
    with pytest.raises(error, match="neither side ran: no part has a parameter 'x'"):
        held(fake)


def test_a_crash_of_both_sides_is_a_result(held) -> None:
    wrong = readings.lost("it died of signal 11", -11)
    assert held(Fake({"A": {}, "B": {}}, broken={"A": wrong, "B": wrong})).findings.is_red


def test_progress_counts_what_is_decided() -> None:
    found = readings.judge([readings.Pair(reading({"x": 1.0}), reading({"x": 1.0}))], Rule())
    assert pairs.progress(found) == "pair 1: 0 of 1 case decided"
    nothing = readings.judge([readings.Pair(reading(), reading())], Rule())
    assert pairs.progress(nothing) == "pair 1: nothing timed on both sides"


def test_a_disk_that_fills_up_ends_it_with_what_was_measured(held) -> None:
    found = held(Fake({"A": {"plain": 1e-3}, "B": {"plain": 1e-3}}, room=5))
    assert (found.ended, found.refused) == ("room", "no space left on the disk of x: free some")
    assert (found.findings.pairs, found.findings.overall) == (2, "undecided")
    with pytest.raises(OutOfRoom):
        held(Fake({"A": {"plain": 1e-3}, "B": {"plain": 1e-3}}, room=1))
