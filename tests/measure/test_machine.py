"""Facts about a machine, from trees of files that stand for kernels."""

from pathlib import Path

import pytest

from bench.measure import machine
from bench.measure.machine import Fact

CPU = "sys/devices/system/cpu"


def kernel(root: Path, **files: str) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


def known(root: Path, *cores: int) -> dict[str, Fact]:
    return {fact.what: fact for fact in machine.facts(root, cores or (0, 1))}


def test_of_an_empty_tree_nothing_is_said(tmp_path: Path) -> None:
    assert known(tmp_path) == {}
    assert list(machine.facts(tmp_path / "none", ())) == []


@pytest.mark.parametrize(("names", "well"), [(("performance",) * 2, True), (("performance", "powersave"), False)])
def test_the_governor(tmp_path: Path, names: tuple[str, ...], well: bool) -> None:
    files = {f"{CPU}/cpu{core}/cpufreq/scaling_governor": f"{name}\n" for core, name in enumerate(names)}
    fact = known(kernel(tmp_path, **files))["governor"]
    assert fact.state == ", ".join(sorted(set(names)))
    assert (not fact.mend) is well
    assert well or "cpupower frequency-set -g performance" in fact.mend


@pytest.mark.parametrize(
    ("switch", "value", "state"),
    [
        ("intel_pstate/no_turbo", "0", "on"),
        ("intel_pstate/no_turbo", "1", "off"),
        ("cpufreq/boost", "1", "on"),
        ("cpufreq/boost", "0", "off"),
    ],
)
def test_turbo(tmp_path: Path, switch: str, value: str, state: str) -> None:
    fact = known(kernel(tmp_path, **{f"{CPU}/{switch}": value}))["turbo"]
    assert fact.state == state
    assert (switch in fact.mend) is (state == "on")


@pytest.mark.parametrize(
    ("lists", "cores", "pin"),
    [
        (("0,2", "1,3", "0,2", "1,3"), (0, 1, 2, 3), "0,1"),
        (("0-1", "0-1", "2-3", "2-3"), (0, 1, 2), "0,2"),
        (("0,2", "1,3", "0,2", "1,3"), (0, 1), ""),
        (("0", "1"), (0, 1), ""),
        (("", "x-"), (0, 1), ""),
    ],
)
def test_siblings_matter_where_this_process_may_use_both(
    tmp_path: Path, lists: tuple[str, ...], cores: tuple[int, ...], pin: str
) -> None:
    files = {f"{CPU}/cpu{core}/topology/thread_siblings_list": each for core, each in enumerate(lists)}
    facts = known(kernel(tmp_path, **files), *cores)
    assert ("SMT" in facts) is bool(pin)
    assert not pin or f"taskset -c {pin} bench" in facts["SMT"].mend


@pytest.mark.parametrize(
    ("limit", "state", "well"), [("50000", "0.5 of 2 cores", False), ("400000", "4 of 2 cores", True)]
)
def test_a_quota(tmp_path: Path, limit: str, state: str, well: bool) -> None:
    files = {"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": f"{limit} 100000"}
    fact = known(kernel(tmp_path, **files))["quota"]
    assert (fact.state, not fact.mend) == (state, well)


def test_a_battery_that_empties(tmp_path: Path) -> None:
    supply = "sys/class/power_supply"
    mouse = {f"{supply}/A/type": "Battery", f"{supply}/A/scope": "Device", f"{supply}/A/status": "Discharging"}
    assert "battery" not in known(kernel(tmp_path, **mouse, **{f"{supply}/AC/type": "Mains"}))
    own = {f"{supply}/BAT0/type": "Battery", f"{supply}/BAT0/status": "Discharging"}
    assert known(kernel(tmp_path, **own))["battery"] == Fact("battery", "in use", "plug the machine in")
    kernel(tmp_path, **{f"{supply}/BAT0/status": "Full"})
    assert known(tmp_path)["battery"] == Fact("battery", "not in use")


def test_swap_in_use(tmp_path: Path) -> None:
    meminfo = "MemTotal: 8 kB\nSwapTotal: 4194304 kB\nSwapFree: {} kB\nHugePages_Total: 0\nOdd\n"
    kernel(tmp_path, **{"proc/meminfo": meminfo.format(4194304 - 1024)})
    assert "swap" not in known(tmp_path)
    kernel(tmp_path, **{"proc/meminfo": meminfo.format(2097152)})
    assert known(tmp_path)["swap"].state == "2.0 GiB in use"


def test_a_kernel_that_does_not_count_waiting(tmp_path: Path) -> None:
    kernel(tmp_path, **{"proc/stat": "cpu 1 2 3\n"})
    assert "CONFIG_SCHED_INFO" in known(tmp_path)["schedstat"].mend
    kernel(tmp_path, **{"proc/thread-self/schedstat": "1 2 3\n"})
    assert "schedstat" not in known(tmp_path)


@pytest.mark.parametrize(("average", "well"), [("0.10", True), ("1.94", False)])
def test_the_load_of_others(tmp_path: Path, average: str, well: bool) -> None:
    fact = known(kernel(tmp_path, **{"proc/loadavg": f"{average} 1 1 1/90 7\n"}))["load"]
    assert fact.state.startswith(f"{float(average):.1f} on 2 cores")
    assert (not fact.mend) is well


def test_a_virtual_machine(tmp_path: Path) -> None:
    kernel(tmp_path, **{"proc/cpuinfo": "processor : 0\nflags\t: fpu hypervisor sse\n"})
    assert known(tmp_path)["machine"].state == "virtual"
    kernel(tmp_path, **{"proc/cpuinfo": "processor : 0\nflags\t: fpu sse\n"})
    assert "machine" not in known(tmp_path)


def test_here_it_says_what_there_is_and_never_fails() -> None:
    assert all(fact.what and fact.state for fact in machine.facts())
