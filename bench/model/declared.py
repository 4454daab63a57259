"""What an exercise declares: its parts with their parameters, and the same without the code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bench.model.limits import Follows, Limits, Parameter, Scalar

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

    Raises ``ValueError`` where the declared value is none that is allowed.
    """
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
    limits: Mapping[str, Limits] = field(default_factory=dict)
    follows: Mapping[str, Follows] = field(default_factory=dict)

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
            limits=dict(self.limits),
            follows=dict(self.follows),
        )


@dataclass(slots=True)
class Exercise:
    """One exercise: its tags, and the parts that its decorators collect in order."""

    tags: tuple[str, ...] = ()
    parts: dict[str, Part] = field(default_factory=dict)

    def study(
        self, id: str, title: str, *, devices: tuple[str, ...] = ("cpu", "cuda"), **parameters: Written
    ) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Register ``run(lab, **parameters) -> None``, called once per device and seed.

        A study receives its parameters as they are declared: a tuple arrives whole, ``by_profile(…)`` as the value of
        the profile. ``--param name=value`` replaces one. ``lab.dtype`` is float64.
        """
        return self._register(
            lambda run: Part(id=id, title=title, kind="study", run=run, devices=devices, **told_apart(parameters))
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
        **parameters: Written,
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
                reference=reference,
                work=work,
                devices=devices,
                tolerance=tolerance,
                **told_apart(parameters),
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


def told_apart(written: Mapping[str, Written]) -> dict[str, Any]:
    """Values, limits and what follows what, as ``Part`` has them. Raises ``ValueError`` for a parameter that follows
    none, or one with a value that it has no answer for."""
    values = {name: each.value if isinstance(each, Limited) else each for name, each in written.items()}
    plain = {name: value for name, value in values.items() if not isinstance(value, Follows)}
    follows = {name: value for name, value in values.items() if isinstance(value, Follows)}
    try:
        known = {name: each.at(plain) for name, each in follows.items()}  # type: ignore[arg-type]  # it never follows a ByProfile
    except KeyError as error:
        raise ValueError(f"a parameter follows {error}, which is not declared or has no value for it") from error
    return {
        "parameters": {name: plain[name] if name in plain else known[name] for name in written},
        "limits": {name: each.limits for name, each in written.items() if isinstance(each, Limited)},
        "follows": follows,
    }


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
    limits: dict[str, Limits] = field(default_factory=dict)
    follows: dict[str, Follows] = field(default_factory=dict)

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
    """What is declared for a profile."""
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
