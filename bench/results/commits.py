"""The order of commits, as a git repository has it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 30
"""Seconds that git may take."""
NAME = re.compile("[0-9a-f]{40,64}")
LONGEST = 200
"""Letters of a subject that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commits:
    """What a repository knows of some commits.

    ``places`` counts from the oldest, parents before their children; ``subjects`` are the first lines of the messages;
    ``shallow``: the repository was cloned without all of its past. ``folder`` is ``None`` where no repository has any
    of them.
    """

    folder: Path | None = None
    places: dict[str, int] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)
    shallow: bool = False


NONE = Commits()


def order(folders: Iterable[Path], commits: Iterable[str]) -> Commits:
    """The order of those commits that a repository has: the first of the folders that knows one."""
    # What a file of others calls a commit is handed to git only where it looks like one.
    asked = sorted({commit for commit in commits if NAME.fullmatch(commit)})
    looked = list(folders) if asked else []
    for folder in looked:
        # --stdin: a thousand commits may be more than a command line takes.
        listed = git(folder, "rev-list", "--topo-order", "--reverse", "--ignore-missing", "--stdin", given=asked)
        places = {commit: place for place, commit in enumerate((listed or "").split())}
        known = [commit for commit in asked if commit in places]
        if known:
            return Commits(
                folder=folder,
                places={commit: places[commit] for commit in known},
                subjects=_subjects(folder, known),
                shallow=is_shallow(folder),
            )
    # One that lacks all of them may have been cloned without them.
    return Commits(shallow=any(map(is_shallow, looked)))


def _subjects(folder: Path, commits: Sequence[str]) -> dict[str, str]:
    told = git(folder, "log", "--no-walk=unsorted", "--format=%H %s", "--stdin", given=commits) or ""
    pairs = (line.partition(" ") for line in told.splitlines())
    return {commit: subject[:LONGEST] for commit, _, subject in pairs}


def is_shallow(folder: Path) -> bool:
    return (git(folder, "rev-parse", "--is-shallow-repository") or "").strip() == "true"


def git(folder: Path, *words: str, given: Sequence[str] = ()) -> str | None:
    """What git prints; ``None`` where there is no git or no repository, or where it refuses. ``given`` are the lines
    that it reads."""
    # A hook of git's sets GIT_DIR, and this would be the repository that it runs for.
    settings = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            ("git", *words),
            cwd=folder,
            env=settings | {"GIT_OPTIONAL_LOCKS": "0"},
            input="\n".join([*given, ""]) if given else "",
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=PATIENCE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout
