"""Where benchmarks ran, out into a file of pytest-benchmark and back."""

from __future__ import annotations

import json

import pytest

from bench.model import Environment
from bench.results import comparable, machine_info
from bench.results.store import StoreError


@pytest.fixture
def place(environment: Environment) -> machine_info.Place:
    return machine_info.Place(environment, "quick", ("cpu", "cuda"), "embedded")


def test_a_place_comes_back_as_it_was_through_json(place: machine_info.Place) -> None:
    stored = json.loads(json.dumps({"node": "vm", machine_info.KEY: machine_info.facts(place)}))
    run = machine_info.read(stored, "the benchmarks")
    assert run == machine_info.as_run(place, "the benchmarks")
    assert run.environment == place.environment
    comparable.require(run, machine_info.as_run(place, "this run"))


def test_a_file_that_does_not_tell_is_refused() -> None:
    for told in ({"node": "vm"}, None, 7):
        with pytest.raises(StoreError, match="the benchmarks: they do not say where they were measured"):
            machine_info.read(told, "the benchmarks")


@pytest.mark.parametrize("wrong", [None, [], {}, {"environment": 1}, "text"])
def test_what_another_wrote_is_refused_in_a_line(wrong: object) -> None:
    with pytest.raises(StoreError, match=r"it: machine_info\.bench is not ours: ") as caught:
        machine_info.read({machine_info.KEY: wrong}, "it")
    assert "\n" not in str(caught.value)


def test_a_field_of_another_type_is_named(place: machine_info.Place) -> None:
    facts = machine_info.facts(place)
    facts["environment"] = facts["environment"] | {"cores": "two"}
    with pytest.raises(StoreError, match=r"environment\.cores: expected int, got str"):
        machine_info.read({machine_info.KEY: facts}, "it")
