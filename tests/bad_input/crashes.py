"""Inputs that were found by chance or by atheris, and that a reader once did not bear."""

from __future__ import annotations

CRASHES: tuple[tuple[str, bytes], ...] = (
    ("outlines.json", b'{"basis": "2", "values": {}, "a": ' + b"[" * 100_000),
    ("pyproject.toml", b"[tool.bench.on.a]\nengine = " + b"9" * 5000),
    ("pyproject.toml", b"a = " + b"[" * 100_000),
    ("pyproject.toml of exercises", b"a = " + b"[" * 100_000),
    ("scheduler file", b"[" * 100_000),
    ("a file of --with", b"x = " + b"(" * 100_000),
    ("done", b"host-1-" + b"2" * 300),
)
"""The file and its content."""
