"""What an exercise declares: its parts with their parameters, and the same without the code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Scalar = bool | int | float | str
Parameter = Scalar | tuple[Scalar, ...]
Kind = Literal["study", "comparison"]
Profile = Literal["smoke", "quick", "full"]


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
        values = (self.smoke, self.quick, self.full)
        return {type(item) for value in values for item in (value if isinstance(value, tuple) else (value,))}

    def at(self, profile: Profile) -> Parameter:
        return {"smoke": self.smoke, "quick": self.quick, "full": self.full}[profile]


Declared = Parameter | ByProfile
"""What an author writes for a parameter."""


def by_profile(*, smoke: Parameter, quick: Parameter, full: Parameter) -> ByProfile:
    """A parameter that depends on the profile: ``epochs=by_profile(smoke=1, quick=3, full=15)``."""
    return ByProfile(smoke=smoke, quick=quick, full=full)


@dataclass(frozen=True, slots=True)
class Work:
    """What one call of a variant gets done: ``Work(400, "images")`` turns seconds into images per second."""

    count: int
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One lettered question: a study, or a comparison of variants against a reference."""

    id: str
    title: str
    kind: Kind
    run: Callable[..., Any]
    parameters: Mapping[str, Declared] = field(default_factory=dict)
    reference: str | None = None
    work: Callable[..., Work] | None = None
    devices: tuple[str, ...] = ("cpu", "cuda")
    tolerance: float | None = None

    @property
    def described(self) -> PartDescription:
        """The same without the code."""
        return PartDescription(
            id=self.id,
            title=self.title,
            kind=self.kind,
            parameters=dict(self.parameters),
            reference=self.reference,
            devices=self.devices,
        )


@dataclass(slots=True)
class Exercise:
    """One exercise: its tags, and the parts that its decorators collect in order."""

    tags: tuple[str, ...] = ()
    parts: dict[str, Part] = field(default_factory=dict)

    def study(
        self, id: str, title: str, *, devices: tuple[str, ...] = ("cpu", "cuda"), **parameters: Declared
    ) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Register ``run(lab, **parameters) -> None``, called once per device and seed.

        A study receives its parameters as they are declared: a tuple arrives whole, ``by_profile(…)`` as the value of
        the profile. ``--param name=value`` replaces one. ``lab.dtype`` is float64.
        """
        return self._register(
            lambda run: Part(id=id, title=title, kind="study", run=run, parameters=parameters, devices=devices)
        )

    def comparison(
        self,
        id: str,
        title: str,
        *,
        reference: str,
        work: Callable[..., Work] | None = None,
        devices: tuple[str, ...] = ("cpu", "cuda"),
        tolerance: float | None = None,
        **parameters: Declared,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register ``setup(lab, **parameters) -> {variant: call}``, the untimed set-up of a comparison.

        A tuple parameter is swept: the set-up is called with one value at a time. Every call takes no
        arguments and gives a tensor or a mapping of named tensors, freshly computed each time. ``work(**parameters)``
        says what one call gets done. ``tolerance`` replaces the error that is allowed against the float64 reference;
        by default it is a small factor of the reference's own error in the same dtype.
        """
        return self._register(
            lambda run: Part(
                id=id,
                title=title,
                kind="comparison",
                run=run,
                parameters=parameters,
                reference=reference,
                work=work,
                devices=devices,
                tolerance=tolerance,
            )
        )

    def _register(self, make: Callable[[Callable[..., Any]], Part]) -> Callable[[Callable[..., Any]], Any]:
        def decorate(run: Callable[..., Any]) -> Callable[..., Any]:
            part = make(run)
            empty = [name for name, value in part.parameters.items() if value == () and part.kind == "comparison"]
            if empty:
                raise ValueError(f"part {part.id!r} is swept over {empty[0]}, which has no value")
            if part.id in self.parts:
                raise ValueError(f"part {part.id!r} is declared twice")
            self.parts[part.id] = part
            return run

        return decorate


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDescription:
    """A part without its code, for every profile: what a plan needs to know."""

    id: str
    title: str
    kind: Kind
    parameters: dict[str, Declared] = field(default_factory=dict)
    reference: str | None = None
    devices: tuple[str, ...] = ("cpu", "cuda")

    def at(self, profile: Profile) -> PartInfo:
        """The part in one profile."""
        return PartInfo(
            id=self.id,
            title=self.title,
            kind=self.kind,
            parameters={name: value_at(profile, declared) for name, declared in self.parameters.items()},
            reference=self.reference,
            devices=self.devices,
        )


def value_at(profile: Profile, declared: Declared) -> Parameter:
    return declared.at(profile) if isinstance(declared, ByProfile) else declared


@dataclass(frozen=True, slots=True)
class Description:
    """What importing an exercise tells of it: a file's name, title and answer are known without."""

    tags: tuple[str, ...] = ()
    parts: tuple[PartDescription, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartInfo:
    """A part without its code: what a report needs to know."""

    id: str
    title: str
    kind: Kind
    parameters: dict[str, Parameter] = field(default_factory=dict)
    reference: str | None = None
    devices: tuple[str, ...] = ("cpu", "cuda")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseInfo:
    """An exercise without its code, with its written answer (Markdown)."""

    id: str
    title: str
    tags: tuple[str, ...] = ()
    parts: tuple[PartInfo, ...] = ()
    answer: str = ""
