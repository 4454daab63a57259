"""From when on runs count: ``2026-10-01``, ``30d``, or a commit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.errors import UsageError
from bench.model.history import PastRun
from bench.results import commits

AGO = re.compile(r"([0-9]{1,5})([dw])")
DAYS = {"d": 1, "w": 7}


@dataclass(frozen=True, slots=True)
class Since:
    """Runs from ``moment`` on (an ISO time in UTC); of a commit, those of itself and of what the repository has
    ``after`` it, and none of what is ``before`` it."""

    moment: str
    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()

    def keeps(self, run: PastRun) -> bool:
        """A run whose commit the repository does not know counts by its time."""
        commit = run.environment.commit
        return commit in self.after or (commit not in self.before and run.created >= self.moment)


def since(text: str, now: datetime, folders: Iterable[Path]) -> Since:
    """Read what ``--since`` was given; ``folders`` may be repositories that know a commit.

    Raises ``UsageError`` for a text that is neither a date nor a number of days, and no commit that is known.
    """
    if ago := AGO.fullmatch(text):
        return Since((now - timedelta(days=int(ago[1]) * DAYS[ago[2]])).astimezone(UTC).isoformat())
    try:
        date = datetime.fromisoformat(text)
        return Since((date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC).isoformat())
    except (ValueError, OverflowError):
        found = next((at for folder in folders if (at := _of_commit(text, folder))), None)
    if found is None:
        raise UsageError(
            f"--since {text!r} is no date (2026-10-01), no time (30d, 8w), and no commit that is known here"
        )
    return found


def _of_commit(text: str, folder: Path) -> Since | None:
    # --end-of-options: what begins with a dash is a name all the same.
    named = commits.git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{text}^{{commit}}")
    commit = (named or "").strip()
    if not commits.NAME.fullmatch(commit):
        return None
    when = (commits.git(folder, "show", "--no-patch", "--format=%ct", commit) or "0").strip()
    before, after = (
        frozenset((commits.git(folder, "rev-list", *words) or "").split())
        for words in ((commit,), ("--all", "HEAD", "--not", commit))
    )
    return Since(datetime.fromtimestamp(int(when), UTC).isoformat(), before - {commit}, after | {commit})
