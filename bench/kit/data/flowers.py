"""Fisher's irises: 150 flowers of three species, four lengths each, as scikit-learn ships them."""

from __future__ import annotations

from functools import cache

from bench.kit.data.dataset import Measurements
from bench.kit.data.tables import table

FEATURES = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")


@cache
def iris() -> Measurements:
    """The 150 irises in the file's order, 50 setosa, 50 versicolor, 50 virginica: shuffle before splitting.

    Source: R. A. Fisher, The use of multiple measurements in taxonomic problems, Annals of Eugenics 7 (1936).
    Raises ``Missing`` when scikit-learn is not installed, ``BenchError`` when its file is not whole.
    """
    return table("iris", "iris.csv", 150, FEATURES)
