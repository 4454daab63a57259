"""``bench new``: an exercise that works, to be turned into another one."""

from __future__ import annotations

import re
from contextlib import ExitStack, suppress
from importlib.util import find_spec
from pathlib import Path

import click

from bench import plain_file
from bench.cli.output import stdout
from bench.errors import UsageError

GROUP = "bench.exercises"
ID = re.compile(r"[a-z]+[0-9]+")


@click.command("new")
@click.argument("id", metavar="EX")
@click.option("--title", required=True, help="One line: what the exercise is about.")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="The folder of a package of exercises.")
def command(id: str, title: str, into: Path | None) -> None:
    """Write a working exercise with its answer and test, which `bench list` shows at once."""
    from bench import catalogue

    if not ID.fullmatch(id):
        raise UsageError(f"{id!r} is not an id: letters and a number, such as ex99")
    if not one_line(title):
        raise UsageError("--title needs a line of text")
    taken = next((listing for listing in catalogue.listings() if listing.id == id), None)
    if taken:
        raise UsageError(f"{id} is taken by {taken.path}; choose another id")
    package, folder = home(into)
    stem = f"{id}_{slug(title)}"
    test = tests_for(folder, id)
    words = {"id": id, "title": one_line(title), "module": f"{package}.{stem}"}
    wanted = {
        folder / stem / "__init__.py": "exercise.txt",
        folder / stem / "answer.md": "answer.txt",
        test: "test.txt",
    }
    with ExitStack() as undone:
        for path, skeleton in wanted.items():
            write(path, filled(skeleton, words), undone)
        undone.pop_all()  # all of them are there
    for path in wanted:
        stdout().print(f"wrote {path}", markup=False, soft_wrap=True)
    stdout().print(f"now: bench check {id} && bench run {id} && pytest {test}", markup=False, soft_wrap=True)


def one_line(title: str) -> str:
    """A title that can stand in a docstring: no line ends, quotes or backslashes that would end or change it."""
    return " ".join(title.replace("\\", "/").replace('"', "'").split()).rstrip(".'")


def slug(title: str) -> str:
    words = re.findall(r"[a-z0-9]+", title.lower())[:4]
    return "_".join(words) or "exercise"


def home(into: Path | None) -> tuple[str, Path]:
    """The package that takes a new exercise, and its folder: by default the first that is registered."""
    from importlib.metadata import entry_points

    for entry in entry_points(group=GROUP):
        for place in places(entry.value):
            if into is None or Path(place) == into.resolve():
                return entry.value, Path(place)
    if into is None:
        raise UsageError("no package of exercises is registered in the entry-point group bench.exercises")
    raise UsageError(f"{into} is not an installed package of exercises: {how_to_install(into.resolve())}")


def how_to_install(folder: Path) -> str:
    """What is still to be done before a folder is a package of exercises, each step with what is to be written."""
    steps = []
    if not (folder / "__init__.py").is_file():
        steps.append(f"make {folder / '__init__.py'}, which may be empty")
    top = next((parent for parent in folder.parents if not (parent / "__init__.py").is_file()), folder.parent)
    package = ".".join(folder.relative_to(top).parts)
    project = next((parent for parent in folder.parents if (parent / "pyproject.toml").is_file()), None)
    file = (project or top) / "pyproject.toml"
    if project is None:
        # Without a back end pip takes setuptools, which refuses a folder that has results/ beside the package.
        back_end = '[build-system] requires = ["hatchling"] build-backend = "hatchling.build"'
        name = package.partition(".")[0]
        steps.append(f'write {back_end} and [project] name = "{name}" version = "0.1" into {file}, a line each')
    if package not in declared(file):
        steps.append(f'add [project.entry-points."{GROUP}"] {folder.name} = "{package}" to {file}')
    install = f"pip install -e {file.parent}"
    return f"{'; '.join(steps)}; then {install}" if steps else f"install it first, by {install}"


def declared(project: Path) -> list[str]:
    """The packages that a pyproject.toml registers as exercises."""
    import tomllib

    try:
        points = tomllib.loads(plain_file.text(project))["project"]["entry-points"][GROUP]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return []
    return [str(package) for package in points.values()] if isinstance(points, dict) else []


def places(package: str) -> list[str]:
    """The folders of a package: none for one that is registered and not there."""
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        return []
    return list(spec.submodule_search_locations or ()) if spec else []


def tests_for(folder: Path, id: str) -> Path:
    """Where the test goes: into ``tests/exercises`` of the checkout that holds the package, or beside the exercise's
    package."""
    checkout = next((parent for parent in folder.parents if (parent / "pyproject.toml").is_file()), folder.parent)
    return checkout / "tests" / "exercises" / f"test_{id}.py"


def filled(skeleton: str, words: dict[str, str]) -> str:
    from importlib.resources import files

    text = files("bench.cli.verbs").joinpath("skeleton", skeleton).read_text(encoding="utf-8")
    for word, meaning in words.items():
        text = text.replace(f"@{word}@", meaning)
    return text


def write(path: Path, text: str, undone: ExitStack) -> None:
    """A new file, which ``undone`` takes away again: half an exercise would be in the way of the next try, and broken
    for everyone. Raises ``UsageError`` where it cannot be."""
    try:
        for folder in reversed([each for each in path.parents if not each.exists()]):
            folder.mkdir()
            undone.callback(remove, folder)
        with path.open("x", encoding="utf-8") as file:
            undone.callback(remove, path)
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path} is there already; move it away first") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}; name a folder with --into") from error


def remove(path: Path) -> None:
    with suppress(OSError):  # it is the first error that is told
        path.rmdir() if path.is_dir() else path.unlink()
