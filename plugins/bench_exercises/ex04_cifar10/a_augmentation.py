"""4a3: new training pictures out of old ones, by torchvision's transforms on whole batches of bytes."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, max_error

from .figures import augmented
from .problem import Setting, load
from .reference import Change, learned, record, train

GROUP = 4
"""Pictures that share one draw: a transform draws once a call, however many pictures it is given."""
PADDING = 4
GREY = 128


class RightAngle:
    """Turns each picture of a batch by 90° with probability ½, so that an epoch sees as many turned as upright ones.

    ``RandomRotation(90)`` would draw an angle between -90° and 90°; the interval from 90 to 90 holds one angle.
    """

    name = "rotation"

    def __init__(self) -> None:
        from torchvision.transforms import v2

        self.turn = v2.RandomRotation((90, 90))

    def __call__(self, x: Tensor) -> Tensor:
        chosen = torch.rand(len(x), device=x.device) < 0.5
        return torch.where(chosen[:, None, None, None], self.turn(x), x)


class Shift:
    """Moves the pictures by up to 4 pixels each way, groups of four alike, and fills up with the mean grey of bytes."""

    name = "shift"

    def __init__(self) -> None:
        from torchvision.transforms import v2

        self.crop = v2.RandomCrop(32, padding=PADDING, fill=GREY)

    def __call__(self, x: Tensor) -> Tensor:
        return torch.cat([self.crop(group) for group in x.split(GROUP)])


class Both:
    """First turned or not, then shifted."""

    name = "rotation and shift"

    def __init__(self) -> None:
        self.turned, self.shifted = RightAngle(), Shift()

    def __call__(self, x: Tensor) -> Tensor:
        return self.shifted(self.turned(x))


def changes() -> tuple[Change, ...]:
    return (
        Change(label="rotation by 90°", augment=RightAngle()),
        Change(label="shift", augment=Shift()),
        Change(label="rotation and shift", augment=Both()),
    )


def study(lab: Lab, setting: Setting) -> None:
    photos = load(lab, setting)
    transforms(lab, photos.train.x[:200])
    ten = photos.train.x[:10]
    rows = {"as it is": ten, "90° or not": RightAngle()(ten), "shifted": Shift()(ten), "both": Both()(ten)}
    lab.figure("new pictures out of old", augmented(rows), f"The same ten pictures, four times: {photos.name}.")
    plain = train(lab, setting, photos, timed=False).history.last
    for change in changes():
        trained = train(lab, setting, photos, change)
        record(lab, photos, trained)
        if change.label == "shift" and lab.profile != "smoke":
            less = trained.history.last.test_loss / plain.test_loss
            lab.claim("shift: test loss over the baseline's", less, at_most=1, as_declared=True)
            learned(lab, trained, len(photos.train))


def transforms(lab: Lab, x: Tensor) -> None:
    """What the two ways do to pictures (N, 3, 32, 32), and what they must not."""
    right, shift = RightAngle(), Shift()
    lab.claim(
        "RandomRotation((90, 90)) is rot90, levels off by", max_error(right.turn(x), x.rot90(1, (2, 3))), equals=0
    )
    turned = (right(x) != x).flatten(1).any(1).double().mean()
    # Five standard errors of a share of one half.
    lab.claim(
        "share of pictures that are turned, off one half by", abs(float(turned) - 0.5), at_most=2.5 / len(x) ** 0.5
    )
    lab.claim("trap: RandomRotation(90) gives a right angle in so many of 200 draws", right_angles(x[0], 200), equals=0)
    dot = torch.zeros_like(x)
    dot[:, :, 16, 16] = 255
    where = (shift(dot)[:, 0] == 255).nonzero()[:, 1:] - 16
    lab.claim("a shift moves by at most so many pixels", where.abs().max(), at_most=PADDING)
    lab.claim("what a shift lays bare is grey: levels off by", bared(x), equals=0)
    # Of two pictures both may be shifted alike.
    lab.claim("shifts in a batch: different ones", len(where.unique(dim=0)), at_least=2, as_declared=True)
    far, share = both(x)
    lab.claim("turned and shifted: pixels from where a turn or none puts a dot", far, at_most=PADDING)
    lab.claim("turned and shifted: share turned, off one half by", abs(share - 0.5), at_most=2.5 / len(x) ** 0.5)


def both(x: Tensor) -> tuple[float, float]:
    """A dot in row 8, column 20 comes to row 11, column 8 by a turn: how far from either it is found at most, and the
    share that are nearer to the second."""
    dot = torch.zeros_like(x)
    dot[:, :, 8, 20] = 255
    found = (Both()(dot)[:, 0] == 255).nonzero()[:, 1:]
    places = torch.tensor([[8, 20], [11, 8]], device=x.device)
    apart = (found[:, None] - places).abs().amax(2)
    return largest(apart.amin(1).max()), float((apart[:, 1] < apart[:, 0]).double().mean())


def bared(x: Tensor) -> float:
    """Of white pictures, how far what is not white after a shift is from grey."""
    shifted = Shift()(torch.full_like(x, 255)).double()
    rest = shifted[shifted != 255]
    return largest((rest - GREY).abs().max()) if len(rest) else 0.0


def right_angles(picture: Tensor, draws: int) -> int:
    """How often ``RandomRotation(90)`` draws one."""
    from torchvision.transforms import v2

    angles = [abs(v2.RandomRotation(90).make_params([picture])["angle"]) for _ in range(draws)]
    return sum(angle == 90 for angle in angles)
