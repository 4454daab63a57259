"""Shards as Slurm jobs: ``sbatch``, ``squeue`` and ``scancel``, and nothing that needs accounting or root.

Whether a shard is done is not asked of Slurm: without accounting it forgets a job some minutes after its end.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bench.cluster.engine import State
from bench.cluster.outputs import OUTPUT
from bench.cluster.shards import Needs
from bench.cluster.slurm_programs import PATIENCE, Refused, ask
from bench.cluster.slurm_script import home, script
from bench.errors import BenchError, Missing, UsageError, did_you_mean

OPTIONS = ("partition", "account", "constraint", "time", "gres", "qos", "mem", "nodelist", "exclude")
"""What ``--on slurm:NAME=VALUE`` may say; each is the option of ``sbatch`` with this name."""
WORD = re.compile(r"[A-Za-z0-9_.+@/(\[][A-Za-z0-9_.,:+@/&|*()\[\]=-]*")
JOB = re.compile(r"(\d+)(?:_(\d+))?")
ARRAY = 1001
"""Tasks of an array, where a cluster does not say how many it takes: Slurm's own default."""

WAITING = {"PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT"}
ENDED = {
    *("COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL", "PREEMPTED", "BOOT_FAIL", "DEADLINE"),
    *("OUT_OF_MEMORY", "REVOKED", "LAUNCH_FAILED", "RECONFIG_FAIL"),
}
"""Any other state, COMPLETING among them, is one in which processes may be alive."""
IMPOSSIBLE = re.compile(r"\binvalid\b|not available|can ?not be satisfied", re.IGNORECASE)
"""In what ``sbatch`` says of a job that it would not take tomorrow either."""
NEVER = {
    *("PartitionTimeLimit", "PartitionNodeLimit", "BadConstraints", "AccountNotAllowed", "QOSNotAllowed"),
    *("InvalidAccount", "InvalidQOS", "QOSMaxWallDurationPerJobLimit", "AssocMaxWallDurationPerJobLimit"),
}
"""Reasons for which a job waits until somebody changes it: nobody would, and we would wait for ever."""


class Job(NamedTuple):
    """A line of ``squeue``: the state's name, and why it is in it."""

    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slurm:
    """``array`` tasks at most are one job; ``options`` are ``sbatch``'s, checked."""

    options: Mapping[str, str] = field(default_factory=dict)
    array: int = ARRAY
    pause: Callable[[float], None] = time.sleep
    outlives: bool = True

    def start(self, commands: Sequence[Sequence[str]], needs: Needs) -> tuple[str, ...]:
        """A job array for every ``array`` commands: all of them, or none. Raises ``BenchError`` with Slurm's reason."""
        handles: list[str] = []
        size = max(1, self.array)
        for first in range(0, len(commands), size):
            try:
                handles += self._submit(commands[first : first + size], needs)
            except BaseException:
                self.cancel(handles)
                raise
        return tuple(handles)

    def _submit(self, commands: Sequence[Sequence[str]], needs: Needs) -> list[str]:
        try:
            said = ask([*self._sbatch(commands, needs)], script(commands, needs.device))
        except Refused as error:
            why = f"Slurm takes no such job; `sinfo -l` shows what there is: {error}"
            raise (UsageError if IMPOSSIBLE.search(str(error)) else BenchError)(why) from error
        job = said.strip().partition(";")[0]
        if not JOB.fullmatch(job):
            raise BenchError(f"sbatch gave no job's number, but {said.strip()[:80]!r}")
        return [job] if len(commands) == 1 else [f"{job}_{index}" for index in range(len(commands))]

    def _sbatch(self, commands: Sequence[Sequence[str]], needs: Needs) -> Iterator[str]:
        # A job that Slurm itself started again would be a second one beside that of whoever watches.
        yield from ("sbatch", "--parsable", "--no-requeue", "--nodes=1", "--ntasks=1")
        yield f"--cpus-per-task={needs.threads}"
        if needs.alone:
            yield "--exclusive"
        folder = home(commands[0])
        yield f"--job-name=bench-{folder.name.lstrip('.')}"
        # One open file a task is all that Slurm writes into the run's folder; a node without it ends the job at once.
        (folder / OUTPUT).mkdir(exist_ok=True)
        many = len(commands) > 1
        kept = str(folder / OUTPUT).replace("%", "%%")
        yield f"--output={kept}/{'%A_%a' if many else '%j'}.out"
        if many:
            yield f"--array=0-{len(commands) - 1}"
        if needs.device == "cuda" and "gres" not in self.options:
            yield "--gres=gpu:1"
        yield from (f"--{name}={value}" for name, value in self.options.items())

    def look(self, handles: Sequence[str]) -> Mapping[str, State]:
        """One question for all. A job that is not shown has ended, or Slurm has lost it: nobody can tell."""
        if not handles:
            return {}
        jobs = ",".join(dict.fromkeys(handle.partition("_")[0] for handle in handles))
        command = ["squeue", "--noheader", "--array", "--states=all", "--format=%i|%T|%r", f"--jobs={jobs}"]
        try:
            shown = ask(command, patience=PATIENCE, pause=self.pause)
        except Refused as error:
            if "Invalid job id" not in str(error):  # how it says that it knows none of them any more
                raise
            shown = ""
        rows = (line.strip().split("|") for line in shown.splitlines())
        jobs_of = {row[0]: Job(*row[1:]) for row in rows if len(row) == 3}
        return {handle: state_of(handle, jobs_of.get(handle, Job("COMPLETED"))) for handle in handles}

    def cancel(self, handles: Sequence[str]) -> None:
        """Of an array all tasks in one word: a thousand words would be a thousand questions to the controller."""
        tasks: dict[str, list[str]] = {}
        for handle in handles:
            job, _, index = handle.partition("_")
            tasks.setdefault(job, []).extend([index] if index else [])
        words = [f"{job}_[{','.join(indices)}]" if indices else job for job, indices in tasks.items()]
        if words:
            try:
                ask(["scancel", "--quiet", *words])
            except Refused as error:
                if "nvalid job id" not in str(error) and "already complet" not in str(error):
                    raise

    def close(self) -> None:
        """It holds nothing open."""


def state_of(handle: str, job: Job) -> State:
    """Raises ``UsageError`` for a job that can never start."""
    if job.state == "PENDING" and job.reason in NEVER:
        raise UsageError(
            f"Slurm will never start job {handle} ({job.reason}): give --on other options, `sinfo -l` shows what there "
            f"is; `scancel {handle}` takes it away if it is still there"
        )
    return "waiting" if job.state in WAITING else "ended" if job.state in ENDED else "running"


def make(address: str, options: Mapping[str, str], *, find: Callable[[str], str | None] = shutil.which) -> Slurm:
    """Raises ``Missing`` without Slurm's programs, ``UsageError`` for options that are none, ``BenchError`` where the
    controller does not answer."""
    check(address, options)
    if gone := [name for name in ("sbatch", "squeue", "scancel", "scontrol") if not find(name)]:
        raise Missing(f"--on slurm: {gone[0]} is not on PATH; start bench where jobs are submitted, on a login node")
    return Slurm(options=dict(options), array=array_size(ask(["scontrol", "show", "config"])))


def check(address: str, options: Mapping[str, str]) -> None:
    """Raises ``UsageError`` for what ``sbatch`` is not to be given."""
    if address:
        raise UsageError(f"--on slurm:{address}: Slurm has no address; write slurm:partition={address}")
    for name, value in options.items():
        if name not in OPTIONS:
            hint = did_you_mean(name, OPTIONS) or f"; there are {', '.join(OPTIONS)}"
            raise UsageError(f"--on slurm: no option {name}{hint}")
        if not WORD.fullmatch(value):
            raise UsageError(f"--on slurm: {name}={value!r} is not one word of letters, digits and _.,:+@/&|*()[]=-")


def array_size(config: str) -> int:
    """From ``scontrol show config``; 0 where a cluster takes no arrays."""
    match = re.search(r"^MaxArraySize\s*=\s*([0-9]{1,9})\b", config, re.MULTILINE)
    return int(match[1]) if match else ARRAY
