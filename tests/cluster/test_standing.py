"""How far a run has come, in words."""

import pytest

from bench.cluster.standing import Standing


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (None, "12 shards: 3 waiting, 9 done"),
        (0.2, "12 shards: 3 waiting, 9 done; about 1 s left"),
        (89.0, "12 shards: 3 waiting, 9 done; about 89 s left"),
        (150.0, "12 shards: 3 waiting, 9 done; about 2 min left"),
        (7200.0, "12 shards: 3 waiting, 9 done; about 2.0 h left"),
    ],
)
def test_a_standing_is_one_line(left: float | None, words: str) -> None:
    assert Standing(shards={"waiting": 3, "running": 0, "done": 9, "lost": 0}, left=left).words == words


def test_one_shard_is_one_shard() -> None:
    assert Standing(shards={"waiting": 0, "running": 1, "done": 0}).words == "1 shard: 1 running"
