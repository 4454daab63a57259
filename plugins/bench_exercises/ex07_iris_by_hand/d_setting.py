"""7d: what a training is begun from, told to another process as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass

import torch

from bench.kit.training import Training

from .problem import SHEET, Choices, Task, pose_seed
from .reference import kit_training


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a training from U(0, 1) is begun from, in this process or in another: JSON can hold it."""

    seed: int
    epochs: int
    batch: int
    device: str
    dtype: str
    choices: Choices = SHEET

    @classmethod
    def read(cls, text: str) -> Setting:
        """From the JSON of ``asdict``."""
        values = json.loads(text)
        return cls(**values | {"choices": Choices(**values["choices"])})

    def task(self) -> Task:
        return pose_seed(self.seed, torch.device(self.device), getattr(torch, self.dtype), choices=self.choices)

    def training(self) -> Training:
        """Before its first epoch."""
        return kit_training(self.task(), self.epochs, batch=self.batch, seed=self.seed, choices=self.choices)
