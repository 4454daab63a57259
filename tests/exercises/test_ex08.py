"""ex08: claims at several seeds, each experiment on paper, planted mistakes, and the written answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from bench.kit.byhand import Running, batch_norm_eval
from bench.report.answers import theory
from bench.testing import agreements, claims, failed, lab, run_part, variants
from bench_exercises.ex08_normalisation import (
    a_advantages,
    b_order,
    b_ranking,
    by_hand,
    c_at_test,
    d_errors,
    d_maxout,
    e_maps,
    exercise,
    g_dropout,
    network,
)

STUDIES = [part for part in exercise.parts.values() if part.kind == "study"]
COMPARISONS = [part for part in exercise.parts.values() if part.kind == "comparison"]
TRAINED = {"a.rates", "a.initial", "a.saturating", "b.ranking"}
ZERO = torch.zeros((), dtype=torch.float64)


def column(*values):
    return torch.tensor(values, dtype=torch.float64)[:, None]


@pytest.fixture(scope="module")
def findings():
    """What all studies record at seed 0."""
    here = lab()
    for part in STUDIES:
        run_part(exercise, part.id, here)
    return here.findings


def test_every_claim_holds(findings):
    assert len(claims(findings)) == len(findings.claims) >= 80
    assert failed(findings) == {}


@pytest.mark.parametrize("part", [part for part in STUDIES if part.id not in TRAINED], ids=lambda part: part.id)
def test_claims_hold_at_another_seed(part):
    assert failed(run_part(exercise, part.id, lab(7))) == {}


@pytest.mark.parametrize("part", COMPARISONS, ids=lambda part: part.id)
def test_variants_agree(part):
    for name, found in agreements(exercise, part.id).items():
        assert found.passed, name


def test_normalising_on_paper():
    assert by_hand.normalise(column(1, 3), (0,), eps=0).flatten().tolist() == [-1, 1]
    assert by_hand.over_batch(column(1, 3), eps=3).flatten().tolist() == [-0.5, 0.5]
    assert by_hand.over_features(column(1, 3).T, eps=0).flatten().tolist() == [-1, 1]


@given(st.integers(2, 6), st.integers(1, 4), st.integers(1, 3), st.integers(0, 99))
def test_one_formula_is_every_layer(batch, width, side, seed):
    x = torch.randn(batch, width, side, 2, generator=torch.Generator().manual_seed(seed)).double()
    assert by_hand.gap(by_hand.over_batch(x), F.batch_norm(x, None, None, training=True)) < 1e-10
    assert by_hand.gap(by_hand.over_features(x), F.layer_norm(x, x.shape[1:])) < 1e-10


def test_networks_normalise_over_the_batch():
    z = torch.randn(3, 5, 16, generator=torch.Generator().manual_seed(0)).double()
    for one, expected in zip(network.along_batch(z), z, strict=True):
        assert by_hand.gap(one.T, by_hand.over_batch(expected.T)) < 1e-12


@pytest.mark.parametrize("normed", [False, True])
def test_stacked_networks_are_single_networks(normed):
    """Losses and steps of R networks at once are those of each alone."""
    gains, rates = torch.tensor([0.5, 2.0]).double(), torch.tensor([0.1, 0.2]).double()
    design = network.Design(normed, "sigmoid", depth=2, width=4)
    both = network.Networks.draw(design, gains, 1, torch.Generator().manual_seed(0))
    x, y = network.examples(8, torch.Generator().manual_seed(1), gains)
    for _ in range(2):
        losses = both.step(x, y, rates)
    for k in range(2):
        one = network.Networks.draw(design, gains[k : k + 1], 1, torch.Generator().manual_seed(0))
        one.step(x, y, rates[k : k + 1])
        assert one.step(x, y, rates[k : k + 1]).item() == pytest.approx(losses[k].item(), rel=1e-12)


def test_settings_that_learn_in_every_seed():
    losses = torch.tensor([[0.1, 0.1, 0.7], [0.1, 0.6, 0.1]])
    assert a_advantages.settings_that_learn((1.0, 2.0, 3.0), losses) == [1.0]


@pytest.mark.parametrize(("p", "ratio"), [(0.5, 2.467), (0.3, 1.629), (0.15, 1.259)])
def test_predicted_variance_shift(p, ratio):
    assert b_order.predicted_ratio(p) == pytest.approx(ratio, abs=5e-4)


def test_what_stands_before_the_norm():
    z, mask = column(-2.0, 4.0), column(1.0, 0.0)
    assert b_order.norm_input(("norm", "drop"), z, mask, 0.5).flatten().tolist() == [-2, 4]
    assert b_order.norm_input(("relu", "norm", "drop"), z, mask, 0.5).flatten().tolist() == [0, 4]
    assert b_order.norm_input(("drop", "norm"), z, mask, 0.5).flatten().tolist() == [-4, 0]


def test_reestimating_uses_what_evaluation_meets():
    torch.manual_seed(0)
    net = b_ranking.network(b_ranking.ORDERS["ReLU, dropout, BN"]).double()
    x = torch.randn(50, 784, generator=torch.Generator().manual_seed(0)).double()
    b_ranking.reestimate(net, x)
    met = b_ranking.norm_variances(net, x, dropping=False)
    norms = [layer for layer in net if isinstance(layer, nn.BatchNorm1d)]
    assert by_hand.gap(norms[0].running_var, met[0]) < 1e-12
    assert len(met) == len(norms) == 2


def test_folding_on_paper():
    """y = 3 (2x + 1 - 5) / √(4 - ε + ε) + 7 = 3x + 1."""
    norm = c_at_test.Norm(
        torch.tensor([3.0]), torch.tensor([7.0]), Running(torch.tensor([5.0]), torch.tensor([4.0 - by_hand.EPS]))
    )
    weight, bias = c_at_test.fold(torch.tensor([[2.0]]), torch.tensor([1.0]), norm)
    assert weight.item() == pytest.approx(3)
    assert bias.item() == pytest.approx(1)
    out, _ = batch_norm_eval(torch.tensor([[2.0 * 10 + 1]]), norm.weight, norm.bias, norm.running)
    assert out.item() == pytest.approx(31)


def test_a_wrong_fold_fails_the_claims(monkeypatch):
    right = c_at_test.fold
    monkeypatch.setattr(c_at_test, "fold", lambda w, b, norm: (right(w, b, norm)[0], b * norm.scale + norm.bias))
    names = failed(run_part(exercise, "c")).keys()
    assert names == {"folded into a linear layer: same output", "folded into a convolution: same output"}


def test_the_biased_variance_fails_the_claims(monkeypatch):
    def biased(running, saved, momentum=0.1):
        return Running(0.9 * running.mean + 0.1 * saved.mean, 0.9 * running.variance + 0.1 * saved.variance)

    monkeypatch.setattr(c_at_test, "running_statistics", biased)
    names = failed(run_part(exercise, "c")).keys()
    assert names == {"running variance after a step = 0.9 + 0.1 s², s² unbiased", "moving averages by hand = torch"}


def test_statistics_over_the_wrong_axes_fail_the_claims(monkeypatch):
    monkeypatch.setattr(e_maps, "over_batch", lambda x, eps=by_hand.EPS: by_hand.normalise(x, (0,), eps))
    names = failed(run_part(exercise, "e")).keys()
    assert {"statistics over N, H, W = BatchNorm2d", "shifting some pictures shifts their outputs"} <= names


def test_a_unit_on_paper():
    unit = d_maxout.Unit(column(-1.0, 1.0), torch.tensor([0.0, 0.0]).double())
    assert unit(column(-3.0, 0.0, 2.0)).tolist() == [3, 0, 2]
    assert d_maxout.Pair(unit, unit)(column(-3.0, 2.0)).tolist() == [0, 0]


def test_tangents_touch_from_below():
    unit = d_maxout.tangents(lambda v: v.square().sum(1), column(-1.0, 1.0))
    assert unit.slopes.flatten().tolist() == [-2, 2]
    assert unit.offsets.tolist() == [-1, -1]


def test_interpolation_is_exact_for_a_piecewise_linear_function():
    def zigzag(v):
        return (v[:, 0] - 0.25).abs() - 2 * (v[:, 0] - 0.5).abs()

    knots = torch.linspace(0, 1, 5).double()
    pair = d_maxout.from_knots(zigzag, knots)
    points = d_maxout.grid(0, 1, 101, 1, like=ZERO)
    assert d_maxout.worst(pair, zigzag, points) < 1e-14
    assert len(pair.plus.offsets) == len(pair.minus.offsets) == 4
    assert torch.all(pair.plus.slopes.flatten().diff() >= 0), "each unit must be convex"
    assert torch.all(pair.minus.slopes.flatten().diff() >= 0)


def test_the_envelope_on_paper():
    """Of the points (0, 0), (1, 2), (2, 0), (3, 1) the lower hull is 0, 0, 0, 1; half of the largest gap is 1."""
    x, y = torch.arange(4.0).double(), torch.tensor([0.0, 2.0, 0.0, 1.0]).double()
    assert d_maxout.convex_envelope(x, y).tolist() == [0, 0, 0, 1]
    assert d_maxout.convex_bound(x, y) == 1
    assert d_maxout.convex_bound(x, x.square()) == 0


def test_the_bound_in_closed_form():
    """The envelope's line from (0, 0) touches sin 2πv at t, where tan 2πt = 2πt: with u = 2πt = 4.49341, its slope in
    2πv is cos u, and the gap is largest where cos 2πv = cos u, that is at 2πv = 2π - u."""
    u = 4.493409457909064
    gap = torch.tensor(2 * torch.pi - u).double()
    expected = float((gap.sin() - torch.tensor(u).double().cos() * gap) / 2)
    x = torch.linspace(0, 1, 4001).double()
    assert d_maxout.convex_bound(x, (2 * torch.pi * x).sin()) == pytest.approx(expected, abs=1e-5)


def test_least_factor_and_exponent():
    assert d_errors.least_factor([8.0, 2.0, 1.0]) == 2
    assert d_errors.exponent([1, 2, 4], [16.0, 4.0, 1.0]) == pytest.approx(-2)


def test_channel_masks_are_whole_and_entry_masks_are_not():
    stream = torch.Generator().manual_seed(0)
    shape = (20, 6, 4, 4)
    ones = torch.ones(shape).double()
    assert g_dropout.mixed(2 * ones * g_dropout.channel_masks(shape, 0.5, stream, ZERO), 0.5) == 0
    assert g_dropout.mixed(2 * ones * g_dropout.entry_masks(shape, 0.5, stream, ZERO), 0.5) == 120


def test_what_neighbours_explain():
    """A smooth map can be guessed from its neighbours, white noise can not."""
    line = torch.linspace(0, 1, 12).double()
    smooth = (1 + line[:, None] + line).expand(30, 2, 12, 12).contiguous()
    noise = torch.randn(30, 2, 12, 12, generator=torch.Generator().manual_seed(0)).double()
    stream = torch.Generator().manual_seed(1)
    entries, whole = (draw(noise.shape, 0.5, stream, ZERO) for draw in (g_dropout.entry_masks, g_dropout.channel_masks))
    assert g_dropout.explained(smooth, entries) > 0.1 > 0.01 > g_dropout.explained(noise, entries)
    assert g_dropout.explained(smooth, whole) == pytest.approx(0, abs=1e-12)
    assert g_dropout.explained(smooth, 1 - torch.ones_like(entries)) == pytest.approx(0, abs=1e-12)


def test_bad_parameters_are_named():
    with pytest.raises(ValueError, match=r"depth=0"):
        network.Design(True, "ReLU", depth=0)
    with pytest.raises(ValueError, match="softsign"):
        network.Design(True, "softsign")
    with pytest.raises(ValueError, match="p=1"):
        g_dropout.entry_masks((1, 1, 1, 1), 1.0, torch.Generator(), ZERO)
    with pytest.raises(ValueError, match="per_axis=1"):
        d_maxout.grid(0, 1, 1, 1, like=ZERO)
    norm = c_at_test.Norm.draw(3, torch.Generator(), ZERO)
    with pytest.raises(ValueError, match="2 outputs and a norm of 3 channels"):
        c_at_test.fold(torch.zeros(2, 2), torch.zeros(2), norm)
    with pytest.raises(ValueError, match=r"\(2, 1\) and \(2,\)"):
        by_hand.gap(torch.zeros(2, 1), torch.zeros(2))


def test_the_answer_shows_what_is_measured(findings):
    answer = Path(by_hand.__file__).with_name("answer.md").read_text(encoding="utf-8")
    assert all(f"## 8{letter} — " in answer for letter in "abcdefg")
    assert theory.problems(answer) == ()
    assert set(re.findall(r'claim\("(.+?)"\)', answer)) <= {claim.name for claim in findings.claims}
    assert set(re.findall(r'metric\("(.+?)"\)', answer)) <= {metric.name for metric in findings.metrics}
    for part in COMPARISONS:
        asked = {(r.names[1], r.parameters) for r in theory.references(answer) if r.names[0] == part.id}
        assert {name for name, _ in asked} == set(variants(exercise, part.id)) - {part.reference}
        for name, value in {pair for _, parameters in asked for pair in parameters}:
            assert value in part.parameters[name]
