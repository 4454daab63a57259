"""ex10, d: one output at twice the rate trains as two."""

import pytest

from bench.testing import failed, lab
from bench_exercises.ex10_batch_size import d_twins


def test_a_twin_at_another_rate_is_another_training(monkeypatch):
    honest = d_twins.twin_optimizer

    def slower(net, make, rate, *, last=1.0, decay=0.0):
        return honest(net, make, rate, last=1.0 + (last - 1) * 0.99, decay=decay)

    monkeypatch.setattr(d_twins, "twin_optimizer", slower)
    here = lab()
    d_twins.study(here)
    assert list(failed(here.findings)) == [
        f"{name}: two outputs train as one with 2η: largest difference of a weight"
        for name in ("momentum 0.9", "weight decay 0.1", "Adam")
    ]


def test_without_halving_the_decay_it_is_another_training(monkeypatch):
    def undivided(net, make, rate, *, last=1.0, decay=0.0):
        below = [p for name, p in net.named_parameters() if not name.startswith("layer4")]
        last_layer = {"params": [*net.last.parameters()], "lr": last * rate, "weight_decay": decay}
        return make([{"params": below, "lr": rate, "weight_decay": decay}, last_layer])

    monkeypatch.setattr(d_twins, "twin_optimizer", undivided)
    here = lab()
    d_twins.study(here)
    assert list(failed(here.findings)) == [
        "weight decay 0.1: two outputs train as one with 2η: largest difference of a weight"
    ]


@pytest.mark.parametrize("name", d_twins.TRAININGS)
def test_done_right_a_twin_ends_where_the_two_do(name):
    assert d_twins.wrongly_trained(lab(), name, last=2.0) <= 1e-12
    assert d_twins.wrongly_trained(lab(), name, last=1.9) >= 1e-6
