"""vl-convert, in a process of its own.

Its engine of JavaScript (V8) can end the process that it is in by a segmentation fault, which says nothing of the
drawing: https://github.com/vega/vl-convert/issues/206. A process that only draws can be started again.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from multiprocessing import get_context
from typing import Any, ParamSpec, TypeVar

from bench.errors import BenchError

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
VEGALITE = "6.4"
"""The version of Vega-Lite, of those that vl-convert brings."""
TRIES = 3


def svg(spec: dict[str, Any]) -> str:
    """A Vega-Lite specification as SVG."""
    return ask(_svg, spec)


def png(picture: str, scale: float) -> bytes:
    """An SVG as PNG, ``scale`` pixels for each of its own."""
    return ask(_png, picture, scale)


def bundle(snippet: str) -> str:
    """JavaScript of Vega, Vega-Lite and vega-embed, with ``snippet`` behind it."""
    return ask(_bundle, snippet)


def ask(work: Callable[Given, Answer], *given: Given.args, **options: Given.kwargs) -> Answer:
    """``work``, done by the process that draws. What it raises is raised here.

    Where that process dies, a new one begins the same work. Raises ``BenchError`` after the third death: then it is the
    drawing's fault.
    """
    for _ in range(TRIES):
        try:
            return _process().submit(work, *given, **options).result()
        except BrokenProcessPool:
            _process.cache_clear()
    raise BenchError(f"the process that draws charts (vl-convert) died {TRIES} times at one drawing")


@lru_cache(maxsize=1)
def _process() -> ProcessPoolExecutor:
    """Not forked: the command may have threads by now, and a fork would leave their locks held for good."""
    return ProcessPoolExecutor(1, get_context("spawn"), initializer=_leave_interrupts)


def _leave_interrupts() -> None:
    """Ctrl-C is for the process that waits for the drawings."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _svg(spec: dict[str, Any]) -> str:
    import vl_convert

    return str(vl_convert.vegalite_to_svg(spec, vl_version=VEGALITE))


def _png(picture: str, scale: float) -> bytes:
    import vl_convert

    return bytes(vl_convert.svg_to_png(picture, scale=scale))


def _bundle(snippet: str) -> str:
    import vl_convert

    return str(vl_convert.javascript_bundle(snippet=snippet, vl_version=VEGALITE))
