"""Two sides made ready: their code, their interpreters, and where their runs are kept."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import current_thread, main_thread
from types import TracebackType

from bench import ctrl_c
from bench.ab import environments, sides
from bench.ab.history import Commit, Repository
from bench.ab.pairs import Comparison, Contest, Measure
from bench.ab.readings import Letter, Reading, Rule
from bench.ab.sides import Side, search_path
from bench.ab.worktrees import Worktrees
from bench.catalogue import Listing
from bench.errors import UsageError

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """What is compared: commits, or the working tree where there is none."""

    repository: Repository
    a: Commit | None
    b: Commit | None

    @classmethod
    def named(cls, repository: Repository, revisions: Sequence[str], *, twice: bool = False) -> Ends:
        """The ends of a command line: by default HEAD and the working tree. ``twice``: one state for both sides."""
        commits = [repository.commit(revision) for revision in revisions]
        if twice:
            (both,) = commits
            return cls(repository=repository, a=both, b=both)
        a = commits[0] if commits else repository.commit("HEAD")
        return cls(repository=repository, a=a, b=commits[1] if len(commits) > 1 else None)

    def between(self) -> tuple[Commit, ...]:
        """The commits after A up to B. Raises ``UsageError`` where there is no such line."""
        if self.a is None or self.b is None:
            raise UsageError("the working tree is no commit: name two revisions")
        return self.repository.between(self.a, self.b)

    def touched(self, listings: Iterable[Listing]) -> tuple[str, ...]:
        """The exercises of whose own files some differ. Raises ``UsageError`` for none."""
        if self.a is None or self.a == self.b:
            raise UsageError("both sides have the same code: name the exercises to measure, such as ex14")
        changed = [self.repository.root / name for name in self.repository.changed(self.a, self.b)]
        ids = [each.id for each in listings if any(is_of(each, path) for path in changed)]
        if not ids:
            raise UsageError(
                "no file of an exercise differs between the two sides: name the exercises to measure, such as ex14"
            )
        return tuple(ids)


def is_of(listing: Listing, path: Path) -> bool:
    """Whether a file belongs to an exercise and may change what it takes; its written answer does not."""
    home = listing.path.resolve()
    inside = home.name == "__init__.py" and path.is_relative_to(home.parent) and path.name != listing.beside.name
    return path == home or inside


@contextmanager
def tidied_up() -> Iterator[None]:
    """What ends a command from outside, as `timeout`, a build server or a closed terminal do, is Ctrl-C to it: its
    worktrees, and a run in a session of its own, would outlive it."""
    if current_thread() is not main_thread():  # nobody else may choose what a signal does
        yield
        return
    before = {number: signal.signal(number, ctrl_c.ask) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Stage:
    """A context in which sides are measured; at its end their folders are gone. ``keep`` takes every ``run.json``."""

    def __init__(self, keep: Path, options: Sequence[str], say: Say, seed: int = 0) -> None:
        self.keep, self.options, self.say, self.seed = keep, tuple(options), say, seed
        self.sides: dict[Letter, Side] = {}
        self._stack = ExitStack()
        self._trees: Worktrees | None = None
        self._numbers = count(1)

    def __enter__(self) -> Stage:
        self._stack.enter_context(tidied_up())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    def set_revisions(self, ends: Ends) -> None:
        """Both sides from worktrees, in this interpreter."""
        self.sides = {"A": self.side_of(ends.repository, ends.a), "B": self.side_of(ends.repository, ends.b)}

    def side_of(self, repository: Repository, commit: Commit | None) -> Side:
        """The code of a commit, or of the working tree."""
        return side_in(self._made(repository, commit), repository, commit)

    def _made(self, repository: Repository, commit: Commit | None) -> Path:
        if self._trees is None:
            self._trees = self._stack.enter_context(Worktrees(repository))
        return self._trees.of_commit(commit) if commit else self._trees.of_working_tree()

    def set_environments(self, words: Sequence[Sequence[str]], side: Side | None) -> None:
        """One code in two environments: that of a side, or what this interpreter imports now."""
        here = self._stack.enter_context(TemporaryDirectory(prefix="bench-ab-"))
        described = environments.describe(Path(here))
        code = side.path if side else tuple(str(path) for path in sides.added(sys.path))
        for letter, wanted in zip(("A", "B"), words, strict=True):
            python = environments.make(wanted, self.say)
            label = " ".join(wanted) + (f", {side.label}" if side else "")
            self.sides[letter] = Side(label=label, python=python, path=(*code, str(described)))  # type: ignore[index]

    @contextmanager
    def instead(self, repository: Repository, commit: Commit) -> Iterator[None]:
        """Another commit as side B for a while."""
        whole, place = self.sides["B"], self._made(repository, commit)
        self.sides["B"] = side_in(place, repository, commit)
        try:
            yield
        finally:
            self.sides["B"] = whole
            if self._trees:
                self._trees.remove(place)

    def measure(self, letter: Letter, names: Sequence[str], seconds: float) -> Reading:
        """One run of a side."""
        keep = self.keep / f"{next(self._numbers):03}-{letter}.json"
        return sides.measure(self.sides[letter], names, self.options, keep=keep, seconds=seconds)

    def compare(self, names: Sequence[str], rule: Rule, seconds: float, measure: Measure | None = None) -> Comparison:
        """The two sides in turn, until all is decided or ``seconds`` are up; ``measure`` may see less of a run."""
        return Contest(
            a=self.sides["A"].label,
            b=self.sides["B"].label,
            names=names,
            measure=measure or self.measure,
            rule=rule,
            seconds=seconds,
            say=self.say,
            seed=self.seed,
        ).run()


def side_in(place: Path, repository: Repository, commit: Commit | None) -> Side:
    """The side whose files lie in a worktree."""
    path = search_path(repository.root, place, sys.path)
    return Side(label=label_of(repository, commit), python=sys.executable, path=path)


def label_of(repository: Repository, commit: Commit | None) -> str:
    """A commit's own, or what the working tree differs in."""
    if commit:
        return commit.label
    head = repository.commit("HEAD")
    changed = len(repository.changed(head, None))
    differs = f"{changed} {'file differs' if changed == 1 else 'files differ'} from" if changed else "as committed in"
    return f"the working tree, {differs} HEAD ({head.hash[:10]})"
