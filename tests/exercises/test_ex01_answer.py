"""ex01.a: what the answer works out is what the run computes, to the last of its six decimals."""

from pathlib import Path

import pytest
import torch

from bench_exercises import ex01_one_step_by_hand
from bench_exercises.ex01_one_step_by_hand import a_on_paper, by_hand, network, problem

ANSWER = (Path(ex01_one_step_by_hand.__file__).parent / "answer.md").read_text(encoding="utf-8")
W, X, PROBE = (torch.tensor(values, dtype=torch.float64) for values in (problem.WEIGHTS, problem.INPUTS, problem.PROBE))


def section(ordering: str) -> str:
    """What is worked out for one ordering."""
    return ANSWER.split(f"### Worked out: `{ordering}`")[1].split("\n### ")[0]


def shown(value: float) -> str:
    return f"{value:.6f}".replace("-", "−")


@pytest.mark.parametrize("ordering", problem.ORDERINGS)
def test_the_lines_of_the_text_are_those_of_the_run(ordering):
    at = network.forward(W, X, ordering)
    back = by_hand.backward(at, W, X, loss="half_mse", ordering=ordering)
    hidden, _ = network.split(W, ordering)
    terms = [
        rf"{row[0]:g}\cdot1.5+{row[1]:g}\cdot1+{row[2]:g}\cdot1 = {z:g}" for row, z in zip(hidden, at.z, strict=True)
    ]
    h1, s, o, z1, z2 = (float(value) for value in (at.h[0], at.s, at.o, *at.z))
    delta, d1, d2 = (float(value) for value in (back.delta_o, *back.delta_h))
    lines = [
        *(f"$$z_{unit} = {term}$$" for unit, term in enumerate(terms, start=1)),
        rf"$$h_1 = \tanh {z1:g} = {h1:.6f}, \qquad h_2 = {z2:g}$$",
        rf"$$s = 0.3\cdot{h1:.6f}-0.4\cdot{z2:g} = {s:.6f}$$",
        rf"$$o = \sigma({s:.6f}) = {o:.6f}$$",
        rf"$$L = \tfrac12 o^2 = {o * o / 2:.6f}$$",
        rf"$$\delta_o = {o:.6f}^2\cdot{1 - o:.6f} = {delta:.6f}$$",
        f"$$1-h_1^2 = {1 - h1 * h1:.6f}$$",
        rf"$$\delta_{{h_1}} = 0.3\cdot{delta:.6f}\cdot{1 - h1 * h1:.6f} = {d1:.6f}$$",
        rf"$$\delta_{{h_2}} = -0.4\cdot{delta:.6f}\cdot1 = {d2:.6f}$$",
    ]
    assert [line for line in lines if line not in section(ordering)] == []


@pytest.mark.parametrize("ordering", problem.ORDERINGS)
def test_the_table_of_the_text_is_that_of_the_run(ordering):
    found = a_on_paper.computed(W, X, ordering)
    for i in range(8):
        (row,) = [line for line in section(ordering).splitlines() if line.startswith(f"| $w_{i + 1}$")]
        _, _, before, derivative, after_sgd, after_adam, _ = (cell.strip() for cell in row.split("|"))
        assert before == f"{W[i]:g}".replace("-", "−")
        assert derivative.split(" = ")[1] == shown(found["gradient"][i])
        assert (after_sgd, after_adam) == (shown(found["SGD"][i]), shown(found["Adam"][i]))


@pytest.mark.parametrize("ordering", problem.ORDERINGS)
def test_the_numbers_on_paper_are_those_of_the_text(ordering):
    """The study holds them against the run, and so the text."""
    for name in ("gradient", "SGD", "Adam"):
        assert all(shown(number) in section(ordering) for number in a_on_paper.SHEET[ordering][name])


def test_adams_averages_of_w8():
    g = by_hand.backward(network.forward(W, X, "source_major"), W, X, loss="half_mse", ordering="source_major").gradient
    assert f"$g={g[7]:.6f}$, $m={0.1 * g[7]:.6f}$" in ANSWER
    assert f"$v={0.001 * g[7] ** 2:.7f}$" in ANSWER
    assert f"${g[7] ** 2:.6f}$" in ANSWER


def test_a_wrong_digit_on_paper_is_seen():
    for paper, x in ((a_on_paper.SHEET, X), (a_on_paper.PROBED, PROBE)):
        assert a_on_paper.distance(W, x, problem.ORDERINGS, paper) <= a_on_paper.PRINTED
    wrong = {
        name: {**numbers, "h": (numbers["h"][0] + 2e-6, numbers["h"][1])} for name, numbers in a_on_paper.PROBED.items()
    }
    assert a_on_paper.distance(W, PROBE, problem.ORDERINGS, wrong) > a_on_paper.PRINTED
