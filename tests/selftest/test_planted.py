"""The planted work: equal answers, and a size that is exact."""

from pathlib import Path

import pytest
import torch

from bench import catalogue, plugins
from bench.lab import Lab
from bench.measure import agreement
from bench.model import Part
from bench.selftest import planted

PARTS = list(planted.exercise.parts.values())


def lab(dtype: torch.dtype) -> Lab:
    return Lab(device=torch.device("cpu"), dtype=dtype, seed=3, profile="quick", folder=Path())


def test_a_call_repeats_its_unit_as_often_as_it_says() -> None:
    done: list[int] = []

    def prepare() -> planted.Unit:
        return lambda number: (done.append(number), torch.ones(1))[1]

    counts = {}
    for name, call in planted.variants(prepare).items():
        done.clear()
        call()
        counts[name] = len(done)
        assert done[-1] == planted.ALL - 1, "the last unit is the same in every variant"
    assert counts == {
        "as it is": 100,
        "again 1": 100,
        "again 2": 100,
        "2 % more": 102,
        "5 % more": 105,
        "10 % more": 110,
    }


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.id)
def test_every_variant_gives_the_same_anew(part: Part) -> None:
    truth = agreement.named(part.run(lab(torch.float64))[planted.REFERENCE]())
    calls = part.run(lab(torch.float32))
    answers = {name: call() for name, call in calls.items()}
    first = answers[planted.REFERENCE].clone()
    assert all(torch.equal(answer, first) for answer in answers.values())
    verdict = agreement.agree(agreement.named(first), agreement.named(first), truth, None)
    assert verdict.passed
    agreement.poison(answers[planted.REFERENCE])
    assert torch.equal(calls[planted.REFERENCE](), first)


def test_it_is_an_exercise_that_no_list_shows() -> None:
    assert plugins.load(planted.__name__) is planted.exercise
    assert not [each for each in catalogue.listings() if each.module.startswith("bench.")]
