"""A git repository and its commits, as a comparison names them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.ab import room
from bench.errors import BenchError, Missing, UsageError

NOT_A_REPOSITORY = (
    "{} lies in no git repository: `bench ab` compares revisions of one; call it there, or compare two environments "
    "by --env"
)


@dataclass(frozen=True, slots=True)
class Commit:
    """``hash`` is the whole one; ``name`` is what was asked for."""

    hash: str
    subject: str
    name: str = ""

    @property
    def label(self) -> str:
        """Such as ``HEAD~1 (febcfce55a): Tests: a card among many says less``."""
        return f"{self.name} ({self.hash[:10]}): {self.subject}" if self.name else f"{self.hash[:10]}: {self.subject}"


@dataclass(frozen=True, slots=True)
class Repository:
    """``root`` is the folder of the working tree."""

    root: Path

    @classmethod
    def around(cls, folder: Path) -> Repository:
        """The repository that a folder lies in. Raises ``Missing`` without git, ``UsageError`` outside of any."""
        done = run_git(folder, "rev-parse", "--show-toplevel")
        if done.returncode or not done.stdout.strip():
            raise UsageError(NOT_A_REPOSITORY.format(folder))
        return cls(Path(os.fsdecode(done.stdout.removesuffix(b"\n"))).resolve())

    def commit(self, revision: str) -> Commit:
        """What a revision names. Raises ``UsageError`` for one that is not there."""
        # Behind --end-of-options a name that begins with a dash is no option of git's.
        done = run_git(self.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if done.returncode:
            cut = "a shallow clone; `git fetch --unshallow` gets the rest"
            hint = f"it is {cut}" if self.is_shallow else "`git log --oneline` shows those that it has"
            raise UsageError(f"{self.root} has no revision {revision!r}; {hint}")
        return self._described(done.stdout.decode().strip(), revision)

    def _described(self, hash: str, name: str = "") -> Commit:
        return Commit(hash, printable(self.git("log", "-1", "--no-show-signature", "--format=%s", hash)), name)

    @property
    def is_shallow(self) -> bool:
        return self.git("rev-parse", "--is-shallow-repository").strip() == "true"

    def between(self, start: Commit, end: Commit) -> tuple[Commit, ...]:
        """The commits after ``start`` up to ``end``, the oldest first, along first parents.

        Raises ``UsageError`` for a shallow clone, and where ``start`` does not lie on that line.
        """
        if self.is_shallow:
            raise UsageError("this is a shallow clone, without the commits to walk: `git fetch --unshallow` gets them")
        lines = self.git("log", "--first-parent", "--no-show-signature", "--format=%H %s", end.hash).splitlines()
        walked: list[Commit] = []
        for hash, _, subject in (line.partition(" ") for line in lines):
            if hash == start.hash:
                return tuple(reversed(walked))
            walked.append(Commit(hash, printable(subject)))
        raise UsageError(
            f"{start.name or start.hash[:10]} is not among the first parents of {end.name or end.hash[:10]}: "
            "name a revision that is, such as the merge base (`git merge-base`)"
        )

    def changed(self, start: Commit, end: Commit | None) -> tuple[str, ...]:
        """The files that differ, relative to the root; ``end`` is the working tree where there is none."""
        if end is not None:
            return tuple(self._names("diff", "--name-only", "--no-renames", "-z", start.hash, end.hash))
        differing = self._names("diff", "--name-only", "--no-renames", "-z", start.hash)
        return tuple(dict.fromkeys([*differing, *self._names("ls-files", "--others", "--exclude-standard", "-z")]))

    def _names(self, *arguments: str) -> Iterator[str]:
        for name in self.git(*arguments).split("\0"):
            if name:
                yield name

    def git(self, *arguments: str) -> str:
        """What a git command prints; names of files come back as Python has them. Raises ``BenchError`` with git's last
        line."""
        done = run_git(self.root, *arguments)
        if done.returncode:
            lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
            room.require(map(printable, lines))
            raise BenchError(f"git {arguments[0]} failed in {self.root}: {printable(lines[-1])}")
        return os.fsdecode(done.stdout)


def run_git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Git in a folder, whatever repository a hook may have set; a hook of the repository's own does not run."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    settings |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    command = ("git", "-c", f"core.hooksPath={os.devnull}", "-c", "core.fsmonitor=false", *arguments)
    try:
        return subprocess.run(command, cwd=folder, env=settings, capture_output=True, stdin=subprocess.DEVNULL)
    except FileNotFoundError as error:
        if not folder.is_dir():
            raise UsageError(f"{printable(str(folder))} is no folder") from error
        raise Missing("git is not here: install it, or compare two environments by --env") from error
    except OSError as error:
        raise Missing(
            f"git cannot be started ({error.strerror}): mend it, or compare two environments by --env"
        ) from error


def printable(text: str, most: int = 200) -> str:
    """A line of somebody's, of so many signs at most, without what would steer a terminal."""
    return "".join(sign if sign.isprintable() else "�" for sign in text.strip()[:most])
