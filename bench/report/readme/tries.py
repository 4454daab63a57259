"""What ``bench try`` says of example files, kept beside them so that a page can be written and tested without it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.errors import BenchError
from bench.report.readme.excerpt import WIDTH
from bench.results import store

SECONDS = 120
"""After which an attempt is given up; it takes a few, and torch's first import some more."""


def kept(folder: Path, words: Sequence[str]) -> Path:
    """Where the answer to ``bench try ex07.b alice.py bob.py`` lies: ``ex07.b.txt``, beside the files."""
    if len(words) < 2:
        raise BenchError("the mark 'try' names a part and example files, such as ex07.b alice.py")
    return folder / f"{words[0]}.txt"


def block(folder: Path, words: Sequence[str]) -> str:
    """The command and its kept answer as a block of code. Raises ``BenchError`` where none is kept."""
    path = kept(folder, words)
    try:
        said = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BenchError(f"{path} cannot be read: {error.strerror}") from error
    inside = said.strip().replace("```", "'''")
    return f"```console\n$ bench try {' '.join(words)}\n{inside}\n```"


def keep(folder: Path, words: Sequence[str]) -> None:
    """Ask, and write the answer beside the files."""
    store.replace_file(kept(folder, words), asked(folder, words).encode())


def asked(folder: Path, words: Sequence[str]) -> str:
    """What ``bench try`` prints on a terminal of 100 columns; its rows, without the line that counts them.

    Raises ``BenchError`` where it could not judge the files: a wrong answer is one, too.
    """
    command = [sys.executable, "-m", "bench", "try", *words]
    surroundings = os.environ | {"COLUMNS": str(WIDTH), "NO_COLOR": "1"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BenchError(f"bench try {' '.join(words)} gave no answer: {error}") from error
    if done.returncode > 1:
        raise BenchError(f"bench try {' '.join(words)} gave no answer: {' '.join(done.stderr.split())[-200:]}")
    rows, _, _ = done.stdout.rpartition("\n\n")
    return "".join(f"{line.rstrip()}\n" for line in rows.splitlines())
