"""Which files an import has read."""

import os
import sys
import sysconfig
from hashlib import sha256
from pathlib import Path

import pytest

from bench.execute.child import sources

LIBRARY = sysconfig.get_path("purelib")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Two modules of a package and a helper beside it, all older than this process; and a library."""
    paths = {name: tmp_path / f"{name}.py" for name in ("package", "package.ex01", "helper")}
    for name, path in paths.items():
        path.write_text(name)
        os.utime(path, ns=(0, sources.STARTED_NS - 1))
    modules = [(name, str(path)) for name, path in paths.items()]
    monkeypatch.setattr(sources, "loaded", lambda: [*modules, ("torch", f"{LIBRARY}/torch/__init__.py")])
    return paths


def test_each_is_known_by_its_content_and_libraries_are_left_out(files: dict[str, Path]) -> None:
    expected = {str(path): sha256(name.encode()).hexdigest() for name, path in files.items()}
    assert sources.read_by("package.ex01") == expected


@pytest.mark.parametrize("name", ["package.ex01", "helper"])
def test_one_that_has_changed_since_then_may_not_be_what_was_imported(files: dict[str, Path], name: str) -> None:
    os.utime(files[name], ns=(0, sources.STARTED_NS))
    assert sources.read_by("package.ex01") == {}


def test_nor_may_one_that_has_gone(files: dict[str, Path]) -> None:
    files["helper"].unlink()
    assert sources.read_by("package.ex01") == {}


@pytest.mark.parametrize(
    ("name", "path", "ours"),
    [
        ("bench.model", "bench/model/__init__.py", True),
        ("package.ex02", "package/ex02.py", True),
        ("packages", "packages.py", False),
        ("benchmark", "benchmark.py", False),
    ],
)
def test_of_what_is_installed_only_bench_and_the_exercises_package_are_ours(name: str, path: str, ours: bool) -> None:
    assert sources.ours(name, f"{LIBRARY}/{path}", "package.ex01") == ours
    assert sources.ours(name, f"/home/me/{path}", "package.ex01")


def test_modules_are_listed_with_their_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that have one: built-in ones do not, and some of torch's say a name instead."""
    monkeypatch.setitem(sys.modules, "a_namespace", type(sys)("a_namespace"))
    odd = type(sys)("odd")
    odd.__file__ = "_classes.py"
    monkeypatch.setitem(sys.modules, "odd", odd)
    modules = dict(sources.loaded())
    assert modules["bench.execute.child.sources"] == sources.__file__
    assert not {"sys", "odd", "a_namespace"} & modules.keys()
