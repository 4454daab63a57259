"""A real Dask on this machine for tests: a scheduler, and workers that can be killed, each a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

LEASHED = {"--leash", "--asked"}
"""What the commands have that end with the worker that holds them."""
LOCAL = ("--host", "127.0.0.1", "--no-dashboard")


def until(true: Callable[[], object], seconds: float, what: str) -> float:
    """The seconds that it took. Raises ``AssertionError`` where it does not become so."""
    start = time.monotonic()
    while not true():
        assert time.monotonic() < start + seconds, f"not within {seconds:g} s: {what}"
        time.sleep(0.02)
    return time.monotonic() - start


def words(process: psutil.Process) -> list[str]:
    """Its command; one that has ended meanwhile has none."""
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


@dataclass(slots=True)
class SmallDask:
    """``environment`` is that of its processes."""

    folder: Path
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        """The scheduler file."""
        return self.folder / "scheduler.json"

    def scheduler(self) -> None:
        self.file.unlink(missing_ok=True)
        self._start("scheduler", "scheduler", "--port", "0", "--scheduler-file", str(self.file))
        until(self._answers, 60, "a scheduler")

    def worker(self, name: str) -> None:
        """With one thread, in no nanny's hands."""
        own = ("--nthreads", "1", "--no-nanny", "--memory-limit", "0", "--name", name)
        self._start(name, "worker", *own, "--scheduler-file", str(self.file), "--local-directory", str(self.folder))

    def _start(self, name: str, *arguments: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments, *LOCAL],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | self.environment,
                start_new_session=True,
            )

    def _answers(self) -> bool:
        try:
            return bool(json.loads(self.file.read_text())["address"])
        except (OSError, ValueError):
            return False

    def at_work(self) -> dict[str, psutil.Process]:
        """The processes of shards, by the name of their worker."""
        found = {}
        for name, process in self.processes.items():
            if name != "scheduler" and process.poll() is None:
                children = psutil.Process(process.pid).children()
                found.update((name, child) for child in children if LEASHED & {*words(child)})
        return found

    def kill(self, name: str) -> None:
        """By SIGKILL: it can say nothing."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()


@contextmanager
def small_dask(folder: Path, **environment: str) -> Iterator[SmallDask]:
    cluster = SmallDask(folder, environment)
    try:
        cluster.scheduler()
        yield cluster
    finally:
        for name in list(cluster.processes):
            cluster.kill(name)
