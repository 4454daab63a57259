"""9c, appendix: the same with batch norm, which makes more small operations of every layer."""

from bench import Lab

from . import reference
from .problem import A_NORMED, Call


def variants(lab: Lab, depth: int, networks: int) -> dict[str, Call]:
    return reference.variants(lab, A_NORMED, depth, networks)
