"""Layers with forward and backward written out, all of one shape.

    y, saved = layer(x, ...)                 # the output, and exactly what the backward pass needs
    gradients = layer_backward(dy, saved)    # a tuple: one gradient per differentiable input, in order

The letters are the same everywhere: x, W, b go in, y comes out, and dy stands for dL/dy, the gradient of a scalar
loss L. Losses take a target too, and optimisers are pure functions of parameters, gradients and a state. Nothing here
calls autograd or ``torch.nn.functional``: the formulas of the docstrings are the code. ``gradient_errors`` holds a
layer of this shape, yours too, against autograd and against central differences.
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
from bench.kit.byhand.conv_transpose import (
    conv_transpose1d,
    conv_transpose1d_backward,
    conv_transpose2d,
    conv_transpose2d_backward,
)
from bench.kit.byhand.dropout import dropout, dropout_backward
from bench.kit.byhand.gradcheck import (
    GradientErrors,
    adjoint_error,
    central_differences,
    gradient_errors,
    relative_error,
)
from bench.kit.byhand.linear import linear, linear_backward
from bench.kit.byhand.losses import (
    bce,
    bce_backward,
    bce_with_logits,
    bce_with_logits_backward,
    cross_entropy,
    cross_entropy_backward,
    mse,
    mse_backward,
    nll,
    nll_backward,
)
from bench.kit.byhand.norm import (
    Running,
    batch_norm,
    batch_norm_backward,
    batch_norm_eval,
    batch_norm_eval_backward,
    layer_norm,
    layer_norm_backward,
    running_statistics,
)
from bench.kit.byhand.optimisers import AdamState, RMSpropState, SGDState, adam, adamw, rmsprop, sgd
from bench.kit.byhand.pool import (
    avg_pool1d,
    avg_pool1d_backward,
    avg_pool2d,
    avg_pool2d_backward,
    max_pool1d,
    max_pool1d_backward,
    max_pool2d,
    max_pool2d_backward,
)
from bench.kit.byhand.softmax import log_softmax, log_softmax_backward, softmax, softmax_backward

__all__ = [
    "AdamState",
    "GradientErrors",
    "RMSpropState",
    "Running",
    "SGDState",
    "adam",
    "adamw",
    "adjoint_error",
    "avg_pool1d",
    "avg_pool1d_backward",
    "avg_pool2d",
    "avg_pool2d_backward",
    "batch_norm",
    "batch_norm_backward",
    "batch_norm_eval",
    "batch_norm_eval_backward",
    "bce",
    "bce_backward",
    "bce_with_logits",
    "bce_with_logits_backward",
    "central_differences",
    "conv1d",
    "conv1d_backward",
    "conv2d",
    "conv2d_backward",
    "conv_transpose1d",
    "conv_transpose1d_backward",
    "conv_transpose2d",
    "conv_transpose2d_backward",
    "cross_entropy",
    "cross_entropy_backward",
    "dropout",
    "dropout_backward",
    "gradient_errors",
    "layer_norm",
    "layer_norm_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "linear",
    "linear_backward",
    "log_softmax",
    "log_softmax_backward",
    "max_pool1d",
    "max_pool1d_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "mse",
    "mse_backward",
    "nll",
    "nll_backward",
    "relative_error",
    "relu",
    "relu_backward",
    "rmsprop",
    "running_statistics",
    "sgd",
    "sigmoid",
    "sigmoid_backward",
    "softmax",
    "softmax_backward",
    "tanh",
    "tanh_backward",
]
