"""``--param batch=1,8,32``: read, checked against what the parts declare, and swept.

Nothing here needs the code of an exercise: what is wrong is said before any of it is imported.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from bench import masking
from bench.errors import UsageError, did_you_mean
from bench.model import ByProfile, Declared, Parameter, PartDescription, Profile, Scalar, value_at

Given = Mapping[str, tuple[str, ...]]
NAME = re.compile(r"\s*([A-Za-z_]\w*)\s*=(.*)", re.DOTALL)
MEANT = (
    {"learning_rate", "lr", "rate", "eta", "alpha", "step_size"},
    {"width", "hidden", "units", "nodes", "neurons", "hidden_size", "hidden_units"},
    {"depth", "depths", "layers", "hidden_layers", "n_layers", "num_layers"},
    {"batch", "bs", "batch_size", "batchsize", "minibatch"},
    {"epochs", "epoch", "iterations", "steps", "max_iter"},
    {"optimizer", "optimiser", "opt", "optim"},
    {"dropout", "drop", "p", "dropout_rate"},
    {"initialisation", "initialization", "init"},
    {"weight_decay", "decay", "wd", "l2"},
    {"split", "test_size", "test_ratio", "test_share"},
    {"momentum", "mu", "beta"},
    {"gamma", "decay", "lr_decay"},
    {"numerics", "precision", "dtype"},
    {"images", "examples", "samples"},
)
"""Names of one thing each: what is written elsewhere, and what a parameter is called here."""


def parse(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """``["batch=1,8", "lr=0.1,momentum=0.9"]`` as names and the texts of their values.

    A comma begins a new value, and where ``name=`` follows, a new parameter. Raises ``UsageError`` for a value without
    a name, for a name without a value, and for a name that comes twice.
    """
    given: dict[str, tuple[str, ...]] = {}
    for text in texts:
        name = ""
        for piece in text.split(","):
            match = NAME.fullmatch(piece)
            if match:
                name, piece = match.groups()
                if name in given:
                    raise UsageError(f"--param gives {name!r} twice; write {name}=1,2 for two values")
                given[name] = ()
            if not name or not piece.strip():
                raise UsageError(f"--param {masking.shown(text)!r} is not name=value or name=value,value")
            given[name] += (piece.strip(),)
    return given


def check(given: Given, parts: Sequence[tuple[str, PartDescription]]) -> None:
    """Raises ``UsageError`` for a parameter that none of the parts has, and for a value that one of them cannot take.

    Each part comes with the id of its exercise.
    """
    known(given, [part for _, part in parts])
    for exercise, part in parts:
        for name in given.keys() & part.parameters.keys():
            values = read(name, given[name], part.parameters[name])
            distinct(name, values)
            permitted(f"{exercise}.{part.id}", name, values, part)


def distinct(name: str, values: Sequence[Scalar]) -> None:
    """Raises ``UsageError`` for several secrets: the cases, which have the mask, would be one."""
    if len({masking.masked(name, value) for value in values}) < len(values):
        raise UsageError(f"--param {name}: secrets are not kept, so that several are not told apart: give one value")


def known(given: Given, parts: Sequence[PartDescription]) -> None:
    names = sorted({name for part in parts for name in part.parameters})
    for name in given:
        if name not in names:
            have = f"; they have {', '.join(names)}" if names else "; they have none"
            raise UsageError(f"no selected part has a parameter {name!r}{meant(name, names) or have}")


def meant(name: str, names: Sequence[str]) -> str:
    """What a name may have been meant for: the same thing by its name here, or one that is written alike."""
    same = [each for each in names if any({name.lower(), each} <= group for group in MEANT)]
    return f"; did you mean {' or '.join(same)}?" if same else did_you_mean(name, names)


def permitted(where: str, name: str, values: Sequence[Scalar], part: PartDescription) -> None:
    limits = part.limits.get(name)
    for value in values:
        if limits and not limits.allow(value):
            raise UsageError(f"--param {name}={masking.masked(name, value)}: {name} of {where} is {limits.words}")
    for follower, rule in part.follows.items():
        unknown = [value for value in values if rule.parameter == name and str(value) not in rule.values]
        if unknown:
            given, values = masking.masked(name, unknown[0]), ", ".join(rule.values)
            raise UsageError(f"--param {name}={given}: {follower} of {where} is known for {values}")


def combinations(part: PartDescription, given: Given, profile: Profile = "quick") -> Iterator[dict[str, Parameter]]:
    """The parameters of each case of a part: what it declares, with what is given in its place.

    A comparison is swept over every tuple, and so is a race; the smoke profile takes only the ends of one that is
    declared for all profiles. A study is handed a declared tuple whole, and swept over several values that are given
    where it declares one.
    """
    axes: dict[str, tuple[Parameter, ...]] = {}
    for name, any_profile in part.parameters.items():
        declared = value_at(profile, any_profile)
        values = read(name, given[name], any_profile) if name in given else as_tuple(declared)
        chosen = name in given or isinstance(any_profile, ByProfile)
        if profile == "smoke" and part.kind != "study" and not chosen:
            values = tuple(dict.fromkeys((values[0], values[-1])))
        whole = part.kind == "study" and isinstance(declared, tuple)
        axes[name] = (values,) if whole or (name in part.follows and name not in given) else values
    for combination in product(*axes.values()):
        yield followed(part, given, dict(zip(axes, combination, strict=True)))


def followed(part: PartDescription, given: Given, values: dict[str, Parameter]) -> dict[str, Parameter]:
    """With the value that belongs to another one's, where none is given for it."""
    return values | {name: rule.at(values) for name, rule in part.follows.items() if name not in given}


def as_tuple(value: Parameter) -> tuple[Scalar, ...]:
    return value if isinstance(value, tuple) else (value,)


def read(name: str, texts: Sequence[str], declared: Declared) -> tuple[Scalar, ...]:
    """The given values, of the type that is declared; each once."""
    values = declared.kinds if isinstance(declared, ByProfile) else {type(value) for value in as_tuple(declared)}
    kinds: set[type] = set(values) or {str}
    kind = float if kinds == {int, float} else kinds.pop()
    return tuple(dict.fromkeys(scalar(name, text, kind) for text in texts))


def scalar(name: str, text: str, kind: type) -> Scalar:
    """One value. Raises ``UsageError`` unless it is of the kind, and finite."""
    try:
        if kind is bool:
            return {"true": True, "false": False, "1": True, "0": False}[text.lower()]
        if kind is int:
            return int(text)
        if kind is float and math.isfinite(float(text)):
            return float(text)
        if kind is str:
            return text
    except (KeyError, ValueError):
        pass
    wanted = {bool: "true or false", int: "a whole number", float: "a finite number"}[kind]
    raise UsageError(f"--param {name}={masking.value(name, text)}: {name} is {wanted}")
