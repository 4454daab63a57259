"""Every variant of every comparison through pytest-benchmark: ``pytest tests/perf --benchmark-enable``.

An agreement is checked before anything is timed. Variants of one case share a group, so that a table compares them.
Unless benchmarks are enabled, one small comparison stands for all, each of its variants called once.
"""

import os
import tempfile
import timeit
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from bench import catalogue, plugins
from bench.errors import Missing, Skip
from bench.execute import parameters
from bench.execute.child.agreeing import agree
from bench.execute.child.context import Call, TaskContext
from bench.execute.messages import Order
from bench.measure import clock
from bench.model import Case, Part, Task, VariantResult

pytestmark = pytest.mark.filterwarnings("default")
SMALL = ("ex06", "a.train")
OFF = "benchmarks are off: pytest tests/perf --benchmark-enable runs them"
TRIED = 10
"""Calls before the first block; they warm caches up, too."""
BLOCK = 2e-5
"""Seconds: long beside what the clock resolves, and short enough to lie between two interruptions."""
NO_GPU = "no CUDA device is here: torch.cuda.is_available() is False"


class Silent:
    """Listens to a task's progress, and says nothing."""

    def send(self, message: object) -> None:
        pass

    def mark(self, variant: str) -> None:
        pass


def cases(exercise: str, part: Part, device: str, every: bool) -> Iterator[Case]:
    for values in parameters.combinations(part.described, {}):
        yield Case(exercise=exercise, part=part.id, device=device, seed=0, parameters=values)
        if not every:
            return


def context_of(case: Case, profile: str) -> TaskContext:
    """The harness's own set-up of a case, here in this process."""
    module = catalogue.find(case.exercise, catalogue.listings()).module
    order = Order(kind="task", module=module, exercise=case.exercise, profile=profile, folder=tempfile.gettempdir())
    return TaskContext(order=order, task=Task("agree", case), part=loaded(module)[case.part], channel=Silent())


@cache
def loaded(module: str) -> dict[str, Part]:
    return plugins.load(module).parts


def calls(case: Case, profile: str) -> dict[str, Call]:
    import torch

    return context_of(case, profile).calls(torch.float32, case.seed)


AGREED: dict[Case, dict[str, VariantResult]] = {}


def agreed(case: Case, profile: str) -> VariantResult:
    """How a variant was held against the reference; all variants of a case are held at once."""
    if case.whole not in AGREED:
        AGREED[case.whole] = dict(agree(context_of(case.whole, profile)).variants)
    return AGREED[case.whole][str(case.variant)]


def variants(case: Case, profile: str) -> Iterator[Case]:
    """One case a variant. A set-up that fails is one case without a variant, and fails again when it runs."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = calls(case, profile)
    except Exception:
        yield case
    else:
        yield from (replace(case, variant=name) for name in found)


def selected(config: pytest.Config) -> Iterator[Case]:
    """Every case that the options ask for, by discovery."""
    device, profile = config.getoption("bench_device"), config.getoption("bench_profile")
    wanted = {name for name in config.getoption("bench_exercise").split(",") if name}
    for listing in catalogue.listings():
        if listing.id in (wanted or {listing.id}):
            for part in loaded(listing.module).values():
                if part.kind == "comparison" and device in part.devices:
                    for case in cases(listing.id, part, device, config.getoption("bench_all")):
                        yield from variants(case, profile)


def enabled(config: pytest.Config) -> bool:
    return bool(config.getoption("benchmark_enable") or not config.getoption("benchmark_disable"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" not in metafunc.fixturenames:
        return
    config = metafunc.config
    if not enabled(config):
        found: list[Any] = [pytest.param(None, marks=pytest.mark.skip(reason=OFF), id="off")]
    elif config.getoption("bench_device") == "cuda" and not has_cuda():
        found = [pytest.param(None, id="cuda")]
    else:
        found = [pytest.param(case, id=case.label) for case in selected(config)]
    metafunc.parametrize("case", found)


def has_cuda() -> bool:
    import torch

    return torch.cuda.is_available()


def counts(once: Callable[[], Any], config: pytest.Config) -> dict[str, int]:
    """How many calls a block has, and how many blocks fill the time that ``--benchmark-max-time`` allows.

    pytest-benchmark counts by the mean of a few calls: one of them put off by a busy machine, and a call of 12 µs had
    five blocks in all, none of them undisturbed. The fastest call does not tell of that.
    """
    if not enabled(config):
        return {"rounds": 1}
    fastest = min(timeit.repeat(once, number=1, repeat=TRIED))
    iterations = max(1, round(BLOCK / fastest))
    fill = float(config.getoption("benchmark_max_time")) / (iterations * fastest)
    return {"rounds": max(int(config.getoption("benchmark_min_rounds")), int(fill)), "iterations": iterations}


def without_gpu() -> None:
    """Skip with the reason, or fail where a GPU is required."""
    if os.environ.get("BENCH_REQUIRE_CUDA") == "1":
        pytest.fail(f"{NO_GPU}, and BENCH_REQUIRE_CUDA is set")
    pytest.skip(NO_GPU)


def test_variant(case: Case | None, benchmark: Any, request: pytest.FixtureRequest) -> None:
    import torch

    if case is None:
        without_gpu()
    profile = request.config.getoption("bench_profile")
    try:
        call = calls(case, profile)[str(case.variant)]
    except (Skip, Missing) as reason:
        pytest.skip(str(reason))
    seen = agreed(case, profile)
    assert seen.outcome == "ok", seen.reason
    device = torch.device(case.device)

    def once() -> Any:
        result = call()
        clock.synchronise(device)
        return result

    benchmark.group = case.whole.label
    benchmark.name = str(case.variant)
    benchmark.extra_info |= {
        "device": torch.cuda.get_device_name() if device.type == "cuda" else case.device,
        "torch": str(torch.__version__),
        "threads": torch.get_num_threads(),
        "profile": profile,
        "parameters": case.parameters,
        "error": seen.agreement.error if seen.agreement else None,
    }
    benchmark.pedantic(once, **counts(once, request.config))


def test_each_variant_of_a_small_comparison_agrees_and_runs() -> None:
    exercise, part = SMALL
    module = catalogue.find(exercise, catalogue.listings()).module
    case = next(cases(exercise, loaded(module)[part], "cpu", every=False))
    found = list(variants(case, "smoke"))
    assert len(found) > 1
    for one in found:
        seen = agreed(one, "smoke")
        assert seen.outcome == "ok", seen.reason
        assert calls(one, "smoke")[str(one.variant)]() is not None
