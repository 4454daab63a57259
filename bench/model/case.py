"""The one identity of what is measured: a case has a key, a label for people, and a folder for its files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Literal

from bench.model.declared import Kind
from bench.model.limits import Parameter, Scalar

Key = tuple[tuple[str, str], ...]
"""Names and values as text, sorted by name: hashable, in an order of its own, and the same after JSON."""

EXACT = 2**53
"""Whole floats below this are whole numbers: ``1.0`` and ``1`` are one value, whatever a parameter was declared as."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """What one record is about; a study has no variant. Two cases are the same exactly if their keys are."""

    exercise: str
    part: str
    device: str
    seed: int
    parameters: dict[str, Parameter] = field(default_factory=dict)
    variant: str | None = None

    @property
    def key(self) -> Key:
        """Such as ``(("device", '"cpu"'), …, ("parameters.batch", "8"), ("part", '"a"'), ("seed", "0"))``."""
        # As text, since numbers and texts do not sort together; quotes tell "1" from 1.
        return self._key

    @cached_property
    def _key(self) -> Key:
        # Asked for whenever a case is held against another one: made once, under a name that no encoder takes for a
        # field.
        return tuple(sorted((name, _spelt(value)) for name, value in self._named()))

    def _named(self) -> Iterator[tuple[str, Parameter]]:
        yield from (("exercise", self.exercise), ("part", self.part), ("device", self.device), ("seed", self.seed))
        if self.variant is not None:
            yield "variant", self.variant
        for name, value in self.parameters.items():
            yield f"parameters.{name}", value

    def __eq__(self, other: object) -> bool:
        return self.key == other.key if isinstance(other, Case) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def whole(self) -> Case:
        """The same without the variant: what all variants of a comparison share."""
        return replace(self, variant=None)

    @property
    def unseeded(self) -> Case:
        """The same without variant and seed: cases that share it differ in chance alone."""
        return replace(self, variant=None, seed=0)

    @property
    def label(self) -> str:
        """Such as ``ex10.a.speed batch=8 on cpu, seed 1: preloaded``."""
        single = {name: value for name, value in self.parameters.items() if not isinstance(value, tuple)}
        swept = "".join(f" {name}={value}" for name, value in sorted(single.items()))
        seed = f", seed {self.seed}" if self.seed else ""
        variant = f": {self.variant}" if self.variant is not None else ""
        return f"{self.exercise}.{self.part}{swept} on {self.device}{seed}{variant}"

    @property
    def folder(self) -> PurePosixPath:
        """Where the files of all variants go, relative to the run: nothing else in the run shares it."""
        plain = f"{self.exercise}.{self.part}-{self.device}-seed{self.seed}"
        safe = re.sub(r"[^A-Za-z0-9._-]+", "-", plain)
        values = repr(sorted((name, canonical(value)) for name, value in self.parameters.items()))
        # A part's id is the author's text: two that differ only in what a file system does not take must not meet.
        identity = values if safe == plain else plain + values
        digest = sha256(identity.encode()).hexdigest()[:6] if self.parameters or safe != plain else "plain"
        return PurePosixPath("figures", f"{safe}-{digest}")


def _spelt(value: Parameter) -> str:
    # The same few texts and numbers stand in thousands of keys.
    return (
        json.dumps(canonical(value)) if isinstance(value, tuple | float) else _spelt_scalar(type(value).__name__, value)
    )


@lru_cache(maxsize=4096)
def _spelt_scalar(kind: str, value: Scalar) -> str:
    """``kind`` tells True from 1, which are equal."""
    return json.dumps(value)


def changes(
    values: Mapping[str, Parameter], declared: Mapping[str, Parameter]
) -> dict[str, tuple[Parameter, Parameter]]:
    """The parameters with a value that is not declared: what they are, and what they would be. Of several declared
    values one, or some, is none that is changed."""
    return {
        name: (value, declared[name])
        for name, value in values.items()
        if name in declared and not several(value) <= several(declared[name])
    }


def notable(values: Mapping[str, Parameter], declared: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """The parameters that tell a case apart: not those that have the one value that is declared."""
    return {
        name: value
        for name, value in values.items()
        if name not in declared or isinstance(declared[name], tuple) or several(value) != several(declared[name])
    }


def several(value: Parameter) -> set[Scalar]:
    return {canonical(item) for item in (value if isinstance(value, tuple) else (value,))}  # type: ignore[misc]


def variations(cases: Iterable[Case]) -> dict[Case, str]:
    """For each case the parameters in which it differs from others of its part, as ``k=1, n=8``; nothing where they
    agree in all."""
    pairs = {case.unseeded: {f"{name}={value}" for name, value in case.parameters.items()} for case in cases}
    shared: dict[tuple[str, str], set[str]] = {}
    for case, words in pairs.items():
        shared[case.exercise, case.part] = shared.get((case.exercise, case.part), words) & words
    return {case: ", ".join(sorted(words - shared[case.exercise, case.part])) for case, words in pairs.items()}


def canonical(value: Parameter) -> Parameter:
    """One form for equal values: a whole float becomes an ``int``."""
    if isinstance(value, tuple):
        return tuple(canonical(item) for item in value)  # type: ignore[misc]  # the items are scalars
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return int(value)
    return value


@dataclass(frozen=True, slots=True)
class Task:
    """What one child process does.

    ``study`` runs a study; ``agree`` holds every variant against the reference; ``time`` takes the samples of one
    round, variants interleaved; ``weigh`` takes one peak of one variant; ``race`` has every method run to the target in
    one round. ``case.variant`` is set for ``weigh`` alone.
    ``without`` names variants that already failed.
    """

    kind: Literal["study", "agree", "time", "weigh", "race"]
    case: Case
    round: int = 0
    without: tuple[str, ...] = ()

    @classmethod
    def first(cls, kind: Kind, case: Case) -> Task:
        """What a case of a part of this kind begins with."""
        return cls("agree" if kind == "comparison" else kind, case)

    @property
    def is_timed(self) -> bool:
        """Whether it is held against a clock, so that nothing else may run meanwhile."""
        return self.kind in ("time", "race")
