"""The script of a Slurm job: a line for every command, of which each task of an array does its own."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

# Slurm names the cards of a job by their places on the bus. A number is another card to whoever counts in another
# order, and the name of a lock that two jobs would share; an UUID is neither. A MIG slice has its UUID already.
GPUS = """\
export CUDA_DEVICE_ORDER=PCI_BUS_ID
case "${CUDA_VISIBLE_DEVICES:-}" in
'' | *[!0-9,]*) ;;
*)
    if uuids=$(nvidia-smi --query-gpu=uuid --format=csv,noheader --id="$CUDA_VISIBLE_DEVICES" 2>/dev/null); then
        CUDA_VISIBLE_DEVICES=$(printf '%s' "$uuids" | tr '\\n' ',')
        export CUDA_VISIBLE_DEVICES
    fi
    ;;
esac
"""


def script(commands: Sequence[Sequence[str]], device: str) -> str:
    """For ``sbatch``'s stdin. A job that is no array has one command, and does the first."""
    # exec, so that a signal of the scheduler's reaches the command and not a shell that waits for it.
    lines = (f"{number}) exec {shlex.join(command)} ;;\n" for number, command in enumerate(commands))
    cards = GPUS if device == "cuda" else ""
    return f'#!/bin/sh\n{cards}case "${{SLURM_ARRAY_TASK_ID:-0}}" in\n{"".join(lines)}esac\n'


def home(command: Sequence[str]) -> Path:
    """The folder that a command is about, which all machines see: the first of its words that is one."""
    return next((Path(word) for word in command if Path(word).is_absolute() and Path(word).is_dir()), Path.cwd())
