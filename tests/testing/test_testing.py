"""What authors test with: it runs a part as a run does, and says what is wrong."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from bench import Exercise, Lab, Progress, by_profile
from bench.testing import agreements, broken_promises, claims, failed, lab, race, run_part, variants

exercise = Exercise()


@exercise.study("a", "A study", n=by_profile(smoke=2, quick=3, full=4), widths=(1, 2))
def study(lab: Lab, n: int, widths: tuple[int, ...]) -> None:
    lab.claim("n", n, equals=2)
    lab.claim("n", n, at_least=2)
    lab.metric("drawn", torch.rand(()))
    lab.table("widths", [{"width": width} for width in widths])


@exercise.comparison("a.speed", "A comparison", reference="sum", n=(4, 8))
def speed(lab: Lab, n: int) -> dict[str, object]:
    x = torch.randn(n, generator=lab.generator()).to(lab.dtype)
    lab.tracker("working", 1, 2)
    return {"sum": lambda: x.sum(), "loop": lambda: sum(x), "wrong": lambda: x.sum() * 1.01}


@exercise.comparison("b", "Another", reference="sum")
def shapes(lab: Lab) -> dict[str, object]:
    x = torch.ones(3, dtype=lab.dtype)
    return {"sum": lambda: x.sum(), "forgets to sum": lambda: x.clone()}


def test_broken_promises_are_those_of_bench_check() -> None:
    broken = broken_promises(exercise)
    assert {name for name in broken if not name.startswith("c.race")} == {
        f"{part}: its variants agree with the reference" for part in ("a.speed", "b")
    }
    assert broken["a.speed: its variants agree with the reference"].startswith("'wrong': ")


@exercise.race("b.race", "A race", target="height ≤ 1", limit=by_profile(smoke=3, quick=9, full=9), start=(4, 8))
def down(lab: Lab, start: int) -> dict[str, object]:
    def halves() -> Iterator[Progress]:
        height = torch.tensor(float(start), dtype=lab.dtype)
        while True:
            height = height / 2
            yield Progress(height, evaluations=2)

    return {"halves": halves, "waits": lambda: iter([2.0] * 9)}


@exercise.race("c.race", "A race with a mistake", target="height ≤ 1")
def mistaken(lab: Lab) -> dict[str, object]:
    return {"fails": lambda: iter([1 / 0])}


def test_a_lab_is_as_a_study_is_handed_one(tmp_path: Path) -> None:
    here = lab()
    assert (here.device.type, here.dtype, here.seed, here.profile, here.data) == (
        "cpu",
        torch.float64,
        0,
        "smoke",
        "embedded",
    )
    assert here.folder.is_dir()
    assert here.folder != lab().folder
    other = lab(3, folder=tmp_path, dtype=torch.float32, profile="full", data="full")
    assert (other.seed, other.dtype, other.profile, other.folder) == (3, torch.float32, "full", tmp_path)


def test_a_part_runs_with_what_it_declares_for_the_profile() -> None:
    found = run_part(exercise, "a")
    assert found.tables[0].rows == ((1,), (2,))
    assert [claim.passed for claim in found.claims] == [True, True]
    assert [claim.value for claim in run_part(exercise, "a", lab(profile="full")).claims] == [4, 4]
    assert run_part(exercise, "a", n=7, widths=(5,)).tables[0].rows == ((5,),)


def test_the_global_stream_starts_from_the_seed() -> None:
    drawn = [run_part(exercise, "a", lab(seed)).metrics[0].value for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_of_claims_with_one_name_the_one_that_fails_stands() -> None:
    assert list(claims(run_part(exercise, "a"))) == ["n"]
    assert not claims(run_part(exercise, "a", n=3))["n"].passed


def test_the_claims_that_fail_are_by_name_too() -> None:
    assert failed(run_part(exercise, "a")) == {}
    found = run_part(exercise, "a", n=3)
    assert failed(found) == {"n": found.claims[0]}


def test_a_comparison_is_set_up_with_the_first_of_what_it_sweeps() -> None:
    found = variants(exercise, "a.speed")
    assert list(found) == ["sum", "loop", "wrong"]
    assert found["sum"]().dtype == torch.float64
    assert torch.equal(found["sum"](), torch.randn(4, generator=lab().generator()).double().sum())
    single = variants(exercise, "a.speed", lab(1, dtype=torch.float32), n=8)["sum"]()
    assert torch.equal(single, torch.randn(8, generator=lab(1).generator()).sum())


def test_variants_are_held_against_the_reference() -> None:
    found = agreements(exercise, "a.speed")
    assert {name: one.passed for name, one in found.items()} == {"sum": True, "loop": True, "wrong": False}
    assert agreements(exercise, "a.speed", n=8)["wrong"].expected != found["wrong"].expected
    with pytest.raises(AssertionError, match=r"'forgets to sum': disagrees: output has shape \(3,\)"):
        agreements(exercise, "b")


def test_the_methods_of_a_race_run() -> None:
    (halves,), (waits,) = race(exercise, "b.race").values()
    assert (halves.end, halves.steps, halves.evaluations, halves.best) == ("reached", 2, 4, 1.0)
    assert (waits.end, waits.steps) == ("limit", 3)
    assert race(exercise, "b.race", start=8)["halves"][0].steps == 3
    assert race(exercise, "b.race", lab(profile="full"))["waits"][0].steps == 9
    with pytest.raises(AssertionError, match="'fails': failed: ZeroDivisionError"):
        race(exercise, "c.race")


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: run_part(exercise, "c"), KeyError, "no part 'c'; there are a, a.speed, b, b.race"),
        (lambda: run_part(exercise, "a", m=1), TypeError, "part a has no parameter 'm'; it has n, widths"),
        (lambda: run_part(exercise, "a.speed"), TypeError, "is a comparison"),
        (lambda: variants(exercise, "a"), TypeError, r"is a study: run_part\(\) gives"),
        (lambda: variants(exercise, "b.race"), TypeError, r"is a race: race\(\) lets"),
        (lambda: run_part(exercise, "b.race"), TypeError, r"is a race: race\(\) lets"),
        (lambda: race(exercise, "a"), TypeError, "is a study"),
        (lambda: race(exercise, "b.race", n=1), TypeError, "has no parameter 'n'; it has start"),
        (lambda: variants(exercise, "b", n=1), TypeError, "part b has no parameter 'n'; it has none"),
    ],
)
def test_a_mistake_is_named(call: Callable[[], object], error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        call()


def test_the_fixture_gives_labs_in_the_folder_of_the_test(bench_lab: Callable[..., Lab], tmp_path: Path) -> None:
    here = bench_lab(seed=2)
    assert (here.seed, here.folder) == (2, tmp_path)


def test_the_plugin_of_pytest_imports_nothing_heavy() -> None:
    program = "import sys, bench.testing.plugin; assert 'torch' not in sys.modules and 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)
