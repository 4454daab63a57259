import hashlib

import pytest
import torch

from bench.kit.data import Measurements, Pictures, Split, mnist, normalise, statistics
from bench.kit.data.dataset import fingerprint


def test_normalised_digits_have_mean_zero_and_variance_one():
    pixels = mnist().train.x
    mean, std = statistics(pixels)
    plain = pixels.double() / 255
    assert mean == pytest.approx(plain.mean().item(), abs=1e-12)
    assert std == pytest.approx((plain - plain.mean()).square().mean().sqrt().item(), abs=1e-12)
    torch.testing.assert_close(normalise(pixels, mean, std, torch.float64), (plain - mean) / std, rtol=0, atol=1e-12)


def test_normalising_leaves_the_pictures_alone():
    pixels = torch.arange(256, dtype=torch.uint8).reshape(1, 1, 16, 16)
    normalise(pixels, 0.5, 0.25, torch.float32)
    assert pixels.flatten().tolist() == list(range(256))


def test_the_fingerprint_is_that_of_the_bytes_in_order():
    x, y = torch.arange(6, dtype=torch.uint8), torch.arange(2)
    assert fingerprint(x, y) == hashlib.sha256(bytes(range(6)) + y.numpy().tobytes()).hexdigest()
    assert fingerprint(x.flip(0), y) != fingerprint(x, y)
    assert fingerprint(x.reshape(2, 3).T) == fingerprint(x.reshape(2, 3).T.contiguous())


def test_both_kinds_give_what_a_lab_notes():
    split = Split(torch.zeros(3, 1, 2, 2, dtype=torch.uint8), torch.zeros(3, dtype=torch.int64))
    pictures = Pictures(name="p", source="made here", train=split, test=split, stand_in=True)
    table = Measurements(
        name="m",
        source="made here",
        x=torch.zeros(3, 2),
        y=torch.zeros(3, dtype=torch.int64),
        features=("a", "b"),
        classes=("c",),
    )
    assert (pictures.sizes, pictures.stand_in) == ({"train": 3, "test": 3}, True)
    assert (table.sizes, table.stand_in) == ({"all": 3}, False)
    assert len(pictures.sha256) == len(table.sha256) == 64
