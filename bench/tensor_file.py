"""A file of tensors that can be computed anew: written whole or not at all, read as data and never as code."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any


def recall(path: Path) -> Any | None:
    """What was kept, its tensors on the CPU; none where there is nothing, or nothing whole."""
    import torch

    if not path.exists():
        return None
    try:
        return torch.load(path, weights_only=True, map_location="cpu")
    except Exception:  # whatever is wrong with it, it can be computed anew
        return None


def keep(path: Path, state: Mapping[str, Any]) -> None:
    """Another process may be about to read it. Where it cannot be written, nothing is kept."""
    import torch

    half = path.with_suffix(f".{os.getpid()}")
    with suppress(OSError, RuntimeError):  # no room, or no folder (torch says it so)
        torch.save(dict(state), half)
        half.replace(path)
