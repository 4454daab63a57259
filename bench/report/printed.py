"""Pages on paper: PDF files of the pages of a run, by the Chromium that is here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.errors import BenchError, Missing

NAMES = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 120.0
"""So long one page may take."""
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-extensions",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


def chromium(need: str = "--pdf") -> str:
    """Where Chromium is, for what ``need`` names: ``BENCH_CHROMIUM``, else the first on the path.

    Raises ``Missing`` where none is.
    """
    asked = os.environ.get("BENCH_CHROMIUM", "")
    found = shutil.which(asked) if asked else next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        wanted = f"BENCH_CHROMIUM={asked} is no program" if asked else f"none of {', '.join(NAMES)} is on the PATH"
        raise Missing(f"{need} needs Chromium, and {wanted}: install it, or set BENCH_CHROMIUM to where it is")
    return found


def write(pages: Sequence[Path], *, full: bool = False) -> tuple[Path, ...]:
    """``ex10.pdf`` beside ``ex10.html``: the handout, with what is folded left out; ``full``: with every fold open.

    Raises ``Missing`` without a Chromium, and ``BenchError`` where it makes no PDF of a page.
    """
    program = chromium()
    return tuple(_print(program, page, full) for page in pages)


def _print(program: str, page: Path, full: bool) -> Path:
    target = page.with_suffix(".pdf")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, page.name)
        source.write_text(opened(page.read_text(encoding="utf-8")) if full else page.read_text(encoding="utf-8"))
        made = Path(folder, "page.pdf")
        command = [program, *flags(), f"--user-data-dir={folder}/profile", f"--print-to-pdf={made}", source.as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise BenchError(f"{program} made no PDF of {page.name}: {error}") from error
        if not made.is_file():
            said = " ".join(done.stderr.split())[-200:]
            raise BenchError(f"{program} made no PDF of {page.name} (exit code {done.returncode}): {said}")
        shutil.copyfile(made, target)
    return target


def flags() -> tuple[str, ...]:
    """How Chromium is started: without a window and without a network."""
    # Chromium refuses to sandbox itself as root; the pages are our own, and run nothing that is not in their policy.
    return (*FLAGS, "--no-sandbox") if os.geteuid() == 0 else FLAGS


def opened(html: str) -> str:
    """A page with every fold open."""
    return re.sub(r"<details(?![^>]* open)([^>]*)>", r"<details\1 open>", html)
