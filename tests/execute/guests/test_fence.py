"""A fence, in processes of their own: what is inside can be changed, what is outside cannot."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.execute.guests import fence

pytestmark = pytest.mark.skipif(not fence.version(), reason="this kernel has no Landlock")


def inside(folder: Path, action: Callable[[], object]) -> str:
    """What becomes of an action behind the fence, by its exit status."""
    pid = os.fork()
    if not pid:
        status = 3
        try:
            fence.enclose(str(folder))
            action()
            status = 0
        except PermissionError:
            status = 1
        finally:
            os._exit(status)
    _, status = os.waitpid(pid, 0)
    return {0: "done", 1: "refused"}.get(os.waitstatus_to_exitcode(status), "failed")


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    own, others = tmp_path / "own", tmp_path / "others"
    for place in (own, others):
        place.mkdir()
        (place / "precious.txt").write_text("kept")
    return own, others


@pytest.mark.parametrize(
    "action",
    [
        lambda place: (place / "new.txt").write_text("x"),
        lambda place: (place / "precious.txt").open("a").close(),
        lambda place: (place / "precious.txt").unlink(),
        lambda place: (place / "new").mkdir(),
        lambda place: (place / "precious.txt").rename(place / "moved.txt"),
        pytest.param(
            lambda place: os.truncate(place / "precious.txt", 0),
            marks=pytest.mark.skipif(fence.version() < 3, reason="this kernel's Landlock does not hear of it"),
        ),
    ],
)
def test_files_are_changed_inside_and_not_outside(places: tuple[Path, Path], action: Callable[[Path], object]) -> None:
    own, others = places
    assert inside(own, lambda: action(own)) == "done"
    assert inside(own, lambda: action(others)) == "refused"
    assert [(path.name, path.read_text()) for path in others.iterdir()] == [("precious.txt", "kept")]


def test_what_lies_outside_can_be_read(places: tuple[Path, Path]) -> None:
    own, others = places
    assert inside(own, lambda: (others / "precious.txt").read_text()) == "done"


def test_it_stands_in_its_folder_and_makes_temporary_files_there(places: tuple[Path, Path]) -> None:
    own, _ = places

    def act() -> None:
        import tempfile

        Path("here.txt").write_text("x")
        with tempfile.NamedTemporaryFile(delete=False) as file:
            assert Path(file.name).parent == own
        Path(os.devnull).write_text("x")

    assert inside(own, act) == "done"
    assert (own / "here.txt").exists()


@pytest.mark.skipif(fence.version() < 6, reason="this kernel's Landlock knows no signals")
def test_processes_outside_hear_no_signals(places: tuple[Path, Path]) -> None:
    own, _ = places
    assert inside(own, lambda: os.kill(os.getppid(), signal.SIGCONT)) == "refused"


def test_where_there_is_no_landlock_there_is_no_fence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fence, "_call", lambda *_: -1)
    assert not fence.version()
    assert not fence.raise_fence([sys.prefix])
