"""In which order should the four factors be applied? All 24 are run, and their multiplications counted."""

from itertools import permutations

from torch import Tensor

from .rank1 import Factors, mix, slide

ORDERS = tuple("".join(order) for order in permutations("abcd"))


def apply(order: str, H: Tensor, factors: Factors) -> tuple[Tensor, int]:
    """Z without bias (valid, stride 1), and how many multiplications this order took.

    As long as b has not been applied there are M maps to carry, and once a has been, N times as many: an intermediate
    is (T, N or 1, M or 1, Y, X).
    """
    if sorted(order) != sorted("abcd"):
        raise ValueError(f"an order names each of a, b, c, d once; got {order!r}")
    maps, multiplications = H[:, None], 0
    for letter in order:
        maps, terms = step(letter, maps, getattr(factors, letter))
        multiplications += terms * maps.numel()
    return maps[:, :, 0], multiplications


def step(letter: str, maps: Tensor, factor: Tensor) -> tuple[Tensor, int]:
    """One factor applied, and the number of products behind every number of the result."""
    if letter == "a":
        return factor[:, None, None, None] * maps, 1
    if letter == "b":
        T, N = maps.shape[:2]
        return mix(factor, maps.flatten(0, 1)).view(T, N, 1, *maps.shape[3:]), len(factor)
    return slide(factor, maps, 3 if letter == "c" else 4, 1), len(factor)


def per_place(order: str, N: int, M: int, *, L: int, K: int) -> int:
    """The same count per output place, with borders neglected."""
    total, n, m = 0, 1, M
    for letter in order:
        if letter == "a":
            n = N
        if letter == "b":
            m = 1
        total += {"a": n * m, "b": n * M, "c": n * m * L, "d": n * m * K}[letter]
    return total


def cheapest_first(N: int, M: int, L: int, K: int) -> list[tuple[str, int]]:
    return sorted(((order, per_place(order, N, M, L=L, K=K)) for order in ORDERS), key=lambda pair: pair[1])
