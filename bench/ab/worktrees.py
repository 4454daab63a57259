"""Two states of a repository, each in a temporary folder of its own; none of them outlives the comparison."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType

from bench.ab import room
from bench.ab.history import Commit, Repository, run_git
from bench.errors import BenchError


class Worktrees:
    """A context that makes worktrees, and removes them however it is left.

    Their folders have names of one length: the length of a path moves memory, and with it times.
    """

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self._made: list[Path] = []
        self._numbers = count()
        self._stack = ExitStack()

    def __enter__(self) -> Worktrees:
        self.folder = Path(mkdtemp(prefix="bench-ab-")).resolve()
        self._stack.callback(self._remove)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            self._stack.close()
        except KeyboardInterrupt:
            # A second Ctrl-C while the first one is tidied up: git would go on to list a folder that nobody has.
            self._remove()
            raise

    def of_commit(self, commit: Commit) -> Path:
        """The files of a commit."""
        place = self.folder / f"{next(self._numbers):03}"
        self._made.append(place)
        self.repository.git("worktree", "add", "--quiet", "--detach", str(place), commit.hash)
        return place

    def of_working_tree(self) -> Path:
        """The files as they are now: those that git knows, with what was not committed, and untracked ones. What git
        ignores stays behind, and so do submodules."""
        head = self.repository.commit("HEAD")
        place = self.of_commit(head)
        changed = self.repository.changed(head, None)
        for name in changed:
            _remove_file(place / name)
        for name in changed:
            _copy(self.repository.root / name, place / name)
        return place

    def remove(self, place: Path) -> None:
        """One that is not needed any more."""
        run_git(self.repository.root, "worktree", "remove", "--force", "--force", str(place))
        shutil.rmtree(place, ignore_errors=True)
        self._made.remove(place)

    def _remove(self) -> None:
        for place in list(self._made):
            self.remove(place)
        shutil.rmtree(self.folder, ignore_errors=True)
        run_git(self.repository.root, "worktree", "prune")


def _remove_file(path: Path) -> None:
    # What was a folder may be a file by now, and the other way round: "not a directory" is "not there".
    try:
        path.unlink(missing_ok=True)
    except (IsADirectoryError, NotADirectoryError, PermissionError):
        return


def _copy(source: Path, target: Path) -> None:
    """A file or a link. What is not there any more, or is a folder (a submodule), is passed over."""
    if not source.is_symlink() and not source.is_file():
        return
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    try:
        with room.wanted(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    except OSError as error:
        raise BenchError(f"{source} cannot be copied: {error.strerror or error}") from error
