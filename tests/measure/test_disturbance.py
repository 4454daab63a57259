"""What disturbed a block and a round: read from the kernel, or not known."""

import threading
from pathlib import Path

import pytest

from bench.measure import disturbance
from bench.measure.disturbance import Reading, Waiting
from bench.model import Disturbance, GpuState


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


def machine(root: Path, *, busy: int, stolen: int, throttled: int) -> Path:
    """A kernel's files below a folder: ticks, and microseconds for which a quota stopped this group."""
    for path, text in {
        "proc/stat": f"cpu  {busy} 0 0 900 7 0 0 {stolen} 0 0\ncpu0 1 2 3 4\n",
        "proc/loadavg": "1.25 0.9 0.8 2/94 7348\n",
        "proc/self/cgroup": "0::/box\n",
        "sys/fs/cgroup/box/cpu.stat": f"usage_usec 5\nthrottled_usec {throttled}\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def test_a_round_is_the_difference_of_two_readings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([10.0, 12.0])
    monkeypatch.setattr(disturbance.clock, "now", lambda: next(moments))
    switches = iter([3, 8])
    monkeypatch.setattr(disturbance, "switches", lambda: next(switches))
    before = disturbance.look(machine(tmp_path, busy=100, stolen=50, throttled=1_000_000))
    after = disturbance.look(machine(tmp_path, busy=170, stolen=80, throttled=1_500_000))
    gpu = GpuState(clock=1980)
    assert disturbance.between(before, after, gpu) == Disturbance(
        seconds=2.0,
        load=1.25,
        stolen=pytest.approx(0.3),
        throttled=pytest.approx(0.25),
        switches=5,
        gpu=gpu,
    )


def test_what_the_kernel_does_not_say_is_zero(tmp_path: Path) -> None:
    before, after = (disturbance.look(tmp_path) for _ in range(2))
    found = disturbance.between(before, after)
    assert (found.load, found.stolen, found.throttled, found.gpu) == (0.0, 0.0, 0.0, None)


def test_a_quota_of_several_cores_stops_for_no_more_than_the_time_there_was() -> None:
    assert disturbance.between(Reading(moment=0.0), Reading(moment=1.0, throttled=1.8)).throttled == 1.0
    assert disturbance.between(Reading(moment=1.0), Reading(moment=1.0, throttled=1.8)).throttled == 0.0


@pytest.mark.parametrize("text", ["", "cpu\n", "cpu a b c d e f g h\n"])
def test_ticks_that_are_none_are_zero(tmp_path: Path, text: str) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "stat").write_text(text)
    assert disturbance.ticks(tmp_path) == (0, 0)


def test_here_it_can_be_read_whatever_this_machine_is() -> None:
    before = disturbance.look()
    assert disturbance.between(before, disturbance.look()).seconds > 0
