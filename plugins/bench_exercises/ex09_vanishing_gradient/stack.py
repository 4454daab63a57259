"""K networks of one model and one depth, stored layer by layer: the network is the first axis of every tensor."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from . import byhand
from .batch_norm import Statistics, follow
from .byhand import Layer
from .models import Model, network, sizes


class Stack:
    """Networks of ``model`` with ``depth`` hidden layers, one for each seed: fresh ones, or copies of ``networks``.

    All parameters lie one after another in ``theta``, all gradients in ``gradient`` (both 1-D), so that an elementwise
    optimiser needs one step for everything. ``layers`` and ``gradients`` are views into them. ``running`` holds the
    averages of batch norm, of all hidden layers in one (L, K, 1, 5) pair of tensors, or nothing.
    """

    def __init__(
        self,
        model: Model,
        depth: int,
        seeds: Sequence[int],
        *,
        device: torch.device,
        dtype: torch.dtype,
        networks: Sequence[nn.Sequential] | None = None,
    ) -> None:
        if not seeds:
            raise ValueError("a stack needs at least one seed: one network for each")
        self.model, self.depth, self.seeds = model, depth, tuple(seeds)
        shapes = [shapes_of(model, depth, number, len(seeds)) for number in range(depth + 1)]
        count = sum(shape.numel() for layer in shapes for shape in layer)
        self.theta = torch.empty(count, device=device, dtype=dtype)
        self.gradient = torch.zeros_like(self.theta)
        self.layers, self.gradients = views(self.theta, shapes), views(self.gradient, shapes)
        self.running = fresh(torch.stack([layer.bias for layer in self.layers[:-1]])) if model.normed else None
        self.fill([network(model, depth, seed) for seed in seeds] if networks is None else networks)

    def __len__(self) -> int:
        return len(self.seeds)

    @torch.no_grad()
    def fill(self, networks: Sequence[nn.Sequential]) -> None:
        """Copy the parameters of single networks into the stack."""
        for k, net in enumerate(networks):
            for layer, parts in zip(self.layers, parts_of(net), strict=True):
                for ours, theirs in zip(filter(torch.is_tensor, layer), parts, strict=True):
                    ours[k].copy_(theirs.view_as(ours[k]))

    def outputs(self, x: Tensor, evaluating: bool = True) -> Tensor:
        """Outputs (K, N, 2) of all networks for the same x (N, 30)."""
        return self.forward(self.shared(x), evaluating)[0]

    def shared(self, x: Tensor) -> Tensor:
        """One set for all networks: (N, …) -> (K, N, …), without a copy."""
        return x.expand(len(self), *x.shape)

    def forward(self, x: Tensor, evaluating: bool = False) -> tuple[Tensor, list[byhand.Saved]]:
        running = [Statistics(*pair) for pair in zip(*self.running, strict=True)] if evaluating and self.running else ()
        return byhand.forward(self.model.activation, self.layers, x, running)

    def backpropagate(self, x: Tensor, y: Tensor, evaluating: bool = False) -> tuple[list[byhand.Saved], list[Tensor]]:
        """The gradients of each network's mean cost on its x (K, B, 30), y (K, B), left in ``gradients``.

        Gives what the forward pass saved, and δ of every layer.
        """
        outputs, saved = self.forward(x, evaluating)
        delta = byhand.cost_backward(outputs, y)
        return saved, byhand.backward(self.model.activation, self.layers, delta, saved, into=self.gradients)

    def follow(self, saved: Sequence[byhand.Saved]) -> None:
        """Update batch norm's running averages after a training batch."""
        if self.running is not None:
            used = [layer.normed.used for layer in saved[:-1] if layer.normed is not None]
            batch = Statistics(*map(torch.stack, zip(*used, strict=True)))
            follow(self.running, batch, saved[0].below.shape[1])


def shapes_of(model: Model, depth: int, number: int, count: int) -> list[torch.Size]:
    """Of layer ``number`` in ``count`` networks, in the order of the fields of ``Layer``."""
    fan_in, fan_out = sizes(depth, model.width)[number : number + 2]
    vectors = 3 if model.normed and number < depth else 1
    return [torch.Size((count, fan_out, fan_in))] + [torch.Size((count, 1, fan_out))] * vectors


def views(flat: Tensor, shapes: Sequence[Sequence[torch.Size]]) -> list[Layer]:
    """A flat vector read as layers, each tensor contiguous."""
    pieces = iter(flat.split([shape.numel() for layer in shapes for shape in layer]))
    return [Layer(*(next(pieces).view(shape) for shape in layer)) for layer in shapes]


def fresh(like: Tensor) -> Statistics:
    return Statistics(torch.zeros_like(like), torch.ones_like(like))


def parts_of(net: nn.Sequential) -> list[list[Tensor]]:
    """The parameters of one network, layer by layer: weight, bias, and scale and shift of a batch norm behind."""
    layers: list[list[Tensor]] = []
    for module in net:
        if isinstance(module, nn.Linear):
            layers.append([])
        layers[-1] += module.parameters()
    return layers
