"""Why an answer is not the reference's, as far as its tensors tell: which is the first wrong one, and what it has to do
with the right one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bench.measure import relations
from bench.measure.agreement import Expectation, kind_of
from bench.measure.relations import Sizes

if TYPE_CHECKING:
    from torch import Tensor

GRADIENT = re.compile(r"d[A-Z]\w*|d[bwxyz]\d*|∂.*|(?i:.*(grad|delta).*)")
"""Names of gradients: that of the last layer is computed first."""
NAMED = 4
"""Tensors that are named; more do not fit into a line."""
MOST = 1 << 24
"""Elements of a tensor that is looked into."""


def diagnose(outputs: Mapping[str, Tensor], expected: Expectation, sizes: Sizes) -> str:
    """What the numbers show of an answer that does not agree, in one line; empty where they show nothing simple.

    ``sizes`` are those of the problem, by which a constant factor may be explained.
    """
    truth = expected.truth
    if outputs.keys() != truth.keys() or not all(map(simple, (*outputs.values(), *truth.values()))):
        return ""
    ours, theirs = wide(outputs), wide(truth)
    for name, right in theirs.items():
        if ours[name].shape != right.shape:
            return relations.reshaped(ours[name], right, expected.allowed(name))
        if kind_of(outputs[name].dtype) != kind_of(truth[name].dtype):
            return ""
        if not bool(ours[name].isfinite().all()):
            return f"{name} is {relations.not_finite(ours[name])}{_before(name, list(theirs))}"
    bad = [name for name in theirs if bool(relations.wrong(ours[name], theirs[name], expected.allowed(name)).any())]
    found = {name: relations.relation(ours[name], theirs[name], expected.allowed(name), sizes) for name in bad}
    return in_words(list(theirs), found)


def simple(tensor: Tensor) -> bool:
    return tensor.numel() <= MOST and not tensor.is_complex()


def wide(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.double().cpu() for name, tensor in tensors.items()}


def _before(name: str, names: Sequence[str]) -> str:
    return f"; the tensors before it ({listed(names[: names.index(name)])}) are finite" if names[0] != name else ""


def in_words(names: Sequence[str], found: Mapping[str, str]) -> str:
    """``names`` are all tensors in the reference's order, ``found`` the wrong ones with what each has to do with the
    right one."""
    if not found:
        return ""
    first, place = first_wrong(names, list(found))
    what = found[first]
    if not what:
        return place.removeprefix("; ")
    if len(names) == 1:
        return f"it is {what}"
    group = alike(names, list(found))
    wrong = [name for name in group if name in found]
    if len(wrong) == 1 or {found[name] for name in wrong} != {what}:
        return f"{first} is {what}{place}"
    kind = "gradients" if GRADIENT.fullmatch(first) else "tensors"
    which = f"the {len(group)} {kind}" if len(wrong) == len(group) else listed(wrong)
    return f"each of {which} is {what}{place}"


def alike(names: Sequence[str], bad: Sequence[str]) -> list[str]:
    """The gradients, where one of them is wrong: a wrong gradient spoils what is trained with it. Else all."""
    gradients = [name for name in names if GRADIENT.fullmatch(name)]
    return gradients if set(gradients) & set(bad) else list(names)


def first_wrong(names: Sequence[str], bad: Sequence[str]) -> tuple[str, str]:
    """The first wrong tensor in the order of computation, and that in words; empty words where all are wrong."""
    group = alike(names, bad)
    wrong = [name for name in group if name in bad]
    back = bool(GRADIENT.fullmatch(group[0])) or is_beginning(wrong, group)
    order = group[::-1] if back else group
    first = next(name for name in order if name in bad)
    before = order[: order.index(first)]
    if not before:
        right = [name for name in order if name not in bad]
        return first, f"; {listed(right)} {agree(right)}" if right else ""
    way = "from the last tensor to the first, as gradients are computed" if back else "in the reference's order"
    return first, f"; {first} is the first wrong one {way}: {listed(before)} before it {agree(before)}"


def agree(names: Sequence[str]) -> str:
    return "agrees" if len(names) == 1 else "agree"


def is_beginning(wrong: Sequence[str], names: Sequence[str]) -> bool:
    """Whether all that is wrong comes first and something right follows, as where an error travels backward."""
    return len(wrong) < len(names) and list(names[: len(wrong)]) == list(wrong)


def listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
