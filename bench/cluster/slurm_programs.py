"""Slurm's programs asked, and what they complain of made a line."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Sequence

from bench.errors import BenchError

SECONDS = 120.0
"""How long a program may take: a busy controller lets ``squeue`` wait for its own time limit, and try again."""
PATIENCE = (1.0, 5.0, 15.0)
"""Seconds between the tries of a question that may be asked twice: a controller at work is silent for a while."""
SETTINGS = {"SLURM_CONF", "SLURM_CLUSTERS"}
"""What in the environment is about Slurm and not about a job."""
NOT_OURS = ("SLURM_", "SQUEUE_", "SCANCEL_", "SBATCH_WAIT", "SBATCH_ARRAY_INX")
"""How variables begin that would have a program of Slurm's answer another question: with ``SQUEUE_PARTITION`` it shows
no job of another partition, and with ``SCANCEL_INTERACTIVE`` it asks before it cancels."""
BUSY = re.compile(r"unable to contact|timed out|connection refused|connect failure|zero bytes|backup", re.IGNORECASE)
NOISE = re.compile(r"^\w+: (?:error|fatal): ")


class Refused(BenchError):
    """A program of Slurm's says no; the message is its own."""


class Silent(BenchError):
    """The controller does not answer."""


def ask(
    command: Sequence[str],
    stdin: str = "",
    *,
    patience: Sequence[float] = (),
    pause: Callable[[float], None] = time.sleep,
) -> str:
    """What a program prints. Where the controller is silent it is asked again after each of ``patience`` seconds.

    Raises ``Refused``, or ``Silent`` in the end.
    """
    for seconds in patience:
        try:
            return _ask(command, stdin)
        except Silent:
            pause(seconds)
    return _ask(command, stdin)


def _ask(command: Sequence[str], stdin: str) -> str:
    name = command[0]
    try:
        done = subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
            env=surroundings(),
            start_new_session=True,  # Ctrl-C is for us: sbatch would end by it with a job that nobody knows of
        )
    except subprocess.TimeoutExpired as error:
        raise Silent(silence(name, f"no answer in {SECONDS:g} s")) from error
    except OSError as error:
        raise Refused(f"{name} cannot be started: {error.strerror}") from error
    if done.returncode == 0:
        return done.stdout
    said = complaint(done.stderr or done.stdout) or f"exit status {done.returncode}"
    raise Silent(silence(name, said)) if BUSY.search(said) else Refused(f"{name}: {said}")


def surroundings() -> dict[str, str]:
    """Without what Slurm said of a job that this process is itself, for its own would take it for theirs, and without
    what a user has set for questions of their own."""
    return {name: value for name, value in os.environ.items() if not name.startswith(NOT_OURS) or name in SETTINGS}


def silence(name: str, said: str) -> str:
    return f"Slurm does not answer, try again later; what it was given goes on meanwhile ({name}: {said})"


def complaint(text: str) -> str:
    """What a program of Slurm's wrote to stderr, in one line."""
    lines = (NOISE.sub("", line.strip()) for line in text.splitlines())
    return "; ".join(dict.fromkeys(line for line in lines if line))[:300]
