"""An update on CUDA as one launch: recorded once as a graph, then replayed with other inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from bench.errors import BenchError

Step = Callable[..., Tensor]
WARM = 3
"""Calls that are done as they are before one is recorded: libraries set themselves up in them, optimisers too."""


class Replay:
    """Calls of ``step(*tensors) -> tensor``, with the updates of ``optimizer`` if it has one, from a recorded graph.

    What comes out is bit by bit what ``step`` itself gives, random masks included. For inputs of the same shapes it
    must do the same operations, wait for nothing and draw nothing on the CPU; inputs of other shapes than the first are
    given to ``step`` itself. A changed learning rate, or any other setting of the optimiser, has it recorded anew.
    The tensor that a call gives is overwritten by the next call. Raises ``BenchError`` when it cannot be recorded.
    """

    def __init__(self, step: Step, device: torch.device, optimizer: torch.optim.Optimizer | None = None) -> None:
        self.step, self.optimizer = step, optimizer
        # A graph cannot be recorded on the default stream.
        self.aside = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        self.calls = 0
        self.shapes: list[torch.Size] = []
        self.settings: list[dict[str, Any]] = []
        self.graph: torch.cuda.CUDAGraph | None = None
        self.inputs: list[Tensor] = []
        self.output = torch.empty(0)

    def __call__(self, *inputs: Tensor) -> Tensor:
        shapes = [tensor.shape for tensor in inputs]
        self.shapes = self.shapes or shapes
        if shapes != self.shapes:
            return self.step(*inputs)
        self.calls += 1
        if self.calls <= WARM:
            return self._run_beside(inputs)
        if self.graph is None or self.settings != settings(self.optimizer):
            self._record(inputs)
        return self._replay(inputs)

    def _run_beside(self, inputs: tuple[Tensor, ...]) -> Tensor:
        """The step itself, on the stream that it will be recorded on."""
        current = torch.cuda.current_stream(self.aside.device)
        # What the caller has queued must be done before, and what is queued here before the caller goes on.
        self.aside.wait_stream(current)
        with torch.cuda.stream(self.aside):
            output = self.step(*inputs)
        current.wait_stream(self.aside)
        return output

    def _record(self, inputs: tuple[Tensor, ...]) -> None:
        """Nothing is computed yet: kernels are only noted down, with the memory they work on."""
        # Numbers such as the learning rate are recorded as they are now.
        self.settings = settings(self.optimizer)
        # A graph works on fixed addresses: these are its own, and every call copies into them.
        self.inputs = [tensor.clone() for tensor in inputs]
        self.graph = torch.cuda.CUDAGraph()
        try:
            with capturable(self.optimizer), torch.cuda.graph(self.graph, stream=self.aside):
                self.output = self.step(*self.inputs)
        except RuntimeError as error:
            raise BenchError(
                f"the update cannot be recorded as a CUDA graph ({str(error).splitlines()[0]}): "
                "it must not wait for the GPU or draw on the CPU; train it with static=False"
            ) from error

    def _replay(self, inputs: tuple[Tensor, ...]) -> Tensor:
        if self.graph is None:
            raise RuntimeError("a graph is replayed before it is recorded")
        for place, tensor in zip(self.inputs, inputs, strict=True):
            place.copy_(tensor)
        self.graph.replay()
        return self.output


def settings(optimizer: torch.optim.Optimizer | None) -> list[dict[str, Any]]:
    """What a recorded step has built in: the numbers of every group of parameters."""
    return [{name: value for name, value in group.items() if name != "params"} for group in groups(optimizer)]


def groups(optimizer: torch.optim.Optimizer | None) -> list[dict[str, Any]]:
    return [] if optimizer is None else optimizer.param_groups


@contextmanager
def capturable(optimizer: torch.optim.Optimizer | None) -> Iterator[None]:
    """Adam has a fused step recorded only when told that it may; the step is the same one."""
    switched = [group for group in groups(optimizer) if group.get("capturable") is False]
    for group in switched:
        group["capturable"] = True
    try:
        yield
    finally:
        for group in switched:
            group["capturable"] = False
