"""Fisher's irises: 150 flowers of three species, four lengths each, as scikit-learn ships them."""

from __future__ import annotations

import csv
from functools import cache

from bench.errors import BenchError
from bench.kit.data.dataset import Measurements
from bench.kit.data.packaged import packaged

FEATURES = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")


@cache
def iris() -> Measurements:
    """The 150 irises in the file's order, 50 setosa, 50 versicolor, 50 virginica: shuffle before splitting.

    Source: R. A. Fisher, The use of multiple measurements in taxonomic problems, Annals of Eugenics 7 (1936).
    Raises ``Missing`` when scikit-learn is not installed, ``BenchError`` when its file is not whole.
    """
    import torch

    path = packaged("sklearn", "scikit-learn", "datasets", "data", "iris.csv")
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    if len(rows) != 150 or any(len(row) != 5 for row in rows):
        raise BenchError(f"{path} should hold 150 rows of 5 numbers: pip install --force-reinstall scikit-learn")
    x = torch.tensor([[float(cell) for cell in row[:4]] for row in rows], dtype=torch.float64)
    y = torch.tensor([int(row[4]) for row in rows])
    return Measurements("iris", "scikit-learn's iris.csv", x, y, FEATURES, tuple(header[2:]))
