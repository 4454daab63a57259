"""The loop gives what the idiomatic loop gives, and what a stopped one gives when it goes on."""

import math
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, RandomSampler, TensorDataset

from bench.errors import BenchError
from bench.kit.training import Diverged, Examples, History, Recipe, Training, l1, loop, seeded


def problem(count: int = 30, dtype: torch.dtype = torch.float64) -> Examples:
    generator = torch.Generator().manual_seed(5)
    x = torch.rand(count, 6, generator=generator, dtype=torch.float64)
    return Examples(x.to(dtype), (x.sum(1) > 3).long())


def network(dtype: torch.dtype = torch.float64) -> nn.Module:
    with seeded(3, torch.device("cpu")):
        return nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 2)).to(
            dtype
        )


def adam(net: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.Adam(net.parameters(), lr=0.01, fused=True)


def training(epochs: int = 6, validate: bool = False, **recipe: object) -> Training:
    net, examples = network(), problem()
    validation = problem(12) if validate else None
    optimizer = adam(net)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2, 0.5)
    return Training(
        net,
        optimizer,
        Recipe(epochs=epochs, batch=8, seed=7, **recipe),
        train=examples,
        test=problem(20),
        validation=validation,
        scheduler=scheduler,
    )


def idiomatic(net: nn.Module, examples: Examples, *, epochs: int, batch: int, seed: int) -> list[float]:
    """As it is usually written."""
    data = TensorDataset(examples.x, examples.y)
    sampler = RandomSampler(data, generator=torch.Generator().manual_seed(seed))
    loader = DataLoader(data, batch, sampler=sampler, generator=torch.Generator())
    optimizer = adam(net)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2, 0.5)
    losses = []
    with seeded(seed, torch.device("cpu")):
        for _ in range(epochs):
            net.train()
            for x, y in loader:
                optimizer.zero_grad()
                loss = F.cross_entropy(net(x), y)
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
            scheduler.step()
    return losses


def same(a: nn.Module, b: nn.Module) -> bool:
    return all(torch.equal(p, q) for p, q in zip(a.state_dict().values(), b.state_dict().values(), strict=True))


def test_it_is_the_idiomatic_loop_batch_by_batch_and_mask_by_mask() -> None:
    ours = training()
    history = ours.run()
    net = network()
    assert history.losses.tolist() == idiomatic(net, problem(), epochs=6, batch=8, seed=7)
    assert same(ours.net, net)


def test_a_network_that_comes_in_evaluation_mode_is_trained_in_training_mode() -> None:
    ours = training(2)
    ours.net.eval()
    assert torch.equal(ours.run().losses, training(2).run().losses)


def test_the_global_stream_is_left_as_it_was() -> None:
    before = torch.get_rng_state()
    training(2).run()
    assert torch.equal(torch.get_rng_state(), before)


def test_scores_are_taken_in_evaluation_mode_over_whole_sets() -> None:
    ours = training(3)
    last = ours.run().last
    ours.net.eval()
    for examples, loss, accuracy in (
        (ours.train, last.train_loss, last.train_accuracy),
        (ours.test, last.test_loss, last.test_accuracy),
    ):
        outputs = ours.net(examples.x)
        assert loss == pytest.approx(F.cross_entropy(outputs, examples.y).item(), rel=1e-12)
        assert accuracy == (outputs.argmax(1) == examples.y).double().mean().item()
    assert last.gap == last.test_loss - last.train_loss


def test_epochs_count_from_before_the_training_and_name_the_rate_they_used() -> None:
    epochs = training(3).run().epochs
    assert [epoch.number for epoch in epochs] == [0, 1, 2, 3]
    assert [epoch.rate for epoch in epochs] == pytest.approx([0.01, 0.01, 0.01, 0.005], rel=1e-12)


@pytest.mark.parametrize("stop", [1, 3, 5])
def test_a_stopped_training_goes_on_bit_by_bit(tmp_path: Path, stop: int) -> None:
    whole = training(validate=True, patience=6)
    expected = whole.run()
    path = tmp_path / "training.pt"
    training(validate=True, patience=6).run(checkpoint=path, until=stop)
    resumed = training(validate=True, patience=6)
    history = resumed.run(checkpoint=path)
    assert history.epochs == expected.epochs
    assert torch.equal(history.losses, expected.losses)
    assert history.best == expected.best
    assert same(resumed.net, whole.net)


def test_the_same_object_goes_on_as_well() -> None:
    halves, whole = training(), training()
    halves.run(until=2)
    assert torch.equal(halves.run().losses, whole.run().losses)


CONTINUE = """
import sys
from pathlib import Path
import torch
sys.path.insert(0, sys.argv[1])
from test_loop import training
ours = training()
torch.save((ours.run(checkpoint=Path(sys.argv[2])).losses, ours.net.state_dict()), sys.argv[3])
"""


def test_a_new_process_goes_on_bit_by_bit(tmp_path: Path) -> None:
    path, out = tmp_path / "training.pt", tmp_path / "out.pt"
    training().run(checkpoint=path, until=3)
    subprocess.run([sys.executable, "-c", CONTINUE, Path(__file__).parent, path, out], check=True, timeout=120)
    losses, state = torch.load(out, weights_only=True)
    whole = training()
    assert torch.equal(losses, whole.run().losses)
    assert all(torch.equal(state[name], value) for name, value in whole.net.state_dict().items())


@pytest.mark.parametrize("forgotten", ["optimizer", "streams", "scheduler"])
def test_each_piece_of_a_checkpoint_is_needed(tmp_path: Path, forgotten: str) -> None:
    path = tmp_path / "training.pt"
    training().run(checkpoint=path, until=3)
    fresh = training()
    fresh.run(until=1)
    state = torch.load(path, weights_only=True)
    first = training()
    blank = first._state() | {"streams": (fresh.streams)}
    torch.save(state | {forgotten: blank[forgotten]}, path)
    assert not torch.equal(training().run(checkpoint=path).losses, training().run().losses)


def test_a_checkpoint_is_written_after_every_so_many_epochs_and_the_last(tmp_path: Path, monkeypatch) -> None:
    written = []
    monkeypatch.setattr(loop, "save", lambda path, state: written.append(len(state["epochs"]) - 1))
    training(epochs=7).run(checkpoint=tmp_path / "t.pt", every=3)
    assert written == [3, 6, 7]


def test_a_finished_training_goes_on_to_more_epochs_as_one_that_never_ended(tmp_path: Path) -> None:
    path, whole, longer = tmp_path / "t.pt", training(epochs=7), training(epochs=7)
    training(epochs=4).run(checkpoint=path, every=4)
    expected, found = whole.run(), longer.run(checkpoint=path)
    assert found.epochs == expected.epochs
    assert torch.equal(found.losses, expected.losses)
    assert all(torch.equal(p, q) for p, q in zip(longer.net.parameters(), whole.net.parameters(), strict=True))


def test_a_finished_checkpoint_gives_its_history_again(tmp_path: Path) -> None:
    path = tmp_path / "training.pt"
    expected = training().run(checkpoint=path)
    again = training()
    assert torch.equal(again.run(checkpoint=path).losses, expected.losses)
    assert len(again.epochs) == 7


def test_another_training_s_checkpoint_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "training.pt"
    training().run(checkpoint=path, until=1)
    other = training()
    other.recipe = Recipe(epochs=6, batch=9, seed=7)
    with pytest.raises(BenchError, match="another training: to start anew, remove it"):
        other.run(checkpoint=path)


def test_early_stopping_brings_the_best_weights_back() -> None:
    ours = training(200, validate=True, patience=4)
    history = ours.run()
    losses = [epoch.validation_loss for epoch in history.epochs]
    assert len(losses) < 201
    assert history.best == losses.index(min(losses)) == len(losses) - 5
    assert history.kept is history.epochs[history.best]
    ours.net.eval()
    loss = F.cross_entropy(ours.net(ours.validation.x), ours.validation.y).item()
    assert loss == pytest.approx(min(losses), rel=1e-12)


def test_without_patience_a_validation_set_is_only_looked_at() -> None:
    history = training(3, validate=True).run()
    assert history.best == 3
    assert history.last.validation_accuracy is not None


def test_patience_without_a_validation_set_is_refused() -> None:
    with pytest.raises(ValueError, match="held_out"):
        training(patience=2)


def test_a_penalty_is_learned_from_and_not_reported() -> None:
    ours = training(1, penalty=l1(0.1))
    before = F.cross_entropy(network().eval()(problem().x), problem().y).item()
    history = ours.run()
    assert history.epochs[0].train_loss == pytest.approx(before, rel=1e-12)
    assert not torch.equal(history.losses, training(1).run().losses)
    assert history.losses[0] == training(1).run().losses[0]


def test_augmentation_is_for_training_alone() -> None:
    batches: list[int] = []

    def negate(x: Tensor) -> Tensor:
        batches.append(len(x))
        return -x

    history = training(1, augment=negate).run()
    assert batches == [8, 8, 8, 6]
    assert history.epochs[0] == training(1).run().epochs[0]
    assert not torch.equal(history.losses, training(1).run().losses)


def test_weights_that_the_last_step_has_ruined_are_seen_where_they_are_scored() -> None:
    ours = training(1)
    ours.train = ours.train.take(torch.arange(8))  # one step an epoch
    ours.optimizer.param_groups[0]["lr"] = math.nan
    with pytest.raises(Diverged, match="by the end of epoch 1: lower the learning rate"):
        ours.run()


def test_a_loss_that_is_no_number_ends_it_with_the_epoch() -> None:
    ours = training()
    ours.optimizer.param_groups[0]["lr"] = math.nan
    with pytest.raises(Diverged, match=r"in epoch 1 \(its step 2: nan\): lower the learning rate"):
        ours.run()


def test_progress_is_shown_an_epoch_at_a_time(tmp_path: Path) -> None:
    shown: list[tuple[range, str]] = []

    def track(epochs: range, label: str) -> range:
        shown.append((epochs, label))
        return epochs

    training(4).run(track, "batch 8", tmp_path / "a.pt", until=2)
    training(4).run(track, "batch 8", tmp_path / "a.pt")
    assert shown == [(range(0, 2), "batch 8"), (range(2, 4), "batch 8")]


def test_bf16_is_another_result_and_its_losses_are_float32() -> None:
    def run(numerics: str) -> History:
        net = network(torch.float32)
        examples = problem(dtype=torch.float32)
        return Training(
            net, adam(net), Recipe(epochs=2, batch=8, seed=7, numerics=numerics), train=examples, test=examples
        ).run()

    exact, coarse = run("fp32"), run("bf16")
    assert coarse.losses[0] == pytest.approx(exact.losses[0].item(), rel=0.02)
    assert not torch.equal(coarse.losses, exact.losses)
    assert math.isfinite(coarse.last.test_loss)


def test_tf32_needs_cuda() -> None:
    with pytest.raises(BenchError, match="on CUDA only, not on cpu"):
        training(numerics="tf32").run()
