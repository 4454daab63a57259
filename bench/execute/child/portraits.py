"""Pictures of a wrong answer, for ``bench try --picture``: its tensors beside the reference's, made small."""

from __future__ import annotations

import math
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure.agreement import Expectation
from bench.measure.relations import wrong
from bench.model import Gallery, Portrait
from bench.model.portrait import Pixels
from bench.results import store

if TYPE_CHECKING:
    from torch import Tensor

FOLDER = "portraits"
SIDE = 48
"""Values a side; of more, each stands for several."""
TENSORS = 24
"""Tensors of an answer: the first wrong ones, and then as many of the others as there is room for."""
MOST = 1 << 24
"""Elements of a tensor that is looked at."""


def keep(folder: str, variant: str, answer: Mapping[str, Tensor], expected: Expectation) -> None:
    """Write the gallery of a variant into its task's folder."""
    path = Path(folder, FOLDER, f"{sha256(variant.encode()).hexdigest()[:16]}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(store.encode(gallery(variant, answer, expected)))


def gallery(variant: str, answer: Mapping[str, Tensor], expected: Expectation) -> Gallery:
    names = dict.fromkeys((*expected.truth, *answer))
    made = [portrait(name, answer.get(name), expected) for name in names]
    chosen = sorted(range(len(made)), key=lambda i: (not made[i].wrong, i))[:TENSORS]
    return Gallery(variant=variant, portraits=tuple(made[i] for i in sorted(chosen)), left_out=len(made) - len(chosen))


def portrait(name: str, given: Tensor | None, expectation: Expectation) -> Portrait:
    expected = expectation.truth.get(name)
    called = name[:200]
    shapes = [() if each is None else tuple(each.shape) for each in (expected, given)]
    other = shapes[1] if given is not None and shapes[0] != shapes[1] else None
    if any(each is not None and (each.is_complex() or each.numel() > MOST) for each in (given, expected)):
        return Portrait(name=called, shape=shapes[0], other=other)
    ours, theirs = (None if each is None else each.detach().double().cpu() for each in (given, expected))
    if ours is None or theirs is None or other is not None:
        return Portrait(name=called, shape=shapes[0], other=other, expected=pixels(theirs), given=pixels(ours))
    return Portrait(
        name=called,
        shape=shapes[0],
        expected=pixels(theirs),
        given=pixels(ours),
        difference=pixels(ours - theirs),
        wrong=bool(wrong(ours, theirs, expectation.allowed(name)).any()),
    )


def pixels(tensor: Tensor | None) -> Pixels:
    """A vector is a row; of more than two axes the first one counts the rows."""
    if tensor is None or not tensor.numel():
        return ()
    matrix = tensor.reshape(1, -1) if tensor.ndim < 2 else tensor.reshape(tensor.shape[0], -1)
    return tuple(
        tuple(value if math.isfinite(value) else None for value in row) for row in binned(matrix, SIDE).tolist()
    )


def binned(matrix: Tensor, side: int) -> Tensor:
    """At most so many rows and columns: each value is, of those it stands for, the one furthest from zero."""
    import torch

    down, across = (-(-size // side) for size in matrix.shape)
    height, width = (-(-size // step) for size, step in zip(matrix.shape, (down, across), strict=True))
    room = torch.zeros(height * down, width * across, dtype=matrix.dtype)
    room[: matrix.shape[0], : matrix.shape[1]] = matrix
    cells = room.reshape(height, down, width, across).transpose(1, 2).reshape(height, width, -1)
    # NaN is larger than any number there, and shows.
    return cells.gather(2, cells.abs().argmax(2, keepdim=True))[..., 0]
