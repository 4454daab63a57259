"""ex05: Dropout trains an ensemble, and weight scaling is its geometric mean.

Every mask is enumerated, so that "ensemble" means all sub-networks and not a sample of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from bench import Exercise, Lab, Work, hookimpl
from bench.kit.compare import largest, smallest
from bench.kit.data import mnist

from . import ensemble, nonlinear, ridge, sampling, speed, steps, trained
from .masks import every_mask, probabilities
from .problem import Head

exercise = Exercise(tags=("theory", "regularisation", "by hand"))

EXACT = 1e-12

# The problem is `problem.py`, the ensemble by hand `ensemble.py`, a training step by hand and by autograd `steps.py`.


@exercise.study("a", "The geometric mean of all sub-networks is one network with scaled weights", keep=(0.5, 0.8))
def geometric_mean(lab: Lab, keep: tuple[float, ...]) -> None:
    rows = []
    for units in (6, 12):
        head = Head.draw(lab, units=units)
        for q in keep:
            members = ensemble.every_member(head, q)
            scaled = ensemble.weight_scaled(head, q)
            exact, other = ensemble.gap(scaled, ensemble.geometric(members)), ensemble.arithmetic(members)
            rows.append(
                {"units": units, "sub-networks": len(members.chance), "keep q": q}
                | {"geometric mean - weight scaling": exact}
                | {"arithmetic mean - weight scaling": ensemble.gap(scaled, other)}
                | {"sum of P(m) - 1": float(members.chance.sum() - 1)}
            )
    lab.table("Every mask enumerated: largest difference in probability", rows)
    for units in (6, 12):
        mine = [row for row in rows if row["units"] == units]
        worst = largest(row["geometric mean - weight scaling"] for row in mine)
        lab.claim(f"2^{units} masks: geometric mean = weight scaling", worst, at_most=EXACT)
        lab.claim(f"2^{units} masks: as many sub-networks", mine[0]["sub-networks"], equals=2**units)
    least = smallest(row["arithmetic mean - weight scaling"] for row in rows)
    lab.claim("the arithmetic mean is another function: least difference", least, at_least=1e-3)
    deep = nonlinear.late_head(nonlinear.Deep.draw(lab, units=8).scaled(4), nonlinear.ACTIVATIONS["ReLU"])
    late = ensemble.gap(ensemble.weight_scaled(deep, 0.5), ensemble.geometric(ensemble.every_member(deep, 0.5)))
    lab.claim("masks on the last hidden layer of a ReLU network: exact too", late, at_most=EXACT)


@exercise.study("a.better", "The ensemble is better than its members, by an amount known exactly", units=10)
def better_than_its_members(lab: Lab, units: int) -> None:
    head = Head.draw(lab, units=units)
    labels = torch.arange(len(head.hidden), device=lab.device) % len(head.bias)
    alone = sampling.mean_cross_entropy(head, 0.5, labels)
    members = ensemble.every_member(head, 0.5)
    together = -ensemble.weight_scaled(head, 0.5).gather(1, labels[:, None])[:, 0]
    log_z = ensemble.normaliser(members)
    gap = (alone - together + log_z).abs().max()
    lab.claim("mean loss of the members - loss of the ensemble = -log Z", gap, at_most=EXACT)
    lab.claim("the ensemble's advantage -log Z, least over the examples", -log_z.max(), at_least=1e-3)
    lab.claim("members that agree gain nothing: -log Z without disagreement", agreement(head), at_most=EXACT)


def agreement(head: Head) -> Tensor:
    """-log Z where W gives every class the same share, so that no mask changes the probabilities."""
    equal = Head(head.hidden, head.weight.mean(1, keepdim=True).expand_as(head.weight), head.bias)
    return ensemble.normaliser(ensemble.every_member(equal, 0.5)).abs().max()


@exercise.study("a.steps", "A step with a mask trains one member, and the members share their weights", units=6)
def one_step_one_member(lab: Lab, units: int) -> None:
    head = Head.draw(lab, units=units)
    labels = torch.arange(len(head.hidden), device=lab.device) % len(head.bias)
    gradients, masks = steps.member_gradients(head, labels), every_mask(units, head.hidden)
    others = gradients[masks == 0].abs().max()
    lab.claim("a step leaves the weights of dropped units alone", others, equals=0)
    chance = probabilities(masks, 0.5)
    expected = ensemble.average(gradients, chance)
    error = (expected - steps.gradient_of_mean_loss(head, labels, 0.5)).abs().max()
    lab.claim("the mean step over all masks = the step on the members' mean loss", error, at_most=EXACT)
    shared = masks.sum(0)
    lab.claim(
        "every unit's weights are shared by half of all members", (shared - 2 ** (units - 1)).abs().max(), equals=0
    )
    whole = steps.member_gradient(head, torch.ones_like(masks[0]), labels)
    lab.claim("control: it is not the step of the whole network", (expected - whole).abs().max(), at_least=1e-3)


@exercise.study("a.nonlinear", "Masks before a nonlinearity: an approximation, better for smaller weights", units=8)
def before_a_nonlinearity(lab: Lab, units: int) -> None:
    net = nonlinear.Deep.draw(lab, units=units)
    scales = [2.0**power for power in range(-5, 4)]
    small = scales[:4]
    errors = {
        name: [nonlinear.early_error(net.scaled(scale), 0.5, activation) for scale in scales]
        for name, activation in nonlinear.ACTIVATIONS.items()
    }
    for name in ("ReLU", "tanh"):
        lab.curve(
            "Error of weight scaling against the size of the weights",
            scales,
            errors[name],
            series=f"masks before {name}",
            x_label="factor on all weights",
            y_label="largest difference in probability",
            scale="log-log",
        )
    lab.claim("no nonlinearity after the masks: exact at every size", largest(errors["linear"]), at_most=EXACT)
    lab.claim("masks before a ReLU, large weights: not exact", largest(errors["ReLU"]), at_least=1e-3)
    shrinks = largest(errors["ReLU"][k] / errors["ReLU"][k + 1] for k in range(4))
    lab.claim("masks before a ReLU: halving small weights divides the error, at worst by", 1 / shrinks, at_least=2)
    for name, order in (("ReLU", 2), ("tanh", 4)):
        found = nonlinear.slope(small, errors[name][:4])
        lab.claim(f"masks before {name}: error ~ scale^{order}, exponent off by", abs(found - order), at_most=0.2)


@exercise.study("a.sampled", "k sampled masks near the ensemble as 1/√k", units=8, keep=0.5)
def sampled(lab: Lab, units: int, keep: float) -> None:
    head, stream = Head.draw(lab, units=units), lab.generator()
    sizes = [1, 3, 10, 30, 100, 300, 1000]
    repetitions = lab.pick(smoke=500, quick=500, full=2000)
    found = [
        sampling.sampled_errors(head, keep, members=k, repetitions=repetitions, stream=stream)
        for k in lab.track(sizes, "sizes")
    ]
    predicted = [sampling.predicted_logit_error(head, keep, k) for k in sizes]
    lines = {name: [getattr(errors, name) for errors in found] for name in sampling.Errors._fields}
    titles = {"geometric": "geometric mean", "arithmetic": "arithmetic mean", "logits": "mean logits"}
    for name, title in titles.items():
        draw_errors(lab, sizes, lines[name], title)
    between = [2, 5, 20, 50, 200, 500]  # or its points would cover those measured
    law = [sampling.predicted_logit_error(head, keep, k) for k in between]
    draw_errors(lab, between, law, "mean logits, predicted")
    ratios = [measured / expected for measured, expected in zip(lines["logits"], predicted, strict=True)]
    lab.claim("logits: measured / predicted error, furthest from 1", largest(abs(r - 1) for r in ratios), at_most=0.1)
    for name, title in titles.items():
        exponent = nonlinear.slope(sizes[2:], lines[name][2:])
        lab.metric(f"exponent of the {title}", exponent)
        lab.claim(f"{title}: error ~ k^-1/2, exponent off by", abs(exponent + 0.5), at_most=0.1)


def draw_errors(lab: Lab, sizes: list[int], errors: list[float], series: str) -> None:
    lab.curve(
        "Error of an ensemble of k masks",
        sizes,
        errors,
        series=series,
        x_label="masks k",
        y_label="root mean square error",
        scale="log-log",
    )


@exercise.study("a.ridge", "In linear regression dropout is an adaptive ridge penalty", units=6, keep=(0.3, 0.5, 0.8))
def as_ridge(lab: Lab, units: int, keep: tuple[float, ...]) -> None:
    case = ridge.Regression.draw(lab, units=units)
    rows, slopes = [], []
    for q in keep:
        masks, penalty = (float(way(case, case.weight, q)) for way in (ridge.expected_loss, ridge.penalised_loss))
        rows.append({"keep q": q, "mean over all masks": masks, "loss + ridge penalty": penalty})
        slopes.append(ridge.gradient(case, ridge.ridge_solution(case, q), q).abs().max())
    lab.table("Expected loss of dropout, both ways", rows)
    worst = largest(abs(row["mean over all masks"] / row["loss + ridge penalty"] - 1) for row in rows)
    lab.claim("mean loss over all masks = loss + ridge penalty (relative)", worst, at_most=EXACT)
    lab.claim("the ridge solution is where the mean loss is flat: largest slope", largest(slopes), at_most=1e-10)
    plain = torch.linalg.lstsq(case.inputs, case.target).solution
    smaller = ridge.penalty(case, ridge.ridge_solution(case, 0.5)) / ridge.penalty(case, plain)
    lab.claim("it shrinks: Σ w² ‖X‖² over that of least squares", smaller, at_most=1 - 1e-3)


@exercise.study("a.trained", "A network trained on digits: its ensemble against its weight-scaled self", units=8)
def trained_network(lab: Lab, units: int) -> None:
    digits = trained.Digits.load(lab.uses(mnist(lab.data)), lab, test=lab.pick(smoke=200, quick=500, full=1000))
    epochs, q = lab.pick(smoke=3, quick=8, full=20), 0.5
    net = trained.train(lab, digits, units=units, keep=q, epochs=epochs)
    members = trained.members_of(net, digits.test_x, q)
    found = trained.scores(net, members, digits, q)
    lab.table(
        "Test digits", [{"who answers": name, "accuracy": s.accuracy, "loss": s.loss} for name, s in found.items()]
    )
    one, geometric, arithmetic, scaled = found.values()
    together, single = ensemble.geometric(members), trained.scaled_output(net, digits.test_x, q)
    same = (together.argmax(-1) == single.argmax(-1)).double().mean()
    lab.claim("trained: the geometric ensemble loses less than a member by", one.loss - geometric.loss, at_least=1e-3)
    lab.claim("trained: the arithmetic ensemble loses less than a member by", one.loss - arithmetic.loss, at_least=1e-3)
    lab.claim(
        "trained: weight scaling is more accurate than a member by", scaled.accuracy - one.accuracy, at_least=0.05
    )
    lab.claim("trained: weight scaling names the ensemble's digit, share", same, at_least=0.8)
    lab.claim(
        "trained: masks before a ReLU, weight scaling is not exact", ensemble.gap(single, together), at_least=1e-3
    )
    lab.metric("mean difference in probability", (single.exp() - together.exp()).abs().mean())
    for name, score in found.items():
        lab.metric(f"accuracy, {name}", score.accuracy)
        lab.metric(f"loss, {name}", score.loss, "nats")
    without_dropout(lab, digits, units, epochs)


def without_dropout(lab: Lab, digits: trained.Digits, units: int, epochs: int) -> None:
    """The control: the sub-networks of a network that was trained whole were never trained."""
    net = trained.train(lab, digits, units=units, keep=1.0, epochs=epochs)
    found = trained.scores(net, trained.members_of(net, digits.test_x, 0.5), digits, 0.5)
    lab.metric("accuracy of a sub-network, trained without dropout", found["one member, on average"].accuracy)
    whole = trained.Score.of(trained.scaled_output(net, digits.test_x, 1.0), digits.test_y)
    lab.metric("accuracy of the whole network, trained without dropout", whole.accuracy)


def forward_passes(units: int) -> Work:
    return Work(2**units, "sub-networks")


@exercise.comparison(
    "a.speed",
    "The mean of all sub-networks' probabilities: which way is the fastest?",
    reference="one mask after another",
    work=forward_passes,
    units=(6, 10),
)
def speed_of_the_ensemble(lab: Lab, units: int) -> dict[str, Callable[[], Tensor]]:
    head = Head.draw(lab, units=units, batch=32, classes=10)
    return {name: partial(way, head) for name, way in speed.WAYS.items()}


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
