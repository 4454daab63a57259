"""14b (i): in which order should the four factors be applied? All 24 are run, and PyTorch counts."""

from functools import partial
from itertools import permutations, product
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, max_error, relative_error, smallest

from . import b_cp, by_hand
from .by_hand import Factors
from .figures import orders_figure, saved
from .problem import SHEET, Setting, cp_cost, cp_merged_cost, draw, full_cost, normal, rank1_cost
from .reference import counted

ORDERS = tuple("".join(order) for order in permutations("abcd"))
RUN = tuple(Setting(T=1, M=6, Y=9, X=8, N=5, L=3, K=2, stride=s) for s in (1, 2))
"""Small, no two sizes alike, and with borders, so that an exchange of any two shows in the count."""
Sizes = tuple[int, int, int, int]
"""N, M, L, K."""


def study(lab: Lab) -> None:
    """Every order is run and counted; what is beyond the orders is tried too."""
    ranked, pixels = cheapest_first(SHEET), Setting(T=1, M=32, Y=18, X=18, N=64, L=3, K=3)
    (cheapest, least), (worst, most) = ranked[0], ranked[-1]
    lab.claim("all 24 orders give one Z", largest(orders_error(lab, s) for s in RUN), at_most=1e-12)
    apart = sum(counts_apart(lab, s) for s in RUN)
    lab.claim("multiplications counted by PyTorch = the formula, 24 orders, strides 1 and 2", apart, equals=0)
    lab.claim("the cheapest order takes M + L + K + N multiplications a place", least, equals=rank1_cost(*SHEET))
    lab.claim("with stride 2 it takes s²M + sL + K + N", cheapest_first(SHEET, 2)[0][1], equals=128 + 6 + 3 + 64)
    lab.claim("b comes first and a last in the cheapest order", cheapest in ("bcda", "bdca"), equals=1)
    first = [cheapest_first(SHEET, s)[0][0][0] for s in (1, 2, 3, 4)]
    lab.claim("strides from 1 to 4 at which b does not come first", sum(letter != "b" for letter in first), equals=0)
    name = "sizes and strides up to 5 at which that b comes first is not what the inequalities say"
    lab.claim(name, b_first_exceptions(5), equals=0)
    lab.claim("the worst order takes this many times more", most / least, at_least=160)
    lab.claim("the built kernel takes this many times more", full_cost(*SHEET) / least, at_least=180)
    on_pixels = {order: multiplications(order, pixels) for order in ORDERS}
    lab.metric("worst over cheapest on 18×18 pixels, borders counted", on_pixels[worst] / on_pixels[cheapest], "×")
    beyond_orders(lab)
    saved(lab, "rank 1")
    lab.claim("multiplications of one term, of R and of R merged: counted − formula", forms_apart(lab), equals=0)
    rows = [order_row(order, count, on_pixels[order], least) for order, count in ranked]
    lab.table("Every order of the four factors", rows)
    lab.figure("The 24 orders", orders_figure(ranked, full_cost(*SHEET)), "N = 64, M = 32, kernel 3 × 3; log axis.")


def apply(order: str, H: Tensor, factors: Factors, stride: int = 1) -> Tensor:
    """Z without bias (valid), every factor a convolution of its own, so that PyTorch counts it.

    As long as b has not been applied there are M maps to carry, and once a has been, N times as many: an intermediate
    is (T, n·m, Y, X), n being N or 1 and m M or 1. Raises ``ValueError`` unless each factor is named once.
    """
    if sorted(order) != sorted("abcd"):
        raise ValueError(f"an order names each of a, b, c, d once; got {order!r}")
    n, m = 1, len(factors.b)
    for letter in order:
        H = step(letter, H, getattr(factors, letter), n=n, m=m, s=stride)
        n, m = (len(factors.a) if letter == "a" else n), (1 if letter == "b" else m)
    return H


def step(letter: str, maps: Tensor, factor: Tensor, *, n: int, m: int, s: int) -> Tensor:
    """One factor applied to n groups of m maps."""
    if letter == "a":
        copies = F.conv2d(maps, factor.repeat(m)[:, None, None, None], groups=m)
        # A grouped convolution puts the copies of one map side by side; b wants the M maps of one copy there.
        return copies.unflatten(1, (m, len(factor))).transpose(1, 2).flatten(1, 2)
    if letter == "b":
        return F.conv2d(maps, factor.view(1, m, 1, 1).repeat(n, 1, 1, 1), groups=n)
    shape, slide = ((-1, 1), (s, 1)) if letter == "c" else ((1, -1), (1, s))
    return F.conv2d(maps, factor.view(1, 1, *shape).repeat(n * m, 1, 1, 1), stride=slide, groups=n * m)


def cost(order: str, sizes: Sizes, before: tuple[int, int], after: tuple[int, int]) -> int:
    """The multiplications of an order, where maps are ``before`` (rows, columns) large, and ``after`` once c has gone
    down the columns and d along the rows."""
    N, M, L, K = sizes
    (rows, columns), n, m, total = before, 1, M, 0
    for letter in order:
        n, m = (N if letter == "a" else n), (1 if letter == "b" else m)
        rows, columns = (after[0] if letter == "c" else rows), (after[1] if letter == "d" else columns)
        total += {"a": 1, "b": M, "c": L, "d": K}[letter] * n * m * rows * columns
    return total


def multiplications(order: str, s: Setting) -> int:
    """Of one image, its borders counted."""
    return cost(order, (s.N, s.M, s.L, s.K), (s.Y, s.X), s.places)


def per_place(order: str, sizes: Sizes, stride: int = 1) -> int:
    """Per output place, borders neglected. To one place of the output belong s·s of the input; where the stride is
    longer than the kernel, windows leave rows or columns out, which need not be computed."""
    _, _, L, K = sizes
    return cost(order, sizes, (min(stride, L), min(stride, K)), (1, 1))


def cheapest_first(sizes: Sizes, stride: int = 1) -> list[tuple[str, int]]:
    return sorted(((order, per_place(order, sizes, stride)) for order in ORDERS), key=lambda pair: pair[1])


def b_comes_first(sizes: Sizes, s: int) -> bool:
    """What the inequalities say: to thin out rows or columns of M maps first is no cheaper than to mix them first."""
    _, M, L, K = sizes
    return all(m <= M * (m + 1 - min(s, m)) for m in (L, K))


def b_first_exceptions(most: int, N: int = 6) -> int:
    """Over M, L, K and the stride from 1 to ``most``, where that is not which orders cost the least."""
    wrong = 0
    for M, L, K, s in product(range(1, most + 1), repeat=4):
        costs = {order: per_place(order, (N, M, L, K), s) for order in ORDERS}
        first = smallest(cost for order, cost in costs.items() if order[0] == "b")
        wrong += (first == smallest(costs.values())) != b_comes_first((N, M, L, K), s)
    return wrong


def orders_error(lab: Lab, s: Setting) -> float:
    p = draw(lab, s)
    expected = F.conv2d(p.H, by_hand.kernel(p.factors), stride=s.stride)
    return largest(relative_error(apply(order, p.H, p.factors, s.stride), expected) for order in ORDERS)


def counts_apart(lab: Lab, s: Setting) -> int:
    p = draw(lab, s)
    runs = {order: counted(partial(apply, order, p.H, p.factors, stride=s.stride)) for order in ORDERS}
    return sum(abs(count - multiplications(order, s)) for order, count in runs.items())


def forms_apart(lab: Lab) -> int:
    """With a border that keeps the size, every step has as many places: the costs per place are exact."""
    N, M, R, places = 5, 4, 3, 7 * 6
    H, B, a, b, c, d = normal(lab, [(1, M, 7, 6), (N,), (N, R), (R, M), (R, 3), (R, 3)])
    four, three = b_cp.steps(a, b, c, d), b_cp.merged(a, b, c, d)
    one = b_cp.steps(a[:, :1], b[:1], c[:1], d[:1])
    pairs = (
        (counted(partial(b_cp.apply, H, one, B)), rank1_cost(N, M, 3, 3)),
        (counted(partial(b_cp.apply, H, four, B)), cp_cost(N, M, 3, 3, R=R)),
        (counted(partial(b_cp.apply, H, three, B)), cp_merged_cost(N, M, 3, 3, R=R)),
    )
    return sum(abs(found - places * expected) for found, expected in pairs)


def beyond_orders(lab: Lab) -> None:
    """Not all is said by an order: taps can share products, and what no window sees need not be mixed."""
    x, d = normal(lab, [(2, 5, 10), (3,)])
    V, products = winograd(d, x)
    lab.claim("Winograd's F(2,3) = the sliding sum", max_error(V, by_hand.slide(d, x, 2, 1)), at_most=1e-12)
    lab.claim("products of F(2,3) for each number of V, where K = 3", products / V.numel(), equals=2)
    p = draw(lab, Setting(T=1, M=6, Y=9, X=8, N=5, L=1, K=1))
    early = apply("bcda", p.H[:, :, ::2, ::2], p.factors)
    error = max_error(early, apply("bcda", p.H, p.factors, 2))
    lab.claim("1×1, stride 2: picking pixels before or after mixing gives the same", error, at_most=1e-12)


def winograd(d: Tensor, x: Tensor) -> tuple[Tensor, int]:
    """``slide`` of three taps along the last axis, two results from four products (Winograd 1980; Lavin and Gray 2016).

    (…, 2q + 2) → (…, 2q), and how many products of a number of x with one of d there were.
    """
    x0, x1, x2, x3 = x.unfold(-1, 4, 2).unbind(-1)
    outer, inner = d[0] + d[2], d[1]
    products = (
        (x0 - x2) * d[0],
        (x1 + x2) * ((outer + inner) / 2),
        (x2 - x1) * ((outer - inner) / 2),
        (x1 - x3) * d[2],
    )
    first, second, third, fourth = products
    V = torch.stack([first + second + third, second - third - fourth], dim=-1).flatten(-2)
    return V, sum(product.numel() for product in products)


def order_row(order: str, per_place: int, on_pixels: int, least: int) -> dict[str, Any]:
    return {
        "order": " → ".join(order),
        "per place": per_place,
        "on 18×18 pixels": on_pixels,
        "times the cheapest": round(per_place / least, 2),
    }
