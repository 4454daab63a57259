"""The decorators with which an exercise declares its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.model import sound
from bench.model.declared import PROFILES, ByProfile, Limited, Part, Work, Written, value_at
from bench.model.limits import Follows
from bench.model.target import Target
from bench.texts import brief

LIMIT = 10_000
"""Steps after which a method of a race is given up, where the race does not say."""


@dataclass(slots=True)
class Exercise:
    """One exercise: its tags, and the parts that its decorators collect in order."""

    tags: tuple[str, ...] = ()
    parts: dict[str, Part] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.tags, tuple | list):
            raise TypeError(f"the tags of an Exercise are {brief(self.tags)}: give a tuple of texts")
        sound.each(self.tags, "a tag of an Exercise", sound.plain)

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
        Raises ``TypeError`` for a ``work`` that is no function.
        """
        if work is not None and not callable(work):
            raise TypeError(
                f'work of part {id!r} is a function of its parameters, such as lambda batch: Work(batch, "rows")'
            )
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

    def race(
        self,
        id: str,
        title: str,
        *,
        target: str | ByProfile,
        reference: str | None = None,
        limit: int | ByProfile = LIMIT,
        devices: tuple[str, ...] = ("cpu", "cuda"),
        **parameters: Written,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register ``setup(lab, **parameters) -> {method: start}``, the untimed set-up of a race to a target.

        ``start()`` gives a fresh iterator over one training; each ``next()`` makes one step and yields what was reached
        by it: the number that ``target`` (``"loss ≤ 1e-3"``, ``"accuracy ≥ 0.95"``) speaks of, or ``Progress(value,
        evaluations=2)`` where a step takes other than one evaluation. A tuple parameter is swept. A method is given up
        after ``limit`` steps; ratios are against ``reference``, or against the first method.
        Raises ``ValueError`` for a target that is none, and for a limit that is not a whole number of steps.
        """
        for profile in PROFILES:
            Target.parse(str(value_at(profile, target)))
            steps = value_at(profile, limit)
            if type(steps) is not int or steps < 1:
                raise ValueError(f"the limit of part {id!r} is {steps!r}: give a whole number of steps, 1 or more")
        return self._register(
            lambda run: Part(
                id=id,
                title=title,
                kind="race",
                run=run,
                reference=reference,
                devices=devices,
                target=target,
                limit=limit,
                **told_apart(parameters),
            )
        )

    def _register(self, make: Callable[[Callable[..., Any]], Part]) -> Callable[[Callable[..., Any]], Any]:
        def decorate(run: Callable[..., Any]) -> Callable[..., Any]:
            part = make(run)
            empty = [name for name, value in part.parameters.items() if value == () and part.kind != "study"]
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
