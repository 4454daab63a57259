"""Pages on paper: PDF files of the pages of a run, by the Chromium that is here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.errors import BenchError, Missing
from bench.results import store

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
NODE = re.compile(rb"(\d+) 0 obj\s*<<[^<>]*?/Type /Pages\b[^<>]*?/Kids \[([^\]]*)\]")
DESTINATION = re.compile(rb"/([\w.-]+) \[(\d+) 0 R /XYZ\b")


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
    """Twice: Chromium knows on which page a link ends only once it has printed, and cannot set the number itself."""
    html = page.read_text(encoding="utf-8")
    html = opened(html) if full else html
    pdf = _pdf(program, page.name, html)
    numbers = page_numbers(pdf)
    target = page.with_suffix(".pdf")
    whole = _pdf(program, page.name, numbered(html, numbers)) if numbers else pdf
    try:
        store.replace_file(target, whole)
    except OSError as error:
        raise store.refusal(error, target, "then print again") from error
    return target


def _pdf(program: str, name: str, html: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder, name), Path(folder, "page.pdf")
        source.write_text(html, encoding="utf-8")
        command = [program, *flags(), f"--user-data-dir={folder}/profile", f"--print-to-pdf={made}", source.as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise BenchError(f"{program} made no PDF of {name}: {error}") from error
        if not made.is_file():
            said = " ".join(done.stderr.split())[-200:]
            raise BenchError(f"{program} made no PDF of {name} (exit code {done.returncode}): {said}")
        return made.read_bytes()


def page_numbers(pdf: bytes) -> dict[str, int]:
    """The page, counted from 1, on which each target of a link stands; empty where the file says it otherwise than
    Chromium does: in objects that are not packed."""
    leaves = {int(number): at for at, number in enumerate(_leaves(pdf), 1)}
    found = DESTINATION.findall(pdf)
    return {name.decode(): leaves[int(number)] for name, number in found if int(number) in leaves}


def _leaves(pdf: bytes) -> list[bytes]:
    """The numbers of the objects that are pages, in their order: the leaves of the tree of pages."""
    kids = {number: re.findall(rb"(\d+) 0 R", listed) for number, listed in NODE.findall(pdf)}
    inner = {kid for listed in kids.values() for kid in listed}
    walk, leaves = [number for number in kids if number not in inner], list[bytes]()
    while walk:
        number = walk.pop(0)
        # Taken out, so that a tree that bites its own tail ends too.
        walk, leaves = (kids.pop(number) + walk, leaves) if number in kids else (walk, [*leaves, number])
    return leaves


def numbered(html: str, numbers: Mapping[str, int]) -> str:
    """A page whose contents know their pages: the style sheet for paper sets ``data-page``."""

    def known(link: re.Match[str]) -> str:
        return f'{link[0]} data-page="{numbers[link[1]]}"' if link[1] in numbers else link[0]

    return re.sub(r'<li><a href="#([^"]+)"', known, html)


def flags() -> tuple[str, ...]:
    """How Chromium is started: without a window and without a network."""
    # Chromium refuses to sandbox itself as root; the pages are our own, and run nothing that is not in their policy.
    return (*FLAGS, "--no-sandbox") if os.geteuid() == 0 else FLAGS


def opened(html: str) -> str:
    """A page with every fold open."""
    return re.sub(r"<details(?![^>]* open)([^>]*)>", r"<details\1 open>", html)
