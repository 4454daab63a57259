"""Pairs of runs until every case is decided, or the time is up."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bench.ab.readings import WHOLE, Findings, Letter, Pair, Reading, Rule, judge
from bench.ab.room import OutOfRoom
from bench.errors import BenchError, Missing, NothingMatched, PluginError, UsageError
from bench.measure import clock

Measure = Callable[[Letter, Sequence[str], float], Reading]
"""One run of a side: its letter, the names to run, and the seconds that it may take. Raises ``OutOfTime``."""
Say = Callable[[str], None]
Reason = Literal["decided", "slower", "broken", "not timed"]
Ended = Reason | Literal["time", "room"]

SURE = 1.2
"""The next pair may take so many times as long as the slowest before: it is not begun where that is too long."""
MISTAKES = {each.exit_code: each for each in (UsageError, Missing, PluginError, NothingMatched)}


class OutOfTime(BenchError):
    """A measurement that was stopped at the end of its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What was found of two sides, in how many seconds, and why it ended; ``refused`` is what a full disk was told in,
    after which no pair was measured."""

    a: str
    b: str
    findings: Findings
    rule: Rule
    seconds: float
    ended: Ended
    refused: str = ""


def orders(seed: int) -> Iterator[tuple[Letter, Letter]]:
    """The order of each pair: blocks of two, AB BA or BA AB by lot, in which whatever drifts evenly cancels."""
    draw = random.Random(seed)
    while True:
        first: tuple[Letter, Letter] = ("A", "B") if draw.random() < 0.5 else ("B", "A")
        yield first
        yield first[1], first[0]


@dataclass(slots=True, kw_only=True)
class Contest:
    """Two sides under measurement. ``seconds`` bounds all of it; ``names`` are what the first pair runs: the later ones
    run only the parts that have a case which is not decided yet."""

    a: str
    b: str
    names: Sequence[str]
    measure: Measure
    rule: Rule
    seconds: float
    say: Say
    seed: int = 0

    def run(self) -> Comparison:
        """Measures. Raises what both sides say alike: a mistake of the command line, a device that is not here; and
        ``OutOfRoom`` where not even one pair found room."""
        start, pairs, slowest = clock.now(), list[Pair](), 0.0
        names, refused = self.names, ""
        ended: Ended = "time"
        for order in orders(self.seed):
            begun = clock.now()
            left = self.seconds - (begun - start)
            if left <= SURE * slowest:
                break
            try:
                pairs.append(self._pair(order, names, left))
            except OutOfTime:
                break
            except OutOfRoom as error:
                if not pairs:
                    raise
                ended, refused = "room", str(error)
                break
            # The first pair ran studies too: once there is another one, it says nothing of the next.
            slowest = max(slowest if len(pairs) > 2 else 0.0, clock.now() - begun)
            findings = judge(pairs, self.rule)
            self.say(progress(findings))
            if reason := reason_to_end(findings, self.rule):
                ended = reason
                break
            names = parts(findings)
        return Comparison(
            a=self.a,
            b=self.b,
            findings=judge(pairs, self.rule),
            rule=self.rule,
            seconds=clock.now() - start,
            ended=ended,
            refused=refused,
        )

    def _pair(self, order: tuple[Letter, Letter], names: Sequence[str], seconds: float) -> Pair:
        end = clock.now() + seconds
        readings = {letter: self.measure(letter, names, end - clock.now()) for letter in order}
        pair = Pair(readings["A"], readings["B"])
        require_a_run(pair)
        return pair


def require_a_run(pair: Pair) -> None:
    """Where neither side ran, and both for the same reason, that is a mistake and no result."""
    a, b = pair.a, pair.b
    if a.is_lost and b.is_lost and a.code == b.code and a.code in MISTAKES:
        raise MISTAKES[a.code](f"neither side ran: {b.broken[WHOLE]}")


def reason_to_end(findings: Findings, rule: Rule) -> Reason | None:
    """Why no other pair is needed; nothing where one is."""
    if findings.overall == "broken":
        return "broken"
    if not findings.timed:
        return "not timed"
    if rule.until_slower and findings.overall == "slower":
        return "slower"
    return None if findings.undecided else "decided"


def parts(findings: Findings) -> tuple[str, ...]:
    """The parts that have a case which is not decided."""
    return tuple(dict.fromkeys(f"{case.exercise}.{case.part}" for case in findings.undecided))


def progress(findings: Findings) -> str:
    open, all = len(findings.undecided), len(findings.timed)
    if not all:
        return f"pair {findings.pairs}: nothing timed on both sides"
    return f"pair {findings.pairs}: {all - open} of {all} {'case' if all == 1 else 'cases'} decided"
