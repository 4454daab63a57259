"""ex03's answer: the numbers that it works out by hand are those of the default run."""

import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from bench.testing import lab
from bench_exercises import ex03_pooling_gradients
from bench_exercises.ex03_pooling_gradients import by_hand, checks, problem, reference

ANSWER = (Path(ex03_pooling_gradients.__file__).parent / "answer.md").read_text(encoding="utf-8")
SIGMA, LR = 0.1, 1e-4
SIX = re.compile(r"-?\d+\.\d{6}\b")


def section(letter: str) -> str:
    return re.search(rf"^## 3{letter} .*?(?=^## )", ANSWER, re.MULTILINE | re.DOTALL)[0]


def worked_out() -> problem.Filter:
    return checks.starts(lab(0), SIGMA, count=1)[0][0]


def updated(pool: str) -> Iterator[torch.Tensor]:
    """Row by row: before, by hand, by central differences, after; the last two from elsewhere than the answer's way."""
    x, f = problem.data(lab(0)), worked_out()
    back = by_hand.backward(by_hand.forward(x, f, pool), x)
    _, after = reference.train_once(x, f, pool=pool, norm="l2", lr=LR)
    columns = [by_hand.parameters(part) for part in (f, back, checks.numeric(x, f, pool, "l2"), after)]
    yield torch.stack(columns, 1)
    yield by_hand.forward(x, after, pool).loss


def average() -> Iterator[torch.Tensor]:
    x, f = problem.data(lab(0)), worked_out()
    at = by_hand.forward(x, f, "average")
    back = by_hand.backward(at, x)
    yield from (at.loss, next(reversed([*updated("average")])), f.weight, f.bias, at.y[0, 0], at.y, at.out, at.e)
    yield from (at.loss, back.out[1], back.y[1], back.weight, *updated("average"))
    yield LR * back.weight.square().sum()


def maximum() -> Iterator[torch.Tensor]:
    x, f = problem.data(lab(0)), worked_out()
    at = by_hand.forward(x, f, "max")
    back = by_hand.backward(at, x)
    yield from (at.loss, next(reversed([*updated("max")])), at.out, at.e, at.loss, back.out[1])
    yield from (back.y[0, 1:], back.y[1, 1], back.weight, *updated("max"))


@pytest.mark.parametrize(("letter", "expected"), [("a", average), ("b", maximum)])
def test_every_number_that_is_worked_out_is_that_of_the_default_run(letter, expected) -> None:
    found = [float(number) for number in SIX.findall(section(letter))]
    numbers = torch.cat([each.flatten() for each in expected()])
    assert found == pytest.approx(numbers.tolist(), abs=5.1e-7)


def test_the_default_run_works_out_its_second_draw_whose_switches_differ() -> None:
    assert checks.starts(lab(0), SIGMA, count=4)[1] == 2
    taken = by_hand.forward(problem.data(lab(0)), worked_out(), "max").shares
    assert taken.argmax(2).tolist() == [[1, 2], [1, 1]]


def test_what_the_text_says_of_curvatures() -> None:
    x, f = problem.data(lab(0)), worked_out()
    m = reference.jacobian(x, f, "average")
    assert m.tolist() == [[1.5, 0.5, 1.0, -2.5], [0.5, 0.5, -2.5, -2.0]]
    smallest, largest = torch.linalg.eigvalsh(m @ m.T).tolist()
    assert (smallest, largest) == pytest.approx((6.71, 13.79), abs=0.005)
    assert LR * largest == pytest.approx(0.0014, abs=5e-5)
    # By the squared norm: the share of e that an update takes, and when half of the slow direction is left.
    assert (2 * LR * smallest, 2 * LR * largest) == pytest.approx((0.0013, 0.0028), abs=5e-5)
    assert math.log(0.5) / math.log1p(-2 * LR * smallest) == pytest.approx(516, abs=0.5)
    assert LR * checks.steepest(x) ** 0.5 == pytest.approx(0.00144, abs=5e-6)
    assert checks.steepest(x) == pytest.approx(207.6, abs=0.05)
    assert checks.steepest(x) / largest == pytest.approx(15, abs=0.1)
