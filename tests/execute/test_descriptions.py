"""Descriptions from the cache: never stale, safe to delete, and no process where nothing has changed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import catalogue
from bench.catalogue import Listing
from bench.execute import descriptions
from bench.execute.executors.local import LocalExecutor
from bench.execute.messages import Described, Message, Order
from bench.model import Broken, Description, PartDescription, SourceFile
from tests.execute.double import Double

SHOWN = Description(("tag",), (PartDescription(id="a", title="T", kind="study"),))


@pytest.fixture
def listing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Listing:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "ex01_step.py"
    path.write_text("exercise = 1\n")
    return Listing(id="ex01", title="T", tags=(), module="p.ex01_step", path=path, distribution="d")


@pytest.fixture
def child(listing: Listing) -> Double:
    """Describes the exercise, and says that it has read its file."""

    def answer(order: Order) -> Message:
        return Described(SHOWN, {str(listing.path): descriptions.digest(str(listing.path))})

    return Double(answer)


def test_what_is_known_is_not_asked_for_again(listing: Listing, child: Double) -> None:
    assert [descriptions.describe(listing, (), child) for _ in range(3)] == [SHOWN] * 3
    assert len(child.orders) == 1


def test_a_change_of_content_is_seen_though_the_time_is_the_same(listing: Listing, child: Double) -> None:
    descriptions.describe(listing, (), child)
    before = listing.path.stat()
    listing.path.write_text("exercise = 2\n")
    os.utime(listing.path, ns=(before.st_atime_ns, before.st_mtime_ns))
    descriptions.describe(listing, (), child)
    assert len(child.orders) == 2


def test_a_change_of_time_alone_is_none(listing: Listing, child: Double) -> None:
    descriptions.describe(listing, (), child)
    os.utime(listing.path, ns=(1, 1))
    descriptions.describe(listing, (), child)
    assert len(child.orders) == 1


def test_a_file_that_has_gone_a_package_that_was_installed_and_a_damaged_cache_ask_again(
    listing: Listing, child: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    descriptions.describe(listing, (), child)
    monkeypatch.setattr(descriptions, "libraries", lambda: {"another": 1})
    descriptions.describe(listing, (), child)
    assert len(child.orders) == 2
    descriptions.place(listing).write_bytes(b"{")
    descriptions.describe(listing, (), child)
    assert len(child.orders) == 3
    descriptions.place(listing).unlink()
    descriptions.describe(listing, (), child)
    assert len(child.orders) == 4


def test_a_description_of_another_module_is_not_taken(listing: Listing, child: Double) -> None:
    from dataclasses import replace

    descriptions.describe(listing, (), child)
    descriptions.describe(replace(listing, module="q.ex01_step"), (), child)
    assert len(child.orders) == 2


@pytest.mark.parametrize("answer", [Described(SHOWN, {}), Broken("ex01", "why")], ids=["changing", "broken"])
def test_what_may_change_is_not_kept(listing: Listing, answer: Message) -> None:
    child = Double(lambda order: answer)
    found = [descriptions.describe(listing, (), child) for _ in range(2)]
    assert found == [answer.description if isinstance(answer, Described) else answer] * 2
    assert len(child.orders) == 2


def test_files_of_the_users_own_are_always_tried(listing: Listing, child: Double) -> None:
    for _ in range(2):
        descriptions.describe(listing, (SourceFile("mine.py", "x = 1"),), child)
    assert [order.files[0].path for order in child.orders] == ["mine.py"] * 2


def test_a_folder_that_cannot_be_written_is_no_harm(
    listing: Listing, child: Double, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "file" / "cache"))
    assert [descriptions.describe(listing, (), child) for _ in range(2)] == [SHOWN] * 2


def test_a_file_that_cannot_be_read_as_python_is_broken_without_a_process(listing: Listing, child: Double) -> None:
    from dataclasses import replace

    found = descriptions.describe(replace(listing, problem="SyntaxError: no"), (), child)
    assert found == Broken("ex01", "SyntaxError: no")
    assert child.orders == []


@pytest.fixture
def real(executor: LocalExecutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalExecutor]:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path))
    return executor


def test_a_real_exercise_depends_on_its_own_files_and_on_the_harness(real: LocalExecutor, tmp_path: Path) -> None:
    listing = catalogue.find("ex07", catalogue.listings())
    described = descriptions.describe(listing, (), real)
    assert isinstance(described, Description)
    assert descriptions.recall(listing) == described
    kept = descriptions.place(listing).read_text()
    for name in ("ex07_iris_by_hand/__init__.py", "bench/model/declared.py", "bench/kit/data/__init__.py"):
        assert name in kept
    assert "torch/__init__.py" not in kept
