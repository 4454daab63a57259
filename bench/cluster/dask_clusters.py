"""Dask clusters that ``--on dask`` names: one that is started here, or one that answers at an address."""

from __future__ import annotations

import json
import logging
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from bench import masking, plain_file
from bench.errors import BenchError, Missing, UsageError, did_you_mean
from bench.results import environment

FILE = "scheduler-file"
MOST = 2**20
"""Bytes of a scheduler file."""
LOCAL = {"workers", "memory"}
PATIENCE = 5.0
"""Seconds that a scheduler has for its first answer."""
WORKERS = re.compile("[0-9]{1,6}")
MOST_WORKERS = 256
"""More than any one machine is asked for: 256 are there in 3 s, 512 in 18 s, 1,024 in a minute, 3,000 never
(two busy cores of an EPYC)."""
WITHIN = "inproc"
"""The way to a scheduler in this very process, where none is."""
ENCRYPTED = ("tls", "wss")
SIZE = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?) ?([KMGT]?)i?B?", re.IGNORECASE)
PORT = re.compile(r":\d+/*$")
CLOSING = 15.0
"""Seconds that the cluster of this machine has for its end: a command that does not end by itself has ten."""
LOUD = ("distributed", "tornado", "bokeh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What stands behind ``--on dask``: an ``address``, or else a cluster of this machine of so many ``workers``, each
    with ``memory`` in bytes; 0 for as many as fit and for no limit."""

    address: str = ""
    workers: int = 0
    memory: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A client of ``distributed``, and the cluster where it was started for it; ``future`` gives the task of a name."""

    client: Any
    future: Callable[[str], Any]
    cluster: Any = None


def named(address: str, options: Mapping[str, str]) -> Named:
    """Raises ``UsageError`` for options that there are not or that contradict each other, ``BenchError`` for a
    scheduler file that cannot be read."""
    for name in options:
        if name not in LOCAL | {FILE}:
            hint = did_you_mean(name, LOCAL | {FILE}) or f"; there are {', '.join(sorted(LOCAL | {FILE}))}"
            raise UsageError(f"--on dask has no option {name}{hint}")
    if address and FILE in options:
        raise UsageError("--on dask: give an address or a scheduler file, not both")
    file = options.get(FILE, "") or (address if address.endswith(".json") else "")
    if (address or file) and (lone := sorted(LOCAL & options.keys())):
        raise UsageError(f"--on dask: {lone[0]} is about a cluster that is started here; leave the address out")
    if address or file:
        return Named(address=_address(Path(file)) if file else address)
    workers = _count(options["workers"]) if "workers" in options else 0
    return Named(workers=workers, memory=_bytes(options.get("memory", "0")))


def _address(file: Path) -> str:
    try:
        content = json.loads(plain_file.text(file, MOST))
    except OSError as error:
        raise BenchError(f"--on dask: {file} cannot be read: {error.strerror}; the scheduler writes it") from error
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or not isinstance(content.get("address"), str):
        raise BenchError(f"--on dask: {file} names no address; `dask scheduler --scheduler-file {file}` writes it")
    return str(content["address"])


def _count(text: str) -> int:
    if not WORKERS.fullmatch(text) or not int(text):
        raise UsageError(f"--on dask: workers={text[:40]} is no number of workers; write 1 or more, or leave it out")
    if int(text) > MOST_WORKERS:
        raise UsageError(f"--on dask: workers={text}: at most {MOST_WORKERS}; for more, name a scheduler's address")
    return int(text)


def _bytes(text: str) -> int:
    match = SIZE.fullmatch(text)
    if match is None:
        raise UsageError(f"--on dask: memory={text} is no size; write 4GB")
    return int(float(match[1]) * 1000 ** " KMGT".index(match[2].upper() or " "))


def imported() -> ModuleType:
    """``distributed``, which keeps to itself what it has to say: a lost worker is told by whoever watches.

    Raises ``Missing`` where it is not installed.
    """
    try:
        import distributed
    except ImportError as error:
        raise Missing('--on dask needs the package distributed: pip install "dl-exercise-bench[dask]"') from error
    for name in (*logging.root.manager.loggerDict, *LOUD):
        if name.partition(".")[0] in LOUD:
            logger = logging.getLogger(name)
            logger.handlers = [logging.NullHandler()]
            logger.propagate = False
    warnings.filterwarnings("ignore", module=r"distributed(\.|$)")
    warnings.filterwarnings("ignore", category=distributed.versions.VersionMismatchWarning)
    return distributed


def connect(address: str) -> Connection:
    """Raises ``Missing`` without ``distributed``, ``UsageError`` for what is no address, ``BenchError`` where nobody
    answers."""
    distributed = imported()
    _require_usable(distributed, address)
    try:
        client = distributed.Client(address, timeout=PATIENCE, set_as_default=False, direct_to_workers=False)
    except (OSError, ValueError, RuntimeError) as error:
        raise BenchError(
            f"--on dask: no scheduler answers at {masking.shown(address)}: "
            "start one there by `dask scheduler`, or mend the address"
        ) from error
    return _connection(distributed, client)


def _require_usable(distributed: ModuleType, address: str) -> None:
    """Before there is a client: one whose address cannot even be tried would not close again. Raises ``UsageError``."""
    scheme, _, rest = address.partition("://")
    if rest and (
        scheme not in distributed.comm.registry.backends or scheme == WITHIN or not _is_there(distributed, scheme)
    ):
        raise UsageError(f"--on dask: no address begins with {scheme}://; write tcp://HOST:PORT")
    if (scheme in ("tcp", "tls") or not rest) and not PORT.search(address):
        raise UsageError(f"--on dask: {masking.shown(address)} has no port; write tcp://HOST:PORT")
    if rest and scheme in ENCRYPTED and not _certified(distributed):
        raise UsageError(
            f"--on dask: {scheme}:// needs certificates that can be read: "
            "name them in Dask's configuration, under distributed.comm.tls"
        )


def _is_there(distributed: ModuleType, scheme: str) -> bool:
    """Some ways to connect are known by name, and need a package more."""
    try:
        distributed.comm.registry.get_backend(scheme).get_connector()
    except (ImportError, TypeError, RuntimeError, OSError):
        return False
    return True


def _certified(distributed: ModuleType) -> bool:
    try:
        return bool(distributed.Security().get_connection_args("client")["ssl_context"])
    except OSError:  # they are named, and cannot be read or used
        return False


def started(named: Named, threads: int) -> Connection:
    """A cluster of this machine. Its workers are threads of this process, which do nothing but hold on to processes:
    none can be left behind, and they are there at once."""
    distributed = imported()
    import dask

    # A worker gets its next shard when it is free, and not before: shards take minutes.
    with dask.config.set({"distributed.scheduler.worker-saturation": 1.0}), _as_the_machine_says():
        cluster = distributed.LocalCluster(
            n_workers=workers(named, threads, environment.cores(), _memory()),
            threads_per_worker=1,
            processes=False,
            dashboard_address=None,
            memory_limit=0,
        )
    return _connection(distributed, distributed.Client(cluster, set_as_default=False), cluster)


@contextmanager
def _as_the_machine_says() -> Iterator[None]:
    """What the machine refuses, a full disk above all, as it said it: dask makes another error of it."""
    try:
        yield
    except RuntimeError as error:
        if isinstance(error.__cause__, OSError):
            raise error.__cause__ from error
        raise


def _connection(distributed: ModuleType, client: Any, cluster: Any = None) -> Connection:
    return Connection(client=client, future=lambda name: distributed.Future(name, client=client), cluster=cluster)


def workers(named: Named, threads: int, cores: int, memory: int) -> int:
    """As many as were asked for, or as there are cores for their ``threads``, and no more than ``memory`` in bytes is
    enough for; at least one."""
    wanted = named.workers or cores // threads
    return max(1, min(wanted, memory // named.memory) if named.memory else wanted)


def _memory() -> int:
    import psutil

    return int(psutil.virtual_memory().total)


def close(connection: Connection) -> None:
    """Let go of it; a cluster that was started for it ends."""
    with suppress(OSError):  # a scheduler that is frozen does not say goodbye
        connection.client.close(timeout=PATIENCE)
    if connection.cluster is not None:
        connection.cluster.close(timeout=CLOSING)
