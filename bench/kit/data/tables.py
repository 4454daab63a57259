"""Tables of measurements that ship inside scikit-learn, read without importing it."""

from __future__ import annotations

import csv

from bench.errors import BenchError
from bench.kit.data.dataset import Measurements
from bench.kit.data.packaged import packaged


def table(name: str, file: str, rows: int, features: tuple[str, ...]) -> Measurements:
    """Read ``file`` of scikit-learn's data: a line of class names, then ``rows`` lines of measurements and a label.

    Raises ``Missing`` when scikit-learn is not installed, ``BenchError`` when its file is not whole.
    """
    import torch

    path, width = packaged("sklearn", "scikit-learn", f"datasets/data/{file}"), len(features)
    with path.open(encoding="utf-8", newline="") as stream:
        header, *lines = csv.reader(stream)
    if len(lines) != rows or any(len(line) != width + 1 for line in lines):
        mend = "pip install --force-reinstall scikit-learn"
        raise BenchError(f"{path} should hold {rows} rows of {width + 1} numbers: {mend}")
    x = torch.tensor([[float(cell) for cell in line[:width]] for line in lines], dtype=torch.float64)
    y = torch.tensor([int(line[width]) for line in lines])
    return Measurements(
        name=name, source=f"scikit-learn's {file}", x=x, y=y, features=features, classes=tuple(header[2:])
    )
