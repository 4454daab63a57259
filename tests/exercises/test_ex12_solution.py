"""ex12: the network that was typed from the filled table."""

from __future__ import annotations

import pytest
import torch

from bench_exercises.ex12_alexnet_table.solution import network, table


@pytest.mark.parametrize(
    ("fourth", "parameters", "total"),
    [({}, 24_832, 61_788_520), ({"kernel": 5, "padding": 2}, 614_656, 62_378_344)],
)
def test_its_rows_and_their_sum(fourth, parameters, total):
    with torch.device("meta"):
        rows = table(network(**fourth))
    assert rows[2] == ((256, 27, 27), parameters)
    assert rows[-1] == ((1000,), 4_097_000)
    assert sum(count for _, count in rows) == total
