"""What NVIDIA's driver says of a GPU at this moment, asked by NVML; nothing where it does not answer.

The names and numbers are those of nvml.h (docs.nvidia.com/deploy/nvml-api).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from bench.model import GpuState

if TYPE_CHECKING:
    import torch

LIBRARY = "libnvidia-ml.so.1"
SM = 1
"""``NVML_CLOCK_SM``: the clock of the processors, not of the memory."""
TOO_SMALL = 7
"""``NVML_ERROR_INSUFFICIENT_SIZE``: the answer to a list for which there is no room, with its length."""
LIMITS = {
    0x02: "a set clock",
    0x04: "the power limit",
    0x08: "the hardware's slow-down",
    0x10: "the clocks of other GPUs",
    0x20: "heat",
    0x40: "heat (hardware)",
    0x80: "the power supply",
    0x100: "a display's clock",
}
"""Reasons for a lower clock by their bit; that nothing is to be done (bit 0) is none."""


def look(device: torch.device) -> GpuState | None:
    """The state of a CUDA device; ``None`` for other devices, and where the driver does not answer."""
    if device.type != "cuda":
        return None
    try:
        # CUDA numbers only those GPUs that it may see: the driver knows them by another number, or by their id.
        return state(library(), uuid(device))
    except OSError:
        return None


def uuid(device: torch.device) -> str:
    """The id under which the driver knows a CUDA device, such as ``GPU-8c5f…``; empty where torch does not tell it.

    Two processes may see different GPUs (``CUDA_VISIBLE_DEVICES``) and number them alike: only the id tells them apart.
    """
    import torch

    try:
        return f"GPU-{torch.cuda.get_device_properties(device).uuid}"
    except (AttributeError, AssertionError, RuntimeError):
        return ""


@cache
def library() -> Any:
    """The driver's library, started. Raises ``OSError`` where there is none."""
    nvml = ctypes.CDLL(LIBRARY)
    require(nvml.nvmlInit_v2())
    return nvml


def require(code: int) -> None:
    if code:
        raise OSError(f"NVML says {code}")


def state(nvml: Any, uuid: str) -> GpuState:
    """Ask a started library of one GPU. Raises ``OSError`` for what it does not answer."""
    handle = ctypes.c_void_p()
    require(nvml.nvmlDeviceGetHandleByUUID(uuid.encode(), ctypes.byref(handle)))
    clock, reasons = ctypes.c_uint(), ctypes.c_ulonglong()
    require(nvml.nvmlDeviceGetClockInfo(handle, SM, ctypes.byref(clock)))
    require(nvml.nvmlDeviceGetCurrentClocksThrottleReasons(handle, ctypes.byref(reasons)))
    return GpuState(
        clock=clock.value,
        limits=tuple(words for bit, words in LIMITS.items() if reasons.value & bit),
        # Numbers of processes are the host's, which a container does not know: one of them is this process.
        others=max(0, processes(nvml.nvmlDeviceGetComputeRunningProcesses_v3, handle) - 1),
    )


def processes(ask: Callable[..., int], handle: ctypes.c_void_p) -> int:
    """How many processes compute on a GPU."""
    count = ctypes.c_uint(0)
    code = ask(handle, ctypes.byref(count), None)
    require(0 if code == TOO_SMALL else code)
    return count.value
