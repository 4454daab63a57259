"""ex12: the calculator and the solver, held against PyTorch and against numbers worked out on paper."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torchvision
from hypothesis import assume, given
from hypothesis import strategies as st

from bench.lab import Lab
from bench.testing import agreements, failed, lab, run_part, variants
from bench_exercises.ex12_alexnet_table import a_enumeration as enumeration
from bench_exercises.ex12_alexnet_table import a_solver as solver
from bench_exercises.ex12_alexnet_table import a_tables as tables
from bench_exercises.ex12_alexnet_table import by_hand as calculator
from bench_exercises.ex12_alexnet_table import exercise, network, reference
from bench_exercises.ex12_alexnet_table.by_hand import Convolution, FullyConnected, MaxPooling
from bench_exercises.ex12_alexnet_table.problem import ALEXNET, INPUT, PADDING_OPEN, PRINTED, Row

CPU, META = torch.device("cpu"), torch.device("meta")
STUDIES = [part for part in exercise.parts.values() if part.kind == "study"]


@pytest.fixture(scope="module")
def findings():
    return {part.id: run_part(exercise, part.id) for part in STUDIES}


@pytest.mark.parametrize("part", STUDIES, ids=lambda part: part.id)
def test_every_claim_of_a_study_holds(part, findings):
    assert findings[part.id].claims
    assert failed(findings[part.id]) == {}


def test_the_answer_names_the_claims_and_metrics_that_exist(findings):
    answer = Path(calculator.__file__).with_name("answer.md").read_text()
    names = {claim.name for found in findings.values() for claim in found.claims}
    assert set(re.findall(r'claim\("(.+?)"\)', answer)) == names
    metrics = {metric.name for found in findings.values() for metric in found.metrics}
    assert set(re.findall(r'metric\("(.+?)"\)', answer)) == metrics


def test_variants_of_the_forward_pass_agree():
    for name, found in agreements(exercise, "a.speed", batch=2).items():
        assert found.passed, name
    for name, call in variants(exercise, "a.speed", lab(dtype=torch.float32), batch=2).items():
        assert call().shape == (2, 1000), name
        assert torch.equal(call(), call()), name


# The calculator


@pytest.mark.parametrize(
    ("number", "parameters", "multiplications"),
    [
        (2, 34_944, 105_415_200),
        (3, 0, 0),
        (4, 614_656, 447_897_600),
        (7, 1_327_488, 224_280_576),
        (8, 884_992, 149_520_384),
        (10, 37_752_832, 37_748_736),
        (12, 4_097_000, 4_096_000),
    ],
)
def test_rows_worked_out_on_paper(number, parameters, multiplications):
    line = solver.solve(ALEXNET, INPUT)[number - 2].line
    assert (line.parameters, line.multiplications) == (parameters, multiplications)


@pytest.mark.parametrize(("rows", "total"), [(PRINTED, 61_788_520), (ALEXNET, 62_378_344)])
def test_totals_worked_out_on_paper(rows, total):
    assert calculator.total([filled.line for filled in solver.solve(rows, INPUT)]) == total


def test_two_groups_make_the_sixty_million_of_the_paper():
    layers = [filled.layer for filled in solver.solve(ALEXNET, INPUT)]
    assert calculator.total(calculator.trace(network.on_two_gpus(layers), INPUT)) == 60_965_224


def test_torchvisions_alexnet():
    with META:
        theirs = torchvision.models.alexnet(weights=None)
    layers = [
        Convolution(channels=64, kernel=11, stride=4, padding=2),
        MaxPooling(3, 2),
        Convolution(channels=192, kernel=5, stride=1, padding=2),
        MaxPooling(3, 2),
        Convolution(channels=384, kernel=3, stride=1, padding=1),
        Convolution(channels=256, kernel=3, stride=1, padding=1),
        Convolution(channels=256, kernel=3, stride=1, padding=1),
        MaxPooling(3, 2),
        *map(FullyConnected, (4096, 4096, 1000)),
    ]
    lines = calculator.trace(layers, (3, 224, 224))
    assert calculator.total(lines) == sum(parameter.numel() for parameter in theirs.parameters()) == 61_100_840


convolutions = st.builds(
    Convolution,
    channels=st.sampled_from([1, 2, 4, 6]),
    kernel=st.integers(1, 5),
    stride=st.integers(1, 4),
    padding=st.integers(0, 3),
    groups=st.sampled_from([1, 2]),
    bias=st.booleans(),
)
poolings = st.builds(MaxPooling, kernel=st.integers(1, 4), stride=st.integers(1, 3), padding=st.integers(0, 2))
shapes = st.tuples(st.integers(1, 4), st.integers(1, 12), st.integers(1, 12))


@given(st.lists(convolutions | poolings, max_size=4), st.integers(1, 5), st.booleans(), shapes)
def test_calculator_equals_pytorch_on_random_networks(maps, features, bias, before):
    layers = [*maps, FullyConnected(features, bias)]
    try:
        lines = calculator.trace(layers, before)
    except ValueError:
        with pytest.raises((RuntimeError, ValueError)):
            reference.measure(layers, before, CPU)
        return
    seen = reference.measure(layers, before, CPU)
    assert seen == [reference.Seen(line.before, line.after, line.parameters) for line in lines]


@given(convolutions, shapes)
def test_multiplications_equal_pytorchs_counter(layer, before):
    assume(before[0] % layer.groups == 0 == layer.channels % layer.groups)
    assume(min(before[1:]) + 2 * layer.padding >= layer.kernel)
    assert [calculator.line(layer, before).multiplications] == reference.multiplications([layer], before, CPU)


@given(st.integers(1, 30), st.integers(1, 9), st.integers(1, 5), st.integers(0, 4))
def test_size_equals_a_count_of_the_windows(size, kernel, stride, padding):
    assume(kernel <= size + 2 * padding)
    starts = [start for start in range(0, size + 2 * padding, stride) if start + kernel <= size + 2 * padding]
    assert calculator.size_after(size, kernel, stride, padding) == len(starts)


@pytest.mark.parametrize(
    ("layer", "before", "message"),
    [
        (Convolution(channels=4, kernel=7), (3, 5, 5), "kernel 7 is larger than the input: 5 and 0 of padding"),
        (MaxPooling(3, 2), (3, 9, 2), "kernel 3 is larger than the input: 2 and 0 of padding"),
        (
            Convolution(channels=4, kernel=3, groups=2),
            (3, 5, 5),
            r"3 input channels \(3, 5, 5\) and 4 output channels do not split",
        ),
        (
            Convolution(channels=3, kernel=3, groups=2),
            (4, 5, 5),
            "4 input channels .* and 3 output channels do not split into 2",
        ),
        (Convolution(channels=4, kernel=3, stride=0), (3, 5, 5), "stride 0 must be at least 1"),
        (Convolution(channels=4, kernel=0), (3, 5, 5), "kernel 0"),
        (Convolution(channels=4, kernel=3, padding=-1), (3, 5, 5), "padding -1"),
        (Convolution(channels=4, kernel=3), (9216,), r"needs maps \(C, H, W\), but its input has the shape \(9216,\)"),
        (MaxPooling(3, 2, padding=2), (3, 9, 9), "more than half a kernel"),
        (FullyConnected(0), (3, 9, 9), "at least one number"),
    ],
)
def test_a_layer_that_does_not_fit_is_refused_with_its_shapes(layer, before, message):
    with pytest.raises(ValueError, match=message):
        calculator.trace([layer], before)


# Planted bugs: each must break at least one number that is known on paper.

RIGHT = {
    "size_after": calculator.size_after,
    "biases": calculator.biases,
    "weights": calculator.weights,
}
BUGS = {
    "padding at one end": ("size_after", lambda n, k, s, p: (n + p - k) // s + 1),
    "no first window": ("size_after", lambda n, k, s, p: (n + 2 * p - k) // s),
    "rounded up": ("size_after", lambda n, k, s, p: -(-(n + 2 * p - k) // s) + 1),
    "stride ignored": ("size_after", lambda n, k, s, p: n + 2 * p - k + 1),
    "no biases": ("biases", lambda layer: 0),
    "one bias per layer": ("biases", lambda layer: 1),
    "kernel not squared": (
        "weights",
        lambda layer, before: RIGHT["weights"](layer, before) // getattr(layer, "kernel", 1),
    ),
    "pooling with weights": (
        "weights",
        lambda layer, before: RIGHT["weights"](layer, before) or layer.kernel**2 * before[0],
    ),
}


def caught(part: str) -> bool:
    """Whether a study says that something is wrong: a row that can not be filled, or a claim that fails."""
    try:
        return bool(failed(run_part(exercise, part)))
    except ValueError as error:
        return "no layer takes" in str(error)


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_caught(bug, monkeypatch):
    name, wrong = BUGS[bug]
    monkeypatch.setattr(calculator, name, wrong)
    monkeypatch.setattr(Lab, "figure", lambda *arguments: None)
    assert caught("a") or caught("a.solve")


# The solver


def windows(filled: solver.Filled) -> list[tuple[int, int, int]]:
    return [(layer.kernel, layer.stride, layer.padding) for layer in enumeration.convolutions(filled)]


def test_solutions_of_the_rows_that_leave_a_choice():
    printed, open_padding = solver.solve(PRINTED, INPUT), solver.solve(PADDING_OPEN, INPUT)
    assert windows(printed[0]) == [(11, 4, 0), (11, 4, 1)]
    assert windows(printed[2]) == [(1, 1, 0)]
    assert windows(open_padding[2]) == [(2 * p + 1, 1, p) for p in range(14)]
    assert windows(printed[5]) == [(3, 1, 1)]
    assert windows(printed[6]) == [(2 * p + 1, 1, p) for p in range(7)]
    assert windows(solver.solve(ALEXNET, INPUT)[2]) == [(5, 1, 2)]


@given(
    before=shapes,
    channels=st.integers(1, 4),
    height=st.integers(1, 12),
    width=st.integers(1, 12),
    known_stride=st.booleans(),
)
def test_solver_is_exhaustive(before, channels, height, width, known_stride):
    row = Row(number=2, shape=(channels, height, width), stride=1 if known_stride else None)
    found = set(solver.solutions(row, before))
    size = min(before[1:])
    for kernel in range(1, size + 1):
        for stride in (1,) if known_stride else range(1, size + 1):
            for padding in range(kernel // 2 + 1):
                sizes = tuple((n + 2 * padding - kernel) // stride + 1 for n in before[1:])
                for layer in (
                    Convolution(channels=channels, kernel=kernel, stride=stride, padding=padding),
                    MaxPooling(kernel, stride, padding),
                ):
                    kept = isinstance(layer, Convolution) or channels == before[0]
                    assert (layer in found) == (sizes == (height, width) and kept)


def test_solver_and_pytorch_agree_on_what_fits():
    tried, different = enumeration.disagreements(solver.solve(PRINTED, INPUT))
    assert tried > 100
    assert different == 0


def test_a_solver_that_forgets_a_solution_would_be_noticed(monkeypatch):
    table = solver.solve(PRINTED, INPUT)
    monkeypatch.setattr(enumeration, "solutions", lambda row, before: [next(solver.solutions(row, before))])
    assert enumeration.disagreements(table)[1] > 0


def test_given_parameters_decide_type_and_kernel():
    row = Row(number=2, shape=(384, 13, 13), stride=1)
    assert {type(layer) for layer in solver.solutions(row, (384, 13, 13))} == {Convolution, MaxPooling}
    named_count = replace(row, parameters=384 * 384 * 25 + 384)
    assert list(solver.solutions(named_count, (384, 13, 13))) == [
        Convolution(channels=384, kernel=5, stride=1, padding=2)
    ]


def test_a_row_that_nothing_fits_is_refused():
    with pytest.raises(ValueError, match=r"no layer takes \(3, 8, 8\) to \(4, 9, 9\) .* row 2"):
        solver.solve([Row(number=2, shape=(4, 9, 9), kernel=3, stride=1, padding=0)], (3, 8, 8))


def test_cells_know_where_their_values_come_from():
    printed, alexnet = solver.solve(PRINTED, INPUT), solver.solve(ALEXNET, INPUT)
    shown = {row["row"]: row for row in tables.marked(tables.filled_table(printed, alexnet))}
    assert (shown["2"]["k"], shown["2"]["p"], shown["2"]["parameters"]) == ("11", "0 ☆", "34,944 ★")
    assert (shown["3"]["type"], shown["3"]["p"]) == ("max pooling ☆", "0 ★")
    assert (shown["4"]["k"], shown["4"]["p"]) == ("1 ★", "0")
    assert (shown["4′"]["k"], shown["4′"]["p"]) == ("5 †", "2 ★")
    assert (shown["8"]["k"], shown["8"]["p"], shown["8"]["parameters"]) == ("3 ☆", "1 ☆", "884,992 ☆")


# The network


def test_composed_network_has_no_activation_after_its_last_layer():
    made = [
        network.empty(layer, shape, META)
        for layer, shape in (
            (Convolution(channels=2, kernel=3), (1, 8, 8)),
            (MaxPooling(2, 2), (2, 6, 6)),
            (FullyConnected(3), (2, 3, 3)),
        )
    ]
    kinds = [type(one).__name__ for one in network.compose(made)]
    assert kinds == ["Conv2d", "ReLU", "MaxPool2d", "Sequential"]
    assert [type(one).__name__ for one in network.compose(made, pool_first=True)] == [
        "Conv2d",
        "MaxPool2d",
        "ReLU",
        "Sequential",
    ]


def test_a_width_that_does_not_divide_is_refused():
    assert network.narrowed([Convolution(channels=96, kernel=3), FullyConnected(10)], 4) == [
        Convolution(channels=24, kernel=3),
        FullyConnected(10),
    ]
    with pytest.raises(ValueError, match="96 does not divide by 7"):
        network.narrowed([Convolution(channels=96, kernel=3), FullyConnected(10)], 7)
