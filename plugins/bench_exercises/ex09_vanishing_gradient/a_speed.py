"""9a, appendix: sixteen networks of ReLU trained together, or one after another."""

from bench import Lab

from . import reference
from .problem import B, Call


def variants(lab: Lab, depth: int, networks: int) -> dict[str, Call]:
    return reference.variants(lab, B, depth, networks)
