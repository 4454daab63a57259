"""ex05.a.steps: the step of a member is autograd's."""

from __future__ import annotations

import torch

from bench.testing import lab
from bench_exercises.ex05_dropout_ensemble import a_steps
from bench_exercises.ex05_dropout_ensemble.problem import Head


def test_a_member_step_is_autograds():
    head, labels = Head.draw(lab(), units=4), torch.tensor([0, 1, 2, 3, 0])
    mask = torch.tensor([1.0, 0.0, 1.0, 1.0]).double()
    weight = head.weight.clone().requires_grad_()
    loss = torch.nn.functional.cross_entropy((mask * head.hidden) @ weight + head.bias, labels)
    expected = torch.autograd.grad(loss, weight)[0]
    assert torch.allclose(a_steps.member_gradient(head, mask, labels), expected, rtol=0, atol=1e-14)
