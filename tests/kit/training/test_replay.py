"""What is recorded on CUDA and replayed is, bit by bit, what is done call by call."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from bench.errors import BenchError
from bench.kit.training import Examples, History, Recipe, Replay, Training, seeded
from bench.kit.training.replay import WARM, capturable, settings

CUDA = torch.device("cuda")
Make = Callable[[nn.Module], torch.optim.Optimizer]
needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="a GPU is needed")
OPTIMISERS: dict[str, Make] = {
    "sgd": lambda net: torch.optim.SGD(net.parameters(), lr=0.1, fused=True),
    "momentum": lambda net: torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-3, fused=True),
    "adam": lambda net: torch.optim.Adam(net.parameters(), lr=0.01, fused=True),
}


def network() -> nn.Module:
    with seeded(3, torch.device("cpu")):
        layers = nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 2)
        return nn.Sequential(*layers)


def examples(device: torch.device, count: int = 70) -> Examples:
    x = torch.rand(count, 6, generator=torch.Generator().manual_seed(5))
    return Examples(x.to(device), (x.sum(1) > 3).long().to(device))


def training(make: Make, static: bool, device: torch.device = CUDA, epochs: int = 4, **recipe: object) -> Training:
    """Eight batches of 8 and one of 6 an epoch; the rate falls every second epoch."""
    net = network().to(device)
    optimizer = make(net)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2, 0.5)
    setting = Recipe(epochs=epochs, batch=8, seed=7, static=static, **recipe)
    return Training(
        net, optimizer, setting, train=examples(device), test=examples(device, 20), validation=None, scheduler=scheduler
    )


def trained(make: Make, static: bool, **more: object) -> tuple[History, list[Tensor]]:
    ours = training(make, static, **more)
    history = ours.run()
    return history, [value.cpu() for value in ours.net.state_dict().values()]


def same(a: tuple[History, list[Tensor]], b: tuple[History, list[Tensor]]) -> bool:
    return torch.equal(a[0].losses, b[0].losses) and all(map(torch.equal, a[1], b[1])) and a[0].epochs == b[0].epochs


@needs_cuda
@pytest.mark.parametrize("make", OPTIMISERS.values(), ids=OPTIMISERS)
def test_a_replayed_training_is_the_training(make: Make) -> None:
    assert same(trained(make, static=True), trained(make, static=False))


@needs_cuda
@pytest.mark.parametrize("numerics", ["fp32", "tf32", "bf16"])
def test_in_every_class_of_arithmetic(numerics: str) -> None:
    make = OPTIMISERS["momentum"]
    assert same(trained(make, static=True, numerics=numerics), trained(make, static=False, numerics=numerics))


@needs_cuda
def test_tf32_is_another_result_than_fp32() -> None:
    losses = [trained(OPTIMISERS["sgd"], static=False, numerics=numerics)[0].losses for numerics in ("fp32", "tf32")]
    assert not torch.equal(*losses)
    assert (losses[0] - losses[1]).abs().max() < 0.05


def weighted_sum(outputs: Tensor, targets: Tensor) -> Tensor:
    return (outputs * targets).sum()


def positive(outputs: Tensor, targets: Tensor) -> Tensor:
    return outputs[:, 0] > 0


@needs_cuda
def test_tf32_is_for_the_backward_pass_too() -> None:
    x, y = torch.rand(64, 256, device=CUDA), torch.rand(64, 256, device=CUDA)
    gradients = {}
    for numerics in ("fp32", "tf32"):
        layer = nn.Linear(256, 256, bias=False).to(CUDA)
        nn.init.ones_(layer.weight)  # the outputs' gradient is then the same in both: what differs is the product xᵀδ
        sgd = torch.optim.SGD(layer.parameters(), lr=1.0, fused=True)
        recipe = Recipe(
            epochs=1,
            batch=64,
            loss=lambda out, y: (out * y).sum(),
            right=lambda out, y: out[:, 0] > 0,
            numerics=numerics,
        )
        Training(layer, sgd, recipe, train=Examples(x, y), test=Examples(x, y)).run()
        gradients[numerics] = layer.weight.detach().double().cpu()
    apart = (gradients["fp32"] - gradients["tf32"]).abs().max()
    assert 1e-4 < apart < 0.5


@needs_cuda
def test_an_augmentation_that_draws_on_the_cpu_stays_outside() -> None:
    def shifted(x: Tensor) -> Tensor:
        return x + torch.rand(1).to(x.device)

    made = [trained(OPTIMISERS["sgd"], static, augment=shifted) for static in (True, False)]
    assert same(*made)


@needs_cuda
def test_a_stopped_one_goes_on_bit_by_bit(tmp_path: Path) -> None:
    make, path = OPTIMISERS["adam"], tmp_path / "stopped.pt"
    training(make, static=True).run(checkpoint=path, until=2)
    resumed = training(make, static=True)
    history = resumed.run(checkpoint=path)
    whole, weights = trained(make, static=True)
    assert torch.equal(history.losses, whole.losses)
    assert all(map(torch.equal, [value.cpu() for value in resumed.net.state_dict().values()], weights))


@needs_cuda
def test_it_is_recorded_once_and_again_when_a_setting_changes() -> None:
    net = network().to(CUDA)
    optimizer = OPTIMISERS["sgd"](net)
    data = examples(CUDA)

    def step(x: Tensor) -> Tensor:
        optimizer.zero_grad()
        loss = net(x).square().mean()
        loss.backward()
        optimizer.step()
        return loss.detach()

    replay = Replay(step, CUDA, optimizer)
    graphs = []
    for i in range(WARM + 4):
        if i == WARM + 2:
            optimizer.param_groups[0]["lr"] = 0.01
        replay(data.x[:8])
        graphs.append(replay.graph)
    assert graphs[:WARM] == [None] * WARM
    assert graphs[WARM] is graphs[WARM + 1]
    assert graphs[WARM + 2] is graphs[WARM + 3] is not graphs[WARM + 1]


@needs_cuda
def test_a_step_that_waits_for_the_gpu_is_one_line() -> None:
    def waits(x: Tensor) -> Tensor:
        return x * x.sum().item()

    replay = Replay(waits, CUDA)
    for _ in range(WARM):
        replay(torch.ones(3, device=CUDA))
    with pytest.raises(BenchError, match=r"cannot be recorded as a CUDA graph.*static=False"):
        replay(torch.ones(3, device=CUDA))


def test_elsewhere_static_changes_nothing() -> None:
    cpu = torch.device("cpu")
    assert same(*(trained(OPTIMISERS["adam"], static, device=cpu) for static in (True, False)))


def test_a_static_training_takes_a_fused_optimiser() -> None:
    def unfused(net: nn.Module) -> torch.optim.Optimizer:
        return torch.optim.SGD(net.parameters(), lr=0.1)

    with pytest.raises(ValueError, match="give it fused=True"):
        training(unfused, static=True, device=torch.device("cpu"))


def test_adam_is_told_that_it_may_be_recorded_and_only_then() -> None:
    adam = OPTIMISERS["adam"](network())
    before = deepcopy(settings(adam))
    with capturable(adam):
        assert [group["capturable"] for group in adam.param_groups] == [True]
    assert settings(adam) == before
