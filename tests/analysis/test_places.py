"""No ratio, law or verdict is of records of two places, wherever these lie."""

import random
from dataclasses import replace

import pytest

from bench.analysis import comparisons, families, floor, statistics
from bench.errors import BenchError
from bench.model import Record, Run
from tests import places
from tests.report import sample

PARTS = {part.id: part for part in sample.build(hostile=False).exercises[0].parts}


def both() -> Run:
    return sample.build(hostile=False, devices=("cpu", "cuda"))


def speed(run: Run) -> list[Record]:
    return [record for record in run.records if record.case.part == "a.speed"]


def test_two_places_give_no_ratio() -> None:
    here, there = (replace(sample.timed("autograd", 8), place=name) for name in ("node-1", "node-2"))
    with pytest.raises(BenchError, match="cannot be compared: they were measured on node-1 and node-2"):
        statistics.ratio(here, there)


def test_a_variant_whose_reference_lies_elsewhere_is_refused_in_words() -> None:
    records = speed(places.spread(sample.build(hostile=False), places.by_variant))
    rows = {row.name: row for group in comparisons.groups(PARTS["a.speed"], records) for row in group.rows}
    assert rows["by hand"].ratio is None
    assert rows["by hand"].ratio_words == "no ratio: autograd was measured on node-1"
    assert rows["by hand, in place"].ratio is not None


def test_a_reference_that_is_nowhere_is_not_said_to_lie_elsewhere() -> None:
    records = [record for record in speed(both()) if record.case.variant != "autograd"]
    assert {row.ratio_words for group in comparisons.groups(PARTS["a.speed"], records) for row in group.rows} == {""}


def test_whereabouts_tell_what_differs_and_nothing_else() -> None:
    def told(run: Run) -> set[str]:
        return set(comparisons.whereabouts(comparisons.groups(PARTS["a.speed"], speed(run))))

    assert told(sample.build(hostile=False)) == {""}
    assert told(both()) == {"cpu", "cuda"}
    assert told(places.spread(sample.build(hostile=False), places.by_variant)) == {"node-1", "node-2"}
    assert told(places.spread(both(), places.by_device)) == {"cpu of node-1", "cuda of node-2"}


@pytest.mark.parametrize("seed", range(200))
def test_wherever_records_lie_no_comparison_spans_two_places(seed: int) -> None:
    draw = random.Random(seed)
    run = places.spread(both(), lambda record: draw.choice(tuple(places.CPUS)))
    for group in comparisons.groups(PARTS["a.speed"], speed(run)):
        assert {row.record.place for row in group.rows} == {group.place}
        assert {row.reference.place for row in group.rows if row.reference} <= {group.place}
    for sweep in comparisons.sweeps(speed(run)):
        assert {r.place for line in sweep.lines.values() for _, rs in line for r in rs} == {sweep.place}
    at = {record.case: record.place for record in run.records}
    for record, _ in families.pairs(run):
        assert at[replace(record.case, variant=PARTS[record.case.part].reference)] == record.place
    floor.known(run)  # raises nothing, wherever the references lie
