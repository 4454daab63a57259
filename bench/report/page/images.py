"""Pictures small enough to stand inside a page."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

QUALITY = 85


def data_uri(folder: Path, widest: int, path: str) -> str:
    """A picture of the run as a data URI of at most ``widest`` pixels; empty where it is not there or not a picture.

    As WebP, or the file itself where that is smaller. A path that leads out of the folder is not followed.
    """
    from PIL import Image, UnidentifiedImageError

    file = (folder / path).resolve()
    # A run may come from anywhere: its page shows nothing of the reader's own disk.
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        return ""
    try:
        with Image.open(file) as opened:
            itself = opened.format == "PNG" and opened.width <= widest
            picture = opened.convert("RGBA" if "A" in opened.getbands() else "RGB")
    except (UnidentifiedImageError, OSError):
        return ""
    if picture.width > widest:
        picture = picture.resize((widest, round(picture.height * widest / picture.width)), Image.Resampling.LANCZOS)
    encoded = [("webp", _webp(picture))] + ([("png", file.read_bytes())] if itself else [])
    kind, content = min(encoded, key=lambda pair: len(pair[1]))
    return f"data:image/{kind};base64,{b64encode(content).decode()}"


def _webp(picture: Image) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "webp", quality=QUALITY, method=4)
    return buffer.getvalue()
