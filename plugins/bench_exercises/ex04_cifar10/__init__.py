"""ex04: a CNN on CIFAR-10, and five ways to make it overfit less.

The sheet's network and its training are ``network``, ``setting`` and ``trainings``; each way is a module of its own.
``smoke`` and ``quick`` train the same network with all widths divided, on fewer pictures, for fewer epochs, at a higher
learning rate; ``full`` is the sheet, to the number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from bench import Exercise, Lab, Work, by_profile, hookimpl, limited
from bench.kit.training import l2

from . import depth, early, maps, penalties, speed
from .augmentation import PADDING, RightAngle, Shift, picture
from .network import FLAT, PARAMETERS, initial, weighted
from .pictures import contact_sheet
from .setting import BATCH, MOMENTUM, SIZES, Setting, load
from .trainings import Change, Trained, record, train

exercise = Exercise(tags=("training", "cifar10", "convolution", "regularisation"))

EXACT = 1e-12
STRENGTHS = (1e-2, 1e-3)


@exercise.study("a", "The baseline", **SIZES)
def baseline(lab: Lab, **size: Any) -> None:
    setting = Setting.of(lab, **size)
    photos = load(lab, setting)
    sheet = initial(lab.seed)
    lab.claim("the network of the sheet has so many parameters", count(sheet), equals=PARAMETERS)
    flat = sheet.features(torch.zeros(1, 3, 32, 32)).numel()
    lab.claim("the missing number: what the first linear layer takes", flat, equals=FLAT)
    lab.metric("width of the network", setting.width)
    lab.metric("parameters trained", count(initial(lab.seed, width=setting.width)))
    lab.metric("training images", len(photos.train))
    lab.metric("epochs", setting.epochs)
    lab.metric("learning rate", setting.rate)
    lab.figure(
        f"ten of each class: {photos.name}", contact_sheet(photos), "One row a class, 0 to 9, training pictures."
    )
    record(lab, photos, train(lab, setting, photos))


def count(net: nn.Module) -> int:
    return sum(p.numel() for p in net.parameters())


@exercise.study("a.1", "L1: 1e-2 and 1e-3", l1=limited(STRENGTHS, at_least=1e-5), **SIZES)
def absolute(lab: Lab, l1: Sequence[float], **size: Any) -> None:
    setting = Setting.of(lab, **size)
    photos = load(lab, setting)
    sheet = initial(lab.seed)
    sums = sum(float(layer.weight.detach().abs().sum()) for layer in weighted(sheet).values())
    lab.metric("Σ|w| of the sheet's network at the start", sums)
    off = abs(sums / penalties.expected_sum(sheet) - 1)
    lab.claim("Σ|w| at the start off the arithmetic by (relative)", off, at_most=0.01)
    for strength in l1:
        steps = penalties.death(FLAT**-0.5, 0.001 * strength, MOMENTUM)
        lab.metric(f"updates until the sheet's 4096-layer is dead, arithmetic, {name('L1', strength)}", steps)
    lab.claim("the shrinking by arithmetic = SGD with momentum", penalties.arithmetic_off(), at_most=EXACT)
    start = initial(lab.seed, width=setting.width)
    nets: dict[str, nn.Module] = {"at the start": start}
    for strength in l1:
        below = penalties.resolution(setting.rate * strength, setting.momentum)
        watched = penalties.Watched(strength, below)
        trained = train(lab, setting, photos, Change(label=name("L1", strength), penalty=watched))
        record(lab, photos, trained)
        nets[name("L1", strength)] = trained.net
        watch(lab, setting, strength=strength, watched=watched, trained=trained, data=photos.name)
    compare_weights(lab, photos.name, nets, penalties.resolution(setting.rate * l1[0], setting.momentum))


def watch(
    lab: Lab, setting: Setting, *, strength: float, watched: penalties.Watched, trained: Trained, data: str
) -> None:
    """The layer behind the convolutions: when arithmetic lets its weights die, and when they died.

    That the cross-entropy cannot keep them alive is claimed of 1e-2, once there was time to die in. A training that was
    interrupted has not seen its first updates, and draws no curve of them.
    """
    pull, label = setting.rate * strength, name("L1", strength)
    layer = trained.net.head[0]
    assert isinstance(layer, nn.Linear)
    limit = penalties.bound(layer)
    steps = penalties.death(limit, pull, setting.momentum)
    share = penalties.near_zero(layer.weight, watched.below)
    lab.metric(f"updates until this network's 4096-layer is dead, arithmetic, {label}", steps)
    lab.metric(f"dead weights of the 4096-layer in the end, {label}", share)
    done = len(trained.history.losses)
    if strength == max(STRENGTHS) and done >= 3 * steps:
        lab.claim(f"share of the 4096-layer that {label} has killed", share, at_least=0.9)
    if len(watched.shares) < done:
        return
    alone = penalties.predicted(done, limit, pull, setting.momentum)
    apart = penalties.died_as_predicted(watched.measured(), alone, steps)
    lab.metric(f"dead weights, largest difference from the arithmetic until then, {label}", apart)
    chart: dict[str, Any] = {"x_label": "update", "y_label": "share of dead weights"}
    lab.curve(f"the 4096-layer under {label}: {data}", range(done), watched.measured(), series="measured", **chart)
    lab.curve(
        f"the 4096-layer under {label}: {data}", range(done), alone, series="arithmetic: the penalty alone", **chart
    )


def name(kind: str, strength: float) -> str:
    short = f"{strength:.0e}"
    return f"{kind} {short if float(short) == strength else strength}".replace("e-0", "e-")


HISTOGRAMS = "Every layer's weights, on a logarithmic scale of shares. Bins at the edges count what lies beyond them."


def compare_weights(lab: Lab, data: str, nets: dict[str, nn.Module], below: float) -> None:
    kind = list(nets)[1].split()[0]
    lab.table(f"the weights of every layer, {kind}: {data}", penalties.shares(nets, below))
    lab.figure(f"weights under {kind}: {data}", penalties.histograms(nets, data), HISTOGRAMS)


@exercise.study("a.2", "L2: 1e-2 and 1e-3", weight_decay=limited(STRENGTHS, at_least=0), **SIZES)
def squared(lab: Lab, weight_decay: Sequence[float], **size: Any) -> None:
    setting = Setting.of(lab, **size)
    photos = load(lab, setting)
    conventions(lab)
    nets: dict[str, nn.Module] = {"at the start": initial(lab.seed, width=setting.width)}
    for strength in weight_decay:
        trained = train(lab, setting, photos, Change(label=name("L2", strength), weight_decay=strength))
        record(lab, photos, trained)
        left = penalties.decayed(len(trained.history.losses), setting.rate * strength, setting.momentum)
        lab.metric(f"what the penalty alone would leave of a weight, {name('L2', strength)}", left)
        nets[name("L2", strength)] = trained.net
    compare_weights(lab, photos.name, nets, penalties.resolution(setting.rate * weight_decay[0], setting.momentum))


def conventions(lab: Lab, strength: float = 0.01) -> None:
    """Three things that are called L2, told apart on a small network in float64."""
    net = initial(lab.seed, width=1 / 16).to(lab.device, lab.dtype)
    x = torch.rand(8, 3, 32, 32, generator=lab.generator()).to(lab.device, lab.dtype)
    y = torch.arange(8, device=lab.device)
    decay = (None, strength)
    apart = penalties.steps_apart
    half, whole = l2(strength), l2(2 * strength)
    lab.claim(
        "weight_decay = λ is ½ λ‖w‖², five updates", apart(net, x, y, first=decay, second=(half, 0)), at_most=EXACT
    )
    lab.claim(
        "λ‖w‖² is weight_decay = 2λ", apart(net, x, y, first=(None, 2 * strength), second=(whole, 0)), at_most=EXACT
    )
    lab.claim("control: λ‖w‖² is not weight_decay = λ", apart(net, x, y, first=decay, second=(whole, 0)), at_least=1e-6)
    lab.claim(
        "λ‖w‖ pulls every network with the same strength λ, off by",
        penalties.pull_of_norm(net, strength),
        at_most=EXACT,
    )
    lab.claim("biases and batch norm that the penalty touches", penalties.touched(net, half), equals=0)


@exercise.study("a.3", "More pictures: turned by 90°, and shifted", **SIZES)
def augmented(lab: Lab, **size: Any) -> None:
    setting = Setting.of(lab, **size)
    photos = load(lab, setting)
    transforms(lab, photos.train.x[:200])
    lab.figure(
        f"new pictures out of old: {photos.name}", picture(photos.train.x[:10]), "The same ten pictures, three times."
    )
    for change in (Change(label="rotation by 90°", augment=RightAngle()), Change(label="shift", augment=Shift())):
        record(lab, photos, train(lab, setting, photos, change))


def transforms(lab: Lab, x: Tensor) -> None:
    """What the two ways do to pictures, and what they must not."""
    right, shift = RightAngle(), Shift()
    lab.claim(
        "RandomRotation((90, 90)) is rot90, levels off by",
        (right.turn(x).int() - x.rot90(1, (2, 3)).int()).abs().max(),
        equals=0,
    )
    turned = (right(x) != x).flatten(1).any(1)
    lab.claim(
        "share of pictures that are turned, off one half by", abs(float(turned.double().mean()) - 0.5), at_most=0.2
    )
    from torchvision.transforms import v2

    angles = [abs(v2.RandomRotation(90).make_params([x[0]])["angle"]) for _ in range(200)]
    lab.claim(
        "trap: RandomRotation(90) gives a right angle in so many of 200 draws", sum(a == 90 for a in angles), equals=0
    )
    dot = torch.zeros_like(x)
    dot[:, :, 16, 16] = 255
    where = (shift(dot)[:, 0] == 255).nonzero()[:, 1:] - 16
    lab.claim("a shift moves by at most so many pixels", where.abs().max(), at_most=PADDING)
    # Of two pictures both may be shifted alike.
    lab.claim("shifts in a batch: different ones", len(where.unique(dim=0)), at_least=2, as_declared=True)


@exercise.study(
    "a.4",
    "Dropout: 0.5 on linear layers, 0.15 on maps",
    dropout=limited(0.5, at_least=0, below=1),
    map_dropout=limited(0.15, at_least=0, below=1),
    **SIZES,
)
def dropped(lab: Lab, dropout: float, map_dropout: float, **size: Any) -> None:
    setting = Setting.of(lab, **size)
    photos = load(lab, setting)
    rates = {"dropout": (dropout, map_dropout)}
    net = initial(lab.seed, width=setting.width, **rates).to(lab.device)
    x = photos.train.ready(photos.train.x[:20])
    lab.claim("nothing drops behind the last layer: it is a linear one", isinstance(net.head[-1], nn.Linear), equals=1)
    with torch.no_grad():
        if dropout or map_dropout:
            lab.claim("in training two passes differ by", (net(x) - net(x)).abs().max(), at_least=1e-6)
        net.eval()
        lab.claim("in evaluation they differ by", (net(x) - net(x)).abs().max(), equals=0)
    record(lab, photos, train(lab, setting, photos, Change(label="dropout", shape=rates)))
    single = Change(label="dropout of single values", shape=rates | {"on_maps": nn.Dropout})
    record(lab, photos, train(lab, setting, photos, single))


@exercise.study("a.4.maps", "Dropout against Dropout2d behind a convolution", **SIZES)
def on_maps(lab: Lab, **size: Any) -> None:
    setting = Setting.of(lab, **size)
    maps.compare(lab)
    maps.on_features(lab, initial(lab.seed, width=setting.width).to(lab.device), load(lab, setting))


@exercise.study("a.5", "Early stopping", patience=limited(by_profile(smoke=1, quick=3, full=5), at_least=1), **SIZES)
def stopped(lab: Lab, patience: int, **size: Any) -> None:
    early.stopping(lab, Setting.of(lab, **size), patience)


@exercise.study(
    "b",
    "More layers of 512: does it overfit more?",
    extra=limited((0, 2, 4), at_least=0),
    seeds=limited(3, at_least=2),
    **SIZES,
)
def deeper(lab: Lab, extra: Sequence[int] | int, seeds: int, **size: Any) -> None:
    depth.deeper(lab, Setting.of(lab, **size), extra, seeds)


@exercise.comparison(
    "a.speed",
    "One short epoch: the idiomatic loop and the kit",
    reference="idiomatic loop",
    work=lambda width, steps: Work(steps * BATCH, "images"),
    width=limited(0.25, above=0),
    steps=limited(speed.STEPS, at_least=1),
)
def faster(lab: Lab, width: float, steps: int) -> dict[str, speed.Call]:
    return speed.variants(lab, width, steps)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
