"""Which exercises are there: by file names and docstrings alone, without importing any."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from bench import outlines, plain_file
from bench.cache import Memory
from bench.errors import NothingMatched, PluginError, did_you_mean
from bench.texts import escaped

GROUP = "bench.exercises"
PRINTED = re.compile(r"""\{\{\s*code\(\s*["']([\w.-]+\.py)["']""")
"""``code("solution.py")`` in an answer: names a file of the exercise's own folder, and no path."""
KEPT = re.compile(r"\{\{\s*(kept|kept_run)\(")
"""``kept("a", "test accuracy")`` in an answer: asks for a number of a run that is kept beside it."""
LONGEST = 32 * 1024
"""Bytes of a file that an answer may print: it is read by people."""
ANSWER, LINES = 256 * 1024, 5_000
"""Bytes and lines of a written answer that a page shows."""
LARGEST = 256 * 1024
"""Bytes of ``kept.json``."""
MOST = 4 * 2**20
"""Bytes of a file of metadata."""
METADATA = {".dist-info": "METADATA", ".egg-info": "PKG-INFO"}
"""The folders in which installers describe a distribution, and the file that has its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """An exercise as its files show it; ``problem`` says why it could not even be read."""

    id: str
    title: str
    tags: tuple[str, ...]
    module: str
    path: Path
    distribution: str
    problem: str = ""

    @property
    def beside(self) -> Path:
        """Where the written answer stands: ``answer.md`` in a package, ``<name>.md`` beside a single file."""
        return self.path.parent / "answer.md" if self.path.name == "__init__.py" else self.path.with_suffix(".md")

    @property
    def answer(self) -> str:
        """The written answer; empty where there is none. Of a very long one the beginning, with a last line that says
        so. Raises ``PluginError`` for what cannot be read as UTF-8."""
        if not self.beside.is_file():
            return ""
        try:
            with plain_file.opened(self.beside) as file:
                data = file.read(ANSWER + 1)
            return _bounded(data.decode("utf-8", errors="ignore" if len(data) > ANSWER else "strict"))
        except OSError as error:
            raise PluginError(f"{self.beside.name} cannot be read: {error.strerror or error}") from error
        except UnicodeDecodeError as error:
            raise PluginError(f"{self.beside.name} is not UTF-8 (byte {error.start}): save it as UTF-8") from error

    @property
    def sources(self) -> dict[str, str]:
        """The files that the answer prints, and the numbers that are kept with it, by name; without those that are not
        there, or are too long."""
        answer = self.answer
        files = {name: (self.path.parent / name, LONGEST) for name in PRINTED.findall(answer)}
        if KEPT.search(answer):
            files["kept.json"] = self.kept, LARGEST
        texts = {name: _whole(path, most) for name, (path, most) in files.items()}
        return {name: text for name, text in texts.items() if text is not None}

    @property
    def kept(self) -> Path:
        """Where ``bench keep`` puts the numbers of runs that the answer names: ``kept.json`` in a package,
        ``<name>.kept.json`` beside a single file."""
        in_package = self.path.name == "__init__.py"
        return self.path.with_name("kept.json") if in_package else self.path.with_suffix(".kept.json")


def listings() -> tuple[Listing, ...]:
    """Every exercise of every installed distribution, by id. An id that stands twice is one broken listing, and so is a
    registered package that is not there: the others are listed all the same."""
    listed: dict[str, dict[Path, Listing]] = {}
    with outlines.remembered() as memory:
        for package, distribution in packages():
            for listing in _in_package(package, distribution, memory):
                listed.setdefault(listing.id, {})[listing.path] = listing
    return tuple(_one_of(list(listed[id].values())) for id in sorted(listed))


def _in_package(package: str, distribution: str, memory: Memory) -> list[Listing]:
    try:
        return [read(path, module, distribution, memory) for path, module in _modules(package, distribution)]
    except PluginError as error:
        return [_broken(package, package, Path(package), distribution, str(error))]


def _bounded(answer: str) -> str:
    lines = answer.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) <= LINES and len(answer.encode()) < ANSWER:
        return "\n".join(lines)
    return "\n".join([*lines[: LINES - 2], "", f"*This answer is too long: a page shows {LINES:,} lines of it.*", ""])


def _one_of(namesakes: list[Listing]) -> Listing:
    """Of several none can be run: nobody knows which one is meant."""
    first, *others = namesakes
    if not others:
        return first
    places = " and ".join(f"{listing.path} ({listing.distribution})" for listing in namesakes)
    problem = f"{'two' if len(namesakes) == 2 else len(namesakes)} exercises are called {first.id}: {places}; "
    return _broken(first.id, first.module, first.path, first.distribution, f"{problem}rename one of them")


def _broken(id: str, module: str, path: Path, distribution: str, problem: str) -> Listing:
    return Listing(id=id, title=id, tags=(), module=module, path=path, distribution=distribution, problem=problem)


def packages() -> Iterator[tuple[str, str]]:
    """The packages that installed distributions register, each with the name of its distribution.

    They are those of ``importlib.metadata.entry_points(group=GROUP)``, whose import takes longer than all that is done
    here: it brings the parsers of e-mails and archives. This looks into folders alone, as a package of exercises has
    to lie in one.
    """
    for name, folder in _distributions().items():
        for package in _registered(_text(folder / "entry_points.txt")):
            match = re.search(r"^Name:(.+)", _text(folder / METADATA[folder.suffix]), re.MULTILINE)
            yield package, match[1].strip() if match else name


def _distributions() -> dict[str, Path]:
    """The folders of metadata by the distribution's name. The first on ``sys.path`` counts, as with modules."""
    folders: dict[str, Path] = {}
    for place in sys.path:
        for folder in sorted(Path(place).glob("*.*-info")):
            if folder.suffix in METADATA:
                folders.setdefault(re.sub(r"[-_.]+", "_", folder.stem.partition("-")[0]).lower(), folder)
    return folders


def _registered(entry_points: str) -> Iterator[str]:
    """The values in our section of an ``entry_points.txt``."""
    lines = map(str.strip, entry_points.partition(f"[{GROUP}]")[2].splitlines())
    for line in takewhile(lambda line: not line.startswith("["), lines):
        if "=" in line and not line.startswith("#"):
            yield line.partition("=")[2].strip()


def _text(path: Path) -> str:
    return _whole(path, MOST) or ""


def _whole(path: Path, most: int) -> str | None:
    try:
        return plain_file.text(path, most, errors="replace")
    except OSError:
        return None


def _modules(name: str, distribution: str) -> Iterator[tuple[Path, str]]:
    """The public modules and packages of a registered package: files, and what they are imported as."""
    try:
        spec = importlib.util.find_spec(name)
        folders = list(spec.submodule_search_locations or ()) if spec else []
        paths = [path for folder in folders for path in sorted(_sources(Path(folder)))]
    except (Exception, SystemExit) as error:  # of a dotted name the packages above are imported
        raise PluginError(f"{distribution} registers the package {name!r}, which cannot be found: {error}") from error
    if not folders:
        raise PluginError(
            f"{distribution} registers {name!r} in the group {GROUP}, but that is not an installed package"
        )
    for path in paths:
        yield path, f"{name}.{path.parent.name if path.name == '__init__.py' else path.stem}"


def _sources(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith(("_", ".")):
            continue
        if path.suffix == ".py":
            yield path
        elif (path / "__init__.py").is_file():
            yield path / "__init__.py"


def read(path: Path, module: str, distribution: str, memory: Memory) -> Listing:
    """Id, title and tags from the source alone."""
    stem = module.rpartition(".")[2]
    if escaped(stem) != stem:
        shown = escaped(stem)
        return _broken(shown, shown, Path(escaped(str(path))), distribution, "its file has a name that cannot be shown")
    id = stem.split("_")[0]
    outline = outlines.outline_of(path, memory)
    before, _, after = outline.heading.partition(":")
    title = (after.lstrip() if before.rstrip() == id else outline.heading).rstrip(".") or stem
    return Listing(
        id=id,
        title=stem if outline.problem else title[:1].upper() + title[1:],
        tags=outline.tags,
        module=module,
        path=path,
        distribution=distribution,
        problem=outline.problem,
    )


def find(name: str, among: Iterable[Listing]) -> Listing:
    """The exercise called ``name``, or ``NothingMatched`` with the nearest names."""
    by_id = {listing.id: listing for listing in among}
    if name in by_id:
        return by_id[name]
    raise NothingMatched(f"no exercise is called {name!r}{did_you_mean(name, by_id)}; `bench list` shows them all")
