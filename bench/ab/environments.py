"""Two environments for one code: made by uv of what is asked for, and kept by their content."""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path
from tempfile import mkdtemp

from bench import cache, masking
from bench.ab.history import printable
from bench.catalogue import GROUP
from bench.errors import Missing, UsageError

OURS = "dl-exercise-bench"
REQUIREMENT = re.compile(
    r"[A-Za-z0-9][\w.-]*(\[[\w.,-]+\])?((===|[<>=!~]=|[<>])[\w.*+!-]+(,(===|[<>=!~]=|[<>])[\w.*+!-]+)*)?"
)
"""Such as ``torch==2.11`` or ``numpy>=2,<3``: neither an option of uv's, nor a path, nor an address."""
KEPT = "environments"

Say = Callable[[str], None]


def requirements(text: str) -> tuple[str, ...]:
    """The words of one ``--env``. Raises ``UsageError`` for what is no requirement."""
    words = tuple(text.split())
    wrong = next((word for word in words if not REQUIREMENT.fullmatch(word)), None)
    if wrong is not None or not words:
        raise UsageError(f"{printable(wrong or text)!r} is no requirement for --env, such as torch==2.14")
    return words


def needed() -> tuple[str, ...]:
    """What bench and the distributions of exercises ask for. One that was installed as a wheel is asked for itself; the
    code of the others is found through PYTHONPATH."""
    wanted: set[str] = set()
    for each in installed():
        wanted |= set(_plain(each) if is_source(each) else [f"{each.metadata['Name']}=={each.version}"])
    return tuple(sorted(wanted))


def installed() -> tuple[Distribution, ...]:
    """Bench, and every distribution that registers exercises; the first of a name counts, as with modules."""
    named: dict[str, Distribution] = {}
    for each in distributions():
        if any(point.group == GROUP for point in each.entry_points):
            named.setdefault(str(each.metadata["Name"]).lower(), each)
    try:
        named.setdefault(OURS, distribution(OURS))
    except PackageNotFoundError as error:
        raise Missing(f"{OURS} is not installed: `pip install -e .` in its folder does it") from error
    return tuple(named.values())


def is_source(each: Distribution) -> bool:
    """Whether its modules lie in a folder of somebody's: an editable installation, or metadata on PYTHONPATH."""
    if not Path(str(each.locate_file(""))).resolve().is_relative_to(Path(sys.prefix).resolve()):
        return True
    try:
        return bool(json.loads(each.read_text("direct_url.json") or "{}").get("dir_info", {}).get("editable"))
    except (ValueError, AttributeError):
        return False


def _plain(each: Distribution) -> Iterator[str]:
    """Its requirements without those of extras."""
    yield from (text for text in each.requires or () if not re.search(r";.*\bextra\b", text))


def describe(folder: Path) -> Path:
    """A folder for PYTHONPATH that says which distributions the sources on it are: without it nothing in another
    environment knows that there are exercises."""
    for number, each in enumerate(filter(is_source, installed())):
        place = folder / f"{re.sub(r'[^A-Za-z0-9]+', '_', each.metadata['Name'])}-{number}.dist-info"
        place.mkdir(parents=True)
        for name in ("METADATA", "entry_points.txt"):
            (place / name).write_text(each.read_text(name) or "", encoding="utf-8")
    return folder


def make(words: Sequence[str], say: Say) -> str:
    """The interpreter of an environment with these requirements, made anew or found in the cache.

    What else is needed may come out in other versions on the two sides: runs say so. Raises ``Missing`` without uv,
    ``UsageError`` with uv's reason for what cannot be installed.
    """
    wanted = (*words, *needed())
    key = sha256(json.dumps([wanted, platform.python_version(), platform.machine()]).encode()).hexdigest()[:16]
    place = cache.folder() / KEPT / key
    if not python_of(place).exists():
        say(f"making an environment with {' '.join(words)} …")
        _install(wanted, place)
    return str(python_of(place))


def python_of(place: Path) -> Path:
    return place / "bin" / "python"


def _install(wanted: Sequence[str], place: Path) -> None:
    """In a folder beside, renamed at the end: whoever finds the place finds it whole."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        making = Path(mkdtemp(prefix="making-", dir=place.parent))
    except OSError as error:
        raise UsageError(f"{place.parent} cannot be written ({error.strerror}): set BENCH_CACHE") from error
    try:
        _uv("venv", "--quiet", "--relocatable", "--allow-existing", "--python", sys.executable, str(making))
        _uv("pip", "install", "--quiet", "--python", str(python_of(making)), "--", *wanted)
        making.rename(place)
    except OSError:
        # Another comparison was first: its environment is as good.
        if not python_of(place).exists():
            raise
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _uv(*arguments: str) -> None:
    try:
        done = subprocess.run(
            ("uv", *arguments), capture_output=True, encoding="utf-8", errors="replace", stdin=subprocess.DEVNULL
        )
    except FileNotFoundError as error:
        raise Missing("uv is not here, and --env makes environments by it: `pip install uv`") from error
    except OSError as error:
        raise Missing(f"uv cannot be started ({error.strerror}): `pip install uv`") from error
    if done.returncode:
        raise UsageError(f"uv could not make the environment: {reason(done.stderr)}")


def reason(complaint: str) -> str:
    """What uv says, as one line; it draws a tree of causes."""
    return masking.shown(printable(" ".join(re.sub(r"[×╰─▶├│·]+", " ", complaint).split()))) or "it does not say why"
