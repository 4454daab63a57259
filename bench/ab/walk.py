"""Between a commit and a slower one: the first that is slower, by halves."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from bench.ab.history import Commit, printable
from bench.ab.pairs import Comparison, Measure
from bench.ab.readings import Letter, Reading, Rule, Timed
from bench.ab.room import OutOfRoom
from bench.ab.stage import Ends, Stage
from bench.ab.telling import MARKS, Line, broken_in_words, change
from bench.analysis.sequential import Verdict
from bench.measure import clock
from bench.model import Case
from bench.texts import in_markdown

Said = Literal["slower", "not slower", "skipped", "undecided"]
STATES: dict[Said, Verdict] = {
    "slower": "slower",
    "not slower": "equivalent",
    "skipped": "undecided",
    "undecided": "undecided",
}
Try = Callable[[Commit, Rule, float], Comparison]
"""Compares the first commit with another one, by a rule and within so many seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What was found of one commit, and in which words."""

    commit: Commit
    said: Said
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """``suspects`` are the commits one of which is the first slower one, the oldest first. Several are left where
    commits were skipped, or the time was up, or the disk was full, which ``refused`` tells."""

    suspects: tuple[Commit, ...]
    steps: tuple[Step, ...]
    is_out_of_time: bool
    case: Case
    refused: str = ""


def worst(timed: Sequence[Timed]) -> Timed | None:
    """The case that was slowed most: the one that a walk follows."""
    return max((each for each in timed if each.verdict == "slower"), key=lambda each: each.bounds.centre, default=None)


def rule_for(followed: Timed, rule: Rule, number: int) -> Rule:
    """How the test of that number in a walk judges; the comparison of its ends was number 1.

    A commit counts as slower from half of the whole slow-down on (of its logarithm). Test k has alpha / (k (k + 1)),
    which sums to alpha however many there are.
    """
    half = math.expm1(followed.bounds.centre / 2)
    return replace(
        rule, alpha=rule.alpha / (number * (number + 1)), margin=max(rule.margin, half), one_sided=number > 1
    )


def first_rule(rule: Rule) -> Rule:
    """The rule for the ends of a walk: they leave half of alpha to what follows, and one slower case is enough."""
    return replace(rule, alpha=rule.alpha / 2, until_slower=True)


@dataclass(slots=True, kw_only=True)
class Walker:
    """Walks ``commits``, those after the good end up to the slower one, within ``seconds``."""

    commits: Sequence[Commit]
    followed: Timed
    rule: Rule
    attempt: Try
    seconds: float
    say: Callable[[str], None]

    def walk(self) -> Walk:
        end = clock.now() + self.seconds
        good, bad, steps, skipped, refused = -1, len(self.commits) - 1, list[Step](), set[int](), ""
        while (place := middle(good, bad, skipped)) is not None:
            # All the time that is left: what cannot be told of one commit cannot be told of its neighbours either.
            try:
                step = self._step(self.commits[place], len(steps) + 2, end - clock.now())
            except OutOfRoom as error:
                refused = str(error)
                break
            steps.append(step)
            self.say(words(step))
            if step.said == "undecided":
                break
            if step.said == "skipped":
                skipped.add(place)
            good, bad = (place, bad) if step.said == "not slower" else (good, place if step.said == "slower" else bad)
        return Walk(
            suspects=tuple(self.commits[good + 1 : bad + 1]),
            steps=tuple(steps),
            is_out_of_time=place is not None and not refused,
            case=self.followed.case,
            refused=refused,
        )

    def _step(self, commit: Commit, number: int, seconds: float) -> Step:
        tried = self.attempt(commit, rule_for(self.followed, self.rule, number), seconds)
        if tried.refused:
            raise OutOfRoom(tried.refused)
        said, why = read(tried)
        return Step(commit=commit, said=said, why=why)


def walk(stage: Stage, ends: Ends, whole: Comparison, rule: Rule, seconds: float) -> Walk | None:
    """The way from A to the first slower commit, along the case that was slowed most; none where B is not slower.

    ``whole`` compared the ends by ``first_rule(rule)``.
    """
    followed = worst(whole.findings.timed)
    if followed is None:
        return None
    names = [f"{followed.case.exercise}.{followed.case.part}"]
    measure = following(followed.case, stage.measure)

    def attempt(commit: Commit, rule: Rule, seconds: float) -> Comparison:
        with stage.instead(ends.repository, commit):
            return stage.compare(names, rule, seconds, measure)

    return Walker(
        commits=ends.between(), followed=followed, rule=rule, attempt=attempt, seconds=seconds, say=stage.say
    ).walk()


def middle(good: int, bad: int, skipped: set[int]) -> int | None:
    """The place nearest to the middle between both that was not skipped."""
    places = [place for place in range(good + 1, bad) if place not in skipped]
    return min(places, key=lambda place: abs(2 * place - good - bad), default=None)


def read(tried: Comparison) -> tuple[Said, str]:
    """What a comparison with the good end says of a commit. One that does not run there is skipped, as by
    `git bisect skip`; undecided is what could not be told in the time."""
    findings = tried.findings
    if findings.broken:
        return "skipped", broken_in_words(findings.broken[0])
    if not findings.pairs:
        return "undecided", "not one pair fitted into the time"
    if not findings.timed:
        return "skipped", "the case is not timed there"
    (only,) = findings.timed
    words = f"{change(only.bounds)}, {findings.pairs} pairs"
    if only.verdict == "undecided":
        return "undecided", words
    return ("slower" if only.verdict == "slower" else "not slower"), words


def following(case: Case, measure: Measure) -> Measure:
    """Measures one case and nothing else."""

    def measured(letter: Letter, names: Sequence[str], seconds: float) -> Reading:
        reading = measure(letter, names, seconds)
        return replace(reading, times={each: time for each, time in reading.times.items() if each == case})

    return measured


def text(walk: Walk) -> Iterator[Line]:
    """Lines for a terminal: every step, and what is left."""
    yield Line("", "")
    yield Line("", f"the way to the first slower commit, by {printable(walk.case.label)}")
    for step in walk.steps:
        state = STATES[step.said]
        yield Line(state, f"{MARKS[state]} {words(step)}")
    yield Line("slower", conclusion(walk))


def words(step: Step) -> str:
    return f"{step.commit.label}: {step.said}, {step.why}"


def conclusion(walk: Walk) -> str:
    """Names the commit, or those that are left."""
    if len(walk.suspects) == 1:
        return f"the first slower commit is {walk.suspects[0].label}"
    hashes = [commit.hash[:10] for commit in walk.suspects]
    listed = ", ".join(hashes) if len(hashes) <= 8 else f"{', '.join(hashes[:8])} and {len(hashes) - 8} more"
    why = "the time was up, more by --budget" if walk.is_out_of_time else "the others were skipped"
    why = "there was no room on the disk" if walk.refused else why
    return f"the first slower commit is one of {len(hashes)} ({why}): {listed}"


def markdown(walk: Walk) -> str:
    """The steps as a list, below the section of the comparison."""
    steps = [f"- {in_markdown(words(step))}" for step in walk.steps]
    return "\n".join(["", *steps, "", f"**{in_markdown(conclusion(walk))}**"]) + "\n"


def document(walk: Walk) -> dict[str, Any]:
    """For ``--json``."""
    return {
        "case": dict(walk.case.key),
        "suspects": [{"commit": each.hash, "subject": each.subject} for each in walk.suspects],
        "steps": [{"commit": step.commit.hash, "said": step.said, "why": step.why} for step in walk.steps],
        "out_of_time": walk.is_out_of_time,
    }
