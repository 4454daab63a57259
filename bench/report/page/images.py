"""Pictures small enough to stand inside a page."""

from __future__ import annotations

import warnings
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from bench import plain_file

if TYPE_CHECKING:
    from PIL.Image import Image

QUALITY = 85
MOST_BYTES = 200_000_000
"""Of a picture on the disk: as many as all of its pixels take."""
MOST_PIXELS = 50_000_000
"""Of a picture that is read: its bytes on the disk say nothing of the 200 MB that it takes unpacked."""


def data_uri(folder: Path, widest: int, path: str) -> str:
    """A picture of the run as a data URI of at most ``widest`` pixels; empty where it is not there, not a picture, or
    one of more than ``MOST_PIXELS``.

    As WebP, or the file itself where that is smaller. A path that leads out of the folder is not followed.
    """
    try:
        file = (folder / path).resolve()
        # A run may come from anywhere: its page shows nothing of the reader's own disk.
        if not file.is_relative_to(folder.resolve()) or not file.is_file():
            return ""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its size: it is looked at below
            kind, content = _encoded(file, widest)
    except Exception:  # a decoder may raise anything at a damaged file, and the page has a place for it
        return ""
    return f"data:image/{kind};base64,{b64encode(content).decode()}"


def _encoded(file: Path, widest: int) -> tuple[str, bytes]:
    from PIL import Image

    data = plain_file.read(file, MOST_BYTES)
    with Image.open(BytesIO(data)) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError(f"{opened.width} × {opened.height} pixels")
        itself = opened.format == "PNG" and opened.width <= widest
        picture = opened.convert("RGBA" if "A" in opened.getbands() else "RGB")
    if picture.width > widest:
        high = max(1, round(picture.height * widest / picture.width))
        picture = picture.resize((widest, high), Image.Resampling.LANCZOS)
    encoded = [("webp", _webp(picture))] + ([("png", data)] if itself else [])
    return min(encoded, key=lambda pair: len(pair[1]))


def _webp(picture: Image) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "webp", quality=QUALITY, method=4)
    return buffer.getvalue()
