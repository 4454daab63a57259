"""ex10, a: every compiled kernel of the linear layers is its plain torch twin."""

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from bench_exercises.ex10_batch_size import a_compiled_linear as linear

CLOSE = {torch.float64: 1e-12, torch.float32: 1e-5}


RATE = 0.01


@pytest.fixture(params=[torch.float64, torch.float32], ids=["float64", "float32"])
def dtype(request) -> torch.dtype:
    return request.param


def normal(*shape: int, dtype: torch.dtype, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)).to(dtype)


def sparse(*shape: int, dtype: torch.dtype) -> Tensor:
    """A δ of which three in four are zero."""
    return normal(*shape, dtype=dtype) * (normal(*shape, dtype=dtype, seed=1) > 0.7)


def agree(found: np.ndarray | Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(torch.as_tensor(found), expected.detach(), rtol=0, atol=CLOSE[expected.dtype])


class TestLinear:
    @pytest.mark.parametrize("count", [1, 2, 5])
    def test_hidden_layer(self, dtype, count):
        features, weight, bias = (normal(*s, dtype=dtype) / 40 for s in ((count, 1568), (1024, 1568), (1024,)))
        z = torch.empty(count, 1024, dtype=dtype)
        linear.hidden(features.numpy(), weight.numpy(), bias.numpy(), z.numpy())
        agree(z, F.linear(features, weight, bias))

    def test_answer_of_trained_digits_with_their_mask_and_of_test_digits_without(self, dtype):
        z, weight, bias = (normal(*s, dtype=dtype) / 10 for s in ((5, 1024), (10, 1024), (10,)))
        mask = 2 * (normal(3, 1024, dtype=dtype, seed=1) > 0).to(dtype)
        units = torch.cat([z[:3].relu() * mask, z[3:].relu()])
        log_p = torch.empty(5, 10, dtype=dtype)
        linear.answer(z.numpy(), mask.numpy(), weight=weight.numpy(), bias=bias.numpy(), log_p=log_p.numpy())
        agree(z, units)
        agree(log_p, F.log_softmax(F.linear(units, weight, bias), 1))

    def test_scores_are_the_mean_nll_and_the_error_rate(self, dtype):
        log_p, y = normal(7, 10, dtype=dtype).log_softmax(1), torch.arange(7)
        loss, error = linear.score(log_p.numpy(), y.numpy())
        assert loss == pytest.approx(F.nll_loss(log_p, y).item(), abs=CLOSE[dtype])
        assert error == pytest.approx((log_p.argmax(1) != y).double().mean().item(), abs=1e-12)
        assert linear.score(log_p[:0].numpy(), y[:0].numpy()) == (0, 0)

    def test_delta_and_the_step_of_the_last_layer(self, dtype):
        weight, bias, z = (normal(*s, dtype=dtype) / 10 for s in ((10, 1024), (10,), (3, 1024)))
        mask, y = 2 * (normal(3, 1024, dtype=dtype, seed=1) > 0).to(dtype), torch.tensor([3, 0, 9])
        leaves = [t.clone().requires_grad_() for t in (z, weight, bias)]
        units = leaves[0].relu() * mask
        log_p = F.linear(units, *leaves[1:]).log_softmax(1)
        dz, dweight, dbias = torch.autograd.grad(F.nll_loss(log_p, y), leaves)
        expected, delta = (weight - RATE * dweight, bias - RATE * dbias), torch.empty(3, 1024, dtype=dtype)
        given = {"log_p": log_p, "units": units, "mask": mask, "weight": weight, "bias": bias, "delta": delta}
        arrays = {name: t.detach().numpy() for name, t in given.items()}
        linear.descend_w4(arrays["units"].dtype.type(RATE), y=y.numpy(), **arrays)
        agree(delta, dz)
        agree(weight, expected[0])
        agree(bias, expected[1])

    @pytest.mark.parametrize("batch", [1, 3, 9])
    def test_gradient_and_step_of_w3(self, dtype, batch):
        delta, features = sparse(batch, 1024, dtype=dtype) / 30, normal(batch, 1568, dtype=dtype)
        weight, bias = normal(1024, 1568, dtype=dtype) / 30, normal(1024, dtype=dtype)
        dfeatures, some = torch.empty(batch, 1568, dtype=dtype), np.empty(1025, np.int64)
        expected = weight - RATE * delta.T @ features, bias - RATE * delta.sum(0)
        linear.back_w3(delta.numpy(), weight.numpy(), dfeatures.numpy(), some)
        agree(dfeatures, delta @ weight)
        rate = delta.numpy().dtype.type(RATE)
        linear.descend_w3(rate, delta.numpy(), features.numpy(), weight=weight.numpy(), bias=bias.numpy(), some=some)
        agree(weight, expected[0])
        agree(bias, expected[1])

    def test_one_sweep_for_one_digit_does_both(self, dtype):
        delta, features = sparse(1, 1024, dtype=dtype) / 30, normal(1, 1568, dtype=dtype)
        weight, bias = normal(1024, 1568, dtype=dtype) / 30, normal(1024, dtype=dtype)
        dfeatures = torch.empty(1568, dtype=dtype)
        expected = delta[0] @ weight, weight - RATE * delta.T @ features, bias - RATE * delta[0]
        silent, kept = delta[0] == 0, weight.clone()
        written = {"weight": weight.numpy(), "bias": bias.numpy(), "dfeatures": dfeatures.numpy()}
        rate = delta.numpy().dtype.type(RATE)
        linear.sweep_w3(rate, delta[0].numpy(), features[0].numpy(), **written)
        for ours, theirs in zip((dfeatures, weight, bias), expected, strict=True):
            agree(ours, theirs)
        assert torch.equal(weight[silent], kept[silent])

    def test_rows_without_a_gradient_are_never_read_nor_written(self, dtype):
        delta = sparse(1, 1024, dtype=dtype)
        silent = delta[0] == 0
        weight = normal(1024, 1568, dtype=dtype)
        weight[silent] = torch.nan
        before, some = weight.clone(), np.empty(1025, np.int64)
        dfeatures = torch.empty(1, 1568, dtype=dtype)
        linear.back_w3(delta.numpy(), weight.numpy(), dfeatures.numpy(), some)
        assert dfeatures.isfinite().all()
        rate, features = delta.numpy().dtype.type(RATE), np.full((1, 1568), np.nan, delta.numpy().dtype)
        linear.descend_w3(
            rate, delta.numpy(), features, weight=weight.numpy(), bias=np.zeros(1024, features.dtype), some=some
        )
        assert torch.equal(weight[silent].isnan(), before[silent].isnan())
        assert weight[~silent].isnan().all()
        finite = normal(1024, 1568, dtype=dtype)
        kept = finite.clone()
        linear.descend_w3(
            rate, delta.numpy(), features, weight=finite.numpy(), bias=np.zeros(1024, features.dtype), some=some
        )
        assert torch.equal(finite[silent], kept[silent])
