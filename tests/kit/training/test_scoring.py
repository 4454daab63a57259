"""A score is that of the whole set, whatever the batches, and changes nothing."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from bench.kit.training import Examples, Recipe, score, seeded


def problem() -> tuple[nn.Module, Examples]:
    with seeded(1, torch.device("cpu")):
        net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 3)).double()
        x = torch.randn(11, 4, dtype=torch.float64)
        y = torch.randint(3, (11,))
    return net, Examples(x, y)


@pytest.mark.parametrize("batch", [1, 4, 11, 100])
def test_a_smaller_last_batch_counts_by_its_examples(batch: int) -> None:
    net, examples = problem()
    outputs = net.eval()(examples.x)
    loss, accuracy = score(net, examples, Recipe(epochs=1), batch)
    assert loss == pytest.approx(F.cross_entropy(outputs, examples.y).item(), rel=1e-12)
    assert accuracy == pytest.approx((outputs.argmax(1) == examples.y).double().mean().item(), rel=1e-12)


@pytest.mark.parametrize("training", [True, False])
def test_the_network_is_left_as_it_was(training: bool) -> None:
    net, examples = problem()
    net.train(training)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    score(net, examples, Recipe(epochs=1), 4)
    assert net.training is training
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert all(parameter.grad is None for parameter in net.parameters())


def test_the_recipe_says_what_is_lost_and_what_is_right_and_no_penalty_is_reported() -> None:
    net, examples = problem()
    recipe = Recipe(
        epochs=1,
        loss=lambda outputs, y: outputs.new_tensor(float(len(y))),
        right=lambda outputs, y: y == 0,
        penalty=lambda net: torch.tensor(1e6),
    )
    loss, accuracy = score(net, examples, recipe, 4)
    assert loss == pytest.approx((4 * 4 + 4 * 4 + 3 * 3) / 11)
    assert accuracy == pytest.approx((examples.y == 0).double().mean().item())
