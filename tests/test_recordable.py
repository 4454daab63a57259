"""Values of studies, as they can be recorded: what is refused says its name."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from bench.recordable import cell, finite, numbers, stem


@pytest.mark.parametrize("given", [np.float32(0.5), torch.tensor(0.5), 0.5])
def test_a_number_of_any_library_becomes_python_s(given: object) -> None:
    assert type(finite(given, "it")) is float
    assert finite(given, "it") == 0.5
    assert numbers(torch.tensor([0.5, 2.0]), "it") == [0.5, 2.0]
    assert type(cell(given, "it")) is float


@pytest.mark.parametrize("given", [float("nan"), torch.tensor(float("inf"))])
def test_what_is_not_finite_is_refused_by_its_place(given: object) -> None:
    with pytest.raises(ValueError, match=r"^curve\[1\] is (nan|inf)$"):
        numbers([0.0, given], "curve")


@pytest.mark.parametrize("given", [None, True, 3, "✓"])
def test_a_cell_that_is_no_fraction_stays_as_it_is(given: object) -> None:
    assert cell(given, "it") is given


@pytest.mark.parametrize(("name", "file"), [("Loss, by η", "loss-by"), ("../x", "x"), ("β", "unnamed")])
def test_a_name_becomes_a_file_s(name: str, file: str) -> None:
    assert stem(name) == file
