"""ex09: the variants train the same networks, and modules are those of the stack."""

import pytest
import torch

from bench.measure.agreement import poison
from bench.testing import lab, variants
from bench_exercises.ex09_vanishing_gradient import by_hand, exercise, reference
from bench_exercises.ex09_vanishing_gradient.network import Stack
from bench_exercises.ex09_vanishing_gradient.problem import A_NORMED, B, Choices, pose


@pytest.mark.parametrize("part", ["a.speed", "c.speed"])
def test_variants_agree(part):
    ways = variants(exercise, part, depth=3, networks=3)
    expected = {name: weights.clone() for name, weights in ways["one after another"]().items()}
    assert list(expected) == [f"weights of layer {number}" for number in (1, 2, 3, 4)]
    for name, way in ways.items():
        for _ in range(2):
            found = way()
            assert found.keys() == expected.keys()
            for layer, weights in found.items():
                torch.testing.assert_close(weights, expected[layer], rtol=0, atol=1e-12, msg=f"{name}, {layer}")
            poison(found)


def test_impossible_sizes_are_named():
    with pytest.raises(ValueError, match="at least 1, not 0"):
        variants(exercise, "a.speed", depth=3, networks=0)


def test_a_module_is_the_network_of_the_stack_with_its_averages():
    task = pose(lab(), (3, 4))
    stack = Stack(A_NORMED, 3, (3, 4), like=task.x)
    by_hand.train(stack, task, Choices(epochs=1))
    outputs = reference.module_of(stack, 1).eval()(task.x_test[1])
    torch.testing.assert_close(outputs, stack.outputs(task.x_test)[1], rtol=0, atol=1e-12)


def test_death_is_seen_by_the_modules():
    task = pose(lab(), (3,))
    stack = Stack(B, 3, (3,), like=task.x)
    assert not reference.is_dead(reference.module_of(stack, 0), task.x[0])
    stack.layers[1].weight.zero_()
    stack.layers[1].bias.fill_(-1)
    assert reference.is_dead(reference.module_of(stack, 0), task.x[0])
