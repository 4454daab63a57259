"""A ceiling of memory, in this process: what lies above it is refused, and nothing is refused afterwards."""

import resource
from pathlib import Path

import pytest
import torch

from bench.errors import Missing
from bench.measure import ceiling as module
from bench.measure.ceiling import ceiling, held

MEGABYTE = 1_000_000


def take(megabytes: int) -> int:
    return torch.empty(megabytes * MEGABYTE, dtype=torch.uint8).numel()


def test_what_lies_above_is_refused_and_the_rest_is_not() -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with ceiling(100 * MEGABYTE, "cpu"):
        assert take(60) == 60 * MEGABYTE
        with pytest.raises(RuntimeError, match="can't allocate memory"):
            take(4000)  # malloc may have kept some of what other tests have freed, but not so much
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
    assert take(140)


def test_it_is_lifted_where_something_goes_wrong() -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with pytest.raises(KeyError), ceiling(100 * MEGABYTE, "cpu"):
        raise KeyError
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_an_inner_one_does_not_raise_the_outer() -> None:
    with ceiling(50 * MEGABYTE, "cpu"):
        outer = resource.getrlimit(resource.RLIMIT_DATA)[0]
        with ceiling(500 * MEGABYTE, "cpu"):
            assert resource.getrlimit(resource.RLIMIT_DATA)[0] == outer


def test_none_is_no_limit() -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with ceiling(None, "cpu"):
        assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_on_cuda_it_is_a_share_of_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    shares: list[float] = []
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda which: type("P", (), {"total_memory": 8000}))
    monkeypatch.setattr(torch.cuda, "set_per_process_memory_fraction", shares.append)
    for limit in (2000, 16000):
        with ceiling(limit, "cuda"):
            pass
    assert shares == [0.25, 1.0, 1.0, 1.0]


@pytest.mark.parametrize("text", ["", "VmRSS: 4 kB\n", None])
def test_where_the_kernel_does_not_say_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    status = tmp_path / "status"
    if text is not None:
        status.write_text(text)
    monkeypatch.setattr(module, "STATUS", status)
    with pytest.raises(Missing, match="needs Linux"):
        held()
