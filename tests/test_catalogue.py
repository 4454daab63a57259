"""What is there, without importing it; and a second distribution that is really installed."""

import os
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from bench import catalogue
from bench.cache import Memory
from bench.errors import NothingMatched, PluginError

TRIAL = Path(__file__).parent / "trial"


def listed(path: Path, text: str) -> catalogue.Listing:
    path.write_text(text)
    return catalogue.read(path, f"package.{path.stem}", "d", Memory("none", ""))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ('"""ex01: one step by hand.\n\nMore."""', "One step by hand"),
        ('"""Without an id"""', "Without an id"),
        ("x = 1", "Ex01_step"),
    ],
)
def test_a_title_is_the_first_line_of_the_docstring(tmp_path: Path, text: str, title: str) -> None:
    found = listed(tmp_path / "ex01_step.py", text)
    assert (found.id, found.title, found.problem) == ("ex01", title, "")


@pytest.mark.parametrize(
    ("code", "tags"),
    [("exercise = Exercise(tags=('a', 'b'))", ("a", "b")), ("exercise = Exercise()", ()), ("Exercise(tags=f())", ())],
)
def test_tags_are_read_where_they_are_written_out(tmp_path: Path, code: str, tags: tuple[str, ...]) -> None:
    assert listed(tmp_path / "ex01.py", code).tags == tags


@pytest.mark.parametrize("text", ["def", "\0", '"""\udcff"""'])
def test_what_is_not_python_has_a_problem(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ex01.py"
    path.write_bytes(text.encode(errors="surrogateescape"))
    assert catalogue.read(path, "p.ex01", "d", Memory("none", "")).problem


def test_the_answer_stands_beside_the_code(tmp_path: Path) -> None:
    (tmp_path / "ex01.md").write_text("flat")
    (tmp_path / "answer.md").write_text("of a package")
    assert listed(tmp_path / "ex01.py", "").answer == "flat"
    assert listed(tmp_path / "ex02.py", "").answer == ""
    (tmp_path / "__init__.py").write_text("")
    assert catalogue.read(tmp_path / "__init__.py", "p.ex03", "d", Memory("none", "")).answer == "of a package"


def test_what_the_answer_prints_is_read_by_name_from_its_own_folder(tmp_path: Path) -> None:
    inside = tmp_path / "ex01_x"
    inside.mkdir()
    names = ("solution.py", "../secret.py", "/etc/passwd.py", "long.py", "gone.py")
    (inside / "answer.md").write_text("\n".join(f'{{{{ code("{name}") }}}}' for name in names))
    (inside / "solution.py").write_text("x = 1\n")
    (inside / "long.py").write_text("#" * (catalogue.LONGEST + 1))
    (tmp_path / "secret.py").write_text("y = 2\n")
    (inside / "__init__.py").write_text("")
    assert catalogue.read(inside / "__init__.py", "p.ex01_x", "d", Memory("none", "")).sources == {
        "solution.py": "x = 1\n"
    }


def test_names_that_are_near_are_offered() -> None:
    with pytest.raises(NothingMatched, match=r"did you mean .*ex10"):
        catalogue.find("ex100", catalogue.listings())


def info(folder: Path, entries: str, name: str = "") -> None:
    """What an installer leaves: which entry points a distribution has, and its name."""
    folder.mkdir(parents=True)
    (folder / "entry_points.txt").write_text(entries)
    if name:
        (folder / catalogue.METADATA[folder.suffix]).write_text(f"Metadata-Version: 2.1\nName: {name}\n\nName: no\n")


def test_packages_are_those_of_the_entry_points(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(TRIAL)
    group = f"[{catalogue.GROUP}]\n"
    info(
        tmp_path / "a" / "One_two-1.0.dist-info",
        f"[x]\na = b:c\n\n{group}# c = d\n one=p.q \n\n r = s\n[y]\nz = z",
        "one.two",
    )
    info(tmp_path / "a" / "old.egg-info", f"{group}old = eggs", "old")
    info(tmp_path / "b" / "one.Two-2.0.dist-info", f"{group}hidden = hidden", "one-two")
    info(tmp_path / "b" / "other-2.0.dist-info", "[bench.exercises.more]\nx = x", "other")
    for folder in ("b", "a", "nowhere"):
        monkeypatch.syspath_prepend(tmp_path / folder)
    monkeypatch.chdir(tmp_path / "a")
    found = list(catalogue.packages())
    assert {("p.q", "one.two"), ("s", "one.two"), ("eggs", "old"), ("trial_exercises", "trial")} < set(found)
    announced = [(entry.value, entry.dist.name) for entry in entry_points(group=catalogue.GROUP) if entry.dist]
    assert sorted(found) == sorted(announced)


def test_a_distribution_without_its_name_is_called_by_its_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    info(tmp_path / "some-1.0.dist-info", f"[{catalogue.GROUP}]\na = b")
    monkeypatch.syspath_prepend(tmp_path)
    assert ("b", "some") in catalogue.packages()


def wheel(folder: Path) -> Path:
    """The trial distribution as a wheel."""
    path = folder / "trial-0.1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file in [*TRIAL.glob("trial_exercises/*.py"), *TRIAL.glob("trial-0.1.dist-info/*")]:
            archive.write(file, file.relative_to(TRIAL))
        info = "trial-0.1.dist-info"
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def test_a_second_distribution_joins_when_it_is_installed(tmp_path: Path) -> None:
    """A fresh environment that sees this one's packages, and the wheel installed into it by pip."""
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env" / "bin" / "python"
    (site,) = (tmp_path / "env").glob("lib/*/site-packages")
    outer = [entry for entry in sys.path if entry.endswith("site-packages") or entry.startswith(str(TRIAL.parents[1]))]
    roots = [str(Path(catalogue.__file__).parents[1]), str(TRIAL.parents[1] / "plugins")]
    (site / "outer.pth").write_text("\n".join([*roots, *outer]))
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-index", "--no-deps"]
    subprocess.run([*pip, str(wheel(tmp_path))], check=True, capture_output=True)
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def listed_by(python: str) -> list[str]:
        command = [python, "-m", "bench", "list"]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=env).stdout.splitlines()

    before, after = listed_by(sys.executable), listed_by(str(python))
    assert not any(line.startswith("ex90") for line in before)
    assert "ex90  Sums, done right  [trial]" in after
    assert set(before) < set(after)


def test_an_answer_that_is_not_utf_8_says_where(tmp_path: Path) -> None:
    (tmp_path / "ex01.md").write_bytes(b"d\xe9j\xe0 vu")
    with pytest.raises(PluginError, match=r"^ex01\.md is not UTF-8 \(byte 1\): save it as UTF-8$"):
        _ = listed(tmp_path / "ex01.py", "").answer


@pytest.mark.parametrize("answer", ["- a line\n" * 40_000, "é" * 1_000_000])
def test_an_answer_that_nobody_reads_is_cut_and_says_so(tmp_path: Path, answer: str) -> None:
    (tmp_path / "ex01.md").write_text(answer)
    shown = listed(tmp_path / "ex01.py", "").answer
    assert len(shown.splitlines()) <= 5_000
    assert len(shown.encode()) < 263_000
    assert "*This answer is too long" in shown


def test_a_file_whose_name_cannot_be_shown_is_one_broken_row(tmp_path: Path) -> None:
    found = catalogue.read(tmp_path / "ex01.py", "p.ex\udcff", "d", Memory("none", ""))
    assert (found.id, found.problem) == ("ex\\udcff", "its file has a name that cannot be shown")
