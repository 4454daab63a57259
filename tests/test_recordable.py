"""Values of studies, as they can be recorded: what is refused says its name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from bench.recordable import cell, finite, numbers, require_size, save_drawing, save_image, stem


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


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("loss", "loss"),
        ("loss-by-2", "loss-by-2"),
        ("Loss, by η", "loss-by-6e51971a"),
        ("../x", "x-d6b96a97"),
        ("β", "unnamed-2245c1c8"),
    ],
)
def test_a_name_becomes_a_file_s(name: str, file: str) -> None:
    assert stem(name) == file


def test_names_that_lose_different_letters_are_different_files() -> None:
    names = ("误差", "精度", "A b", "a-b", "a b", "x" * 100, "x" * 101, "\ud800")
    assert len({stem(name) for name in names}) == len(names)
    assert all(len(stem(name)) <= 80 and stem(name).isascii() for name in names)


@pytest.mark.parametrize("given", ["abc", None, 1j, [1, 2], torch.ones(2)])
def test_what_is_no_number_is_named(given: object) -> None:
    with pytest.raises(TypeError, match=r"^claim 'c' is .*: give one number$"):
        finite(given, "claim 'c'")


def test_what_is_too_large_is_named() -> None:
    with pytest.raises(ValueError, match=r"^it is too large for a float$"):
        finite(10**400, "it")
    with pytest.raises(ValueError, match=r"^it is a whole number beyond 2\*\*63: give a float$"):
        cell(2**63, "it")


def test_a_cell_shows_control_characters() -> None:
    assert cell("a\x1b[2J\nb", "it") == "a\\x1b[2J\nb"


class Shaped:
    shape = (4, 4)


@pytest.mark.parametrize("given", ["abc", np.ones((2, 2, 7)), np.ones(3), np.ones((0, 4)), None, Shaped()])
def test_what_is_no_picture_is_named(given: object, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"^figure 'f' is .*: give a matplotlib Figure"):
        save_image(given, tmp_path / "f.png", "figure 'f'")


def test_a_picture_of_too_many_pixels_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^figure 'f' has 20000 × 20000 pixels"):
        require_size((20_000, 20_000), "figure 'f'")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (torch.zeros(4, 4, dtype=torch.bfloat16), "cannot be drawn: TypeError: Got unsupported ScalarType BFloat16"),
        (np.full((4, 4, 3), 7.0), "cannot be drawn: ValueError: Floating point image RGB values must be in"),
        (np.zeros((4, 4), complex), "has values of the type dtype('complex128'): give real numbers"),
        (np.full((4, 4), object()), "has values of the type dtype('O'): give real numbers"),
        (np.full((4, 4), "a"), "has values of the type dtype('<U1'): give real numbers"),
    ],
)
def test_a_picture_that_cannot_be_drawn_is_named(given: object, why: str, tmp_path: Path) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        save_image(given, tmp_path / "f.png", "figure 'f'")
    assert str(caught.value).startswith(f"figure 'f' {why}")


def test_a_drawing_is_as_large_as_what_it_draws(tmp_path: Path) -> None:
    figure = Figure()
    axes = figure.subplots()
    save_drawing(figure, tmp_path / "f.png", "figure 'f'")
    assert (tmp_path / "f.png").is_file()
    axes.text(1e4, 1e4, "far outside")
    with pytest.raises(ValueError, match=r"^figure 'f' has \d+ × \d+ pixels, of at most 40,000,000"):
        save_drawing(figure, tmp_path / "g.png", "figure 'f'")
    assert not (tmp_path / "g.png").exists()


def test_a_drawing_that_matplotlib_cannot_draw_is_named(tmp_path: Path) -> None:
    figure = Figure()
    figure.subplots().set_title(r"$\frac{$")
    with pytest.raises(ValueError, match=r"^figure 'f' cannot be drawn: ValueError: "):
        save_drawing(figure, tmp_path / "f.png", "figure 'f'")
