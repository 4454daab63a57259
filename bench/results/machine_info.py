"""Where benchmarks ran, as a file of pytest-benchmark keeps it: in its ``machine_info``, under ``bench``.

It has what a comparison of two runs asks for (``comparable``), and comes back as a run without records.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bench.model import SCHEMA, Environment, Profile, Run
from bench.results import store

KEY = "bench"


@dataclass(frozen=True, slots=True)
class Place:
    """What of a run decides whether it may be compared."""

    environment: Environment
    profile: Profile
    devices: tuple[str, ...]
    data: str


def facts(place: Place) -> dict[str, Any]:
    """What JSON has for it."""
    return asdict(place)


def read(machine_info: object, name: str) -> Run:
    """The place that a file's ``machine_info`` tells of, as a run called ``name``.

    Raises ``StoreError`` of one line for a file that does not tell, or that another wrote.
    """
    if not isinstance(machine_info, Mapping) or KEY not in machine_info:
        raise store.StoreError(f"{name}: they do not say where they were measured")
    try:
        place = store.decode(json.dumps(machine_info[KEY]).encode(), Place)
    except store.StoreError as error:
        raise store.StoreError(f"{name}: machine_info.{KEY} is not ours: {error}") from error
    return as_run(place, name)


def as_run(place: Place, name: str) -> Run:
    """A run of this place that has measured nothing."""
    return Run(
        schema=SCHEMA,
        id=name,
        created="",
        command=(),
        profile=place.profile,
        devices=place.devices,
        seeds=(0,),
        data=place.data,
        environment=place.environment,
    )
