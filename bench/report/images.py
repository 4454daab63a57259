"""Pictures small enough to stand inside a page."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from pathlib import Path

QUALITY = 85


def data_uri(folder: Path, path: str, widest: int) -> str:
    """A picture of the run as a data URI of at most ``widest`` pixels; empty where it is not there or not a picture.

    Whichever is smaller of PNG and WebP is taken. A path that leads out of the folder is not followed.
    """
    from PIL import Image, UnidentifiedImageError

    file = (folder / path).resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        return ""
    try:
        with Image.open(file) as opened:
            picture = opened.convert("RGBA" if "A" in opened.getbands() else "RGB")
    except (UnidentifiedImageError, OSError):
        return ""
    if picture.width > widest:
        picture = picture.resize((widest, round(picture.height * widest / picture.width)), Image.Resampling.LANCZOS)
    kind, content = min((_encode(picture, kind) for kind in ("png", "webp")), key=lambda pair: len(pair[1]))
    return f"data:image/{kind};base64,{b64encode(content).decode()}"


def _encode(picture: object, kind: str) -> tuple[str, bytes]:
    from PIL import Image

    assert isinstance(picture, Image.Image)
    buffer = BytesIO()
    if kind == "png":
        picture.save(buffer, "png", optimize=True)
    else:
        picture.save(buffer, "webp", quality=QUALITY, method=4)
    return kind, buffer.getvalue()
