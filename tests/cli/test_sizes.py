"""Sizes of memory as they are typed."""

import pytest

from bench.cli import sizes
from bench.errors import UsageError


@pytest.mark.parametrize(
    ("text", "size"),
    [("500MB", 5 * 10**8), ("2GiB", 2**31), ("1.5 gb", 15 * 10**8), ("2000kb", 2 * 10**6), ("1TiB", 2**40)],
)
def test_what_is_read(text: str, size: int) -> None:
    assert sizes.parse("--memory", text) == size


@pytest.mark.parametrize(
    "text", ["", "2", "2G", "GB", "-2GB", "1e3MB", "2 GB x", "nanGB", "\u0662GB", "1.GB", "9" * 12 + "MB"]
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(UsageError, match=r"--memory .* is no size: write it as 500MB or 2GiB"):
        sizes.parse("--memory", text)


@pytest.mark.parametrize("text", ["0MB", "999KB", "999999999TB"])
def test_what_is_too_small_or_too_large(text: str) -> None:
    with pytest.raises(UsageError, match="at least 1MB"):
        sizes.parse("--memory", text)
