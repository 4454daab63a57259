from __future__ import annotations

from pathlib import Path

from bench.cluster.outputs import OUTPUT, last_line, last_words, left_alone


def test_what_a_command_said_last(tmp_path: Path) -> None:
    (tmp_path / OUTPUT).mkdir()
    output = tmp_path / OUTPUT / "5_1.out"
    output.write_bytes(b"first\n" + b"x" * 10_000 + b"\n\x1b[31mno space\xff left\x07 \n\n")
    assert last_line(tmp_path, "5_1") == "[31mno space\ufffd left"
    output.write_text("y" * 900)
    assert last_line(tmp_path, "5_1") == "y" * 200


def test_nothing_is_known_of_other_handles(tmp_path: Path) -> None:
    (tmp_path / "secret.out").write_text("secret")
    (tmp_path / OUTPUT).mkdir()
    assert last_line(tmp_path, "5_2") == ""
    assert last_line(tmp_path, "../secret") == ""
    assert last_words(tmp_path, "5_2") == ""


def test_a_shard_that_is_left_alone_has_a_last_word(tmp_path: Path) -> None:
    (tmp_path / OUTPUT).mkdir()
    (tmp_path / OUTPUT / "5.out").write_text("error: DUE TO TIME LIMIT\n")
    assert left_alone(tmp_path, 2, "5", 3) == (
        "shard 2 was given out 3 times and never done: left alone; it said last: error: DUE TO TIME LIMIT"
    )
