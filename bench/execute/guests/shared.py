"""Tensors from one process to another, through memory that both have: bytes in a file without a name.

What the other side says of them is believed only as far as the bytes go: names, dtypes and shapes are checked, and the
bytes are read, not mapped, for a file that grows shorter meanwhile would kill whoever has it mapped.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from math import prod
from typing import TYPE_CHECKING, Any

from bench.errors import PluginError
from bench.execute.guests.line import plain

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Described = list[tuple[str, str, list[int]]]
"""Name, dtype and shape of each tensor, in the order of their bytes."""
FLOATS = {"float16", "bfloat16", "float32", "float64", "complex64", "complex128"}
INTEGERS = {"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool"}
DIMENSIONS = 25
LONGEST = 1_000
"""Characters of a name."""
MOST = 1 << 34
"""Bytes that one side takes from the other at a time."""


def new_file() -> int:
    """A file without a name, in memory where the system has such files. The caller closes it."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("bench")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def put(file: int, tensors: Mapping[str, Tensor]) -> Described:
    """Write tensors, one after another, and say what they are."""
    import torch

    # What was longer before would leave its end behind the new bytes.
    os.ftruncate(file, 0)
    at, described = 0, Described()
    for name, tensor in tensors.items():
        plain = tensor.detach().resolve_conj().resolve_neg().cpu().contiguous()
        described.append((name, str(plain.dtype).removeprefix("torch."), list(plain.shape)))
        if plain.numel():
            at += write(file, plain.reshape(-1).view(torch.uint8).numpy().data, at)
    return described


def write(file: int, data: memoryview, at: int) -> int:
    done = 0
    while done < len(data):  # the kernel takes 2 GiB at a time
        done += os.pwrite(file, data[done:], at + done)
    return done


def get(file: int, described: Any, most: int = MOST) -> dict[str, Tensor]:
    """Read tensors as they were described, ``most`` bytes of them. Raises ``PluginError`` for a description that is
    none, that the file does not hold, or that is of more."""
    at = 0
    tensors: dict[str, Tensor] = {}
    for name, dtype, shape in checked(described):
        size = prod(shape) * dtype.itemsize
        # Before a byte is read: a file can be long and take no memory, what is read from it cannot.
        if at + size > most:
            raise PluginError(f"hands over more than {most} bytes: far more than what it should give")
        if at + size > (there := os.fstat(file).st_size):
            raise PluginError(f"{name!r} was handed over with {max(0, there - at)} of its {size} bytes")
        if name in tensors:
            raise PluginError(f"{name!r} was handed over twice")
        tensors[name] = read(file, at, size, dtype).reshape(shape)
        at += size
    return tensors


def checked(described: Any) -> Iterator[tuple[str, torch.dtype, list[int]]]:
    import torch

    if not isinstance(described, list):
        raise PluginError("what was handed over is not described")
    for entry in described:
        match entry:
            case [str() as name, str() as dtype, list() as shape] if is_shape(shape) and is_name(name):
                if dtype not in FLOATS | INTEGERS:
                    raise PluginError(f"a variant must give numbers of a common dtype; {name!r} is {dtype[:40]!r}")
                yield name, getattr(torch, dtype), shape
            case _:
                raise PluginError("what was handed over is described wrongly")


def is_name(name: str) -> bool:
    return len(name) <= LONGEST and name == plain(name, LONGEST)


def is_shape(shape: list[Any]) -> bool:
    """As tensors have them: no more elements than bytes may come, not counting the zeros among the sizes."""
    sizes = all(type(size) is int and 0 <= size <= MOST for size in shape)
    return sizes and len(shape) <= DIMENSIONS and prod(size or 1 for size in shape) <= MOST


def read(file: int, at: int, size: int, dtype: torch.dtype) -> Tensor:
    import torch

    # Not bytes: torch warns of a tensor on memory that may not be written to.
    data, done = bytearray(size), 0
    while done < size:
        piece = os.pread(file, min(size - done, 1 << 30), at + done)
        if not piece:
            raise PluginError("what was handed over grew shorter while it was read")
        data[done : done + len(piece)] = piece
        done += len(piece)
    return torch.frombuffer(data, dtype=dtype) if size else torch.empty(0, dtype=dtype)
