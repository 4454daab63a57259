"""Data sets for exercises: each loader gives the numbers with their source, SHA-256 and sizes, for ``lab.uses``."""

from bench.kit.data.dataset import Measurements, Pictures, Split, normalise, statistics
from bench.kit.data.digits import mnist
from bench.kit.data.flowers import iris

__all__ = ["Measurements", "Pictures", "Split", "iris", "mnist", "normalise", "statistics"]
