"""Layers with forward and backward written out, all of one shape.

    y, saved = layer(x, ...)                 # the output, and exactly what the backward pass needs
    gradients = layer_backward(dy, saved)    # a tuple: one gradient per differentiable input, in order

The letters are the same everywhere: x, W, b go in, y comes out, and dy stands for dL/dy, the gradient of a scalar
loss L. Nothing here calls autograd or ``torch.nn.functional``: the formulas of the docstrings are the code.
"""

from bench.kit.byhand.activations import (
    leaky_relu,
    leaky_relu_backward,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    tanh,
    tanh_backward,
)
from bench.kit.byhand.conv import conv1d, conv1d_backward, conv2d, conv2d_backward
from bench.kit.byhand.linear import linear, linear_backward

__all__ = [
    "conv1d",
    "conv1d_backward",
    "conv2d",
    "conv2d_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "linear",
    "linear_backward",
    "relu",
    "relu_backward",
    "sigmoid",
    "sigmoid_backward",
    "tanh",
    "tanh_backward",
]
