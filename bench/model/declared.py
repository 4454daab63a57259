"""A part of an exercise as it is declared, with its parameters, and the same without the code."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bench.model import sound
from bench.model.limits import Follows, Limits, Parameter, Scalar
from bench.model.target import Target
from bench.texts import NAME, brief, text

Kind = Literal["study", "comparison", "race"]
Profile = Literal["smoke", "quick", "full"]
PROFILES: tuple[Profile, ...] = ("smoke", "quick", "full")
FULL: Profile = "full"
"""Here the values are the sheet's; in the others some are smaller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByProfile:
    """A parameter with one value for each profile; ``--param`` replaces it in any of them."""

    smoke: Parameter
    quick: Parameter
    full: Parameter

    def __post_init__(self) -> None:
        values = (self.smoke, self.quick, self.full)
        if len({isinstance(value, tuple) for value in values}) > 1:
            raise TypeError(f"by_profile{values}: give a tuple for every profile, or for none")
        if len(kinds := self.kinds) > 1 and kinds != {int, float}:
            raise TypeError(f"by_profile{values}: give values of one type")

    @property
    def kinds(self) -> set[type]:
        """The types of all values, whatever the profile."""
        return {type(item) for item in scalars(self)}

    def at(self, profile: Profile) -> Parameter:
        return {"smoke": self.smoke, "quick": self.quick, "full": self.full}[profile]


Declared = Parameter | ByProfile
"""The value of a parameter, as it is described."""


@dataclass(frozen=True, slots=True)
class Limited:
    """A parameter with what it may be."""

    value: Declared
    limits: Limits


Written = Declared | Limited | Follows
"""What an author writes for a parameter."""


def by_profile(*, smoke: Parameter, quick: Parameter, full: Parameter) -> ByProfile:
    """A parameter that depends on the profile: ``epochs=by_profile(smoke=1, quick=3, full=15)``."""
    return ByProfile(smoke=smoke, quick=quick, full=full)


def limited(
    value: Declared,
    *,
    one_of: tuple[Scalar, ...] = (),
    at_least: float | None = None,
    above: float | None = None,
    at_most: float | None = None,
    below: float | None = None,
) -> Limited:
    """A parameter that is refused, before anything runs, where ``--param`` gives it a value that makes no sense:
    ``dropout=limited(0.5, at_least=0, below=1)``, ``optimizer=limited("sgd", one_of=("sgd", "adam"))``.

    Raises ``ValueError`` where the declared value is none that is allowed, and ``TypeError`` for what is no bound.
    """
    sound.several(one_of, "one_of of a parameter")
    for name, bound in {"at_least": at_least, "above": above, "at_most": at_most, "below": below}.items():
        if bound is not None:
            sound.number(bound, f"{name} of a parameter")
    sound.each(scalars(value), "a parameter with limits", sound.scalar)
    limits = Limits(one_of=one_of, at_least=at_least, above=above, at_most=at_most, below=below)
    for item in scalars(value):
        if not limits.allow(item):
            raise ValueError(f"a parameter is declared as {item!r}, which is not {limits.words}")
    return Limited(value, limits)


def following(parameter: str, **values: Scalar) -> Follows:
    """A parameter whose value hangs on another one's, until ``--param`` gives it: ``learning_rate=following(
    "optimizer", sgd=0.01, adam=0.001)``. Where the other is a tuple, so is this one, with a value for each."""
    return Follows(parameter=parameter, values=values)


def scalars(value: Declared) -> tuple[Scalar, ...]:
    """Every single value that is declared, in any profile."""
    if isinstance(value, ByProfile):
        return tuple(item for each in (value.smoke, value.quick, value.full) for item in scalars(each))
    return value if isinstance(value, tuple) else (value,)


@dataclass(frozen=True, slots=True)
class Work:
    """What one call of a variant gets done: ``Work(400, "images")`` turns seconds into images per second.

    ``flops`` and ``bytes`` are what the problem asks of any way to solve it, for a roofline: floating-point operations
    (a multiplication with its addition is two), and compulsory traffic, which is every input and every output once.
    Raises ``ValueError`` unless both are positive and finite, or neither is given.
    """

    count: int
    unit: str
    flops: float | None = None
    bytes: float | None = None

    def __post_init__(self) -> None:
        if type(self.count) is not int or not 0 <= self.count < sound.LARGEST:
            raise ValueError(f"the count of a Work is a whole number, not {brief(self.count)}")
        sound.plain(self.unit, "the unit of a Work")
        for name in ("flops", "bytes"):
            value = getattr(self, name)
            if value is not None and not (_is_number(value) and 0 < value < math.inf):
                raise ValueError(f"{name} of a Work is a positive number, not {value!r}")
        if (self.flops is None) != (self.bytes is None):
            missing = "bytes" if self.bytes is None else "flops"
            raise ValueError(f"a Work has flops and bytes, or neither: give {missing} too")

    @property
    def intensity(self) -> float | None:
        """Arithmetic intensity in FLOP/byte; ``None`` where it is not declared."""
        return self.flops / self.bytes if self.flops is not None and self.bytes is not None else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One lettered question: a study, a comparison of variants against a reference, or a race of methods to a target.

    ``target`` and ``limit`` are a race's alone. Raises ``TypeError`` and ``ValueError`` that name what is declared
    wrongly, and how.
    """

    id: str
    title: str
    kind: Kind
    run: Callable[..., Any]
    parameters: Mapping[str, Declared] = field(default_factory=dict)
    reference: str | None = None
    work: Callable[..., Work] | None = None
    devices: tuple[str, ...] = ("cpu", "cuda")
    tolerance: float | None = None
    target: Declared = ""
    limit: Declared = 0
    limits: Mapping[str, Limits] = field(default_factory=dict)
    follows: Mapping[str, Follows] = field(default_factory=dict)

    def __post_init__(self) -> None:
        where = f"part {sound.plain(self.id, 'the id of a part')!r}"
        text(self.title, f"the title of {where}")
        sound.function(self.run, where)
        sound.devices(self.devices, f"the devices of {where}")
        if self.reference is not None:
            text(self.reference, f"the reference of {where}")
        if self.tolerance is not None:
            sound.positive(self.tolerance, f"the tolerance of {where}")
        for name, value in self.parameters.items():
            sound.each(
                scalars(value), f"parameter {sound.plain(name, 'the name of a parameter')} of {where}", sound.scalar
            )

    @property
    def described(self) -> PartDescription:
        """The same without the code."""
        return PartDescription(
            id=self.id,
            title=text(self.title, "title"),
            kind=self.kind,
            parameters=dict(self.parameters),
            reference=None if self.reference is None else text(self.reference, "reference", NAME),
            devices=self.devices,
            target=self.target,
            limit=self.limit,
            limits=dict(self.limits),
            follows=dict(self.follows),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDescription:
    """A part without its code, for every profile: what a plan needs to know.

    ``limits`` and ``follows`` are of some of the ``parameters``.
    """

    id: str
    title: str
    kind: Kind
    parameters: dict[str, Declared] = field(default_factory=dict)
    reference: str | None = None
    devices: tuple[str, ...] = ("cpu", "cuda")
    target: Declared = ""
    limit: Declared = 0
    limits: dict[str, Limits] = field(default_factory=dict)
    follows: dict[str, Follows] = field(default_factory=dict)

    def at(self, profile: Profile) -> PartInfo:
        """The part in one profile."""
        values, in_full = (
            {name: value_at(each, declared) for name, declared in self.parameters.items()} for each in (profile, FULL)
        )
        return PartInfo(
            id=self.id,
            title=self.title,
            kind=self.kind,
            parameters=values,
            in_full={name: value for name, value in in_full.items() if value != values[name]},
            reference=self.reference,
            devices=self.devices,
            target=Target.parse(str(value_at(profile, self.target))).text if self.kind == "race" else "",
            limit=steps if isinstance(steps := value_at(profile, self.limit), int) else 0,
        )


def value_at(profile: Profile, declared: Declared) -> Parameter:
    """What is declared for a profile."""
    return declared.at(profile) if isinstance(declared, ByProfile) else declared


@dataclass(frozen=True, slots=True)
class Description:
    """What importing an exercise tells of it: a file's name, title and answer are known without."""

    tags: tuple[str, ...] = ()
    parts: tuple[PartDescription, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartInfo:
    """A part without its code: what a report needs to know. ``target`` and ``limit`` are a race's; ``in_full`` has the
    parameters that the full profile declares otherwise, as it declares them."""

    id: str
    title: str
    kind: Kind
    parameters: dict[str, Parameter] = field(default_factory=dict)
    reference: str | None = None
    devices: tuple[str, ...] = ("cpu", "cuda")
    target: str = ""
    limit: int = 0
    in_full: dict[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseInfo:
    """An exercise without its code, with its written answer (Markdown) and the files that it prints, by name."""

    id: str
    title: str
    tags: tuple[str, ...] = ()
    parts: tuple[PartInfo, ...] = ()
    answer: str = ""
    sources: dict[str, str] = field(default_factory=dict)
