"""Descriptions from the cache: never stale, and safe to delete."""

import os
from pathlib import Path

import pytest

from bench import cache
from bench.model import ByProfile, Description, PartDescription
from bench.results import descriptions

PARAMETERS = {"n": (1, 2), "epochs": ByProfile(smoke=1, quick=2, full=3)}
SHOWN = Description(("tag",), (PartDescription(id="a", title="T", kind="study", parameters=PARAMETERS),))
MODULE = "package.ex01_step"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An exercise whose description is kept."""
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "ex01_step.py"
    path.write_text("exercise = 1\n")
    keep(path)
    return path


def keep(path: Path) -> None:
    descriptions.keep(MODULE, path, SHOWN, {str(path): descriptions.digest(str(path))})


def kept(path: Path) -> Path:
    return cache.folder() / descriptions.name_of(path)


def test_what_is_kept_is_recalled(path: Path) -> None:
    assert descriptions.recall(MODULE, path) == SHOWN


def test_a_change_of_content_is_seen_though_the_time_is_the_same(path: Path) -> None:
    before = path.stat()
    path.write_text("exercise = 2\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert descriptions.recall(MODULE, path) is None
    keep(path)
    assert descriptions.recall(MODULE, path) == SHOWN


def test_another_search_path_or_folder_is_another_import(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name may mean another module there."""
    with monkeypatch.context() as patch:
        patch.syspath_prepend(str(tmp_path))
        assert descriptions.recall(MODULE, path) is None
    with monkeypatch.context() as patch:
        patch.chdir(tmp_path)
        assert descriptions.recall(MODULE, path) is None
    assert descriptions.recall(MODULE, path) == SHOWN


def test_a_change_of_time_alone_is_none(path: Path) -> None:
    os.utime(path, ns=(1, 1))
    assert descriptions.recall(MODULE, path) == SHOWN


def test_any_doubt_is_enough(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another module, another file, a file that has gone, a package that was installed, a damaged cache, none."""
    assert descriptions.recall("other.ex01_step", path) is None
    assert descriptions.recall(MODULE, tmp_path / "ex01_other.py") is None
    with monkeypatch.context() as patch:
        patch.setattr(descriptions, "libraries", lambda: {"another": 1})
        assert descriptions.recall(MODULE, path) is None
    whole = kept(path).read_bytes()
    kept(path).write_bytes(whole[:-9])
    assert descriptions.recall(MODULE, path) is None
    kept(path).unlink()
    assert descriptions.recall(MODULE, path) is None
    keep(path)
    path.unlink()
    assert descriptions.recall(MODULE, path) is None


def test_what_changed_while_it_was_read_is_not_kept(path: Path) -> None:
    kept(path).unlink()
    descriptions.keep(MODULE, path, SHOWN, {})
    assert not kept(path).exists()


def test_a_folder_that_cannot_be_written_is_no_harm(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "file" / "cache"))
    keep(path)
    assert descriptions.recall(MODULE, path) is None


def test_an_installed_package_changes_the_libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site-packages"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    before = descriptions.libraries()
    (site / "new-1.0.dist-info").mkdir()
    os.utime(site, ns=(1, 1))
    assert descriptions.libraries() != before


def test_modules_of_two_checkouts_do_not_meet(tmp_path: Path) -> None:
    names = [descriptions.name_of(tmp_path / side / "ex01_step" / "__init__.py") for side in ("a", "b")]
    assert names[0] != names[1]
    assert names[0].startswith("descriptions/ex01_step-")
