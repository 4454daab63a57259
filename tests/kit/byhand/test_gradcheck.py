"""The check itself: it finds what is wrong, and says so in numbers."""

import pytest
import torch

from bench.kit.byhand import linear, linear_backward
from bench.kit.byhand.gradcheck import adjoint_error, central_differences, gradient_errors, relative_error


def draw(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_a_cubic_is_differentiated_to_second_order():
    x = draw(4)
    (slope,) = central_differences(lambda x: (x**3).sum(), [x], step=1e-3)
    torch.testing.assert_close(slope, 3 * x**2 + 1e-6, rtol=1e-7, atol=0)


def test_inputs_are_left_alone():
    x = draw(3, 2).T
    before = x.clone()
    central_differences(lambda x: x.square().sum(), [x])
    assert torch.equal(x, before)


def test_a_right_layer_has_small_errors_and_a_wrong_one_large():
    inputs = (draw(3, 2), draw(4, 2, seed=1), draw(4, seed=2))
    right = gradient_errors(linear, linear_backward, inputs)
    assert right.output == 0
    assert max(right.autograd) < 1e-14
    assert max(right.differences) < 1e-8
    wrong = gradient_errors(linear, lambda dy, saved: [2 * g for g in linear_backward(dy, saved)], inputs)
    assert wrong.autograd == pytest.approx((1, 1, 1))
    assert wrong.differences == pytest.approx((1, 1, 1))


@pytest.mark.parametrize(
    ("backward", "names"),
    [
        (lambda dy, saved: linear_backward(dy, saved)[:1], "1 gradients for 2 inputs"),
        (lambda dy, saved: linear_backward(dy, saved)[1::-1], r"gradient 0 has the shape \(4, 2\), expected \(3, 2\)"),
        (lambda dy, saved: [g.float() for g in linear_backward(dy, saved)[:2]], "gradient 0 is torch.float32"),
    ],
)
def test_gradients_of_another_number_shape_or_dtype_are_refused(backward, names):
    with pytest.raises(ValueError, match=names):
        gradient_errors(linear, backward, (draw(3, 2), draw(4, 2)))


def test_relative_error_is_relative_absolute_at_zero_and_infinite_for_nan():
    assert relative_error(torch.tensor([2.0, 10.0]), torch.tensor([1.0, 10.0])) == pytest.approx(0.1)
    assert relative_error(torch.tensor([0.5]), torch.tensor([0.0])) == pytest.approx(0.5)
    assert relative_error(torch.tensor([float("nan")]), torch.tensor([1.0])) == float("inf")
    assert relative_error(torch.zeros(0), torch.zeros(0)) == 0


def test_only_the_transpose_passes_the_test_of_an_adjoint():
    T, x, dy = draw(3, 2), draw(2, seed=1), draw(3, seed=2)
    assert adjoint_error(lambda x: T @ x, lambda dy: T.T @ dy, x, dy) < 1e-15
    assert adjoint_error(lambda x: T @ x, lambda dy: -T.T @ dy, x, dy) > 0.1
    assert adjoint_error(lambda x: T @ x, lambda dy: torch.linalg.pinv(T) @ dy, x, dy) > 0.01
    assert adjoint_error(lambda x: T @ x, lambda dy: T.T @ dy * float("nan"), x, dy) == float("inf")


def test_an_adjoint_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"the adjoint's result has the shape \(3,\), expected \(2,\)"):
        adjoint_error(lambda x: x.repeat(2)[:3], lambda dy: dy, draw(2), draw(3))
