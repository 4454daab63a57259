"""How long the thread waited for a core: read from the kernel, or not known."""

import threading
from pathlib import Path

import pytest

from bench.measure import disturbance
from bench.measure.disturbance import Waiting


def test_the_second_number_is_the_waiting(tmp_path: Path) -> None:
    path = tmp_path / "schedstat"
    path.write_text("150463 7454255 2\n")
    with Waiting(path) as waiting:
        assert waiting.is_known
        assert waiting.seconds() == pytest.approx(7454255e-9)
        assert waiting.computed() == pytest.approx(150463e-9)
        path.write_text("150463 8454255 2\n")
        assert waiting.seconds() == pytest.approx(8454255e-9)
    assert not waiting.is_known


def test_where_the_kernel_does_not_say_nothing_is_known(tmp_path: Path) -> None:
    with Waiting(tmp_path / "none") as waiting:
        assert not waiting.is_known
        assert waiting.seconds() == 0.0


@pytest.mark.skipif(not disturbance.SCHEDSTAT.exists(), reason="this kernel does not count it")
def test_it_is_of_the_thread_that_opened_it_and_grows_only() -> None:
    seen: list[float] = []

    def read() -> None:
        with Waiting() as waiting:
            seen.extend(waiting.seconds() for _ in range(3))

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    assert seen == sorted(seen)
    assert seen[0] < 60
