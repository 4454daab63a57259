"""Breast cancer in Wisconsin: 569 tumours, thirty measurements of their cell nuclei each, as scikit-learn has them."""

from __future__ import annotations

import csv
from functools import cache
from itertools import product

from bench.errors import BenchError
from bench.kit.data.dataset import Measurements
from bench.kit.data.packaged import packaged

QUANTITIES = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)
FEATURES = tuple(
    f"{quantity} error" if over == "error" else f"{over} {quantity}"
    for over, quantity in product(("mean", "error", "worst"), QUANTITIES)
)
"""Of the nuclei in one picture: the mean, its standard error, and the mean of the three largest."""


@cache
def breast_cancer() -> Measurements:
    """The 569 tumours in the file's order, 212 malignant (label 0) and 357 benign (1): shuffle before splitting.

    The scales differ by five orders of magnitude (areas reach 4254): standardise.
    Source: W. N. Street, W. H. Wolberg, O. L. Mangasarian, Nuclear feature extraction for breast tumor diagnosis,
    Proc. SPIE 1905 (1993). Raises ``Missing`` when scikit-learn is not installed, ``BenchError`` when its file is not
    whole.
    """
    import torch

    path = packaged("sklearn", "scikit-learn", "datasets", "data", "breast_cancer.csv")
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    if len(rows) != 569 or any(len(row) != 31 for row in rows):
        raise BenchError(f"{path} should hold 569 rows of 31 numbers: pip install --force-reinstall scikit-learn")
    x = torch.tensor([[float(cell) for cell in row[:30]] for row in rows], dtype=torch.float64)
    y = torch.tensor([int(row[30]) for row in rows])
    return Measurements("breast cancer", "scikit-learn's breast_cancer.csv", x, y, FEATURES, tuple(header[2:]))
