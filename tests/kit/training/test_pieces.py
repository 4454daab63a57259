"""Checkpoints, penalties, recipes and classes of arithmetic, each alone."""

import pickle
from pathlib import Path

import pytest
import torch
from torch import nn

from bench.errors import BenchError
from bench.kit.training import Examples, Recipe, computing, l1, l2, load, save, seeded


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("run",)


def test_a_checkpoint_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.pt"
    save(path, {"w": torch.arange(3), "n": 2, "list": [{"a": 0.1}]})
    state = load(path)
    assert torch.equal(state["w"], torch.arange(3))
    assert state["n"] == 2
    assert state["list"] == [{"a": 0.1}]
    assert [file.name for file in path.parent.iterdir()] == ["a.pt"]


def test_a_checkpoint_runs_no_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.pt"
    torch.save({"x": Evil()}, path)
    with pytest.raises(BenchError, match="is no whole checkpoint"):
        load(path)
    path.write_bytes(pickle.dumps({"x": Evil()}))
    with pytest.raises(BenchError, match="is no whole checkpoint"):
        load(path)
    assert capsys.readouterr().out == ""


def test_a_damaged_checkpoint_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    save(path, {"w": torch.arange(30)})
    whole = path.read_bytes()
    for size in range(0, len(whole), 97):
        path.write_bytes(whole[:size])
        with pytest.raises(BenchError, match="remove it to start anew") as caught:
            load(path)
        assert "\n" not in str(caught.value)
    torch.save([1], path)
    with pytest.raises(BenchError, match="holds no training"):
        load(path)


def test_a_full_disk_leaves_the_old_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pt"
    save(path, {"n": 1})

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(BenchError, match=r"cannot be written: .*No space left"):
        save(path, {"n": 2})
    assert load(path) == {"n": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["a.pt"]


def test_penalties_are_sums_over_weights_alone() -> None:
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 3)).double()
    weights = [net[0].weight, net[3].weight]
    assert l1(0.5)(net).item() == pytest.approx(0.5 * sum(w.abs().sum().item() for w in weights), rel=1e-12)
    l2(0.5)(net).backward()
    assert all(torch.allclose(w.grad, 0.5 * w, rtol=1e-12) for w in weights)
    assert net[1].weight.grad is None
    assert net[3].bias.grad is None


def test_l2_is_sgd_s_weight_decay() -> None:
    with seeded(0, torch.device("cpu")):
        ours = nn.Linear(4, 3, bias=False).double()
    theirs = nn.Linear(4, 3, bias=False).double()
    theirs.load_state_dict(ours.state_dict())
    x = torch.ones(2, 4, dtype=torch.float64)
    for net, decay in ((ours, 0.0), (theirs, 0.3)):
        sgd = torch.optim.SGD(net.parameters(), lr=0.1, weight_decay=decay)
        (net(x).square().mean() + (l2(0.3)(net) if net is ours else 0)).backward()
        sgd.step()
    assert torch.allclose(ours.weight, theirs.weight, rtol=1e-14)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"epochs": 0}, "epochs of at least 1, not 0"),
        ({"batch": 0}, "batch of at least 1"),
        ({"patience": 0}, "patience of at least 1"),
        ({"numerics": "fp8"}, "fp32, tf32, bf16, not 'fp8'"),
    ],
)
def test_a_recipe_that_makes_no_training_is_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Recipe(**({"epochs": 1} | wrong))


@pytest.mark.parametrize(("x", "y"), [(3, 2), (0, 0)])
def test_examples_need_as_many_targets_as_inputs(x: int, y: int) -> None:
    with pytest.raises(ValueError, match=f"at least one: {x} and {y}"):
        Examples(torch.zeros(x, 2), torch.zeros(y))


def test_fp32_leaves_float64_alone_and_bf16_ends_with_its_block() -> None:
    cpu = torch.device("cpu")
    layer, x = nn.Linear(2, 2).double(), torch.ones(1, 2, dtype=torch.float64)
    with computing("fp32", cpu):
        assert layer(x).dtype == torch.float64
    with computing("bf16", cpu):
        assert nn.Linear(2, 2)(torch.ones(1, 2)).dtype == torch.bfloat16
    assert nn.Linear(2, 2)(torch.ones(1, 2)).dtype == torch.float32
