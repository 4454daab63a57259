"""Tensors through a file: all kinds arrive as they were, and a wrong description is refused."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import torch

from bench.errors import PluginError
from bench.execute.guests import shared

F = torch.randn(3, 4, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def file() -> Iterator[int]:
    file = shared.new_file()
    yield file
    os.close(file)


@pytest.mark.parametrize("dtype", sorted(shared.FLOATS | shared.INTEGERS))
def test_every_dtype_arrives(file: int, dtype: str) -> None:
    tensor = (F.abs() * 50).to(getattr(torch, dtype))
    back = shared.get(file, shared.put(file, {"x": tensor}))["x"]
    assert back.dtype == tensor.dtype
    assert torch.equal(back, tensor)


@pytest.mark.parametrize(
    "tensor",
    [
        torch.tensor(2.5),
        torch.empty(0),
        torch.empty(2, 0, 3, dtype=torch.int8),
        F.T,
        F[:, ::2],
        F[0].expand(5, 4),
        torch.complex(F, F).conj(),
        torch.complex(F, F).conj().imag,
        F.clone().requires_grad_(),
    ],
    ids=["0-dim", "empty", "empty of three", "transposed", "strided", "expanded", "conj", "neg", "of autograd"],
)
def test_every_form_arrives_with_its_values(file: int, tensor: torch.Tensor) -> None:
    back = shared.get(file, shared.put(file, {"before": F, "x": tensor, "after": F}))
    assert back["x"].shape == tensor.shape
    assert torch.equal(back["x"], tensor.detach().resolve_conj().resolve_neg())
    assert torch.equal(back["before"], F)
    assert torch.equal(back["after"], F)


def test_one_made_in_inference_mode_arrives(file: int) -> None:
    with torch.inference_mode():
        tensor = F * 2
        described = shared.put(file, {"x": tensor})
    assert torch.equal(shared.get(file, described)["x"], F * 2)


def test_names_keep_their_order_and_what_was_there_before_is_gone(file: int) -> None:
    shared.put(file, {"large": torch.zeros(1000)})
    described = shared.put(file, {"z": F, "a": F + 1})
    assert [name for name, _, _ in described] == ["z", "a"]
    assert list(shared.get(file, described)) == ["z", "a"]
    assert os.fstat(file).st_size == 2 * F.nbytes
    assert shared.get(file, shared.put(file, {})) == {}


def test_what_is_read_is_a_copy_and_can_be_written(file: int) -> None:
    described = shared.put(file, {"x": F})
    first = shared.get(file, described)["x"]
    first.fill_(7)
    assert torch.equal(shared.get(file, described)["x"], F)


def test_large_ones_are_written_piece_by_piece(file: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pwrite = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda file, data, at: pwrite(file, data[:7], at))
    described = shared.put(file, {"x": F})
    assert torch.equal(shared.get(file, described)["x"], F)


@pytest.mark.parametrize(
    ("described", "says"),
    [
        (None, "not described"),
        ({"x": ["float32", [1]]}, "not described"),
        ("x", "not described"),
        ([["x", "float32"]], "described wrongly"),
        (["x"], "described wrongly"),
        ([[1, "float32", [1]]], "described wrongly"),
        ([["x" * 2000, "float32", [1]]], "described wrongly"),
        ([["\ud800", "float32", [1]]], "described wrongly"),
        ([["x", "float32", 4]], "described wrongly"),
        ([["x", "float32", [-1]]], "described wrongly"),
        ([["x", "float32", [2.0]]], "described wrongly"),
        ([["x", "float32", [True]]], "described wrongly"),
        ([["x", "float32", [1] * 26]], "described wrongly"),
        ([["x", "float32", [10**30]]], "described wrongly"),
        ([["x", "float32", [0, 2**33, 2**33, 2**33]]], "described wrongly"),
        ([["x", "float8_e4m3fn", [1]]], "of a common dtype; 'x' is 'float8_e4m3fn'"),
        ([["x", "load", [1]]], "of a common dtype"),
        ([["x", "float32", [13]]], "'x' was handed over with 48 of its 52 bytes"),
        ([["x", "float32", [12]], ["y", "uint8", [1]]], "'y' was handed over with 0 of its 1 bytes"),
        ([["x", "float32", [2**30]]], r"with 48 of its \d+ bytes"),
        ([["x", "float64", [2**32]]], "more than"),
        ([["x", "uint8", [1]], ["x", "uint8", [1]]], "'x' was handed over twice"),
    ],
    ids=range(22),
)
def test_a_wrong_description_is_refused(file: int, described: Any, says: str) -> None:
    shared.put(file, {"x": F})
    with pytest.raises(PluginError, match=says):
        shared.get(file, described)


def test_a_long_file_that_takes_no_memory_is_not_read(file: int) -> None:
    os.ftruncate(file, 1 << 40)
    with pytest.raises(PluginError, match="more than 1000 bytes"):
        shared.get(file, [["x", "uint8", [1 << 30]]], 1000)


def test_a_file_that_grows_shorter_meanwhile_is_found(file: int, monkeypatch: pytest.MonkeyPatch) -> None:
    described = shared.put(file, {"x": F})
    monkeypatch.setattr(os, "pread", lambda *_: b"")
    with pytest.raises(PluginError, match="grew shorter"):
        shared.get(file, described)


def test_without_memory_files_there_are_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "memfd_create", raising=False)
    file = shared.new_file()
    assert torch.equal(shared.get(file, shared.put(file, {"x": F}))["x"], F)
    os.close(file)
