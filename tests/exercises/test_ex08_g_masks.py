"""ex08.g: whole masks, masks of entries, and what neighbours explain."""

import pytest
import torch

from bench_exercises.ex08_normalisation import g_dropout, g_masks, g_neighbours

ZERO = torch.zeros((), dtype=torch.float64)


def test_a_rate_of_one_is_refused():
    with pytest.raises(ValueError, match="p=1"):
        g_masks.entry_masks((1, 1, 1, 1), 1.0, torch.Generator(), ZERO)


def test_channel_masks_are_whole_and_entry_masks_are_not():
    stream = torch.Generator().manual_seed(0)
    shape = (20, 6, 4, 4)
    ones = torch.ones(shape).double()
    assert g_dropout.mixed(2 * ones * g_masks.channel_masks(shape, 0.5, stream, ZERO), 0.5) == 0
    assert g_dropout.mixed(2 * ones * g_masks.entry_masks(shape, 0.5, stream, ZERO), 0.5) == 120


def test_what_neighbours_explain():
    """A smooth map can be guessed from its neighbours, white noise can not."""
    line = torch.linspace(0, 1, 12).double()
    smooth = (1 + line[:, None] + line).expand(30, 2, 12, 12).contiguous()
    noise = torch.randn(30, 2, 12, 12, generator=torch.Generator().manual_seed(0)).double()
    stream = torch.Generator().manual_seed(1)
    entries, whole = (draw(noise.shape, 0.5, stream, ZERO) for draw in (g_masks.entry_masks, g_masks.channel_masks))
    assert g_neighbours.explained(smooth, entries) > 0.1 > 0.01 > g_neighbours.explained(noise, entries)
    assert g_neighbours.explained(smooth, whole) == pytest.approx(0, abs=1e-12)
    assert g_neighbours.explained(smooth, 1 - torch.ones_like(entries)) == pytest.approx(0, abs=1e-12)
