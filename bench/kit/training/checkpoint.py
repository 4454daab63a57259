"""Files that hold a training: written whole or not at all, read without running anything that is in them."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from bench import plain_file, tensor_file
from bench.errors import BenchError

ANEW = "to start anew, remove it, or leave out --continue"


def save(path: Path, state: Mapping[str, Any]) -> None:
    """Write tensors, numbers, strings, and lists and dicts of them.

    At every moment the file is the old or the new one, whole. Raises ``BenchError`` when it cannot be written.
    """
    fresh = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as file:
            torch.save(dict(state), file)
            file.flush()
            # Before the rename: after a crash the new name must not stand before an empty file.
            os.fsync(file.fileno())
        fresh.replace(path)
    except (OSError, RuntimeError) as error:  # torch's zip writer turns a full disk into a RuntimeError
        fresh.unlink(missing_ok=True)
        raise BenchError(f"the checkpoint {path} cannot be written: {first_line(error)}") from error


def load(path: Path) -> dict[str, Any]:
    """What ``save`` wrote, its tensors on the CPU: optimisers and modules move them where they belong.

    Only data are read, no code (``weights_only``). Raises ``BenchError`` when the file is no checkpoint.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a pickle of another kind gets a warning, and then the error that matters
            with plain_file.opened(path) as file:
                state = tensor_file.load(file)
    except Exception as error:  # of what is damaged torch's reader may raise anything, an IndexError too
        raise BenchError(f"{path} is no whole checkpoint ({first_line(error)}): {ANEW}") from error
    if not isinstance(state, dict):
        raise BenchError(f"{path} holds no training: {ANEW}")
    return state


def first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
