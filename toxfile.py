"""A tox environment for CUDA is skipped where there is no GPU, before anything is installed into it."""

from __future__ import annotations

import os
import shutil
import subprocess

from tox.plugin import impl
from tox.tox_env.api import ToxEnv
from tox.tox_env.errors import Fail, Skip


@impl
def tox_on_install(tox_env: ToxEnv, arguments: object, section: str, of_type: str) -> None:
    """Called before each installation. Raises ``Skip`` with the reason, or ``Fail`` with ``BENCH_REQUIRE_CUDA=1``."""
    reason = no_gpu() if "cuda" in tox_env.name.split("-") else ""
    if reason and os.environ.get("BENCH_REQUIRE_CUDA") == "1":
        raise Fail(f"{reason}, and BENCH_REQUIRE_CUDA is set")
    if reason:
        raise Skip(reason)


def no_gpu() -> str:
    """Why CUDA cannot be used here, as far as the driver's own tool knows; empty where it can."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return "no GPU here: NVIDIA's driver (nvidia-smi) is not installed"
    listed = subprocess.run([tool, "-L"], capture_output=True, text=True)
    return "" if listed.stdout.startswith("GPU ") else f"no GPU here: nvidia-smi says {listed.stdout.strip()!r}"
