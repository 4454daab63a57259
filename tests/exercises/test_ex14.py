"""ex14: the claims hold at other seeds, the orders and the counts, the comparisons, the written answer."""

import inspect
import re
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

import bench_exercises.ex14_cheap_convolutions as ex14
from bench.measure.agreement import Expectation, named
from bench.report.answers import problems
from bench.report.answers.outline import outline
from bench.testing import claims, failed, lab, run_part, variants
from bench_exercises.ex14_cheap_convolutions import (
    b_low_rank,
    b_orders,
    by_hand,
    d_speed,
    exercise,
    network,
    problem,
)
from bench_exercises.ex14_cheap_convolutions.by_hand import Factors
from bench_exercises.ex14_cheap_convolutions.figures import orders_figure, steps_figure, taps_of_matrix

STUDIES = [id for id, part in exercise.parts.items() if part.kind == "study"]
COMPARISONS = [id for id, part in exercise.parts.items() if part.kind == "comparison"]


def random_factors(N, M, L, K, *, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return Factors(*(torch.randn(n, generator=generator, dtype=torch.float64) for n in (N, M, L, K)))


@pytest.fixture(scope="module")
def findings():
    """What all studies record at seed 0."""
    here = lab()
    for part in STUDIES:
        run_part(exercise, part, here)
    return here.findings


def test_every_claim_holds(findings):
    assert len(claims(findings)) == len(findings.claims) >= 50
    assert failed(findings) == {}


@pytest.mark.parametrize("part", ["a", "b.3", "c"])
def test_claims_hold_at_another_seed(part):
    found = run_part(exercise, part, lab(3))
    assert found.claims
    assert failed(found) == {}


@pytest.mark.parametrize("part", COMPARISONS)
@pytest.mark.parametrize("channels", [3, 16])
def test_variants_agree(part, channels):
    calls = variants(exercise, part, channels=channels)
    expected = named(calls[exercise.parts[part].reference]())
    for name, call in calls.items():
        found = named(call())
        assert found.keys() == expected.keys(), name
        for key, value in found.items():
            assert value.shape == expected[key].shape, (name, key)
            assert torch.allclose(value, expected[key], rtol=1e-10, atol=1e-10), (name, key)


def test_every_question_has_a_part_and_a_heading():
    answer = (Path(ex14.__file__).parent / "answer.md").read_text(encoding="utf-8")
    for letter in "abcd":
        assert any(id.startswith(letter) for id in STUDIES)
        assert f"## 14{letter} — " in answer


def test_answer_shows_the_code_that_runs():
    """14c asks for the code: what the answer prints is in ``by_hand`` word for word."""
    answer = (Path(ex14.__file__).parent / "answer.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", answer, re.DOTALL)
    source = inspect.getsource(by_hand)
    functions = [piece.strip() for block in blocks for piece in re.split(r"\n{2,}(?=def )", block.strip())]
    assert len(functions) >= 2
    assert '{{ code("by_hand.py") }}' in answer
    for function in functions:
        assert function in source, function.splitlines()[0]


def test_claims_of_the_answer_exist(findings):
    """Every live number names something that a study records or a comparison measures."""
    answer = (Path(ex14.__file__).parent / "answer.md").read_text(encoding="utf-8")
    claims, metrics = ({item.name for item in items} for items in (findings.claims, findings.metrics))
    assert set(re.findall(r'claim\("(.*?)"\)', answer)) <= claims
    assert set(re.findall(r'metric\("(.*?)"\)', answer)) <= metrics
    for part, variant, channels in re.findall(r'(?:ratio|memory)\("(.*?)", "(.*?)", channels=(\d+)\)', answer):
        assert int(channels) in exercise.parts[part].parameters["channels"]
        assert variant in variants(exercise, part, channels=3)


def test_what_the_answer_places_exists(findings):
    answer = (Path(ex14.__file__).parent / "answer.md").read_text(encoding="utf-8")
    recorded = {
        "chart": {curve.name for curve in findings.curves},
        "table": {table.name for table in findings.tables},
        "figure": {figure.name for figure in findings.figures},
        "compare": set(COMPARISONS),
        "code": {"by_hand.py", "solution.py"},
    }
    placed = [call for _, call in problems.placed(outline(answer, "ex14"))]
    assert {call.function for call in placed} == recorded.keys()
    for call in placed:
        assert call.names[-1] in recorded[call.function], call


@given(*(st.integers(1, 4) for _ in range(4)), st.integers(0, 4), st.integers(0, 9))
def test_every_order_gives_the_layer(N, M, L, K, extra, seed):
    factors = random_factors(N, M, L, K, seed=seed)
    H = torch.randn(2, M, L + extra, K + extra, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    Z, _ = by_hand.forward(H, factors, torch.zeros(N, dtype=torch.float64))
    for order in b_orders.ORDERS:
        assert torch.allclose(b_orders.apply(order, H, factors), Z, rtol=0, atol=1e-12), order


@given(*(st.integers(1, 9) for _ in range(4)), st.integers(1, 4))
def test_mixing_first_is_cheapest_at_every_stride(N, M, L, K, stride):
    least = b_orders.cheapest_first((N, M, L, K), stride)[0][1]
    s, t = min(stride, L), min(stride, K)
    first = min(s * t * M + t * L + K + N, s * t * M + s * K + L + N)
    assert first == min(b_orders.per_place(order, (N, M, L, K), stride) for order in ("bcda", "bdca"))
    if stride == 1 or max(L, K) <= M:
        assert least == first


def test_counts_of_the_sheet():
    assert problem.full_cost(64, 32, 3, 3) == 18432
    assert problem.rank1_cost(64, 32, 3, 3) == 102
    assert problem.separable_cost(64, 32, 3, 3) == 32 * 9 + 64 * 32
    assert problem.cp_cost(4, 3, 3, 3, R=1) == problem.rank1_cost(4, 3, 3, 3)
    assert problem.cp_merged_cost(4, 3, 3, 3, R=2) == 32
    assert b_orders.per_place("acdb", (64, 32, 3, 3)) == 64 * 32 * (1 + 3 + 3 + 1)
    assert b_orders.per_place("bcda", (64, 32, 3, 3), 2) == 4 * 32 + 2 * 3 + 3 + 64
    assert b_orders.per_place("bcda", (64, 32, 1, 1), 2) == 32 + 1 + 1 + 64


@pytest.mark.parametrize("order", ["abc", "abcc", "abcde", ""])
def test_impossible_orders_are_named(order):
    with pytest.raises(ValueError, match="each of a, b, c, d once"):
        b_orders.apply(order, torch.zeros(1, 2, 3, 3), random_factors(2, 2, 2, 2))


def test_normalised_start_is_exact_and_naive_is_not():
    generator = torch.Generator().manual_seed(0)
    assert network.output_variance(network.normalised(5, 7, 3, 2, generator=generator, gain=2.0)) == pytest.approx(
        2.0, rel=1e-5
    )
    assert network.output_variance(network.naive(64, 64, 3, 3, generator=generator)) < 1e-5


def test_decomposition_falls_and_finds_rank_two():
    generator = torch.Generator().manual_seed(1)
    W = by_hand.kernel(random_factors(4, 3, 3, 2, seed=1)) + by_hand.kernel(random_factors(4, 3, 3, 2, seed=2))
    errors = [error for _, error in b_low_rank.decompose(W, 2, 60, generator)]
    assert all(after <= before + 1e-12 for before, after in pairwise(errors))
    assert errors[-1] < 1e-4


def test_pictures():
    assert taps_of_matrix(3, 2).tolist()[0] == [1, 2, 0, 3, 4, 0, 0, 0, 0]
    assert len(steps_figure([("one", torch.zeros(4, 4))] * 6).axes) == 6
    figure = orders_figure(b_orders.cheapest_first((4, 3, 2, 2)), 48)
    assert figure.axes[0].get_xticklabels()[0].get_text() in ("b c d a", "b d c a")


@pytest.mark.parametrize("seed", [6, 18])
def test_an_error_that_the_worst_of_seven_tensors_would_have_covered_is_refused(seed):
    """With these seeds one derivative by a factor, a sum that nearly cancels, is off by 2e-5 in float32 itself."""
    calls, exact = (
        variants(exercise, "c.speed", lab(seed, profile="quick", dtype=dtype), channels=3)
        for dtype in (torch.float32, torch.float64)
    )
    reference = exercise.parts["c.speed"].reference
    expected = Expectation(named(calls[reference]()), named(exact[reference]()))
    for call in calls.values():
        answer = named(call())
        assert expected.judge(answer).passed
        assert not expected.judge({name: (1 + 1e-4) * tensor for name, tensor in answer.items()}).passed


@pytest.mark.parametrize("variant", ["autograd", "convolution_backward", "transposed convolution"])
@pytest.mark.parametrize("channels", ex14.FEW)
def test_operations_and_bytes_of_the_layer_are_those_that_are_seen(channels, variant):
    part = exercise.parts["d.speed"]
    call = variants(exercise, "d.speed", lab(dtype=torch.float32), channels=channels, numbers=2**14)[variant]
    with FlopCounterMode(display=False) as counter:
        outputs = call()
    work = part.work(channels=channels, numbers=2**14)
    assert work.flops == counter.get_total_flops()
    # H, W, B and Δ have the shapes of dH, dW, dB and Z.
    assert work.bytes == 2 * sum(tensor.nbytes for tensor in outputs.values())
    assert work.count == len(outputs["Z"])


def test_maps_hold_as_many_numbers_as_are_asked_for():
    assert d_speed.maps(3, 2**17) == (42, 3, 32, 32)
    assert d_speed.maps(64, 2**17) == (8, 64, 16, 16)
    assert d_speed.maps(256, 2**17) == (2, 256, 16, 16)
    assert d_speed.maps(256, 2**14) == (1, 256, 8, 8)
