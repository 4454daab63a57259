"""The top of a page as a browser shows it: pictures by the Chromium that is here."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.errors import BenchError
from bench.report import printed

WIDTH, HEIGHT = 1280, 845
"""Pixels."""
SCHEMES = {"light": 1, "dark": 0}
"""Blink's numbers for the theme that a reader prefers."""
SETTLED = 5000
"""Milliseconds of the page's own time after which its charts are drawn."""


def take(page: Path, paths: Sequence[Path]) -> None:
    """Write PNG files of the top of ``page``, light and dark.

    Raises ``Missing`` without a Chromium, and ``BenchError`` where it makes no picture.
    """
    program = printed.chromium("a screenshot")
    for scheme, path in zip(SCHEMES, paths, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        _take(program, page, path, SCHEMES[scheme])


def _take(program: str, page: Path, path: Path, scheme: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "page.png")
        command = [
            program,
            *printed.flags(),
            "--hide-scrollbars",
            f"--user-data-dir={folder}/profile",
            f"--blink-settings=preferredColorScheme={scheme}",
            f"--virtual-time-budget={SETTLED}",
            f"--window-size={WIDTH},{HEIGHT}",
            f"--screenshot={made}",
            page.resolve().as_uri(),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=printed.SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise BenchError(f"{program} made no picture of {page.name}: {error}") from error
        if not made.is_file():
            said = " ".join(done.stderr.split())[-200:]
            raise BenchError(f"{program} made no picture of {page.name} (exit code {done.returncode}): {said}")
        _reduce(made, path)


def _reduce(made: Path, path: Path) -> None:
    """256 colours are enough for a page, and take a third of the bytes."""
    from PIL import Image

    with Image.open(made) as picture:
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
