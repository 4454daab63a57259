"""Rows of a run: which there are, and what stands in their columns."""

from dataclasses import replace
from math import inf

import pytest

from bench.analysis import comparisons, families
from bench.formats import rows, timings
from bench.formats.rows import COLUMNS, OF, Of
from bench.model import Case, Findings, Metric, Record
from tests import places
from tests.formats.kept import HOSTILE, block, reference, run_of, timed
from tests.report import sample


@pytest.mark.parametrize("of", OF)
def test_every_row_has_a_cell_for_every_column(of: Of) -> None:
    table = rows.of_run(HOSTILE, of)
    assert {len(row) for row in table.cells} == {len(table.columns)}
    assert list(table.columns) == [
        *rows.CASE,
        "parameters.batches",
        "parameters.batch",
        *COLUMNS[of],
        *rows.PLACE,
    ]
    kinds = {"text": str, "number": float | int, "whole": int, "truth": bool}
    for name, kind in table.columns.items():
        assert all(cell is None or isinstance(cell, kinds[kind]) for cell in table.column(name)), name


def test_there_is_a_row_for_each_record_block_claim_and_metric() -> None:
    run = reference()
    blocks = sum(len(timings.per_call(sample)) for record in run.records for sample in record.samples)
    assert [len(rows.of_run(run, of).cells) for of in OF] == [23, blocks, 143, 180]


def test_a_record_has_the_time_the_ratio_and_the_verdict_of_the_report() -> None:
    run = reference()
    table = rows.of_run(run)
    (part,) = [part for part in run.exercises[0].parts if part.id == "a.speed"]
    records = [record for record in run.records if record.case.part == "a.speed"]
    expected = [
        (row.time.centre, row.ratio.centre if row.ratio else None, row.ratio.verdict if row.ratio else None)
        for group in comparisons.groups(part, records, families.of_run(run))
        for row in group.rows
        if row.time
    ]
    told = zip(*(table.column(name) for name in ("part", "seconds", "ratio", "verdict")), strict=True)
    assert [row[1:] for row in told if row[0] == "a.speed"] == expected
    assert expected[1][2] == "faster"


def test_a_variant_that_is_not_sound_has_its_outcome_and_no_time() -> None:
    (row,) = rows.of_run(run_of(timed("x", block(0, 1.0), outcome="failed", reason="no\nway"))).cells
    cells = dict(zip(rows.of_run(run_of(timed("x", block(0, 1.0)))).columns, row, strict=True))
    assert (cells["outcome"], cells["reason"], cells["seconds"]) == ("failed", "no\\nway", None)


def parameter(*values: object) -> tuple[str, list]:
    records = [
        Record(case=Case(exercise="ex90", part="a", device="cpu", seed=seed, parameters={"p": value}), outcome="ok")
        for seed, value in enumerate(values)
    ]
    table = rows.of_run(run_of(*records))
    return table.columns["parameters.p"], table.column("parameters.p")


def test_a_parameter_is_a_column_of_the_type_that_its_values_share() -> None:
    assert parameter(1, 8) == ("whole", [1, 8])
    assert parameter(1, 0.5) == ("number", [1, 0.5])
    assert parameter(True, False) == ("truth", [True, False])
    assert parameter("adam", 1) == ("text", ["adam", "1"])
    assert parameter(2**70, 1)[0] == "number"


def test_several_values_at_once_leave_a_column_of_numbers_empty() -> None:
    assert parameter((1, 8), 8) == ("whole", [None, 8])
    assert parameter((1, 8), (2, 4)) == ("text", ["[1, 8]", "[2, 4]"])


def test_a_number_that_is_not_finite_is_no_cell() -> None:
    case = Case(exercise="ex90", part="a", device="cpu", seed=0)
    run = run_of(Record(case=case, outcome="ok", findings=Findings(metrics=(Metric("m", inf, "s"),))))
    assert rows.of_run(run, "metrics").column("value") == [None]


def test_rows_of_runs_of_other_places_can_be_told_apart() -> None:
    run = replace(run_of(timed("sum", block(0, 1.0))), environment=replace(HOSTILE.environment, torch="3", gpu=""))
    table = rows.of_run(run, "samples")
    assert [table.column(name) for name in ("torch", "gpu", "run")] == [["3"], [None], ["20260101T000000Z-ex90-cpu"]]


def test_a_row_has_the_place_of_its_record_and_what_that_is() -> None:
    both = sample.build(hostile=False, devices=("cpu", "cuda"))
    table = rows.of_run(places.spread(both, places.by_device, gpu="NVIDIA H200"), "samples")
    told = zip(*(table.column(name) for name in ("device", "place", "cpu", "gpu")), strict=True)
    assert set(told) == {
        ("cpu", "node-1", "AMD EPYC 7B13", None),
        ("cuda", "node-2", "Intel Xeon Platinum 8481C", "NVIDIA H200"),
    }


def test_no_ratio_of_a_row_goes_across_two_places() -> None:
    table = rows.of_run(places.spread(sample.build(hostile=False), places.by_variant))
    ratios = dict(zip(table.column("variant"), table.column("ratio"), strict=True))
    assert ratios["by hand"] is None
    assert ratios["by hand, in place"] is not None
