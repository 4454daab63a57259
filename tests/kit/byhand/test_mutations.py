"""Would the checks notice? Each mutant is the kit with one line of its source wrong; the very same check must fail.

A mutant that is no longer to be found in the source fails its test, so the list can not rot.
"""

import importlib
import shutil
import sys
from pathlib import Path

import pytest
import torch

from bench.kit import byhand

KIT = Path(byhand.__file__).parent

GENERAL = {
    "sgd": (torch.optim.SGD, {"lr": 0.05, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1}),
    "rmsprop": (torch.optim.RMSprop, {"lr": 0.02, "eps": 1e-2, "momentum": 0.5}),
    "adam": (torch.optim.Adam, {"lr": 0.02}),
    "adamw": (torch.optim.AdamW, {"lr": 0.02, "weight_decay": 0.3}),
}
"""Settings under which every term of an optimiser counts."""

MUTANTS = {
    # linear
    "linear: sign of dx": ("linear.py", "dx = dy @ weight", "dx = -(dy @ weight)", "linear"),
    "linear: dW averaged": ("linear.py", "dweight = rows.T @", "dweight = rows.T / len(rows) @", "linear"),
    "linear: db averaged": ("linear.py", "rows.sum(0)", "rows.mean(0)", "linear"),
    "linear: db over the wrong axis": ("linear.py", "rows.sum(0)", "rows[:5].sum(1)", "linear"),
    # activations
    "relu: gradient everywhere": ("activations.py", "torch.where(saved.positive, dy, 0)", "dy.clone()", "relu"),
    "relu: gradient on the wrong side": ("activations.py", "saved.positive, dy, 0", "saved.positive, 0, dy", "relu"),
    "leaky_relu: slope forgotten": ("activations.py", "saved.slope * dy", "dy", "leaky_relu"),
    "leaky_relu: slope squared": ("activations.py", "saved.slope * dy", "saved.slope**2 * dy", "leaky_relu"),
    "sigmoid: 1 - y forgotten": ("activations.py", "saved.y * (1 - saved.y)", "saved.y", "sigmoid"),
    "tanh: y not squared": ("activations.py", "saved.y.square()", "saved.y", "tanh"),
    # convolution
    "conv: kernel flipped": ("conv.py", ").mT @ delta)", ").flip(-1).mT @ delta)", "conv1d"),
    "conv: groups mixed up in dx": ("conv.py", ").mT @ delta)", ").flip(0).mT @ delta)", "conv2d"),
    "conv: groups mixed up in dW": ("conv.py", "(delta @ columns", "(delta.flip(0) @ columns", "conv2d"),
    "conv: db averaged": ("conv.py", "delta.sum(-1)", "delta.mean(-1)", "conv2d"),
    "windows: stride ignored on the way back": (
        "windows.py",
        "slice(k * d, k * d + (y - 1) * s + 1, s)",
        "slice(k * d, k * d + y)",
        "conv2d",
    ),
    "windows: dilation ignored on the way back": (
        "windows.py",
        "slice(k * d, k * d + (y - 1) * s + 1, s)",
        "slice(k, k + (y - 1) * s + 1, s)",
        "conv1d",
    ),
    "windows: overlap overwritten, not added": ("windows.py", "] += share", "] = share", "conv2d"),
    "windows: padding cropped at the wrong end": (
        "windows.py",
        "(slice(p, p + s) for p, s",
        "(slice(2 * p, 2 * p + s) for p, s",
        "conv1d",
    ),
    "conv_transpose: images mixed up in dW": (
        "conv_transpose.py",
        "(by_channel(x, groups) @ dy_columns.mT)",
        "(by_channel(x.flip(0), groups) @ dy_columns.mT)",
        "conv_transpose2d",
    ),
    "conv_transpose: bias gradient of the first image": (
        "conv_transpose.py",
        "dy.transpose(0, 1).flatten(1)",
        "dy[:1].transpose(0, 1).flatten(1)",
        "conv_transpose1d",
    ),
    # pools
    "avg_pool: not divided": ("pool.py", "(dy / counted)", "dy", "avg_pool1d"),
    "avg_pool: divided by the kernel at the border": (
        "pool.py",
        "(dy / counted)",
        "(dy / counted.max())",
        "avg_pool2d",
    ),
    "max_pool: overlap overwritten, not added": ("pool.py", "scatter_add_(2,", "scatter_(2,", "max_pool2d"),
    "max_pool: another window gets the gradient": (
        "pool.py",
        "return y, MaxPoolSaved(spatial, w, winner)",
        "return y, MaxPoolSaved(spatial, w, winner.flip(-1))",
        "max_pool1d",
    ),
    # dropout
    "dropout: scale forgotten": ("dropout.py", "(dy * saved.mask / (1 - saved.p),)", "(dy * saved.mask,)", "dropout"),
    "dropout: mask forgotten": ("dropout.py", "(dy * saved.mask /", "(dy /", "dropout"),
    # normalisation
    "batch_norm: no gradient through the mean": (
        "norm.py",
        "dy - _per_channel(dbias / count, x) -",
        "dy -",
        "batch_norm",
    ),
    "batch_norm: no gradient through the variance": (
        "norm.py",
        " - normalised * _per_channel(dweight / count, x)",
        "",
        "batch_norm",
    ),
    "batch_norm: normalised by the unbiased variance": (
        "norm.py",
        "centred.square().mean(axes)\n",
        "x.var(axes)\n",
        "batch_norm",
    ),
    "batch_norm: one mean for all channels": (
        "norm.py",
        "mean = x.mean(axes)\n",
        "mean = x.mean().expand(x.shape[1])\n",
        "batch_norm",
    ),
    "batch_norm_eval: weight forgotten": (
        "norm.py",
        "dx = dy * _per_channel(weight * (var",
        "dx = dy * _per_channel((var",
        "batch_norm_eval",
    ),
    "layer_norm: no gradient through the mean": (
        "norm.py",
        "dx = (g - g.mean(axes, keepdim=True) -",
        "dx = (g -",
        "layer_norm",
    ),
    "layer_norm: gain applied after, not before": ("norm.py", "g = dy * weight\n", "g = dy\n", "layer_norm"),
    # softmax
    "softmax: diagonal of the Jacobian only": (
        "softmax.py",
        "(dy - (dy * y).sum(dim, keepdim=True))",
        "(dy - dy * y)",
        "softmax",
    ),
    "softmax: summed over the wrong axis": ("softmax.py", "(dy * y).sum(dim,", "(dy * y).sum(1 - dim,", "softmax"),
    "log_softmax: exp forgotten": ("softmax.py", "y.exp() *", "y *", "log_softmax"),
    # losses
    "nll: sign": ("losses.py", "-share.unsqueeze(1)),)", "share.unsqueeze(1)),)", "nll"),
    "losses: 1/N missing": ("losses.py", "gradient = gradient / each.numel()", "pass", "cross_entropy"),
    "losses: 1/N once too often": (
        "losses.py",
        "gradient = gradient / each.numel()",
        "gradient = gradient / each.numel() ** 2",
        "mse",
    ),
    "cross_entropy: target not subtracted": (
        "losses.py",
        "(log_p.exp() * share).scatter_add_(1, target.unsqueeze(1), -share)",
        "(log_p.exp() * share)",
        "cross_entropy",
    ),
    "mse: the 2 forgotten": ("losses.py", "2 * error *", "error *", "mse"),
    "bce: p (1 - p) forgotten": ("losses.py", "(p - target) / (p * (1 - p)).clamp(min=1e-12)", "p - target", "bce"),
    "bce_with_logits: target forgotten": (
        "losses.py",
        "(torch.sigmoid(x) - target)",
        "torch.sigmoid(x)",
        "bce_with_logits",
    ),
}

OPTIMISERS = {
    "sgd: momentum applied twice": (
        "momentum * v + (1 - dampening) * d for v, d",
        "momentum * momentum * v + (1 - dampening) * d for v, d",
        "sgd",
    ),
    "sgd: dampened from the first step on": (
        "velocity = g\n",
        "velocity = tuple((1 - dampening) * d for d in g)\n",
        "sgd",
    ),
    "weight decay with the wrong sign": ("g + weight_decay * p", "g - weight_decay * p", "sgd"),
    "rmsprop: square not averaged": (
        "_average(square, tuple(d * d for d in g), alpha)",
        "tuple(d * d for d in g)",
        "rmsprop",
    ),
    "rmsprop: eps under the root": ("(s.sqrt() + eps)", "(s + eps).sqrt()", "rmsprop"),
    "rmsprop: momentum forgotten": ("momentum * v + d for v, d", "d for v, d", "rmsprop"),
    "adam: mean without bias correction": ("(m / (1 - betas[0] ** step))", "m", "adam"),
    "adam: square without bias correction": ("(s / (1 - betas[1] ** step)).sqrt()", "s.sqrt()", "adam"),
    "adam: steps counted from one too many": ("AdamState(0, _zeros", "AdamState(1, _zeros", "adam"),
    "adam: betas exchanged": ("_average(mean, g, betas[0])", "_average(mean, g, betas[1])", "adam"),
    "adamw: decay through the moments": (
        "betas=betas, eps=eps)",
        "betas=betas, eps=eps, weight_decay=weight_decay)",
        "adamw",
    ),
}


@pytest.fixture
def mutated(tmp_path, monkeypatch):
    """``mutated(file, right, wrong)``: a copy of the kit, under another name, with one piece of source replaced."""
    name = f"mutant_{tmp_path.name}"
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def copy(file, right, wrong):
        folder = shutil.copytree(KIT, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        source = (folder / file).read_text()
        assert right in source, f"{file} no longer contains {right!r}: mend the list of mutants"
        (folder / file).write_text(source.replace(right, wrong))
        for path in folder.glob("*.py"):
            path.write_text(path.read_text().replace("bench.kit.byhand", name))
        return importlib.import_module(name)

    yield copy
    for module in [module for module in sys.modules if module.split(".")[0] == name]:
        del sys.modules[module]


@pytest.mark.parametrize(("file", "right", "wrong", "layer"), MUTANTS.values(), ids=MUTANTS.keys())
def test_the_check_catches(file, right, wrong, layer, mutated, every_specimen, check_specimen):
    package = mutated(file, right, wrong)
    with pytest.raises(AssertionError, match="GradientErrors"):
        check_specimen(every_specimen[layer], package)


@pytest.mark.parametrize(("right", "wrong", "optimiser"), OPTIMISERS.values(), ids=OPTIMISERS.keys())
def test_following_torch_catches(right, wrong, optimiser, mutated, follow_torch):
    package = mutated("optimisers.py", right, wrong)
    with pytest.raises(AssertionError, match="Tensor-likes are not close"):
        follow_torch(optimiser, *GENERAL[optimiser], package=package)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("saved.variance * count / (count - 1)", "saved.variance"),
        ("(1 - momentum) * running.mean", "momentum * running.mean"),
    ],
    ids=["biased variance", "momentum of the old value"],
)
def test_following_moving_averages_catches(right, wrong, mutated, moving_averages):
    package = mutated("norm.py", right, wrong)
    with pytest.raises(AssertionError, match="not close"):
        moving_averages(package)


def test_the_check_passes_a_copy_without_a_mutation(
    mutated, every_specimen, check_specimen, follow_torch, moving_averages
):
    package = mutated("linear.py", "dx = dy @ weight", "dx = dy @ weight")
    assert package is not byhand
    for specimen in every_specimen.values():
        check_specimen(specimen, package)
    for optimiser, case in GENERAL.items():
        follow_torch(optimiser, *case, package=package)
    moving_averages(package)
