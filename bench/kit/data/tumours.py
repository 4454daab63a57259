"""Breast cancer in Wisconsin: 569 tumours, thirty measurements of their cell nuclei each, as scikit-learn has them."""

from __future__ import annotations

from functools import cache
from itertools import product

from bench.kit.data.dataset import Measurements
from bench.kit.data.tables import table

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
    return table("breast cancer", "breast_cancer.csv", 569, FEATURES)
