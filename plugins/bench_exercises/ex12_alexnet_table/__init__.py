"""ex12: AlexNet's table, every starred cell solved and every layer counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import prod

import torch
from torch import Tensor

from bench import Exercise, Lab, Work, hookimpl

from . import a_enumeration as enumeration
from . import a_tables as tables
from . import figures as pictures
from . import network, reference
from .a_solver import Filled, solve
from .by_hand import Convolution, FullyConnected, Layer, Line, biases, size_after, total, trace
from .problem import ALEXNET, INPUT, PADDING_OPEN, PRINTED

exercise = Exercise(tags=("theory", "convolution", "counting"))


# The problem is `sheet.py`. By hand: `calculator.py` and `solver.py`. By PyTorch: `network.py`.


def layers_of(table: Sequence[Filled]) -> list[Layer]:
    return [row.layer for row in table]


def lines_of(table: Sequence[Filled]) -> list[Line]:
    return [row.line for row in table]


def row(number: int, table: Sequence[Filled]) -> Filled:
    return next(filled for filled in table if filled.row.number == number)


@exercise.study("a", "The starred cells, filled and held against PyTorch")
def fill_the_table(lab: Lab) -> None:
    printed, alexnet = solve(PRINTED, INPUT), solve(ALEXNET, INPUT)
    theirs, other = (reference.measure(layers_of(table), INPUT, lab.device) for table in (printed, alexnet))
    for ours, line in zip(printed, theirs, strict=True):
        lab.claim(f"row {ours.row.number}: parameters = PyTorch's", ours.line.parameters, equals=line.parameters)
    fourth = row(4, alexnet).line.parameters
    lab.claim("row 4 as in AlexNet: parameters = PyTorch's", fourth, equals=other[2].parameters)
    pairs = [*zip(printed, theirs, strict=True), *zip(alexnet, other, strict=True)]
    wrong = sum(not ours.row.shape == ours.line.after == line.after for ours, line in pairs)
    lab.claim("rows whose output size is not the printed one or not PyTorch's", wrong, equals=0)
    lab.claim("all parameters, row 4 as printed (k = 1, p = 0)", total(lines_of(printed)), equals=61_788_520)
    lab.claim("all parameters, row 4 as in AlexNet (k = 5, p = 2)", total(lines_of(alexnet)), equals=62_378_344)
    table = tables.filled_table(printed, alexnet)
    lab.table(
        "The filled table (★ follows from the given cells, ☆ chosen among several, † taken from AlexNet)",
        tables.marked(table),
    )
    lab.figure(
        "The filled table",
        pictures.filled_table(table),
        "A reconstruction of the sheet's table, with row 4 as it is printed and, below it, row 4′ as AlexNet has it. "
        "White cells are given, blue ones follow from them, orange ones are chosen, and the grey one is AlexNet's.",
    )


@exercise.study("a.solve", "Every kernel and padding that fits")
def everything_that_fits(lab: Lab) -> None:
    printed, open_padding, alexnet = (solve(rows, INPUT) for rows in (PRINTED, PADDING_OPEN, ALEXNET))
    second, fourth, eighth = row(2, printed), row(4, printed), row(8, printed)
    family = enumeration.convolutions(row(4, open_padding))
    lab.claim("row 2: paddings that give 55 (0 and 1)", len(second.candidates), equals=2)
    lab.claim("row 2: numbers of parameters among them", len(enumeration.counts(second)), equals=1)
    lab.claim("row 2: an input of 224 without padding would give", size_after(224, 11, 4, 0), equals=54)
    lab.claim("row 4 as printed: layers that fit", len(fourth.candidates), equals=1)
    lab.claim("row 4 as printed: the kernel of this layer", fourth.value("kernel"), equals=1)
    lab.claim("row 4 with its padding open: kernels that fit (1, 3, 5 ... 27)", len(family), equals=14)
    lab.claim("row 4 with AlexNet's k = 5: the padding that fits", row(4, alexnet).value("padding"), equals=2)
    lab.claim("row 8: kernels that fit (1, 3, 5 ... 13)", len(eighth.candidates), equals=7)
    shapes = [
        (eighth.value("kernel", layer), eighth.value("padding", layer)) for layer in (*family, *eighth.candidates)
    ]
    deviation = max(abs(kernel - 2 * padding - 1) for kernel, padding in shapes)
    lab.claim("rows 4 and 8: deviation from k = 2p + 1", deviation, equals=0)
    tried, different = enumeration.disagreements([*printed, *open_padding, *alexnet])
    lab.metric("layers tried", tried)
    lab.claim("layers that the solver and PyTorch judge differently", different, equals=0)
    labelled = [(str(filled.row.number), filled) for filled in printed]
    labelled[3:3] = [("4, padding open", row(4, open_padding)), ("4′ (k = 5)", row(4, alexnet))]
    lab.table("Everything that fits", tables.what_fits(labelled))


@exercise.study("a.cost", "Where the parameters are, and where the work is")
def costs(lab: Lab) -> None:
    alexnet = solve(ALEXNET, INPUT)
    lines, theirs = lines_of(alexnet), reference.multiplications(layers_of(alexnet), INPUT, lab.device)
    wrong = sum(line.multiplications != count for line, count in zip(lines, theirs, strict=True))
    lab.claim("rows whose multiplications differ from PyTorch's counter", wrong, equals=0)
    dense = [line for line in lines if isinstance(line.layer, FullyConnected)]
    convolutions = [line for line in lines if isinstance(line.layer, Convolution)]
    work = sum(line.multiplications for line in lines)
    in_convolutions = sum(line.multiplications for line in convolutions) / work
    lab.claim("share of the parameters in the fully connected rows", total(dense) / total(lines), at_least=0.9)
    lab.claim("share of the multiplications in the convolutions", in_convolutions, at_least=0.9)
    lab.metric("multiplications for one image", work / 1e9, "billion")
    lab.metric("memory of the parameters, float32", 4 * total(lines) / 2**20, "MiB")
    held = sum(prod(line.after) for line in lines)
    lab.metric("memory of all outputs for one image, float32", 4 * held / 2**20, "MiB")
    lab.metric("units with weights", sum(prod(line.after) for line in lines if line.parameters))
    literal = lines_of(solve(PRINTED, INPUT))
    lab.metric("parameters that AlexNet's row 4 adds", 100 * (total(lines) / total(literal) - 1), "%")
    before = sum(line.multiplications for line in literal)
    lab.metric("multiplications that AlexNet's row 4 adds", 100 * (work / before - 1), "%")
    halves = network.on_two_gpus(layers_of(alexnet))
    twin = sum(seen.parameters for seen in reference.measure(halves, INPUT, lab.device))
    lab.claim("all parameters with AlexNet's two groups = PyTorch's", total(trace(halves, INPUT)), equals=twin)
    numbers = [tables.number(filled.row, sheet) for filled, sheet in zip(alexnet, PRINTED, strict=True)]
    lab.table("Cost of every row, row 4′ as in AlexNet", tables.cost_rows(numbers, lines))
    lab.figure(
        "Parameters and multiplications",
        pictures.costs(numbers, lines),
        "Row 4′ is row 4 as AlexNet has it. The fully connected rows hold nearly all parameters, the convolutions do "
        "nearly all of the work: a convolution uses each weight at every position, a fully connected layer once.",
    )


@exercise.study("b", "The types of the rows, and their biases")
def types_and_biases(lab: Lab) -> None:
    printed = solve(PRINTED, INPUT)
    unsure = [filled for filled in printed if len(enumeration.types(filled)) > 1]
    lab.claim("rows whose type the printed cells leave open (3, 5, 9)", len(unsure), equals=3)
    lab.claim("parameters of the pooling rows", total(lines_of(unsure)), equals=0)
    instead = [enumeration.convolutions(filled)[0] for filled in unsure]
    more = sum(filled.value("parameters", layer) for filled, layer in zip(unsure, instead, strict=True))
    lab.metric("parameters that convolutions in rows 3, 5 and 9 would add", more)
    seventh = row(7, printed)
    plain = Convolution(channels=384, kernel=3, padding=1, bias=False)
    lab.claim("row 7, counted with the input as row 1: parameters", seventh.line.parameters, equals=1_327_488)
    lab.claim("row 7 without biases", seventh.value("parameters", plain), equals=1_327_104)
    lab.claim("row 7 if the input were not counted (our row 8)", row(8, printed).line.parameters, equals=884_992)
    theirs = reference.biases(seventh.layer, seventh.line.before)
    lab.claim("biases of row 7, one per output channel = PyTorch's", biases(seventh.layer), equals=theirs)
    per_position = seventh.line.parameters + prod(seventh.line.after) - biases(seventh.layer)
    lab.claim("row 7 with a bias at every position: parameters too many", per_position - 1_327_488, at_least=1)
    lab.claim("all biases", sum(biases(filled.layer) for filled in printed), equals=10_568)
    lab.table("Type of every row", tables.type_rows(printed))


# The forward pass. The pooling layers take the largest value, so ReLU may come after them: it then sees fewer numbers.


def images(batch: int) -> Work:
    return Work(batch, "images")


@exercise.comparison(
    "a.speed", "The table as a network: what a forward pass costs", reference="as declared", work=images, batch=(1, 8)
)
def forward(lab: Lab, batch: int) -> dict[str, Callable[[], Tensor]]:
    declared = network.narrowed(layers_of(solve(ALEXNET, INPUT)), lab.pick(smoke=8, quick=4, full=1))
    made = [one.to(lab.device, lab.dtype) for one in network.modules(declared, INPUT, lab.generator())]
    last = network.in_channels_last(made)
    pixels = torch.randn(batch, *INPUT, generator=lab.generator()).to(lab.device, lab.dtype)
    pixels_last = pixels.contiguous(memory_format=torch.channels_last)
    return {
        "as declared": partial(network.compose(made), pixels),
        "ReLU in place": partial(network.compose(made, in_place=True), pixels),
        "pooling before ReLU": partial(network.compose(made, pool_first=True), pixels),
        "channels last": partial(network.compose(last), pixels_last),
        "all three": partial(network.compose(last, pool_first=True, in_place=True), pixels_last),
    }


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
