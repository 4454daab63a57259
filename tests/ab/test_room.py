"""What a full disk says is nobody's result."""

import errno
import os
from pathlib import Path

import pytest

from bench.ab import room
from bench.ab.room import OutOfRoom

DEVICE, QUOTA = os.strerror(errno.ENOSPC), os.strerror(errno.EDQUOT)


@pytest.mark.parametrize("reason", [f"failed: OSError: {DEVICE}", QUOTA, "no space left on the disk of x: free some"])
def test_a_full_disk_is_no_reason_of_a_side(reason: str) -> None:
    with pytest.raises(OutOfRoom, match="no space left for what is measured: free some, then measure again") as caught:
        room.require(["it died of signal 11", reason])
    assert reason in str(caught.value)
    assert caught.value.exit_code == 2


def test_other_reasons_are() -> None:
    room.require(["it died of signal 11", "the space is curved"])


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_what_is_full_is_named(tmp_path: Path, number: int) -> None:
    with pytest.raises(OutOfRoom, match=f"no space left on the disk of {tmp_path}: free some"), room.wanted(tmp_path):
        raise OSError(number, os.strerror(number), "/another/source")


def test_other_refusals_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), room.wanted(tmp_path):
        raise PermissionError(errno.EACCES, "no")
