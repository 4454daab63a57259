"""Data sets for exercises: each loader gives the numbers with their source, SHA-256 and sizes, for ``lab.uses``."""

from bench.kit.data.cifar import cifar10
from bench.kit.data.dataset import Measurements, Pictures, Split, normalise, statistics
from bench.kit.data.digits import mnist
from bench.kit.data.flowers import iris
from bench.kit.data.photos import Photo, photo, photo_at
from bench.kit.data.tumours import breast_cancer

__all__ = [
    "Measurements",
    "Photo",
    "Pictures",
    "Split",
    "breast_cancer",
    "cifar10",
    "iris",
    "mnist",
    "normalise",
    "photo",
    "photo_at",
    "statistics",
]
