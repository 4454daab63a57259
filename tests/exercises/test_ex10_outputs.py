"""ex10, d: one output and two are one model, and one training at twice the rate."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from bench.testing import claims, failed, lab, run_part
from bench_exercises.ex10_batch_size import exercise, outputs, twins
from bench_exercises.ex10_batch_size.network import binary, initial, merged
from bench_exercises.ex10_batch_size.outputs import is_zero, one_output_loss, one_output_right


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50), st.booleans()), min_size=1, max_size=9))
def test_one_output_says_what_two_say(given):
    z = torch.tensor([pair[:2] for pair in given], dtype=torch.float64)
    y = torch.tensor([pair[2] for pair in given]).long()
    d = z[:, 1] - z[:, 0]
    torch.testing.assert_close(one_output_loss(d, y), F.cross_entropy(z, y), rtol=1e-12, atol=1e-12)
    assert torch.equal(one_output_right(d[:, None], y), ((d > 0).long() == y))


def test_the_classes():
    assert is_zero(torch.tensor([0, 3, 9, 0])).tolist() == [1, 0, 0, 1]


def test_a_merged_network_gives_the_difference_of_the_logits():
    two = binary(2, 3).double().eval()
    x = torch.randn(4, 1, 28, 28, generator=torch.Generator().manual_seed(0)).double()
    z = two(x)
    torch.testing.assert_close(merged(two).eval()(x)[:, 0], z[:, 1] - z[:, 0], rtol=0, atol=1e-12)


def test_below_the_last_layer_all_networks_of_a_seed_are_one():
    ten, two, one = initial(4).state_dict(), binary(2, 4).state_dict(), binary(1, 4).state_dict()
    for name in (name for name in ten if not name.startswith("layer4")):
        assert torch.equal(ten[name], two[name])
        assert torch.equal(ten[name], one[name])


@pytest.mark.parametrize("seed", [0, 3])
def test_claims_hold(seed):
    found = run_part(exercise, "d", lab(seed))
    assert failed(found) == {}
    assert len(claims(found)) == len(found.claims) == 19


def test_both_classes_are_among_the_few_digits():
    x, y = twins.few_digits(lab())
    assert x.shape == (20, 1, 28, 28)
    assert is_zero(y).sum() == 5


def test_a_twin_at_another_rate_is_another_training(monkeypatch):
    honest = outputs.twin_optimizer

    def slower(net, make, rate, *, last=1.0, decay=0.0):
        return honest(net, make, rate, last=1.0 + (last - 1) * 0.99, decay=decay)

    monkeypatch.setattr(outputs, "twin_optimizer", slower)
    here = lab()
    outputs.whole_trainings(here)
    assert list(failed(here.findings)) == [
        f"{name}: two outputs train as one with 2η: largest difference of a weight"
        for name in ("momentum 0.9", "weight decay 0.1", "Adam")
    ]


def test_without_halving_the_decay_it_is_another_training(monkeypatch):
    def undivided(net, make, rate, *, last=1.0, decay=0.0):
        below = [p for name, p in net.named_parameters() if not name.startswith("layer4")]
        last_layer = {"params": [*net.last.parameters()], "lr": last * rate, "weight_decay": decay}
        return make([{"params": below, "lr": rate, "weight_decay": decay}, last_layer])

    monkeypatch.setattr(outputs, "twin_optimizer", undivided)
    here = lab()
    outputs.whole_trainings(here)
    assert list(failed(here.findings)) == [
        "weight decay 0.1: two outputs train as one with 2η: largest difference of a weight"
    ]


def test_three_are_trained_and_the_twin_repeats_the_first():
    found = run_part(exercise, "d.trained")
    assert failed(found) == {}
    assert [row[0] for row in found.tables[0].rows] == [outputs.TWO, outputs.ONE, outputs.FOLDED]
    metrics = {metric.name: metric.value for metric in found.metrics}
    twin, other = (
        metrics[f"largest difference of a logit, two outputs and {which}"] for which in ("their one-output twin", "one")
    )
    assert twin < 1e-4 < other


def test_an_unknown_optimizer_is_refused():
    with pytest.raises(ValueError, match=r"optimizer is (sgd or adam|adam or sgd), not 'lion'"):
        run_part(exercise, "d.trained", optimizer="lion")
