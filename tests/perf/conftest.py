"""What the benchmarks can be asked for. Without ``--benchmark-enable`` none of these matters."""

import pytest


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.import_plugin("bench.testing.benchmarks")
    group = parser.getgroup("bench", "benchmarks of the exercises' comparisons")
    group.addoption("--bench-device", default="cpu", choices=["cpu", "cuda"], help="where to compute")
    group.addoption("--bench-exercise", default="", metavar="EX,EX", help="which exercises, instead of all of them")
    group.addoption("--bench-all", action="store_true", help="every combination of parameters, not only the first")
    group.addoption("--bench-profile", default="smoke", choices=["smoke", "quick", "full"], help="how much work it is")
