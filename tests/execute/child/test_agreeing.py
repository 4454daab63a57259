"""Variants held against the reference, and guests seen to compute what they give: in processes of their own."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from bench.execute.child import following
from bench.execute.child.agreeing import PREPARED, agree
from bench.execute.child.context import TaskContext
from bench.execute.messages import Order
from bench.lab import Lab
from bench.model import Case, Exercise, Task, VariantResult
from bench.testing import _Silence as Silence
from tests.execute import hosting
from tests.execute.hosting import HONEST

SETUP = "def setup(lab):\n    x, w = drawn(lab)\n    "


@pytest.fixture(autouse=True)
def without_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told from times alone is tested with numbers, in test_following.py."""
    monkeypatch.setattr(following, "FAST", 0.0)


def seen(folder: Path, codes: dict[str, str]) -> dict[str, VariantResult]:
    context = hosting.context("agree", codes, folder)
    return dict(agree(context).variants)


HONEST_ONES = {
    "plain": HONEST,
    "NumPy": SETUP + "a, b = x.numpy(), w.numpy()\n    return lambda: torch.from_numpy(a @ b)",
    "copies": SETUP + "a, b = x.clone(), w.clone()\n    return lambda: a @ b",
    "views": SETUP + "a, b = x.T, w[:]\n    return lambda: a.T @ b",
    "transposed": SETUP + "a, b = x.T.contiguous(), w.T.contiguous()\n    return lambda: (b @ a).T",
    "float64": SETUP + "a, b = x.double(), w.double()\n    return lambda: (a @ b).float()",
    "float64 given": SETUP + "a, b = x.double(), w.double()\n    return lambda: a @ b",
    "into its own memory": SETUP + "out = torch.empty(6, 6)\n    return lambda: torch.mm(x, w, out=out)",
    "a module": SETUP
    + "layer = torch.nn.Linear(6, 6, bias=False)\n    layer.weight.data.copy_(w.T)\n    return lambda: layer(x)",
    "an object": "class Product:\n    def __init__(self, x, w):\n        self.x, self.w = x, w\n"
    "    def __call__(self):\n        return self.x @ self.w\ndef setup(lab):\n    return Product(*drawn(lab))",
}


def test_honest_guests_agree_without_a_word(tmp_path: Path) -> None:
    for name, result in seen(tmp_path, HONEST_ONES).items():
        assert (name, result.outcome, result.reason, result.notes) == (name, "ok", "", ())
        assert result.agreement is not None


PREPARING = {
    "packs": SETUP + "both = torch.cat([x.flatten(), w.flatten()])\n"
    "    return lambda: both[:36].reshape(6, 6) @ both[36:].reshape(6, 6)",
    "scales": SETUP + "a = x * 2\n    return lambda: a @ w / 2",
    "refuses others": SETUP + "first = float(x[0, 0])\n    def call():\n        assert float(x[0, 0]) == first\n"
    "        return x @ w\n    return call",
}


def test_what_prepares_its_inputs_agrees_with_a_note(tmp_path: Path) -> None:
    results = seen(tmp_path, PREPARING)
    assert list(results) == ["product", "own", *PREPARING]
    assert {name: (results[name].outcome, results[name].notes) for name in PREPARING} == dict.fromkeys(
        PREPARING, ("ok", (PREPARED,))
    )


COPIES = "gives a copy of one that it keeps"
KEPT = "hands out what it gave before"
DISHONEST = {
    "stored": (SETUP + "kept = x @ w\n    return lambda: kept", KEPT),
    "a copy": (SETUP + "kept = x @ w\n    return lambda: kept.clone()", COPIES),
    "a copy that looks at its inputs": (
        SETUP + "kept = x @ w\n    return lambda: (x.sum(), w.sum(), kept * 1)[2]",
        COPIES,
    ),
    "transposed copy": (SETUP + "kept = (x @ w).T.double().contiguous()\n    return lambda: kept.T.float()", COPIES),
    "of its first call": (
        SETUP + "kept = []\n    def call():\n        "
        "kept or kept.append(x @ w)\n        return kept[0].clone()\n    return call",
        COPIES,
    ),
    "by seed in its module": (
        "KEPT = {}\ndef look(seed):\n    return KEPT[seed].clone()\n"
        + SETUP
        + "KEPT[lab.seed] = x @ w\n    return lambda: look(lab.seed)",
        COPIES,
    ),
    "in an object": (
        "class Keeper:\n    pass\n"
        + SETUP
        + "keeper = Keeper()\n    keeper.kept = x @ w\n    return lambda: keeper.kept + 0",
        COPIES,
    ),
    "NumPy": (SETUP + "kept = (x @ w).numpy()\n    return lambda: torch.from_numpy(kept.copy())", COPIES),
    "zeros": ("def setup(lab):\n    return lambda: torch.zeros(6, 6)", "output[0, 0] is 0"),
    "lazy": ("class Lazy(dict):\n    pass\n" + SETUP + "return lambda: Lazy(output=x @ w)", "'output' is a Lazy"),
}


def test_who_does_not_compute_is_refused_with_what_was_seen(tmp_path: Path) -> None:
    results = seen(tmp_path, {name: code for name, (code, _) in DISHONEST.items()})
    for name, (_, says) in DISHONEST.items():
        assert results[name].outcome in ("disagrees", "failed"), name
        assert says in results[name].reason or name == "zeros", name
    assert results["zeros"].agreement is not None


def test_a_wrong_one_is_told_what_its_numbers_show(tmp_path: Path) -> None:
    results = seen(
        tmp_path,
        {
            "sign": SETUP + "return lambda: -(x @ w)",
            "mean": SETUP + "return lambda: x @ w / 6",
            "turned": SETUP + "return lambda: w.T @ x.T",
            "flat": SETUP + "return lambda: (x @ w).flatten()",
            "nan": SETUP + "return lambda: x.log() @ w",
            "shape": SETUP + "return lambda: x @ w[:5]",
        },
    )
    starts = {
        "sign": "it is −1 × the reference's: the sign is turned round; output[",
        "mean": "it is 1/6 × the reference's, and axis 0 of a tensor of the problem, (6, 6), has 6 elements; output[",
        "turned": "it is the transpose of the reference's; output[",
        "flat": "output has shape (36,), the reference's has (6, 6); its values are right, in another shape",
        "nan": "output[0, 0] is nan; output is NaN in ",
        "shape": "RuntimeError: mat1 and mat2 shapes cannot be multiplied",
    }
    assert [name for name, start in starts.items() if not results[name].reason.startswith(start)] == []
    assert results["shape"].reason.endswith(", at shape.py:11: return lambda: x @ w[:5]")


def test_guests_may_be_held_alone(tmp_path: Path) -> None:
    context = hosting.context("agree", {"mine": HONEST}, tmp_path)
    context.order = replace(context.order, guests_alone=True)
    assert list(agree(context).variants) == ["mine"]


def test_one_that_ends_harms_nobody_else(tmp_path: Path) -> None:
    results = seen(
        tmp_path,
        {
            "exits": "import os\ndef setup(lab):\n    os._exit(0)",
            "fails": "1 / 0",
            "changes": "torch.set_default_dtype(torch.float64)\n" + HONEST,
            "own": HONEST,
        },
    )
    assert {name: result.outcome for name, result in results.items()} == {
        "product": "ok",
        "own": "ok",
        "exits": "failed",
        "fails": "failed",
        "changes": "failed",
        "own (own.py)": "ok",
    }
    assert results["exits"].reason == "its set-up ended its process with exit status 0"
    assert "its import changes the default dtype" in results["changes"].reason
    assert "fails.py" in results["fails"].detail


def test_what_has_failed_before_is_not_asked_again(tmp_path: Path) -> None:
    context = hosting.context("agree", {"mine": HONEST, "other": HONEST}, tmp_path, without=("mine", "own"))
    assert list(agree(context).variants) == ["product", "other"]
    assert context.channel.heard == ["product", "other"]  # type: ignore[attr-defined]


def test_an_own_variant_that_spoils_a_shared_input_is_the_one_that_is_blamed() -> None:
    exercise = Exercise(tags=("t",))

    @exercise.comparison("a", "shared", reference="plain")
    def shared(lab: Lab) -> dict[str, Callable[[], torch.Tensor]]:
        x = torch.arange(1.0, 5.0, dtype=lab.dtype)
        scratch = torch.zeros_like(x)
        return {
            "in place": lambda: x.exp_().log(),
            "plain": lambda: torch.mul(x, 1, out=scratch).clone(),
            "other": lambda: torch.add(x, 0, out=scratch).clone(),
        }

    context = TaskContext(
        order=Order(kind="task"),
        task=Task("agree", Case(exercise="ex", part="a", device="cpu", seed=0)),
        part=exercise.parts["a"],
        channel=Silence(),
    )
    found = agree(context).variants
    assert {name: result.outcome for name, result in found.items()} == {
        "in place": "disagrees",
        "plain": "ok",
        "other": "ok",
    }
    assert "changes in place what the reference computes from" in found["in place"].reason
