"""What two parts of an exercise need is computed once a run, by whichever comes first, and read by the other.

It lies in a folder of the run's own and goes with it, so that nothing is ever older than the code that made it.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from bench import tensor_file

State = Mapping[str, Any]
MAKING: set[str] = set()
"""What this process is computing right now."""
PLAIN = (bool, int, float, str, bytes, type(None))


class Made(NamedTuple):
    """What came of a computation, and the seconds that it took whoever did it."""

    state: State
    seconds: float


def once(folder: Path, identity: Mapping[str, Any], make: Callable[[], Made]) -> Made:
    """What ``make`` gives, or has given to another process for an equal ``identity``, a mapping of JSON's values.

    Whoever comes second waits for the first; where the first died, it computes. Without room on the disk each computes.

    Raises ``TypeError`` for an identity of other values, and ``ValueError`` where ``make`` asks for the same.
    """
    stem = sha256(_spelt(identity).encode()).hexdigest()
    if stem in MAKING:  # it would wait for itself
        raise ValueError(f"shared {identity.get('name')!r} is made of itself: give one of the two another name")
    with _alone(folder / f"{stem}.lock"):
        path = folder / f"{stem}.pt"
        made = recall(path)
        if made is None:
            MAKING.add(stem)
            try:
                made = make()
            finally:
                MAKING.discard(stem)
            tensor_file.keep(path, made._asdict())
    return made


def _spelt(identity: Mapping[str, Any]) -> str:
    try:
        return json.dumps(identity, sort_keys=True)
    except (TypeError, ValueError) as error:
        raise TypeError(f"shared {identity.get('name')!r} depends on what JSON does not hold: {error}") from error


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w")
    except OSError:  # no room for a lock: at worst it is computed twice
        yield
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def recall(path: Path) -> Made | None:
    """What was kept; none where it is not what ``once`` keeps."""
    kept = tensor_file.recall(path)
    return Made(**kept) if isinstance(kept, dict) and set(kept) == set(Made._fields) else None


def plain(value: Any, where: str) -> Any:
    """``value`` with its tensors on the CPU and detached: as it is read back, so is it given to whoever made it.

    Raises ``TypeError`` for what is no tensor, number, string, or list, tuple or mapping of them, and ``ValueError``
    for what holds itself.
    """
    try:
        return _plain(value, where)
    except RecursionError as error:
        raise ValueError(f"{where} is nested too deeply, or holds itself") from error


def _plain(value: Any, where: str) -> Any:
    import torch

    if isinstance(value, torch.Tensor):
        return value.detach().cpu()
    if isinstance(value, Mapping):
        return {key: _plain(each, f"{where}[{key!r}]") for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, f"{where}[{i}]") for i, each in enumerate(value)]
    if type(value) in PLAIN:
        return value
    raise TypeError(f"{where} is a {type(value).__name__}: only tensors, numbers, strings and lists of them are kept")
