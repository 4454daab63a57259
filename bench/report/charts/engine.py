"""vl-convert, in a process of its own.

Its engine of JavaScript (V8) can end the process that it is in by a segmentation fault, which says nothing of the
drawing: https://github.com/vega/vl-convert/issues/206. A process that only draws can be started again.
"""

from __future__ import annotations

import atexit
import json
import re
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from threading import Timer
from typing import Any

from bench import ctrl_c
from bench.errors import BenchError

VEGALITE = "6.4"
"""The version of Vega-Lite, of those that vl-convert brings."""
SCRIPT = Path(__file__).with_name("drawing_process.py")
TRIES = 3
PATIENCE = 300.0
"""Seconds for one drawing: all the pages of the whole sheet take 16 to 20 on two cores."""
NO_LETTER = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""What XML 1.0 cannot hold, or what turns the direction of a text. A name in a stored run may have it; of some of these
vl-convert dies."""


def svg(spec: dict[str, Any]) -> str:
    """A Vega-Lite specification as SVG. What XML has no letter for is drawn as �."""
    return ask("svg", _as_xml(spec), VEGALITE)


def png(picture: str, scale: float) -> bytes:
    """An SVG as PNG, ``scale`` pixels for each of its own."""
    return b64decode(ask("png", picture, scale))


def bundle(snippet: str) -> str:
    """JavaScript of Vega, Vega-Lite and vega-embed, with ``snippet`` behind it."""
    return ask("bundle", snippet, VEGALITE)


def ask(work: str, *given: object) -> str:
    """What the process that draws says to it. Where that process dies, a new one begins the same work.

    Raises ``ValueError`` for numbers that are not finite, which no page can hold, and with what vl-convert says of a
    wrong drawing, and ``BenchError`` after the third death: then it is the drawing's fault.
    """
    try:
        line = json.dumps([work, given], allow_nan=False)
    except ValueError as error:
        raise ValueError("its numbers, or the axis around them, are larger than a float holds") from error
    for _ in range(TRIES):
        if reply := _reply(process(), line):
            answer = json.loads(reply)
            if "error" in answer:
                raise ValueError(answer["error"])
            return str(answer["drawn"])
        end()
    raise BenchError(f"the process that draws charts (vl-convert) died or hung {TRIES} times at one drawing")


def _as_xml(given: Any) -> Any:
    if isinstance(given, str):
        return NO_LETTER.sub("\ufffd", given)
    if isinstance(given, dict):
        return {_as_xml(name): _as_xml(value) for name, value in given.items()}
    return [_as_xml(each) for each in given] if isinstance(given, list | tuple) else given


@lru_cache(maxsize=1)
def process() -> Popen[str]:
    """It ends when nobody is left who could write to it, and so with this process, however that ends.

    A pool of multiprocessing would do the same, but for a page that is drawn in a process of such a pool itself: at its
    end that one waits for its children before it tells them to go.
    """
    # -P: the modules beside the script are not to be taken for libraries.
    # Where V8 dies it writes a page of addresses; that it died is told in a line.
    started = Popen([sys.executable, "-P", str(SCRIPT)], stdin=PIPE, stdout=PIPE, stderr=DEVNULL, encoding="utf-8")
    atexit.register(end)
    return started


def _reply(drawing: Popen[str], line: str) -> str:
    """A whole line, or nothing where the process has died, or was ended as it took too long."""
    assert drawing.stdin is not None
    assert drawing.stdout is not None
    try:
        with _ended_after(PATIENCE, drawing):
            drawing.stdin.write(line + "\n")
            drawing.stdin.flush()
            reply = drawing.stdout.readline()
    except BrokenPipeError:
        return ""
    except BaseException:
        end()  # or what it says to this would be taken for what it says to the next
        raise
    return reply if reply.endswith("\n") else ""


@contextmanager
def _ended_after(seconds: float, drawing: Popen[str]) -> Iterator[None]:
    timer = Timer(seconds, drawing.kill)
    timer.daemon = True
    with ctrl_c.held:
        timer.start()
    try:
        yield
    finally:
        with ctrl_c.held:
            timer.cancel()


def end() -> None:
    """End the process, if there is one."""
    if process.cache_info().currsize:
        drawing = process()
        process.cache_clear()
        drawing.kill()
        drawing.communicate()
    atexit.unregister(end)
