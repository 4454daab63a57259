"""Answers made small: what is kept of a wrong one for its picture."""

import math
from pathlib import Path

import torch

from bench.execute.child import portraits
from bench.measure.agreement import Expectation
from bench.model import Gallery
from bench.results import store

TRUTH = {"dW": torch.arange(6.0, dtype=torch.float64).reshape(2, 3), "db": torch.ones(3, dtype=torch.float64)}
EXPECTED = Expectation({name: each.float() for name, each in TRUTH.items()}, TRUTH)


def test_each_tensor_stands_beside_the_references(tmp_path: Path) -> None:
    portraits.keep(str(tmp_path), "mine", {"dW": -TRUTH["dW"].float(), "db": TRUTH["db"].float()}, EXPECTED)
    (file,) = (tmp_path / portraits.FOLDER).iterdir()
    seen = store.decode(file.read_bytes(), Gallery)
    first, second = seen.portraits
    assert (seen.variant, first.name, first.shape, first.wrong, second.wrong) == ("mine", "dW", (2, 3), True, False)
    assert first.given == ((0, -1, -2), (-3, -4, -5))
    assert first.difference == ((0, -2, -4), (-6, -8, -10))
    assert second.expected == ((1, 1, 1),)


def test_another_shape_a_missing_and_an_additional_tensor_have_no_difference() -> None:
    first, second, third = portraits.gallery("x", {"dW": TRUTH["dW"].T, "more": torch.ones(1)}, EXPECTED).portraits
    assert (first.shape, first.other, first.difference) == ((2, 3), (3, 2), ())
    assert (second.name, second.given) == ("db", ())
    assert (third.name, third.expected, third.given) == ("more", (), ((1.0,),))


def test_what_is_large_is_binned_by_what_is_furthest_from_zero() -> None:
    large = torch.zeros(100, 49)
    large[99, 48], large[0, 1] = -7.0, 3.0
    small = portraits.binned(large, 48)
    assert tuple(small.shape) == (34, 25)
    assert (float(small[33, 24]), float(small[0, 0]), float(small.abs().sum())) == (-7.0, 3.0, 10.0)


def test_nan_is_unknown_and_maps_are_rows() -> None:
    assert portraits.pixels(torch.tensor([1.0, math.nan, math.inf])) == ((1.0, None, None),)
    assert [len(row) for row in portraits.pixels(torch.zeros(2, 3, 4))] == [12, 12]
    assert portraits.pixels(torch.tensor(2.0)) == ((2.0,),)
    assert portraits.pixels(torch.zeros(0, 3)) == ()


def test_of_many_tensors_the_wrong_ones_are_kept() -> None:
    truth = {f"t{n}": torch.ones(2, dtype=torch.float64) for n in range(30)}
    expected = Expectation({name: each.float() for name, each in truth.items()}, truth)
    seen = portraits.gallery("x", truth | {"t29": torch.zeros(2)}, expected)
    assert (len(seen.portraits), seen.left_out, seen.portraits[-1].name) == (portraits.TENSORS, 6, "t29")
