"""The table to fill in, reconstructed. ``None`` is a starred cell: it is to be found.

The sheet's own print of the table is lost. Known of it are: the input counts as row 1; the sizes of rows 2, 4 and 8;
that row 4 is printed with p = 0 and s = 1; the number of parameters of row 7; the 1000 classes. The other printed
cells are those of the network that the table describes: A. Krizhevsky, I. Sutskever, G. Hinton, ImageNet
classification with deep convolutional neural networks, NIPS 2012, section 3.5, with the input of 227 pixels that its
first layer needs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .by_hand import Shape

CLASSES = 1000
INPUT: Shape = (3, 227, 227)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One printed row. The type and, where none is printed, the number of parameters are starred in every row."""

    number: int
    shape: Shape
    kernel: int | None = None
    stride: int | None = None
    padding: int | None = None
    parameters: int | None = None

    @property
    def windowed(self) -> bool:
        """Maps go out: the row has a kernel, a stride and a padding."""
        return len(self.shape) == 3


PRINTED = (
    Row(number=2, shape=(96, 55, 55), kernel=11, stride=4),
    Row(number=3, shape=(96, 27, 27), kernel=3, stride=2),
    Row(number=4, shape=(256, 27, 27), stride=1, padding=0),
    Row(number=5, shape=(256, 13, 13), kernel=3, stride=2),
    Row(number=6, shape=(384, 13, 13), kernel=3, stride=1),
    Row(number=7, shape=(384, 13, 13), stride=1, parameters=1_327_488),
    Row(number=8, shape=(256, 13, 13), stride=1),
    Row(number=9, shape=(256, 6, 6), kernel=3, stride=2),
    Row(number=10, shape=(4096,)),
    Row(number=11, shape=(4096,)),
    Row(number=12, shape=(CLASSES,)),
)
"""Rows 2 to 12; row 1 is the input."""

PADDING_OPEN = tuple(replace(row, padding=None) if row.number == 4 else row for row in PRINTED)
"""Row 4's printed p = 0 taken for a misprint, and nothing put in its place."""

ALEXNET = tuple(replace(row, kernel=5, padding=None) if row.number == 4 else row for row in PRINTED)
"""... and AlexNet's 5×5 kernel put there."""
