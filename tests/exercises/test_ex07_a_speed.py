"""ex07.a.speed: every loop gives what the idiomatic one gives."""

import pytest
import torch

from bench.measure.agreement import distance, named
from bench.testing import lab
from bench_exercises.ex07_iris_by_hand import a_speed


@pytest.mark.parametrize("name", ["idiomatic loop", "kit", "together"])
def test_every_loop_gives_the_reference(name):
    calls = a_speed.variants(lab(), 2)
    ours, theirs = named(calls[name]()), named(calls["idiomatic loop"]())
    assert ours["losses"].shape == (2, a_speed.EPOCHS)
    assert ours["test losses"].shape == (2, a_speed.EPOCHS + 1)
    assert distance(ours, theirs)[0] < 1e-13
    assert torch.equal(named(calls[name]())["losses"], ours["losses"])
