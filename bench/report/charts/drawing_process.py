"""The process that draws: a line of JSON in, a line of JSON out, until nobody asks any more.

It is run as a file, and imports nothing of bench: it needs neither its search path nor its start-up.
"""

from __future__ import annotations

import json
import signal
import sys
from base64 import b64encode
from collections.abc import Callable
from typing import Any


def svg(spec: dict[str, Any], version: str) -> str:
    import vl_convert

    return str(vl_convert.vegalite_to_svg(spec, vl_version=version))


def png(picture: str, scale: float) -> str:
    """In base64."""
    import vl_convert

    return b64encode(vl_convert.svg_to_png(picture, scale=scale)).decode()


def bundle(snippet: str, version: str) -> str:
    import vl_convert

    return str(vl_convert.javascript_bundle(snippet=snippet, vl_version=version))


WORK: dict[str, Callable[..., str]] = {"svg": svg, "png": png, "bundle": bundle}


def answer(line: str) -> dict[str, str]:
    name, given = json.loads(line)
    try:
        return {"drawn": WORK[name](*given)}
    except Exception as error:  # whatever vl-convert raises: the process that asked raises it again
        return {"error": f"{type(error).__name__}: {error}"}


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that waits for the drawings
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(line)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
