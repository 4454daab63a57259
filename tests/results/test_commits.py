"""The order of commits as git has it, and nothing where it has none."""

from pathlib import Path

import pytest

from bench.results import commits
from tests import histories


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    folder = tmp_path_factory.mktemp("repository")
    return folder, histories.repository(folder, 5)


def test_parents_come_before_their_children(made: tuple[Path, list[str]]) -> None:
    folder, names = made
    order = commits.order([folder], reversed(names[1:]))
    assert sorted(order.places, key=lambda name: order.places[name]) == names[1:]
    assert order.subjects[names[2]] == "Step 02"
    assert (order.folder, order.shallow) == (folder, False)


def test_the_first_repository_that_knows_one_counts(made: tuple[Path, list[str]], tmp_path: Path) -> None:
    folder, names = made
    order = commits.order([tmp_path / "nowhere", tmp_path, folder], [histories.commit(0), names[0]])
    assert order.folder == folder
    assert list(order.places) == [names[0]]


def test_nothing_is_known_without_git_a_repository_or_a_commit(
    made: tuple[Path, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, names = made
    assert commits.order([tmp_path], names) == commits.NONE
    assert commits.order([folder], []) == commits.NONE
    monkeypatch.setenv("PATH", "")
    assert commits.order([folder], names) == commits.NONE


@pytest.mark.parametrize("name", ["--all", "HEAD", "", "main\n--all", "f" * 39, "G" * 40])
def test_what_is_no_name_of_a_commit_never_reaches_git(made: tuple[Path, list[str]], name: str) -> None:
    assert commits.order([made[0]], [name]) == commits.NONE


def test_a_shallow_clone_knows_its_last_commits_and_says_so(made: tuple[Path, list[str]], tmp_path: Path) -> None:
    folder, names = made
    histories.git(tmp_path, "clone", "-q", "--depth", "2", f"file://{folder}", "clone")
    order = commits.order([tmp_path / "clone"], names)
    assert sorted(order.places, key=lambda name: order.places[name]) == names[-2:]
    assert order.shallow
    assert commits.order([folder, tmp_path / "clone"], names[:1]).shallow is False, "the first knows it"
    assert commits.order([tmp_path / "clone"], names[:1]) == commits.Commits(shallow=True)
