"""The device matrix: what stands in which column, and which ratios are made."""

from dataclasses import replace

import pytest

from bench.analysis import matrix
from bench.errors import NothingMatched, UsageError
from bench.model import Run, Work
from tests import places
from tests.two_runs import case, found, run, timed


def two(cpu: float = 4.0, cuda: float = 1.0, **more: object) -> Run:
    """One case on two devices, of which each has a place."""
    records = timed(cpu), timed(cuda, case(device="cuda"))
    both = run("both", *records, devices=("cpu", "cuda"), **more)
    return places.spread(both, places.by_device, gpu="NVIDIA H200")


def test_a_column_is_a_kind_of_device_and_the_cpu_stands_first() -> None:
    found = matrix.of_run(two())
    assert [(spot.name, spot.places) for spot in found.spots] == [
        ("cpu: AMD EPYC 7B13", ("node-1",)),
        ("cuda: NVIDIA H200", ("node-2",)),
    ]
    (line,) = found.lines
    assert line.case == case(device="")
    assert [cell and cell.place for cell in line.cells] == ["node-1", "node-2"]


def test_a_planted_ratio_is_found_with_the_floors_of_both_places() -> None:
    first, second = matrix.of_run(two()).lines[0].cells
    assert first is not None
    assert first.change is None
    assert second is not None
    assert second.change is not None
    assert second.change.centre == pytest.approx(0.25)
    # The wider of the two floors is 3.1 %: no narrower can the ratio be.
    assert second.change.half_width > 0.028


def test_places_of_one_kind_share_a_column_and_a_cell_is_of_one_of_them() -> None:
    records = (timed(of=case(n=n)) for n in (1, 2, 3))
    spread = places.spread(run("r", *records), lambda r: tuple(places.CPUS)[int(r.case.parameters["n"]) - 1])
    found = matrix.of_run(spread)
    assert [spot.places for spot in found.spots] == [("node-1", "node-3"), ("node-2",)]
    assert [[cell and cell.place for cell in line.cells] for line in found.lines] == [
        ["node-1", None],
        [None, "node-2"],
        ["node-3", None],
    ]
    assert found.notes == (
        "3 of 3 cases have no time in every column: one run does a case once on a device, on whichever machine is "
        "free; for ratios between machines run it once on each, and `bench compare` the two runs `--by machine`",
        "no noise floor is known of node-3: these intervals are of processes alone",
    )


@pytest.mark.parametrize(
    ("spread", "why"),
    [
        (two(profile="smoke"), "no ratio in smoke"),
        (
            places.spread(
                run(
                    "r",
                    timed(work=Work(1, "images")),
                    timed(of=case(device="cuda"), work=Work(2, "images")),
                    devices=("cpu", "cuda"),
                ),
                places.by_device,
            ),
            "other work: 1 images and 2 images",
        ),
        (
            places.spread(
                run("r", timed(rounds=(1.0,)), timed(of=case(device="cuda")), devices=("cpu", "cuda")),
                places.by_device,
            ),
            "one process: no interval",
        ),
        (
            places.spread(
                run("r", replace(timed(), outcome="disagrees"), timed(of=case(device="cuda"))), places.by_device
            ),
            "disagrees in the first column",
        ),
    ],
)
def test_what_is_not_fair_is_no_ratio_and_says_why(spread: Run, why: str) -> None:
    _, cell = matrix.of_run(spread).lines[0].cells
    assert cell is not None
    assert (cell.change, cell.why) == (None, why)


def test_versions_that_differ_beside_the_machine_are_told() -> None:
    spread = two()
    second = spread.elsewhere["node-2"]
    other = replace(second, environment=replace(second.environment, torch="2.12.0"))
    found = matrix.of_run(replace(spread, elsewhere={"node-2": other}))
    assert found.notes == ("the columns differ in torch too: 2.11.0 (cpu: AMD EPYC 7B13), 2.12.0 (cuda: NVIDIA H200)",)


def test_a_case_for_one_device_alone_is_an_empty_cell_with_a_reason() -> None:
    records = timed(), timed(of=case(device="cuda")), timed(of=case(n=7))
    found = matrix.of_run(places.spread(run("r", *records, devices=("cpu", "cuda")), places.by_device, gpu="H200"))
    assert found.notes[0].startswith("1 of 2 cases have no time in every column: on the others they were not planned, ")
    assert not any("every column" in note for note in matrix.of_run(two()).notes)


def test_two_of_one_model_are_told_apart() -> None:
    records = (timed(of=case(n=n)) for n in (1, 2))
    spread = places.spread(
        run("r", *records),
        lambda r: places.SECOND if r.case.parameters["n"] == 2 else places.FIRST,
        cpu="AMD EPYC 7B13",
    )
    names = [spot.name for spot in matrix.of_run(spread).spots]
    assert names == [
        "cpu: AMD EPYC 7B13 (2 cores, torch 2.11.0, python 3.11.7, threads 1)",
        "cpu: AMD EPYC 7B13 (8 cores, torch 2.11.0, python 3.11.7, threads 1)",
    ]


def test_a_run_without_times_and_one_of_a_single_device_are_refused_in_one_line() -> None:
    with pytest.raises(NothingMatched, match="nothing was timed"):
        matrix.of_run(run("r", found({"error": 0.5})))
    with pytest.raises(UsageError, match=r"one kind of device, cpu: EPYC: .*--device all") as caught:
        matrix.of_run(run("r", timed()))
    assert "\n" not in str(caught.value)
