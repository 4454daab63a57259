"""A real Slurm on this machine for tests, of nodes that their jobs take for machines of their own.

Needs root, and Debian's packages slurmctld, slurmd, slurm-client and munge; no systemd, control groups or database.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

PROGRAMS = ("slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol", "munged", "unshare", "nsenter")
NODES = ("n1", "n2")
CONF = """\
ClusterName=small
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.sock,cred_expire=5
CredType=cred/munge
SlurmctldPort={port}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdPidFile={folder}/slurmd.%n.pid
SlurmdLogFile={folder}/slurmd.%n.log
SlurmdSpoolDir={folder}/spool.%n
StateSaveLocation={folder}/state
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
PropagateResourceLimits=NONE
ReturnToService=2
SlurmdTimeout=5
SlurmctldTimeout=10
KillWait=5
MaxArraySize=3
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0
PartitionName=all Nodes=ALL Default=YES MaxTime=60 State=UP OverSubscribe=NO
"""


def missing() -> str:
    """Why there can be no Slurm here; empty where there can."""
    if os.geteuid() != 0:
        return "a Slurm of one's own needs root"
    if gone := [name for name in PROGRAMS if not shutil.which(name)]:
        return f"{', '.join(gone)}: not installed"
    # Root in a container may have no namespaces of its own to give away.
    apart = subprocess.run(["unshare", "--mount", "--uts", "true"], capture_output=True, text=True)
    return "" if apart.returncode == 0 else f"nodes cannot be told apart here: {apart.stderr.strip()}"


def until(true: Callable[[], object], seconds: float, what: str) -> None:
    """Raises ``AssertionError`` where it does not become so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(0.1)


@dataclass(frozen=True, slots=True)
class SmallSlurm:
    """``folder`` has all that it writes; ``locks`` is a folder of which every node sees one of its own."""

    folder: Path
    locks: Path

    def start(self) -> None:
        for name in ("state", *(f"spool.{node}" for node in NODES)):
            (self.folder / name).mkdir(parents=True)
        self.locks.mkdir(parents=True)
        self._configure(20_000 + os.getpid() % 10_000)
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o600)
        places = {name: self.folder / f"munge.{name}" for name in ("key", "pid", "log", "seed")}
        self.command(
            "munged",
            "--force",
            "--num-threads=1",
            f"--socket={self.folder}/munge.sock",
            f"--pid-file={places['pid']}",
            *(f"--{name}-file={places[name]}" for name in ("key", "log", "seed")),
        )
        self.command("slurmctld")
        for node in NODES:
            self.revive(node)
        until(self.idle, 60, "all nodes idle")

    def _configure(self, port: int) -> None:
        host = os.uname().nodename.partition(".")[0]
        lines = [CONF.format(folder=self.folder, host=host, port=port)]
        memory = psutil.virtual_memory().total // 2**20 // len(NODES)
        for number, node in enumerate(NODES, 1):
            lines.append(
                f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port + number} "
                f"CPUs=1 RealMemory={memory} State=UNKNOWN\n"
            )
        (self.folder / "slurm.conf").write_text("".join(lines))

    def command(self, *command: str) -> str:
        """What a program prints that ends well."""
        environ = os.environ | {"SLURM_CONF": str(self.folder / "slurm.conf")}
        # Daemons would hold on to our pipes: what they say goes into files.
        with (self.folder / "commands.log").open("ab") as log:
            done = subprocess.run(command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        assert done.returncode == 0, (command, (self.folder / "commands.log").read_text()[-2000:])
        return done.stdout.decode()

    def idle(self) -> bool:
        return self.command("sinfo", "-h", "-N", "-o", "%T").split() == ["idle"] * len(NODES)

    def jobs(self) -> list[tuple[str, str, str]]:
        """Job, state and node of what has not ended."""
        lines = self.command("squeue", "-h", "--array", "-o", "%i|%T|%N").splitlines()
        return [(job, state, node) for job, state, node in (line.split("|") for line in lines)]

    def revive(self, node: str) -> None:
        """Start a node: its own host's name, its own processor's, its own locks."""
        model = f"model name\t: Small Slurm's processor {node}\n"
        lines = Path("/proc/cpuinfo").read_text().splitlines(keepends=True)
        info = self.folder / f"cpuinfo.{node}"
        info.write_text("".join(model if line.startswith("model name") else line for line in lines))
        steps = (
            'hostname "$1" && mount --bind "$2" /proc/cpuinfo && mount -t tmpfs none "$3" && exec slurmd -N "$1" '
            ">>$4 2>&1"
        )
        log = str(self.folder / "commands.log")
        shell = ("sh", "-c", steps, "-", node, str(info), str(self.locks), log)
        self.command("unshare", "--mount", "--uts", *shell)

    def on(self, node: str, *command: str) -> None:
        """Run a command, such as ``mount``, in what a node sees."""
        until(self._pid(node).is_file, 10, f"{node} has a pid")
        self.command("nsenter", f"--target={self._pid(node).read_text().strip()}", "--mount", *command)

    def _pid(self, node: str) -> Path:
        return self.folder / f"slurmd.{node}.pid"

    def fail(self, node: str) -> None:
        """The machine dies: all of its processes at once, so that none can tell of another's death."""
        dying = [psutil.Process(int(self._pid(node).read_text())), *self._of(node)]
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for process in dying:
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(number)

    def _of(self, node: str) -> Iterator[psutil.Process]:
        """The steps of a node with all below them, known by the environment of what they run."""
        for step in psutil.process_iter(["name"]):
            if step.info["name"] != "slurmstepd":
                continue
            with suppress(psutil.NoSuchProcess):
                below = step.children(recursive=True)
                ours = {"SLURMD_NODENAME": node, "SLURM_CONF": str(self.folder / "slurm.conf")}
                if any(ours.items() <= child.environ().items() for child in below):
                    yield from (step, *below)

    def cancel_all(self) -> None:
        self.command("scancel", "--full", "--quiet", *(f"--nodelist={','.join(NODES)}", "--user=root"))
        for job, _, _ in self.jobs():
            subprocess.run(
                ["scancel", "--quiet", job], env=os.environ | {"SLURM_CONF": str(self.folder / "slurm.conf")}
            )
        until(lambda: not self.jobs(), 60, "no job is left")

    def stop(self) -> None:
        """End what was started, by its pids."""
        with suppress(AssertionError):
            self.cancel_all()
        for name in (*(f"slurmd.{node}.pid" for node in NODES), "slurmctld.pid", "munge.pid"):
            with suppress(OSError, ValueError, psutil.Error):
                process = psutil.Process(int((self.folder / name).read_text()))
                process.terminate()
                with suppress(psutil.TimeoutExpired):
                    process.wait(5)
                    continue
                process.kill()
