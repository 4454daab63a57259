"""The table as the sheet prints it, stars and all, and what is read into it where the print may be wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, Literal

from .by_hand import Shape

CLASSES = 1000
INPUT: Shape = (3, 227, 227)
PRINT = """\
1  | INPUT             | -                          | (3,227,227) | -
2  | convolution layer | in=* out=* k=11 p=* s=4    | (96,55,55)  | *
3  | *                 | in=* out=* k=3 p=0 s=*     | (96,27,27)  | 0
4  | convolution layer | in=* out=* k=* p=0 s=1     | (256,27,27) | *
5  | Max Pooling       | k=3 s=2                    | *           | *
6  | convolution layer | in=256 out=384 k=3 p=1 s=1 | *           | *
7  | convolution layer | in=384 out=* k=3 p=1 s=1   | *           | 1327488
8  | convolution layer | ***                        | (256,13,13) | *
9  | Max Pooling       | k=3, ***                   | (256,6,6)   | *
10 | linear            | from * to *                | -           | *
11 | linear            | from 4096 to *             | -           | *
12 | linear            | from 4096 to *             | *           | *
"""
"""Row, layer name (type), specification, output dim, number of parameters. The seventh row is the one that the sheet's
note speaks of: the input is counted as a row."""

STAR: Final = "*"
Number = int | Literal["*"] | None
"""Printed, to be found, or neither printed nor asked for."""
SPECIFICATION = {"in": "into", "out": "out", "k": "kernel", "p": "padding", "s": "stride"}
CELLS = ("type", *SPECIFICATION.values(), "shape", "parameters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A printed row. For a linear layer ``into`` and ``out`` are what it goes "from" and "to"."""

    number: int
    type: str = STAR
    into: Number = None
    out: Number = None
    kernel: Number = None
    padding: Number = None
    stride: Number = None
    shape: Shape | Literal["*"] | None = None
    parameters: Number = None

    @property
    def starred(self) -> tuple[str, ...]:
        """The names of its cells that are to be filled."""
        return tuple(cell for cell in CELLS if getattr(self, cell) == STAR)


def read(line: str) -> Row:
    """One line of ``PRINT``. Raises ``ValueError`` where it has not five columns."""
    number, name, given, shape, parameters = (cell.strip() for cell in line.split("|"))
    return Row(
        number=int(number),
        type=name,
        shape=_shape(shape),
        parameters=None if parameters == "-" else _number(parameters),
        **specification(given),
    )


def specification(given: str) -> dict[str, Number]:
    """``in=* k=3`` or ``from 9 to *`` as cells. Three stars stand for whatever else row 3 has a place for."""
    if linear := re.fullmatch(r"from (\S+) to (\S+)", given):
        return {"into": _number(linear[1]), "out": _number(linear[2])}
    printed = {SPECIFICATION[letter]: _number(value) for letter, value in re.findall(r"(\w+)=(\*|\d+)", given)}
    return {**(dict.fromkeys(SPECIFICATION.values(), STAR) if "***" in given else {}), **printed}


def _number(text: str) -> Number:
    return STAR if text == STAR else int(text)


def _shape(text: str) -> Shape | Literal["*"] | None:
    if text in (STAR, "-"):
        return STAR if text == STAR else None
    return tuple(map(int, text.strip("()").split(",")))


PRINTED = tuple(map(read, PRINT.splitlines()[1:]))
"""Rows 2 to 12; row 1 is the input."""
Table = tuple[Row, ...]


def with_fourth(**cells: Number) -> Table:
    """The table with other cells in its row 4."""
    return tuple(replace(row, **cells) if row.number == 4 else row for row in PRINTED)  # type: ignore[arg-type]


PADDING_OPEN = with_fourth(padding=STAR)
"""Row 4's printed p = 0 taken for a misprint, and nothing put in its place."""

STRIDE_OPEN = with_fourth(stride=STAR)
"""Row 4's printed s = 1 taken for the misprint instead."""

ALEXNET = with_fourth(kernel=5, padding=STAR)
"""The 5×5 kernel of A. Krizhevsky, I. Sutskever, G. Hinton, ImageNet classification with deep convolutional neural
networks, NIPS 2012, section 3.5, in row 4, and its padding to be found."""
