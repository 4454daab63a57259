"""How cases are called: in a line of progress, and as a folder."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import PurePosixPath

from bench.model import Case


def in_words(case: Case) -> str:
    """Such as ``ex10.a.speed batch=8 on cpu, seed 1: preloaded``."""
    single = {name: value for name, value in case.parameters.items() if not isinstance(value, tuple)}
    swept = "".join(f" {name}={value}" for name, value in single.items())
    seed = f", seed {case.seed}" if case.seed else ""
    variant = f": {case.variant}" if case.variant else ""
    return f"{case.exercise}.{case.part}{swept} on {case.device}{seed}{variant}"


def folder(case: Case) -> PurePosixPath:
    """Where a case may put its files, relative to the run: no two cases of a run share it."""
    parameters = sha256(repr(sorted(case.parameters.items())).encode()).hexdigest()[:6] if case.parameters else "plain"
    name = f"{case.exercise}.{case.part}-{case.device}-seed{case.seed}-{parameters}"
    return PurePosixPath("figures", re.sub(r"[^A-Za-z0-9._-]+", "-", name))
