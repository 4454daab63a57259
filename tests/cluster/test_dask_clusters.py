"""What ``--on dask`` can name, and how it is refused."""

import errno
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.cluster import dask_clusters
from bench.cluster.dask_clusters import Named, connect, imported, named, started, workers
from bench.errors import BenchError, Missing, UsageError


def test_an_address_or_a_scheduler_file(tmp_path: Path) -> None:
    file = tmp_path / "scheduler.json"
    file.write_text('{"address": "tcp://10.0.0.1:8786", "type": "Scheduler"}')
    assert named("tcp://host:8786", {}) == Named(address="tcp://host:8786")
    assert named(str(file), {}) == named("", {"scheduler-file": str(file)}) == Named(address="tcp://10.0.0.1:8786")


def test_a_cluster_of_this_machine() -> None:
    assert named("", {}) == Named()
    assert named("", {"workers": "3", "memory": "1.5GB"}) == Named(workers=3, memory=1_500_000_000)


@pytest.mark.parametrize(
    ("address", "options", "says"),
    [
        ("", {"worker": "2"}, "no option worker; did you mean workers"),
        ("", {"workers": "two"}, "workers=two is no number of workers"),
        ("", {"workers": "0"}, "workers=0 is no number of workers; write 1 or more, or leave it out"),
        ("", {"workers": "257"}, "workers=257: at most 256; for more, name a scheduler's address"),
        ("", {"memory": "much"}, "write 4GB"),
        ("tcp://host:8786", {"workers": "2"}, "leave the address out"),
        ("tcp://host:8786", {"scheduler-file": "a.json"}, "not both"),
    ],
)
def test_options_that_mean_nothing(address: str, options: dict[str, str], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        named(address, options)


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"address": 1}', "\x00"])
def test_a_file_that_names_no_scheduler(content: str, tmp_path: Path) -> None:
    file = tmp_path / "scheduler.json"
    file.write_text(content)
    with pytest.raises(BenchError, match="names no address"):
        named(str(file), {})


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="No such file or directory; the scheduler writes it"):
        named(str(tmp_path / "none.json"), {})


def test_workers_have_the_cores_and_the_memory_that_they_need() -> None:
    assert workers(Named(), threads=1, cores=8, memory=64) == 8
    assert workers(Named(), threads=3, cores=8, memory=64) == 2
    assert workers(Named(), threads=16, cores=8, memory=64) == 1
    assert workers(Named(memory=20), threads=1, cores=8, memory=64) == 3
    assert workers(Named(workers=2, memory=99), threads=1, cores=8, memory=64) == 1


@pytest.mark.parametrize("address", ["head", "tcp://head", "tls://[::1]", "tcp://head:port"])
def test_an_address_without_a_port_is_never_asked(address: str) -> None:
    with pytest.raises(UsageError, match="has no port; write tcp://HOST:PORT"):
        connect(address)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("inproc://127.0.0.1:1", "no address begins with inproc://"),
        ("ucx://127.0.0.1:1", "no address begins with ucx://"),
        ("tls://127.0.0.1:1", "tls:// needs certificates"),
        ("wss://127.0.0.1:1", "wss:// needs certificates"),
    ],
)
def test_an_address_that_cannot_even_be_tried_is_never_asked(
    address: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client of it would not close again, and say so in a traceback ten seconds later."""
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(distributed, "Client", lambda *args, **options: pytest.fail("a client was made"))
    with pytest.raises(UsageError, match=says):
        connect(address)


def test_without_the_package_its_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(Missing, match=r'pip install "dl-exercise-bench\[dask\]"') as error:
        imported()
    assert error.value.exit_code == 3


@pytest.mark.parametrize("cause", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/there"), ValueError("another")])
def test_a_full_disk_is_said_as_the_machine_says_it(monkeypatch: pytest.MonkeyPatch, cause: Exception) -> None:
    """The command line has words for it, and none for what dask makes of it."""
    pytest.importorskip("dask")

    def cluster(**options: object) -> None:
        raise RuntimeError(f"Cluster failed to start: {cause}") from cause

    monkeypatch.setattr(dask_clusters, "imported", lambda: SimpleNamespace(LocalCluster=cluster))
    with pytest.raises(OSError if isinstance(cause, OSError) else RuntimeError, match=str(cause.args[-1])):
        started(Named(workers=1), 1)


def test_certificates_that_cannot_be_read_are_one_line(tmp_path: Path) -> None:
    dask = pytest.importorskip("dask")
    names = ("ca-file", "client.cert", "client.key")
    with (
        dask.config.set({f"distributed.comm.tls.{name}": str(tmp_path / "none.pem") for name in names}),
        pytest.raises(UsageError, match="tls:// needs certificates that can be read"),
    ):
        connect("tls://127.0.0.1:1")
