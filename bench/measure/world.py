"""The global state of a process: what a plugin must leave as it was, and random streams that start from a seed."""

from __future__ import annotations

import random
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

World = dict[str, Any]


def computing() -> World:
    """What decides how a call computes: a variant that changes it is not timed like the others."""
    import torch

    return {
        "the number of threads": torch.get_num_threads(),
        "the grad mode": torch.is_grad_enabled(),
        "inference mode": torch.is_inference_mode_enabled(),
        "the default dtype": str(torch.get_default_dtype()),
        "the default device": str(torch.get_default_device()),
        "cudnn.benchmark": torch.backends.cudnn.benchmark,
        "cudnn.deterministic": torch.backends.cudnn.deterministic,
        "TF32 on the GPU": (torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32),
        "oneDNN": torch.backends.mkldnn.enabled,
        "deterministic algorithms": torch.are_deterministic_algorithms_enabled(),
        "the precision of float32 products": torch.get_float32_matmul_precision(),
        "how denormal numbers are treated": flushes_denormals(),
    }


def flushes_denormals() -> bool:
    import torch

    return float(torch.tensor([1e-39], device="cpu") * 0.5) == 0.0


def surroundings() -> World:
    """What else of a process others would find changed."""
    import numpy as np
    import torch

    return {
        "torch's random state": digest(torch.get_rng_state().numpy().tobytes()),
        "numpy's random state": digest(repr(np.random.get_state(legacy=False)).encode()),  # noqa: NPY002
        "Python's random state": digest(repr(random.getstate()).encode()),
        "the number of Python's threads": threading.active_count(),
        "the working directory": where(),
        "the handlers of signals": digest(repr(handlers()).encode()),
    }


def where() -> str:
    try:
        return str(Path.cwd())
    except OSError:  # it has been removed
        return ""


def handlers() -> list[tuple[str, str]]:
    return [(number.name, str(signal.getsignal(number))) for number in signal.Signals]


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:12]


def world() -> World:
    """The global state that an exercise must leave as it was."""
    return computing() | surroundings()


def changes(before: World, after: World) -> str:
    """In words: "changes the grad mode from True to False"; empty where all is as it was."""
    return "; ".join(
        f"leaves {what} changed"
        if "random" in what or "handlers" in what
        else f"changes {what} from {before[what]} to {after[what]}"
        for what in before
        if before[what] != after[what]
    )


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Every global stream starts from the seed, and is put back afterwards."""
    import numpy as np
    import torch

    python, numpys = random.getstate(), np.random.get_state()  # noqa: NPY002 - an exercise may use the global stream
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002
    try:
        with torch.random.fork_rng([device] if device.type == "cuda" else []):
            torch.manual_seed(seed)
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpys)  # noqa: NPY002
