"""Vega, packed to stand inside a page: no request, no eval.

The bundle of Vega, Vega-Lite and vega-embed is about 900 kB of JavaScript; gzipped and in base64 it is about 410 kB,
and the browser unpacks it (``DecompressionStream``). The page's security policy names the hash of what comes out, so
that no other script can run.
"""

from __future__ import annotations

import gzip
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256

from bench.report.charts.interactive import vegalite_version


@lru_cache(maxsize=1)
def vega() -> str:
    """JavaScript that sets ``window.vegaEmbed``; its interpreter of expressions works without ``eval``."""
    import vl_convert

    snippet = "window.vegaEmbed = vegaEmbed;"
    return str(vl_convert.javascript_bundle(snippet=snippet, vl_version=vegalite_version()))


def pack(text: str) -> str:
    """Gzip and base64, the same for the same text; base64 holds no character that HTML minds."""
    return b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()


def source_hash(script: str) -> str:
    """How a content security policy names one inline script."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
