"""Both neighbours of a suspected change, measured again side by side: ``bench ab`` in a process of its own."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile

import msgspec

from bench.ab.readings import Breakage
from bench.ab.telling import broken_in_words, change
from bench.analysis.sequential import Bounds
from bench.analysis.trend import Confirmation, Suspect
from bench.errors import BenchError
from bench.model.history import PastRun

VERB = "ab"
REFUTED = ("equivalent", "faster")
LONGEST = 300
"""Letters of what the other process said."""


class Ratio(msgspec.Struct, frozen=True):
    """Of B / A; ``None`` where it is not known."""

    centre: float
    low: float | None = None
    high: float | None = None

    @property
    def bounds(self) -> Bounds:
        low, centre, high = (_log(ratio) for ratio in (self.low or 0.0, self.centre, self.high or math.inf))
        return Bounds(centre, low, high, 0)


class Timed(msgspec.Struct, frozen=True):
    label: str
    verdict: str
    ratio: Ratio


class Broken(msgspec.Struct, frozen=True):
    what: str
    a: str = ""
    b: str = ""


class Document(msgspec.Struct, frozen=True):
    """What is read of the document that ``bench ab --json`` prints."""

    verdict: str
    cases: tuple[Timed, ...] = ()
    broken: tuple[Broken, ...] = ()

    @property
    def slower(self) -> tuple[Timed, ...]:
        """The cases that are known to be, the most slowed first."""
        known = (each for each in self.cases if each.verdict == "slower")
        return tuple(sorted(known, key=lambda each: -each.ratio.centre))

    @property
    def worse(self) -> bool | None:
        """Whether B is slower. What is undecided or broken there is neither confirmed nor refuted."""
        if self.slower:
            return True
        return False if self.verdict in REFUTED else None

    @property
    def words(self) -> str:
        """What was seen, with the case that was slowed most, or the reason why nothing was timed."""
        if self.slower:
            most, more = self.slower[0], len(self.slower) - 1
            others = f", and {more} more" if more else ""
            return f"slower, {most.label} {change(most.ratio.bounds)}{others}"
        if self.verdict == "broken" and self.broken:
            worst = next((each for each in self.broken if each.b and not each.a), self.broken[0])
            return broken_in_words(Breakage(what=worst.what, a=worst.a, b=worst.b))
        return self.verdict


def confirm(suspect: Suspect, exercise: str, folder: Path) -> Confirmation:
    """Measure the commits of two runs again, in the repository ``folder``: the parts that are suspected alone. What is
    slower there is confirmed."""
    before, after = suspect.before, suspect.after
    worse, words = None, hindrance(before, after)
    if not words:
        names = [f"{exercise}.{part}" for part in suspect.parts]
        commits = before.environment.commit, after.environment.commit
        worse, words = _side_by_side((VERB, *commits, *names, "--json"), folder)
    return Confirmation(before=before, after=after, worse=worse, words=words)


def hindrance(before: PastRun, after: PastRun) -> str:
    """Why two runs cannot be measured again by their commits; empty where they can."""
    if not (before.environment.commit and after.environment.commit):
        return "no commit is known of one of them"
    if before.environment.dirty or after.environment.dirty:
        return "one was measured with changes that no commit has"
    if before.environment.commit == after.environment.commit:
        return "both are of one commit, so the code is not what changed"
    return ""


def _side_by_side(words: tuple[str, ...], folder: Path) -> tuple[bool | None, str]:
    code, said, document = _called(words, folder)
    # A crash ends with 1 as a regression does, and prints no document.
    if code not in (0, BenchError.exit_code) or document is None:
        return None, f"`bench ab` ended with exit code {code}{f': {said}' if said else ''}"
    return document.worse, f"side by side: {document.words}"[:LONGEST]


def _called(words: tuple[str, ...], folder: Path) -> tuple[int, str, Document | None]:
    """The exit code, the last line on stderr, and the document on stdout. Its progress is seen as it goes on."""
    last, command = "", (sys.executable, "-m", "bench", *words)
    # Into a file: a pipe that nobody reads meanwhile would fill and stop the other process.
    with TemporaryFile() as out:
        with subprocess.Popen(
            command, cwd=folder, stdout=out, stderr=subprocess.PIPE, encoding="utf-8", errors="replace"
        ) as child:
            for line in child.stderr or ():
                sys.stderr.write(line)
                last = line.strip() or last
        out.seek(0)
        return child.returncode, last.removeprefix("bench: ")[:LONGEST], _document(out.read())


def _document(data: bytes) -> Document | None:
    try:
        return msgspec.json.decode(data, type=Document)
    except (msgspec.DecodeError, RecursionError):
        return None


def _log(ratio: float) -> float:
    return math.log(ratio) if ratio > 0 else -math.inf
