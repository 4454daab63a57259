"""The rows of a comparison beside their reference, and the lines of its sweeps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bench.analysis import comparisons
from bench.analysis.laws import Law, NoLaw
from bench.model import Case, Memory, Parameter, PartInfo, Record, Sample, Work

PART = PartInfo(id="b", title="Speed", kind="comparison", reference="autograd")
CASE = Case(exercise="ex07", part="b", device="cpu", seed=0)


def timed(variant: str | None, seconds: float = 1.0, *, work: Work | None = None, **more: Any) -> Record:
    """Three rounds of one block; what is no field of a case is a parameter."""
    parameters: dict[str, Parameter] = {name: value for name, value in more.items() if name not in ("device", "seed")}
    fields = {name: value for name, value in more.items() if name in ("device", "seed")}
    case = replace(CASE, variant=variant, parameters=parameters, **fields)
    samples = tuple(Sample(round=number, calls=1, seconds=seconds) for number in range(3))
    return Record(case=case, outcome="ok", samples=samples, work=work)


def test_the_reference_stands_first_and_is_held_against_nothing() -> None:
    (group,) = comparisons.groups(PART, [timed("by hand", 0.5), timed("autograd"), timed("compiled", 2.0)])
    assert [row.name for row in group.rows] == ["autograd", "by hand", "compiled"]
    reference, fast, slow = group.rows
    assert (reference.is_reference, reference.ratio, reference.ratio_words) == (True, None, "reference")
    assert fast.ratio is not None
    assert fast.ratio.centre == pytest.approx(2)
    assert slow.ratio_words.endswith("times slower")


def test_only_what_differs_in_its_variant_alone_shares_a_group() -> None:
    records = [
        timed("by hand", device="cuda", n=1),
        timed("by hand", seed=1, n=1),
        timed("by hand", n=2),
        timed("by hand", n=1),
        timed("autograd", n=1),
    ]
    groups = comparisons.groups(PART, records)
    assert [(group.device, group.seed, group.parameters) for group in groups] == [
        ("cpu", 0, {"n": 2}),
        ("cpu", 0, {"n": 1}),
        ("cpu", 1, {"n": 1}),
        ("cuda", 0, {"n": 1}),
    ]
    assert [len(group.rows) for group in groups] == [1, 2, 1, 1]
    assert groups[0].rows[0].reference is None, "the reference of other parameters is none"
    assert groups[0].rows[0].ratio_words == ""
    assert groups[1].label == "n = 1"


@pytest.mark.parametrize(
    ("cases", "parameter"),
    [
        ([{"n": 1}, {"n": 2}], "n"),
        ([{"n": 1}, {"n": 1}], None),
        ([{"n": 1, "m": 1}, {"n": 2, "m": 2}, {"n": 2, "m": 3}], "m"),
        ([{"biased": True}, {"biased": False}], None),
        ([{"n": 1}, {"n": "all"}], None),
        ([{}], None),
    ],
)
def test_what_is_swept_is_the_number_with_most_values(cases: list[dict[str, Any]], parameter: str | None) -> None:
    assert comparisons.swept_parameter([timed("v", **case) for case in cases]) == parameter


def test_a_line_joins_the_seeds_and_keeps_devices_and_other_parameters_apart() -> None:
    records = [timed("v", n=n, seed=seed, kind=kind) for n in (4, 1, 2) for seed in (0, 1) for kind in ("a", "b")]
    records += [timed("v", n=n, kind="a", device="cuda") for n in (1, 2)]
    records += [timed(None, n=8, kind="a")]
    sweeps = comparisons.sweeps(records)
    assert [(sweep.device, sweep.label) for sweep in sweeps] == [
        ("cpu", "kind = a"),
        ("cpu", "kind = b"),
        ("cuda", "kind = a"),
    ]
    assert [(n, len(seeds)) for n, seeds in sweeps[0].lines["v"]] == [(1.0, 2), (2.0, 2), (4.0, 2)]
    assert list(sweeps[0].lines) == ["v"], "a set-up that failed is no point of a line"


def test_nothing_swept_gives_no_line() -> None:
    assert comparisons.sweeps([timed("v", n=1), timed("w", n=1)]) == ()
    assert comparisons.sweeps([]) == ()


def test_a_sweep_has_the_law_of_each_variant() -> None:
    records = [timed("line", 3.0 + n, n=n) for n in (1, 2, 4)] + [timed("short", n=n) for n in (1, 2)]
    (sweep,) = comparisons.sweeps(records)
    law = sweep.time_law("line")
    assert isinstance(law, Law)
    assert (law.fixed, law.per_item) == (pytest.approx(3), pytest.approx(1))
    assert isinstance(sweep.time_law("short"), NoLaw)
    assert isinstance(sweep.memory_law("line"), NoLaw), "nothing was weighed"


def test_a_law_of_memory_says_which_meter_it_is_of() -> None:
    def words(tensors: int | None) -> str:
        records = [
            replace(timed("v", n=n), memory=Memory((n * 2**20,), 0, "VmHWM", tensors=tensors and n * tensors))
            for n in (1, 2, 4)
        ]
        (sweep,) = comparisons.sweeps(records)
        return sweep.in_words("v")[1]

    assert words(2**20) == "m (tensors) = 1 MiB · n, within 0.1 %, proportional"
    assert words(824) == words(None) == "m (resident) = 1 MiB · n, within 0.1 %, proportional"


def test_time_is_of_one_batch_where_batches_are_swept_and_the_work_is_known() -> None:
    def is_batch_time(parameter: str, work: Work | None) -> bool:
        (sweep,) = comparisons.sweeps([timed("v", work=work, **{parameter: value}) for value in (1, 2)])
        return sweep.is_batch_time

    assert is_batch_time("batch", Work(8, "images"))
    assert not is_batch_time("batch", None)
    assert not is_batch_time("width", Work(8, "images"))
