"""Installed comparisons against themselves."""

from pathlib import Path

import pytest
import torch

from bench.catalogue import Listing
from bench.lab import Lab
from bench.model import Description, Exercise, PartDescription
from bench.selftest import again

exercise = Exercise()


@exercise.comparison("b.speed", "Real work", reference="plain", width=(1, 2))
def real(lab: Lab, width: int) -> dict:
    drawn = torch.rand(width, dtype=lab.dtype)  # from the global stream, which the harness seeds
    return {"plain": lambda: drawn + 1, "fast": lambda: drawn}


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.plugins.load", {"real": exercise}.__getitem__)


def calls(dtype: torch.dtype) -> dict:
    lab = Lab(device=torch.device("cpu"), dtype=dtype, seed=3, profile="quick", folder=Path())
    return again.exercise.parts[again.PART].run(lab, again_of="real:b.speed", width=2)


def test_the_reference_alone_is_there_and_three_times() -> None:
    one = calls(torch.float32)
    assert list(one) == ["as it is", "again 1", "again 2"]
    assert len({id(call) for call in one.values()}) == 3, "each has memory of its own"
    assert one["again 2"] is not one["as it is"]
    assert torch.equal(one["again 2"](), one["as it is"]()), "it is set up once more from the same seed"
    torch.manual_seed(3)
    assert torch.equal(one["as it is"](), torch.rand(2) + 1)


def test_the_truth_needs_one_set_up() -> None:
    one = calls(torch.float64)
    assert one["again 2"] is one["as it is"]


def listing() -> Listing:
    return Listing(id="ex10", title="", tags=(), module="here.ex10_batch", path=Path(), distribution="here")


def test_every_case_of_every_comparison_is_one() -> None:
    parts = (
        PartDescription(id="a", title="", kind="study"),
        PartDescription(id="b.speed", title="", kind="comparison", reference="plain", parameters={"width": (1, 2)}),
        PartDescription(id="c", title="", kind="comparison", reference="plain", devices=("cuda",)),
    )
    cases = list(again.cases([(listing(), Description(parts=parts))], "cpu", (0, 1)))
    assert [(case.seed, again.label(case)) for case in cases] == [
        (0, "ex10.b.speed width=1"),
        (0, "ex10.b.speed width=2"),
        (1, "ex10.b.speed width=1"),
        (1, "ex10.b.speed width=2"),
    ]
    assert {case.exercise for case in cases} == {"again"}
