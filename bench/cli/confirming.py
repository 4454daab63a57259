"""Both neighbours of a suspected change, measured again side by side: ``bench ab`` in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile

from bench.analysis.trend import Confirmation, Suspect
from bench.errors import BenchError
from bench.model.history import PastRun

VERB, UNDECIDED = "ab", "undecided"
LONGEST = 300
"""Letters of what the other process said last."""


def confirm(suspect: Suspect, exercise: str, folder: Path) -> Confirmation:
    """Measure the commits of two runs again, in the repository ``folder``: the parts that are suspected alone. What is
    red there is red here."""
    before, after = suspect.before, suspect.after
    if reason := hindrance(before, after):
        return Confirmation(before=before, after=after, worse=None, words=reason)
    commits = before.environment.commit, after.environment.commit
    names = [f"{exercise}.{part}" for part in suspect.parts]
    code, said, document = _called((VERB, *commits, *names, "--json"), folder)
    worse = {0: False, BenchError.exit_code: True}.get(code)
    # A crash ends with 1 as a regression does, and prints no document.
    if worse is None or document is None:
        words = f"`bench ab` ended with exit code {code}{f': {said}' if said else ''}"
        return Confirmation(before=before, after=after, worse=None, words=words)
    verdict = document.get("verdict")
    words = f"side by side: {verdict[:LONGEST]}" if isinstance(verdict, str) else ""
    # What is undecided there is neither confirmed nor refuted.
    return Confirmation(before=before, after=after, worse=None if verdict == UNDECIDED else worse, words=words)


def hindrance(before: PastRun, after: PastRun) -> str:
    """Why two runs cannot be measured again by their commits; empty where they can."""
    if not (before.environment.commit and after.environment.commit):
        return "no commit is known of one of them"
    if before.environment.dirty or after.environment.dirty:
        return "one was measured with changes that no commit has"
    if before.environment.commit == after.environment.commit:
        return "both are of one commit, so the code is not what changed"
    return ""


def _called(words: tuple[str, ...], folder: Path) -> tuple[int, str, dict[str, object] | None]:
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


def _document(data: bytes) -> dict[str, object] | None:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
