"""``bench run --keep-checkpoints`` and ``--continue``: bit for bit one training, or a line that says why not."""

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.model import Run
from bench.results import store

SMOKE = ("--profile", "smoke")


def ran(bench: Callable, root: Path, *arguments: str) -> tuple[Run, Path]:
    """A run that ends well, and its folder."""
    before = set((root / "results").glob("*"))
    done = bench("run", "ex88", *SMOKE, *arguments)
    assert done.returncode == 0, done.stderr
    (folder,) = (path for path in set((root / "results").iterdir()) - before if not path.is_symlink())
    return store.read(folder), folder


@pytest.fixture
def earlier(bench: Callable, tmp_path: Path) -> Path:
    return ran(bench, tmp_path, "--keep-checkpoints")[1]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_training_that_goes_on_is_the_one_that_was_never_interrupted(
    bench: Callable, tmp_path: Path, earlier: Path
) -> None:
    before = contents(earlier)
    (later, folder) = ran(bench, tmp_path, "ex90.a", "--continue", "latest", "--param", "epochs=5")
    (whole, _) = ran(bench, tmp_path, "--param", "epochs=5")
    assert later.continued == earlier.name
    assert [exercise.id for exercise in later.exercises] == ["ex88"], "ex90 was not begun there, and is left out"
    assert later.command[later.command.index("--continue") + 1] == earlier.name, "latest will be another run"
    assert later.records[0].findings.curves == whole.records[0].findings.curves
    assert [run.records[0].findings.metrics[0].value for run in (later, whole)] == [2, 0]
    assert contents(earlier) == before
    assert not list(folder.rglob("*.pt"))  # it was not told to keep them


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--param", "epochs=5", "--param", "rate=0.1"], 2, "rate is 0.1 here and 0.5 there"),
        (["--param", "epochs=5", "--seed", "1"], 2, "seed is 1 here and 0 there"),
        (["--param", "epochs=5", "--profile", "quick"], 2, "profile is quick here and smoke there"),
        (["--param", "epochs=1"], 2, "has had 2 epochs"),
        ([], 2, "ask for more, --param epochs=4"),
    ],
)
def test_what_is_no_continuation_is_one_line(
    bench: Callable, one_line: Callable, tmp_path: Path, earlier: Path, arguments: list[str], code: int, says: str
) -> None:
    assert says in one_line(bench("run", "ex88", *SMOKE, "--continue", earlier.name, *arguments), code)
    assert [path.name for path in (tmp_path / "results").iterdir() if not path.is_symlink()] == [earlier.name]


def test_without_checkpoints_with_other_code_or_still_at_work_there_is_nothing_to_go_on_from(
    bench: Callable, one_line: Callable, tmp_path: Path, earlier: Path
) -> None:
    more = ("run", "ex88", *SMOKE, "--param", "epochs=5", "--continue")
    _, bare = ran(bench, tmp_path)
    assert "make one with --keep-checkpoints" in one_line(bench(*more, bare.name), 5)
    run, text = store.read(earlier), (earlier / "run.json").read_text()
    name, digest = next((name, digest) for name, digest in run.code.items() if "ex88" in name)
    (earlier / "run.json").write_text(text.replace(digest, "0" * len(digest)))
    assert f"{name} has changed" in one_line(bench(*more, earlier.name), 2)
    (earlier / "run.json").unlink()
    assert f"{earlier.name} has not ended: wait for it" in one_line(bench(*more, earlier.name), 2)


@pytest.mark.parametrize("content", [b"", b"no checkpoint", pickle.dumps(Path("evil"))])
def test_a_damaged_checkpoint_and_a_pickle_are_read_by_nobody(
    bench: Callable, tmp_path: Path, earlier: Path, content: bytes
) -> None:
    (file,) = earlier.rglob("*.pt")
    file.write_bytes(content)
    done = bench("run", "ex88", *SMOKE, "--param", "epochs=5", "--continue", earlier.name)
    assert done.returncode == 1
    said = " ".join((done.stdout + done.stderr).split())
    assert "is no whole checkpoint" in said
    assert "Traceback" not in said
