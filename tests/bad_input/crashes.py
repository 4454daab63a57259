"""Inputs that were found by chance or by atheris, and that a reader once did not bear."""

from __future__ import annotations

import io
import zipfile

from tests.bad_input import samples


def asks_for(name: bytes) -> bytes:
    """A whole checkpoint, but that it asks for something of this name: torch takes a minute for a very long one."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(samples.checkpoint())) as honest, zipfile.ZipFile(made, "w") as archive:
        for entry in honest.infolist():
            asked = b"\x80\x02c" + name + b"\na\n." if entry.filename.endswith(".pkl") else honest.read(entry)
            archive.writestr(entry.filename, asked)
    return made.getvalue()


CRASHES: tuple[tuple[str, bytes], ...] = (
    ("outlines.json", b'{"basis": "2", "values": {}, "a": ' + b"[" * 100_000),
    ("pyproject.toml", b"[tool.bench.on.a]\nengine = " + b"9" * 5000),
    ("pyproject.toml", b'[tool.bench.on.a]\nengine = "slurm"\nmem = 0x' + b"9" * 5000),
    ("pyproject.toml", b"a = " + b"[" * 100_000),
    ("pyproject.toml of exercises", b"a = " + b"[" * 100_000),
    ("scheduler file", b"[" * 100_000),
    ("a file of --with", b"x = " + b"(" * 100_000),
    ("done", b"host-1-" + b"2" * 300),
    ("checkpoint", asks_for(b"x" * 400_000)),
    ("tensors", asks_for(b"x" * 400_000)),
)
"""The file and its content."""
