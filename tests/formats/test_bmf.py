"""Bencher Metric Format, held against its schema."""

import json

import jsonschema
import pytest

from bench.formats import bmf, timings
from bench.model import Memory
from tests.formats.kept import HOSTILE, block, reference, run_of, timed

NUMBER = {"type": "number"}
METRIC = {
    "type": "object",
    "properties": {"value": NUMBER, "lower_value": NUMBER, "upper_value": NUMBER},
    "required": ["value"],
    "additionalProperties": False,
}
MEASURES = {"type": "object", "patternProperties": {".+": METRIC}, "minProperties": 1}
SCHEMA = {"type": "object", "patternProperties": {".+": MEASURES}}
"""What https://bencher.dev/bmf.json asks for, and that nothing else stands in a metric."""


@pytest.mark.parametrize("run", [HOSTILE, reference()], ids=["hostile", "kept"])
def test_it_keeps_to_the_schema_and_has_every_timing(run: object) -> None:
    told = json.loads(bmf.encode(run), parse_constant=pytest.fail)
    jsonschema.validate(told, SCHEMA)
    assert list(told) == [timing.name for timing in timings.of_run(run)]
    for measures in told.values():
        latency = measures["latency"]
        assert latency["lower_value"] <= latency["value"] <= latency["upper_value"]


def test_latency_is_in_nanoseconds_and_memory_in_bytes() -> None:
    memory = Memory((900_000, 1_000_000), 1, "VmHWM")
    told = json.loads(bmf.encode(run_of(timed("sum", block(0, 0.002), memory=memory))))
    assert told["ex90.a.speed n=8 on cpu: sum"] == {
        "latency": {"value": pytest.approx(2e6)},  # one process has no interval
        "peak-memory": {"value": 950_000, "lower_value": 900_000, "upper_value": 1_000_000},
    }


def test_a_bound_too_wide_for_a_float_is_left_out() -> None:
    assert bmf.metric(1.0, None, float("inf")) == {"value": 1.0}
