"""Two sides from a repository: what they are called, where their code lies, what they run."""

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from bench import catalogue
from bench.ab import environments, sides
from bench.ab.history import Repository
from bench.ab.readings import Reading, Rule
from bench.ab.sides import Side
from bench.ab.stage import Ends, Stage
from bench.errors import UsageError
from tests.ab.conftest import FILES, committing, git_in
from tests.ab.planting import reading


@contextmanager
def staged(tmp_path: Path) -> Iterator[Stage]:
    with Stage(tmp_path / "keep", ["--profile", "smoke"], lambda text: None) as stage:
        yield stage


def factor(side: Side) -> str:
    return (Path(side.path[0]) / "toy_exercises" / "factor.txt").read_text()


def test_head_and_the_working_tree_by_default(toy: Repository, tmp_path: Path) -> None:
    (toy.root / "toy_exercises" / "factor.txt").write_text("99")
    with staged(tmp_path) as stage:
        stage.set_revisions(Ends.named(toy, []))
        a, b = stage.sides["A"], stage.sides["B"]
        assert (factor(a), factor(b)) == ("40", "99")
        assert a.label.endswith("): still")
        assert b.label.startswith("the working tree, 1 file differs from HEAD (")
        assert a.python == b.python == sys.executable
        places = Path(a.path[0]), Path(b.path[0])
    assert not any(place.exists() for place in places)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_ends_it_from_outside_tidies_up(toy: Repository, tmp_path: Path, number: signal.Signals) -> None:
    places: list[Path] = []

    def ended() -> None:
        with staged(tmp_path) as stage:
            stage.set_revisions(Ends.named(toy, ["HEAD~1", "HEAD"]))
            places.extend(Path(side.path[0]) for side in stage.sides.values())
            signal.raise_signal(number)

    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt):
        ended()
    assert not any(place.exists() for place in places)
    assert signal.getsignal(number) is before


def test_in_another_thread_signals_are_left_alone(toy: Repository, tmp_path: Path) -> None:
    seen: list[object] = []

    def inside() -> None:
        with staged(tmp_path):
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = Thread(target=inside)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGTERM)]


def test_one_revision_is_held_against_the_working_tree(toy: Repository, tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.set_revisions(Ends.named(toy, ["HEAD~3"]))
        assert factor(stage.sides["A"]) == "4"
        assert stage.sides["B"].label.startswith("the working tree, as committed in HEAD (")


def test_two_revisions(toy: Repository, tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.set_revisions(Ends.named(toy, ["HEAD", "HEAD~3"]))
        assert [factor(side) for side in stage.sides.values()] == ["40", "4"]


def test_another_commit_stands_in_for_a_while(toy: Repository, tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.set_revisions(Ends.named(toy, ["HEAD~3", "HEAD"]))
        with stage.instead(toy, toy.commit("HEAD~3")):
            assert factor(stage.sides["B"]) == "4"
            place = Path(stage.sides["B"].path[0])
        assert factor(stage.sides["B"]) == "40"
        assert not place.exists()


def test_every_run_is_kept_under_its_number(toy: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[Side, Sequence[str], Path]] = []

    def measure(side: Side, names: Sequence[str], options: Sequence[str], *, keep: Path, seconds: float) -> Reading:
        calls.append((side, (*names, *options), keep))
        return reading({"plain": 1.0 if factor(side) == "4" else 2.0})

    monkeypatch.setattr(sides, "measure", measure)
    with staged(tmp_path) as stage:
        stage.set_revisions(Ends.named(toy, ["HEAD~3", "HEAD"]))
        found = stage.compare(["ex60"], Rule(), 600)
    assert found.findings.overall == "slower"
    assert found.a.startswith("HEAD~3 (")
    assert calls[0][1] == ("ex60", "--profile", "smoke")
    assert sorted(keep.name[:3] for _, _, keep in calls) == [f"{i:03}" for i in range(1, len(calls) + 1)]


def test_two_environments_of_the_code_as_it_is(
    toy: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments, "make", lambda words, say: f"/made/{words[0]}/python")
    with staged(tmp_path) as stage:
        stage.set_environments([["torch==1"], ["torch==2"]], None)
        a, b = stage.sides["A"], stage.sides["B"]
        assert (a.python, b.python) == ("/made/torch==1/python", "/made/torch==2/python")
        assert (a.label, b.label) == ("torch==1", "torch==2")
        assert a.path == b.path
        assert str(toy.root) in a.path
        assert list(Path(a.path[-1]).glob("*.dist-info"))


def test_two_environments_of_one_revision(toy: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environments, "make", lambda words, say: "python")
    with staged(tmp_path) as stage:
        ends = Ends.named(toy, ["HEAD~3"], twice=True)
        stage.set_environments([["torch==1"], ["torch==2"]], stage.side_of(toy, ends.a))
        assert factor(stage.sides["A"]) == factor(stage.sides["B"]) == "4"
        assert stage.sides["B"].label.startswith("torch==2, HEAD~3 (")


def test_exercises_whose_files_differ(toy: Repository) -> None:
    source = FILES["toy_exercises/ex60_toy.py"]
    commit = committing(git_in(toy.root), toy.root)
    commit("changed", {"toy_exercises/ex60_toy.py": source.replace("2000", "3000"), "toy_exercises/ex60_toy.md": "x"})
    listings = catalogue.listings()
    assert Ends.named(toy, ["HEAD~1"]).touched(listings) == ("ex60",)
    with pytest.raises(UsageError, match="no file of an exercise differs between the two sides: name the exercises"):
        Ends.named(toy, ["HEAD~2", "HEAD~1"]).touched(listings)
    with pytest.raises(UsageError, match="both sides have the same code: name the exercises"):
        Ends.named(toy, ["HEAD", "HEAD"]).touched(listings)


def test_the_working_tree_is_no_commit_to_walk_to(toy: Repository) -> None:
    with pytest.raises(UsageError, match="the working tree is no commit"):
        Ends.named(toy, ["HEAD"]).between()
    assert len(Ends.named(toy, ["HEAD~1", "HEAD"]).between()) == 1


def test_an_answer_takes_no_time(toy: Repository, tmp_path: Path) -> None:
    from bench.ab.stage import is_of

    module = tmp_path / "ex61_more" / "__init__.py"
    made: Callable = lambda path: catalogue.Listing(  # noqa: E731 - one value of seven fields
        id="ex61", title="", tags=(), module="m", path=path, distribution="d"
    )
    assert is_of(made(module), module.parent / "data" / "x.txt")
    assert not is_of(made(module), module.parent / "answer.md")
    assert not is_of(made(module), tmp_path / "ex62_other.py")
