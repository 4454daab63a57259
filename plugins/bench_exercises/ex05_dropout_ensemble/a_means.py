"""5a: the geometric mean of all sub-networks is one network with scaled weights."""

from __future__ import annotations

from bench import Lab
from bench.kit.compare import largest, smallest

from . import a_nonlinear, by_hand
from .problem import EXACT, Head


def study(lab: Lab, keep: tuple[float, ...]) -> None:
    rows = []
    for units in (6, 12):
        head = Head.draw(lab, units=units)
        for q in keep:
            members = by_hand.every_member(head, q)
            scaled = by_hand.weight_scaled(head, q)
            exact, other = by_hand.gap(scaled, by_hand.geometric(members)), by_hand.arithmetic(members)
            rows.append(
                {"units": units, "sub-networks": len(members.chance), "keep q": q}
                | {"geometric mean - weight scaling": exact}
                | {"arithmetic mean - weight scaling": by_hand.gap(scaled, other)}
                | {"sum of P(m) - 1": float(members.chance.sum() - 1)}
            )
    lab.table("Every mask enumerated: largest difference in probability", rows)
    for units in (6, 12):
        mine = [row for row in rows if row["units"] == units]
        worst = largest(row["geometric mean - weight scaling"] for row in mine)
        lab.claim(f"2^{units} masks: geometric mean = weight scaling", worst, at_most=EXACT)
        lab.claim(f"2^{units} masks: as many sub-networks", mine[0]["sub-networks"], equals=2**units)
    least = smallest(row["arithmetic mean - weight scaling"] for row in rows)
    lab.claim("the arithmetic mean is another function: least difference", least, at_least=1e-3)
    deep = a_nonlinear.late_head(a_nonlinear.Deep.draw(lab, units=8).scaled(4), a_nonlinear.ACTIVATIONS["ReLU"])
    late = by_hand.gap(by_hand.weight_scaled(deep, 0.5), by_hand.geometric(by_hand.every_member(deep, 0.5)))
    lab.claim("masks on the last hidden layer of a ReLU network: exact too", late, at_most=EXACT)
