"""ex12: the calculator, held against PyTorch and against numbers worked out on paper."""

from __future__ import annotations

import pytest
import torch
import torchvision
from hypothesis import assume, given
from hypothesis import strategies as st

from bench.lab import Lab
from bench.testing import failed, run_part
from bench_exercises.ex12_alexnet_table import a_solver, by_hand, exercise, reference
from bench_exercises.ex12_alexnet_table.a_solver import lines_of, solve
from bench_exercises.ex12_alexnet_table.by_hand import Convolution, FullyConnected, Pooling
from bench_exercises.ex12_alexnet_table.problem import ALEXNET, PRINTED

CPU, META = torch.device("cpu"), torch.device("meta")


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
    line = a_solver.row(number, solve(ALEXNET)).line
    assert (line.parameters, line.multiplications) == (parameters, multiplications)


@pytest.mark.parametrize(("rows", "total"), [(PRINTED, 61_788_520), (ALEXNET, 62_378_344)])
def test_totals_worked_out_on_paper(rows, total):
    assert by_hand.total(lines_of(solve(rows))) == total


def test_torchvisions_alexnet():
    with META:
        theirs = torchvision.models.alexnet(weights=None)
    layers = [
        Convolution(channels=64, kernel=11, stride=4, padding=2),
        Pooling(3, 2),
        Convolution(channels=192, kernel=5, stride=1, padding=2),
        Pooling(3, 2),
        Convolution(channels=384, kernel=3, stride=1, padding=1),
        Convolution(channels=256, kernel=3, stride=1, padding=1),
        Convolution(channels=256, kernel=3, stride=1, padding=1),
        Pooling(3, 2),
        *map(FullyConnected, (4096, 4096, 1000)),
    ]
    lines = by_hand.trace(layers, (3, 224, 224))
    assert by_hand.total(lines) == sum(parameter.numel() for parameter in theirs.parameters()) == 61_100_840


convolutions = st.builds(
    Convolution,
    channels=st.sampled_from([1, 2, 4, 6]),
    kernel=st.integers(1, 5),
    stride=st.integers(1, 4),
    padding=st.integers(0, 3),
    groups=st.sampled_from([1, 2]),
    bias=st.booleans(),
)
poolings = st.builds(
    Pooling,
    kernel=st.integers(1, 4),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
    of=st.sampled_from(["max", "average"]),
)
shapes = st.tuples(st.integers(1, 4), st.integers(1, 12), st.integers(1, 12))


@given(st.lists(convolutions | poolings, max_size=4), st.integers(1, 5), st.booleans(), shapes)
def test_calculator_equals_pytorch_on_random_networks(maps, features, bias, before):
    layers = [*maps, FullyConnected(features, bias)]
    try:
        lines = by_hand.trace(layers, before)
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
    assert [by_hand.line(layer, before).multiplications] == reference.multiplications([layer], before, CPU)


@given(st.integers(1, 30), st.integers(1, 9), st.integers(1, 5), st.integers(0, 4))
def test_size_equals_a_count_of_the_windows(size, kernel, stride, padding):
    assume(kernel <= size + 2 * padding)
    starts = [start for start in range(0, size + 2 * padding, stride) if start + kernel <= size + 2 * padding]
    assert by_hand.size_after(size, kernel, stride, padding) == len(starts)


@pytest.mark.parametrize(
    ("layer", "before", "message"),
    [
        (Convolution(channels=4, kernel=7), (3, 5, 5), "kernel 7 is larger than the input: 5 and 0 of padding"),
        (Pooling(3, 2), (3, 9, 2), "kernel 3 is larger than the input: 2 and 0 of padding"),
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
        (Pooling(3, 2, padding=2), (3, 9, 9), "more than half a kernel"),
        (FullyConnected(0), (3, 9, 9), "at least one number"),
    ],
)
def test_a_layer_that_does_not_fit_is_refused_with_its_shapes(layer, before, message):
    with pytest.raises(ValueError, match=message):
        by_hand.trace([layer], before)


# Planted bugs: each must break at least one number that is known on paper.

RIGHT = {
    "size_after": by_hand.size_after,
    "biases": by_hand.biases,
    "weights": by_hand.weights,
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
        return "no layer takes" in str(error) or "leave its output open" in str(error)


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_caught(bug, monkeypatch, request):
    name, wrong = BUGS[bug]
    solve.cache_clear()
    request.addfinalizer(solve.cache_clear)
    monkeypatch.setattr(by_hand, name, wrong)
    monkeypatch.setattr(Lab, "figure", lambda *arguments: None)
    assert caught("a") or caught("a.solve")
