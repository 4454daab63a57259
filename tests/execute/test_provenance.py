"""Which code a run ran, by content; and what has changed since."""

from hashlib import sha256
from pathlib import Path

import pytest

from bench.catalogue import Listing
from bench.execute import provenance
from bench.model import Case, Plan, SourceFile, Task
from tests.execute.test_session import plan_of


def listing(path: Path, module: str) -> Listing:
    return Listing(id="ex01", title="T", tags=(), module=module, path=path, distribution="d")


@pytest.fixture
def package(tmp_path: Path) -> Listing:
    """An exercise with everything that may lie in its folder."""
    home = tmp_path / "ex01_step"
    for name in ("__init__.py", "speed.py", "data/table.csv", "answer.md", "__pycache__/x.pyc", ".hidden", "old.pyc"):
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return listing(home / "__init__.py", "pack.ex01_step")


def plan(code: dict[str, str], files: tuple[SourceFile, ...] = ()) -> Plan:
    task = Task("study", Case(exercise="ex01", part="a", device="cpu", seed=0))
    return plan_of("a", code=code, files=files, tasks=(task,))


def test_every_file_of_a_package_is_known_by_its_content(package: Listing) -> None:
    names = ("__init__.py", "data/table.csv", "speed.py")
    assert provenance.of_exercises([package]) == {
        f"pack/ex01_step/{name}": sha256(name.encode()).hexdigest() for name in names
    }


def test_a_single_file_is_known_too(tmp_path: Path) -> None:
    (tmp_path / "ex01_step.py").write_text("x")
    code = provenance.of_exercises([listing(tmp_path / "ex01_step.py", "pack.ex01_step")])
    assert code == {"pack/ex01_step.py": sha256(b"x").hexdigest()}
    assert provenance.of_exercises([listing(tmp_path / "gone.py", "pack.gone")]) == {}


def test_what_changed_or_has_gone_is_named_and_what_is_new_is_not(package: Listing) -> None:
    began = plan(provenance.of_exercises([package]))
    assert provenance.changed(began, [package]) == []
    (package.path.parent / "new.py").write_text("")
    (package.path.parent / "answer.md").write_text("rewritten")
    assert provenance.changed(began, [package]) == []
    (package.path.parent / "speed.py").write_text("faster")
    (package.path.parent / "data/table.csv").unlink()
    assert provenance.changed(began, [package]) == ["pack/ex01_step/data/table.csv", "pack/ex01_step/speed.py"]


def test_the_same_exercise_may_lie_elsewhere_by_now(package: Listing, tmp_path: Path) -> None:
    began = plan(provenance.of_exercises([package]))
    home = package.path.parent.rename(tmp_path / "moved")
    assert provenance.changed(began, [listing(home / "__init__.py", package.module)]) == []


def test_a_file_of_the_users_is_held_against_its_text(tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    mine.write_bytes(b"x = 1\r\n")
    began = plan({str(mine): sha256(mine.read_bytes()).hexdigest()}, (SourceFile(str(mine), "x = 1\n"),))
    assert provenance.changed(began, []) == []
    mine.write_text("x = 1\n")
    assert provenance.changed(began, []) == [], "it says the same"
    for changed in (b"x = 2\n", b"\xff"):
        mine.write_bytes(changed)
        assert provenance.changed(began, []) == [str(mine)]
    mine.unlink()
    assert provenance.changed(began, []) == [], "the run has its text"


def test_what_lies_beside_a_file_counts_where_it_is_there(tmp_path: Path) -> None:
    helper = tmp_path / "helper.py"
    helper.write_text("x = 1\n")
    began = plan({str(helper): sha256(b"x = 1\n").hexdigest()})
    assert provenance.changed(began, []) == []
    helper.write_text("x = 2\n")
    assert provenance.changed(began, []) == [str(helper)]
    helper.unlink()
    assert provenance.changed(began, []) == []


def test_a_journal_of_before_says_nothing_of_code(package: Listing) -> None:
    assert provenance.changed(plan({}), [package]) == []
