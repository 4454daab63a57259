"""12: the starred cells, filled and held against PyTorch."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from bench import Lab, break_it

from . import checks, network, reference, solution
from .a_solver import Filled, layers_of, lines_of, solve
from .a_tables import filled_table
from .by_hand import Convolution, Line, biases, total
from .problem import ALEXNET, INPUT, PRINTED


def study(lab: Lab) -> None:
    printed, alexnet = solve(PRINTED), solve(ALEXNET)
    against_pytorch(lab, printed, alexnet)
    against_the_solution(lab, printed, alexnet)
    stars(lab, printed)
    biases_counted(lab, printed)
    lab.claim("all parameters, row 4 as printed (k = 1, p = 0)", total(lines_of(printed)), equals=61_788_520)
    lab.claim("all parameters, row 4 as in AlexNet (k = 5, p = 2)", total(lines_of(alexnet)), equals=62_378_344)
    lab.table("The filled table (★ forced, ☆ chosen among several)", filled_table(printed, alexnet))
    break_it(lab, *checks.mistakes({filled.row.number: filled.line for filled in printed}))


def against_pytorch(lab: Lab, printed: Sequence[Filled], alexnet: Sequence[Filled]) -> None:
    """The layers that the solver took, as real modules with an image sent through them."""
    theirs, other = (reference.measure(layers_of(table), INPUT, lab.device) for table in (printed, alexnet))
    for ours, seen in zip(printed, theirs, strict=True):
        lab.claim(f"row {ours.row.number}: parameters = PyTorch's", ours.line.parameters, equals=seen.parameters)
        if len(seen.after) > 1:
            side = f"row {ours.row.number}: side of the maps = PyTorch's"
            lab.claim(side, ours.line.after[-1], equals=seen.after[-1])
    fourth = alexnet[2].line.parameters
    lab.claim("row 4 as in AlexNet: parameters = PyTorch's", fourth, equals=other[2].parameters)
    pairs = [*zip(printed, theirs, strict=True), *zip(alexnet, other, strict=True)]
    wrong = sum(not _size_is_right(ours, seen) for ours, seen in pairs)
    lab.claim("rows whose output size is not the printed one or not PyTorch's", wrong, equals=0)


def _size_is_right(ours: Filled, seen: reference.Seen) -> bool:
    printed = ours.row.shape if isinstance(ours.row.shape, tuple) else seen.after
    return printed == ours.line.after == seen.after


def against_the_solution(lab: Lab, printed: Sequence[Filled], alexnet: Sequence[Filled]) -> None:
    """... and a network that was typed from the filled table, and not made from it."""
    with torch.device("meta"):  # shapes and counts need no numbers
        typed = [solution.network(), solution.network(kernel=5, padding=2)]
        counted = [[parameters for _, parameters in solution.table(net)] for net in typed]
    pairs = list(zip((printed, alexnet), typed, strict=True))
    wrong = sum(not _is(line, layer) for table, net in pairs for line, layer in zip(lines_of(table), net, strict=True))
    lab.claim("rows of solution.py that differ from the table, both readings", wrong, equals=0)
    literal, other = map(sum, counted)
    lab.claim("all parameters of solution.py, row 4 as printed", literal, equals=total(lines_of(printed)))
    lab.claim("all parameters of solution.py, row 4 as in AlexNet", other, equals=total(lines_of(alexnet)))


def _is(line: Line, layer: nn.Module) -> bool:
    """Whether a module has the type, the channels, the kernel, the padding and the stride of a line."""
    return repr(layer) == repr(network.empty(line.layer, line.before, torch.device("meta")))


def stars(lab: Lab, printed: Sequence[Filled]) -> None:
    states = [filled.status(cell) for filled in printed for cell in filled.row.starred]
    lab.claim("starred cells of the sheet", len(states), equals=37)
    lab.claim("starred cells that more than one value fits (rows 2, 3 and 8)", states.count("chosen"), equals=5)


def biases_counted(lab: Lab, printed: Sequence[Filled]) -> None:
    """What the sheet's note says of biases, held against row 7 and against PyTorch's own."""
    seventh = printed[5]
    plain = Convolution(channels=seventh.value("out"), kernel=3, padding=1, bias=False)
    lab.claim("row 7: channels that come out", seventh.value("out"), equals=384)
    lab.claim("row 7 without biases", seventh.value("parameters", plain), equals=1_327_104)
    theirs = reference.biases(seventh.layer, seventh.line.before)
    lab.claim("biases of row 7, one per output channel = PyTorch's", biases(seventh.layer), equals=theirs)
    lab.claim("all biases", sum(biases(filled.layer) for filled in printed), equals=10_568)
