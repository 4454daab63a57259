"""What is asked of ``bench run``: its command line, as it was typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench import masking
from bench.errors import UsageError

if TYPE_CHECKING:
    from bench.model import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One field an option or argument."""

    names: tuple[str, ...]
    everything: bool
    only: str | None
    device: str
    profile: Profile
    seed: int
    seeds: int
    params: tuple[str, ...]
    threads: int
    timeout: float | None
    data: str
    files: tuple[str, ...]
    resume: str | None
    keep_checkpoints: bool
    continued: str | None
    root: Path
    dry_run: bool
    jobs: int
    stop_first: bool
    verbose: bool
    as_json: bool
    against: str | None = None
    fail_on: str = "regression"
    allow_missing: bool = False
    by: tuple[str, ...] = ()
    margin: float | None = None
    on: str | None = None
    detach: bool = False

    def check(self) -> None:
        """Raises ``UsageError`` for what contradicts itself, before anything is looked at."""
        if self.resume and (self.names or self.everything):
            raise UsageError("--resume goes on with a run as it was planned: name no exercise beside it")
        if self.resume and self.continued:
            raise UsageError("--resume ends a run that was cut short, --continue begins a new one: give one of them")
        if not (self.resume or self.names or self.everything):
            raise UsageError("name an exercise, such as ex10, or --all; `bench list` shows them")
        if self.everything and self.names:
            raise UsageError("--all runs every exercise: name none beside it")
        if file := next((name for name in self.names if name.endswith(".py")), ""):
            raise UsageError(f"{file} is no exercise: a file is given by --with {file}, each by one of its own")
        if self.on and not self.resume and self.secrets:
            raise UsageError(
                "--on writes what is to be done into the run's folder, which keeps no secret: run it here, without --on"
            )
        if self.on and self.jobs:
            raise UsageError("--jobs is about this machine: what is done elsewhere has the cores that its job is given")
        if self.detach and not (self.on or self.resume):
            raise UsageError("--detach leaves shards running elsewhere: say where with --on")
        if self.against is None and (lone := next(self._of_comparison(), "")):
            raise UsageError(f"{lone} is about the comparison at the end: name a run by --against")

    @property
    def secrets(self) -> dict[str, str]:
        """The parameters that are used as they were typed, and kept as a mask."""
        from bench.execute import parameters

        return masking.hidden(parameters.parse(self.params))

    def _of_comparison(self) -> Iterator[str]:
        """What was given that only --against has a use for."""
        given = {
            "--fail-on": self.fail_on != "regression",
            "--allow-missing": self.allow_missing,
            "--by": bool(self.by),
            "--margin": self.margin is not None,
        }
        yield from (option for option, is_given in given.items() if is_given)

    @property
    def slots(self) -> int:
        """How many untimed tasks go side by side: as asked for, or as many as there are cores for their threads."""
        from bench.results import environment

        return self.jobs or max(1, environment.cores() // self.threads)
