"""Values as pixels: a PNG that others can read, with zero in the middle of the colours."""

from base64 import b64decode
from io import BytesIO

from PIL import Image

from bench.report import pixels
from bench.report.charts.heat_pen import MIDDLE
from bench.report.charts.model import BLUE, RED


def test_a_pixel_a_value_between_two_colours() -> None:
    picture = Image.open(BytesIO(pixels.png(((-2.0, 0.0, 2.0), (1.0, None, 9.0)), largest=2.0)))
    assert (picture.size, picture.mode) == ((3, 2), "RGB")
    row = [picture.getpixel((x, 0)) for x in range(3)]
    assert row == [pixels.rgb(BLUE), pixels.rgb(MIDDLE), pixels.rgb(RED)]
    half, unknown, beyond = (picture.getpixel((x, 1)) for x in range(3))
    assert half == tuple(round(m + 0.5 * (r - m)) for m, r in zip(pixels.rgb(MIDDLE), pixels.rgb(RED), strict=True))
    assert (unknown, beyond) == (pixels.UNKNOWN, pixels.rgb(RED))


def test_where_all_is_zero_nothing_is_divided_by_it() -> None:
    assert pixels.colour(0.0, 0.0) == pixels.rgb(MIDDLE)


def test_it_stands_inside_a_page() -> None:
    kind, _, data = pixels.data_uri(((1.0,),), 1.0).partition(",")
    assert kind == "data:image/png;base64"
    assert b64decode(data).startswith(b"\x89PNG")
