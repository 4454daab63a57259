"""Vega, packed to stand inside a page: no request, no eval.

The bundle of Vega, Vega-Lite and vega-embed is about 900 kB of JavaScript; gzipped and in base64 it is about 410 kB,
and the browser unpacks it (``DecompressionStream``). The page's security policy names the hash of what comes out, so
that no other script can run.
"""

from __future__ import annotations

import gzip
from base64 import b64encode
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from bench import cache
from bench.report.charts import engine
from bench.results import store

SNIPPET = "window.vegaEmbed = vegaEmbed;"


@lru_cache(maxsize=1)
def vega() -> str:
    """JavaScript that sets ``window.vegaEmbed``; its interpreter of expressions works without ``eval``.

    To bundle takes a second or two and always gives the same for one vl-convert: it is done once a user and version.
    """
    path = cache_file()
    with suppress(OSError, UnicodeDecodeError):
        text = path.read_text(encoding="utf-8")
        if text.endswith(expected_seal(text)):
            return text.removesuffix(expected_seal(text))
    text = make_bundle()
    with suppress(OSError):  # a folder that cannot be written costs the time again, and nothing else
        path.parent.mkdir(parents=True, exist_ok=True)
        store.replace_file(path, (text + seal(text)).encode(), sync=False)
    return text


def cache_file() -> Path:
    """Where the bundle of the installed version is kept."""
    import platformdirs

    name = f"vega-{engine.VEGALITE}-{version('vl-convert-python')}.js"
    try:
        return platformdirs.user_cache_path(cache.NAME, appauthor=False) / name
    except RuntimeError:  # a number without a name has no home, as in a container
        return cache.folder() / name


def make_bundle() -> str:
    return engine.bundle(SNIPPET)


def seal(text: str) -> str:
    """A last line with the SHA-256 of what stands before it: a file that is damaged or cut off is not used."""
    return f"\n// {sha256(text.encode()).hexdigest()}"


def expected_seal(text: str) -> str:
    """The seal that ``text`` should end with."""
    return seal(text[: -len(seal(""))])


@lru_cache(maxsize=1)
def packed_vega() -> str:
    """The same for every page of a process."""
    return pack(vega())


def pack(text: str) -> str:
    """Gzip and base64, the same for the same text; base64 holds no character that HTML minds."""
    return b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()


def source_hash(script: str) -> str:
    """How a content security policy names one inline script."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
