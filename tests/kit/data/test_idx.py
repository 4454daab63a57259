import gzip
import tracemalloc

import numpy as np
import pytest

from bench.errors import BenchError, Missing
from bench.kit.data.idx import content, parse

IMAGES = np.arange(5 * 3 * 2, dtype=np.uint8).reshape(5, 3, 2)


def test_reads_what_was_written(tmp_path, as_idx):
    (tmp_path / "images").write_bytes(as_idx(IMAGES))
    assert np.array_equal(parse(content(tmp_path / "images", 46), IMAGES.shape, "images"), IMAGES)


def test_reads_a_packed_file(tmp_path, as_idx):
    (tmp_path / "images.gz").write_bytes(gzip.compress(as_idx(IMAGES)))
    assert np.array_equal(parse(content(tmp_path / "images", 46), IMAGES.shape, "images"), IMAGES)


@pytest.mark.parametrize("size", [0, 3, 16, 45])
def test_truncated(as_idx, size):
    with pytest.raises(BenchError, match=f"images should have 46 bytes and has {size}"):
        parse(as_idx(IMAGES)[:size], IMAGES.shape, "images")


def test_too_long(as_idx):
    with pytest.raises(BenchError, match="images should have 46 bytes and has more than 46"):
        parse(as_idx(IMAGES) + b"?", IMAGES.shape, "images")


def test_wrong_magic(as_idx):
    with pytest.raises(BenchError, match=r"images \(46 bytes\) starts with 0x00000801, not 0x00000803"):
        parse(as_idx(IMAGES, magic=0x801), IMAGES.shape, "images")


def test_other_sizes_in_as_many_bytes(as_idx):
    with pytest.raises(BenchError, match=r"says it holds \(5, 2, 3\), not \(5, 3, 2\)"):
        parse(as_idx(IMAGES.reshape(5, 2, 3)), IMAGES.shape, "images")


@pytest.mark.parametrize("packed", [False, True])
def test_no_more_is_read_than_is_wanted(tmp_path, packed):
    """Though what is there may unpack to a thousand times as much."""
    bomb = bytes(10_000_000)
    (tmp_path / ("images.gz" if packed else "images")).write_bytes(gzip.compress(bomb) if packed else bomb)
    tracemalloc.start()
    try:
        assert content(tmp_path / "images", 46) == bytes(47)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_missing(tmp_path):
    with pytest.raises(Missing, match="images is not here"):
        content(tmp_path / "images", 300)


@pytest.mark.parametrize("packed", [b"not gzip at all", gzip.compress(bytes(range(256)), mtime=0)[:-20]])
def test_damaged_gz(tmp_path, packed):
    (tmp_path / "images.gz").write_bytes(packed)
    with pytest.raises(BenchError, match=rf"images.gz \({len(packed)} bytes\) can not be unpacked"):
        content(tmp_path / "images", 300)
