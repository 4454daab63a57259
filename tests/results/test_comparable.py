"""What two runs may differ in: refused with both values, allowed by name, or told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bench.errors import UsageError
from bench.model import GpuState, Peak
from bench.results import comparable
from bench.results.environment import MATTERS
from tests import places
from tests.two_runs import case, environment, loaded, run, timed

BASE = run("base", timed())


@pytest.mark.parametrize(
    ("field", "value", "told", "by"),
    [
        ("torch", "2.12.0", "torch: 2.11.0 and 2.12.0", "torch"),
        ("python", "3.12.1", "python: 3.11.7 and 3.12.1", "python"),
        ("threads", 2, "threads: 1 and 2", "threads"),
        ("cpu", "Xeon", "cpu: EPYC and Xeon", "machine"),
        ("cores", 4, "cores: 2 and 4", "cores"),
    ],
)
def test_a_hard_difference_is_refused_with_both_values_and_allowed_by_name(
    field: str, value: object, told: str, by: str
) -> None:
    new = run("new", timed(), place={field: value})
    with pytest.raises(UsageError) as caught:
        comparable.require(BASE, new)
    assert told in str(caught.value)
    assert f"ask for it by --by {field}" in str(caught.value)
    assert "\n" not in str(caught.value)
    comparable.require(BASE, new, [by])
    with pytest.raises(UsageError, match=f"differ in {field}"):
        comparable.require(BASE, new, ["profile"])


def test_every_difference_is_named_at_once() -> None:
    new = run("new", timed(), place={"torch": "2.12.0", "threads": 4}, profile="full")
    with pytest.raises(UsageError, match="by --by threads --by torch --by profile"):
        comparable.require(BASE, new)
    comparable.require(BASE, new, ["torch", "threads", "profile"])


def test_a_card_matters_where_something_ran_on_one() -> None:
    other = {"gpu": "H200", "driver": "580", "cuda": "13.0"}
    comparable.require(BASE, run("new", timed(), place=other))
    base, new = (run(id, timed(), devices=("cuda",), place=place) for id, place in (("b", {}), ("n", other)))
    with pytest.raises(UsageError, match=r"gpu: none and H200; driver: none and 580; cuda: none and 13\.0"):
        comparable.require(base, new)


def test_a_torch_brings_its_cuda_and_a_device_its_card() -> None:
    base = run("base", timed(), place={"cuda": "12.8"}, devices=("cuda",))
    comparable.require(
        base, run("new", timed(), place={"cuda": "13.0", "torch": "2.12.0"}, devices=("cuda",)), ["torch"]
    )
    card = run("new", timed(), place={"gpu": "H200", "driver": "580", "cuda": "13.0"}, devices=("cuda",))
    with pytest.raises(UsageError, match="device: cpu and cuda"):
        comparable.require(BASE, card)
    comparable.require(BASE, card, ["device"])
    with pytest.raises(UsageError, match=r"one device each, and both has cpu, cuda"):
        comparable.require(BASE, run("both", timed(), devices=("cpu", "cuda")), ["device", "machine"])


def test_a_name_that_by_does_not_know_is_refused() -> None:
    with pytest.raises(UsageError, match=r"--by knows no 'weather'; it takes torch, device, machine, "):
        comparable.require(BASE, BASE, ["weather"])


def test_whatever_matters_can_be_asked_for() -> None:
    assert set(MATTERS) <= set(comparable.BY)


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({"place": {"platform": "Linux 6.2"}}, "another system: Linux 6.1 and Linux 6.2"),
        ({"place": {"memory": 2**34}}, "another size of memory: 8.0 GiB and 16.0 GiB"),
        ({"place": {"dirty": True}}, "uncommitted changes in the new run: the commit does not say what ran"),
        ({"place": {"commit": ""}}, "no commit is known of the new run: nothing says what code ran"),
        ({"place": {"packages": {"numpy": "2.5.0"}}}, "another numpy: 2.4.6 and 2.5.0"),
        ({"place": {"packages": {}}}, "another numpy: 2.4.6 and none"),
        ({"code": {"a/b.py": "2"}}, "other code in b.py, of one commit"),
        (
            {"peaks": (Peak(device="cpu", flops=2e11, bandwidth=1e10, threads=1, array=1),)},
            "another speed of the machine",
        ),
    ],
)
def test_a_soft_difference_is_told(more: dict[str, Any], line: str) -> None:
    peaks = (Peak(device="cpu", flops=1e11, bandwidth=1e10, threads=1, array=1),)
    base = run("base", timed(), code={"a/b.py": "1"}, peaks=peaks)
    new = run("new", timed(), **{"code": {"a/b.py": "1"}, "peaks": peaks} | more)
    comparable.require(base, new)
    (told,) = comparable.warnings(base, new)
    assert told.startswith(line)


def test_alike_runs_are_told_nothing_but_that_they_are_alike() -> None:
    assert comparable.warnings(BASE, BASE) == ()
    assert comparable.warnings(BASE, BASE, ["torch", "commit"]) == (
        "both runs have the same torch",
        "both runs have the same commit",
    )
    assert comparable.warnings(BASE, run("n", place={"commit": "c"}), ["commit"]) == ()
    # Outside of a repository the packages say what ran.
    assert comparable.warnings(*(run(id, place={"commit": ""}) for id in "ab")) == ()


def test_load_and_clock_are_told() -> None:
    base, new = (run(id, loaded(timed(), load)) for id, load in (("base", 0.2), ("new", 3.0)))
    assert comparable.warnings(base, new) == ("another load while it was measured: 0.1 and 1.5 processes a core",)
    slow, fast = (run(id, _clocked(clock)) for id, clock in (("s", 1200), ("f", 1980)))
    assert comparable.warnings(slow, fast) == ("another clock of the GPU: 1200 and 1980 MHz",)
    assert comparable.warnings(slow, run("n", timed())) == ()


def _clocked(clock: int) -> Any:
    record = loaded(timed(), 0.0)
    assert record.disturbance
    return replace(record, disturbance=replace(record.disturbance, gpu=GpuState(clock=clock)))


def test_text_of_others_is_one_short_line() -> None:
    new = replace(BASE, environment=environment(torch="\x1b[2J\n" + "x" * 500))
    with pytest.raises(UsageError) as caught:
        comparable.require(BASE, new)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


def halves(base: bool, **differing: Any) -> Any:
    """Two cases, of which the second one was done on the second place: in the base on one of the first one's kind."""
    of = run("base" if base else "new", timed(), timed(of=case(n=2)))
    return places.spread(of, lambda record: places.SECOND if record.case.parameters["n"] == 2 else places.FIRST)


def test_runs_of_several_places_may_be_compared_where_some_of_their_cases_met_one_kind_of_machine() -> None:
    base, new = halves(base=True), halves(base=False)
    comparable.require(base, new)
    assert comparable.apart(base, new) == {}
    swapped = places.spread(
        run("new", timed(), timed(of=case(n=2))),
        lambda r: places.FIRST if r.case.parameters["n"] == 2 else places.THIRD,
    )
    comparable.require(base, swapped)
    ((met, words),) = comparable.apart(base, swapped).items()
    assert (met.base, met.new, met.on_gpu) == ("node-2", "node-1", False)
    assert words == (
        "on different machines, node-2 and node-1, which differ in cpu: Intel Xeon Platinum 8481C and AMD EPYC 7B13; "
        "cores: 8 and 2"
    )
    assert comparable.apart(base, swapped, ["machine"]) == {}


def test_runs_whose_cases_all_met_machines_of_two_kinds_are_refused_with_both_values() -> None:
    base = places.spread(run("base", timed()), lambda record: places.FIRST)
    new = places.spread(run("new", timed()), lambda record: places.SECOND)
    assert new.is_spread
    with pytest.raises(UsageError, match="cpu: AMD EPYC 7B13 and Intel Xeon Platinum 8481C") as caught:
        comparable.require(base, new)
    assert "\n" not in str(caught.value)


def test_a_warning_of_places_names_both() -> None:
    base, new = halves(base=True), halves(base=False)
    second = new.elsewhere["node-2"]
    other = replace(second, environment=replace(second.environment, platform="Linux 9"))
    told = comparable.warnings(base, replace(new, elsewhere={"node-2": other}))
    assert told == (f"another system: {second.environment.platform} and Linux 9 (node-2 and node-2)",)
