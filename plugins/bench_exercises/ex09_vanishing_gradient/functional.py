"""K networks at once without a backward pass by hand: ``torch.func`` vectorises the gradient of one network over K."""

from collections.abc import Sequence
from itertools import islice

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, stack_module_state, vmap

from .checks import endless_batches
from .models import RATE
from .task import Task

State = dict[str, Tensor]


class Vectorised:
    """K networks whose parameters and buffers have the network as their first axis; ``train`` starts afresh each time.

    A module's forward pass changes batch norm's running averages in place, which a vectorised gradient may not: they
    are copied inside, and what became of the copies is given back.
    """

    def __init__(self, nets: Sequence[nn.Sequential], seeds: Sequence[int], task: Task, steps: int) -> None:
        self.seeds, self.task, self.steps = tuple(seeds), task, steps
        self.start: tuple[State, State] = stack_module_state(nets)
        self.one = nets[0]
        self.gradient = vmap(grad(self.cost, has_aux=True))

    def cost(self, parameters: State, buffers: State, x: Tensor, y: Tensor) -> tuple[Tensor, State]:
        """Of one network on its batch, and its buffers after it."""
        buffers = {name: buffer.clone() for name, buffer in buffers.items()}
        outputs = functional_call(self.one, (parameters, buffers), x)
        return nn.functional.cross_entropy(outputs, y), buffers

    def train(self) -> list[Tensor]:
        """The weight matrices of all layers, (K, out, in) each, after the training."""
        parameters, buffers = ({name: value.detach().clone() for name, value in state.items()} for state in self.start)
        optimizer = torch.optim.Adam(parameters.values(), lr=RATE, fused=True)
        for chosen in islice(endless_batches(self.seeds, len(self.task.y)), self.steps):
            chosen = chosen.to(self.task.y.device)
            gradients, buffers = self.gradient(parameters, buffers, self.task.x[chosen], self.task.y[chosen])
            for name, parameter in parameters.items():
                parameter.grad = gradients[name]
            optimizer.step()
        return [value for value in parameters.values() if value.ndim == 3]
