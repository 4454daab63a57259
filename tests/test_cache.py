"""What may be forgotten: read, replaced in one step, and no harm where it cannot be."""

import errno
import os
from pathlib import Path

import platformdirs
import pytest

from bench import cache


def test_what_is_written_is_read_and_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    assert cache.read("sub/a") == b""
    cache.write("sub/a", b"one")
    cache.write("sub/a", b"two")
    assert cache.read("sub/a") == b"two"
    assert [path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()] == ["a"]


def test_a_folder_that_cannot_be_is_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "file" / "cache"))
    cache.write("a", b"one")
    assert cache.read("a") == b""


def test_it_is_the_users_own_unless_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CACHE", "~/there")
    assert cache.folder() == Path.home() / "there"
    monkeypatch.delenv("BENCH_CACHE")
    for home in ("/somewhere", "", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", home)
        if home != "relative":  # which the standard tells to ignore, and platformdirs does not
            assert cache.folder() == platformdirs.user_cache_path(cache.NAME, appauthor=False)
        assert cache.folder().is_absolute()
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache.folder() == platformdirs.user_cache_path(cache.NAME, appauthor=False)


def test_a_memory_makes_once_and_forgets_with_its_basis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path))
    made: list[str] = []

    def ask(*keys: str, basis: str = "1", forget: bool = False) -> None:
        memory = cache.Memory("m", basis)
        assert [memory.recall(key, lambda key=key: made.append(key) or key.upper()) for key in keys] == [  # type: ignore[misc,func-returns-value]
            key.upper() for key in keys
        ]
        memory.save(forget=forget)

    ask("a", "b")
    ask("a", "b")
    assert made == ["a", "b"]
    ask("c")
    ask("a", "b", "c")
    assert made == ["a", "b", "c"]
    ask("d", forget=True)
    ask("a", "d")
    assert made == ["a", "b", "c", "d", "a"]
    ask("d", basis="2")
    assert made[5:] == ["d"]


@pytest.mark.parametrize(
    "damage", [b"{", b"[]", b'{"basis": "1", "values": []}', b'{"basis": "1", "values": {"a": 1}}']
)
def test_a_damaged_memory_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path))
    cache.write("m", damage)
    assert cache.Memory("m", "1").recall("a", lambda: "made") == "made"


def test_a_user_without_a_home_remembers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container may run as a number that no table of users knows."""

    def fail() -> None:
        raise RuntimeError("Could not determine home directory.")

    for name in ("BENCH_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(cache.sys, "platform", "linux")
    monkeypatch.setattr(cache.Path, "home", fail)
    cache.write("x", b"data")
    assert cache.read("x") == b""


def test_a_full_disk_leaves_no_half_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setenv("BENCH_CACHE", str(tmp_path))
    cache.write("a", b"one")
    monkeypatch.setattr(Path, "replace", full)
    cache.write("a", b"two")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"one"}
