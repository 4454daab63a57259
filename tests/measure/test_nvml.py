"""NVIDIA's driver, played by a stand-in that fills in what its functions would."""

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from bench.measure import nvml
from bench.model import GpuState


def driver(*, clock: int = 1980, reasons: int = 0, processes: int = 1, refuses: str = "") -> Any:
    """The functions of a library that knows one GPU; ``refuses`` names one that answers with an error."""
    values = {
        "nvmlDeviceGetClockInfo": clock,
        "nvmlDeviceGetCurrentClocksThrottleReasons": reasons,
        "nvmlDeviceGetComputeRunningProcesses_v3": processes,
    }

    def by_uuid(uuid: bytes, handle: Any) -> int:
        handle._obj.value = 7
        return 0 if uuid == b"GPU-1" and refuses != "nvmlDeviceGetHandleByUUID" else 2

    def fill(name: str) -> Any:
        def ask(handle: Any, *arguments: Any) -> int:
            assert handle.value == 7
            pointer = next(argument for argument in arguments if hasattr(argument, "_obj"))
            pointer._obj.value = values[name]
            short = name.endswith("_v3") and values[name] > 0
            return 999 if name == refuses else nvml.TOO_SMALL if short else 0

        return ask

    return SimpleNamespace(nvmlDeviceGetHandleByUUID=by_uuid, **{name: fill(name) for name in values})


def test_clock_limits_and_other_processes() -> None:
    found = nvml.state(driver(clock=1410, reasons=0x1 | 0x4 | 0x20, processes=3), "GPU-1")
    assert found == GpuState(clock=1410, limits=("the power limit", "heat"), others=2)
    assert nvml.state(driver(reasons=0x1, processes=0), "GPU-1") == GpuState(clock=1980)


@pytest.mark.parametrize(
    "refuses",
    [
        "nvmlDeviceGetHandleByUUID",
        "nvmlDeviceGetClockInfo",
        "nvmlDeviceGetCurrentClocksThrottleReasons",
        "nvmlDeviceGetComputeRunningProcesses_v3",
    ],
)
def test_what_the_driver_refuses_is_not_known(refuses: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvml, "library", lambda: driver(refuses=refuses))
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: SimpleNamespace(uuid="1"))
    assert nvml.look(torch.device("cuda")) is None
    monkeypatch.setattr(nvml, "library", driver)
    assert nvml.look(torch.device("cuda")) == GpuState(clock=1980)


def test_no_driver_is_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvml, "LIBRARY", "libnot-there.so.1")
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: SimpleNamespace(uuid="1"))
    nvml.library.cache_clear()
    assert nvml.look(torch.device("cuda")) is None
    assert nvml.look(torch.device("cpu")) is None


def test_a_gpu_whose_id_is_not_told_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: SimpleNamespace(name="H100"))
    assert nvml.uuid(torch.device("cuda")) == ""
    monkeypatch.setattr(nvml, "library", driver)
    assert nvml.look(torch.device("cuda")) is None
