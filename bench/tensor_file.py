"""A file of tensors that can be computed anew: written whole or not at all, read as data and never as code."""

from __future__ import annotations

import os
import pickletools
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from bench import plain_file

LONGEST = 200
"""Characters of a name of Python's, with its module."""


def recall(path: Path) -> Any | None:
    """What was kept, its tensors on the CPU; none where there is nothing, or nothing whole."""
    try:
        with plain_file.opened(path) as file:
            return load(file)
    except Exception:  # none is there, or whatever is wrong with it, it can be computed anew
        return None


def load(file: BinaryIO) -> Any:
    """What ``torch.save`` wrote, its tensors on the CPU: data only, no code (``weights_only``).

    Of what is damaged torch's reader may raise anything; ``ValueError`` for what it must not be given.
    """
    import torch

    require_whole(file)
    file.seek(0)
    return torch.load(file, map_location="cpu", weights_only=True)


def require_whole(file: BinaryIO) -> None:
    """Raises ``ValueError`` where a byte is not what was written: torch reads past the archive's checksums."""
    try:
        with zipfile.ZipFile(file) as archive:
            # torch packs nothing: what would unpack to more than the file has is none of its own.
            entries = archive.infolist()
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
                raise ValueError("it is packed")
            if sum(entry.file_size for entry in entries) > file.seek(0, os.SEEK_END):
                raise ValueError("its parts lie in each other")
            damaged = archive.testzip()
            if damaged is not None:
                raise ValueError(f"the checksum of its {damaged.rpartition('/')[2]} is wrong")
            for entry in entries:
                if entry.filename.endswith(".pkl"):
                    require_names(archive.read(entry))
    except zipfile.BadZipFile as error:
        raise ValueError(str(error)) from error


def require_names(pickled: bytes) -> None:
    """Raises ``ValueError`` where a name is longer than any: torch searches its own complaint of one, in a time that
    grows with the square of that."""
    for operation, name, _ in pickletools.genops(pickled):
        if operation.name == "GLOBAL" and len(str(name)) > LONGEST:
            raise ValueError("it asks for what has no name")


def keep(path: Path, state: Mapping[str, Any]) -> None:
    """Another process may be about to read it. Where it cannot be written, nothing is kept."""
    import torch

    half = path.with_suffix(f".{os.getpid()}")
    with suppress(OSError, RuntimeError):  # no room, or no folder (torch says it so)
        try:
            torch.save(dict(state), half)
            half.replace(path)
        except BaseException:
            half.unlink(missing_ok=True)
            raise
