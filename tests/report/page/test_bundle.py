"""The bundle of Vega is made once, and a damaged copy is made again."""

import errno
import os
from pathlib import Path

import platformdirs
import pytest

from bench.report.page import bundle


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was bundled, in a cache that is empty at first."""
    calls: list[str] = []

    def make_bundle() -> str:
        calls.append("window.vega = 'ä';")
        return calls[-1]

    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    monkeypatch.setattr(bundle, "make_bundle", make_bundle)
    return calls


def vega() -> str:
    """As in a new process."""
    return bundle.vega.__wrapped__()


def test_it_is_made_once(made: list[str]) -> None:
    assert vega() == vega() == "window.vega = 'ä';"
    assert len(made) == 1
    assert [path.suffix for path in bundle.cache_file().parent.iterdir()] == [".js"]


@pytest.mark.parametrize("damage", [b"", b"window.vega", b"\xff\xfe", b"x" * 200])
def test_a_damaged_copy_is_made_again(made: list[str], damage: bytes) -> None:
    vega()
    bundle.cache_file().write_bytes(damage)
    assert vega() == "window.vega = 'ä';"
    assert len(made) == 2
    assert vega()
    assert len(made) == 2


def test_without_a_place_to_keep_it_it_is_made_each_time(made: list[str], tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("not a folder")
    assert vega() == vega()
    assert len(made) == 2


def test_who_has_no_home_keeps_it_in_the_cache_folder(
    made: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def homeless(*_: object, **__: object) -> Path:
        raise RuntimeError("could not determine the home directory")

    monkeypatch.setattr(platformdirs, "user_cache_path", homeless)
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "named"))
    assert vega() == vega()
    assert len(made) == 1


def test_a_full_disk_leaves_no_half_of_it(made: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "replace", full)
    assert vega()
    assert list((tmp_path / "cache").iterdir()) == []
