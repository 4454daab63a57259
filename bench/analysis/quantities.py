"""Numbers for people: SI units, and no more digits than an interval supports."""

from __future__ import annotations

import math
from collections.abc import Sequence

Units = Sequence[tuple[float, str]]

SECONDS: Units = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
BYTES: Units = ((1024.0**3, "GiB"), (1024.0**2, "MiB"), (1024.0, "KiB"), (1.0, "B"))
PLAIN: Units = ((1.0, ""),)
WIDEST = 0.5
"""From this relative half-width on, an interval is written as a range: "± 80 %" would reach below zero."""
WHOLE = 1e9
"""Whole numbers below this are counts, and are written out."""
HOPELESS = 100.0
"""An interval whose ends differ by this factor says nothing: the value is given as a rough one."""


def is_of_machine(unit: str) -> bool:
    """Whether numbers in this unit are of the machine as much as of the code: seconds, bytes, and what is by them."""
    units = {name for _, name in (*SECONDS, *BYTES)} | {"seconds", "min", "h"}
    return unit in units or unit.endswith(("/s", "/min"))


def unit_for(value: float, units: Units) -> tuple[float, str]:
    """The largest unit of which ``value`` is at least one; the smallest unit for anything smaller."""
    size = abs(value)
    # What lies a rounding below 1 ms is 1 ms, not 1,000 µs.
    return next((unit for unit in units if size >= unit[0] * (1 - 1e-9)), units[-1])


def number(value: float, digits: int = 3) -> str:
    """``value`` with at most ``digits`` significant digits: 0.0123, 1,230, 1.2e-8."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    # Of the rounded value: 999.96 with three digits is 1,000, and has four places before the point.
    exponent = math.floor(math.log10(abs(float(f"{value:.{digits - 1}e}"))))
    if float(value).is_integer() and abs(value) < WHOLE:
        return f"{value:,.0f}"
    if -4 <= exponent < 6:
        return _trim(f"{float(f'{value:.{digits - 1}e}'):,.{max(0, digits - 1 - exponent)}f}")
    mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
    return f"{_trim(mantissa)}e{int(power)}"


def told_apart(values: Sequence[float], digits: int = 2, most: int = 4) -> list[str]:
    """Each with as few significant digits, from ``digits`` to ``most``, as different values need to look different."""
    texts = [number(value, digits) for value in values]
    alike = len(set(texts)) < len(set(values))
    return told_apart(values, digits + 1, most) if alike and digits < most else texts


def _trim(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def decimals(spread: float) -> int:
    """How many decimals a spread supports: its first significant digit, and a second where the first is 1."""
    exponent = math.floor(math.log10(float(f"{spread:.1e}")))
    # 1.4 rounded to 1 misstates a spread by nearly a third; 9.4 rounded to 9 by a twentieth.
    first = int(f"{spread:.1e}"[0])
    return -exponent + (1 if first == 1 else 0)


def fixed(value: float, places: int) -> str:
    """``value`` rounded to ``places`` decimals; negative places round to tens, hundreds, …"""
    return f"{round(value, places):,.{max(0, places)}f}"


def interval(
    centre: float, low: float | None, high: float | None, units: Units = PLAIN, apart: float | None = None
) -> str:
    """A positive value with its interval in words; with one digit more where it would seem to reach ``apart``.

    "1.23 ± 0.04 ms"; "0.2 to 6 ms" where it is too wide for ±; "about 1.2 ms" where it says nothing; "1.2 ms" without.
    """
    scale, unit = unit_for(centre, units)
    tail = f" {unit}" if unit else ""
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return number(centre / scale, 2) + tail
    half = (high - low) / 2
    # A half-width of 0 has no first digit to round to, and one as small as this lies behind the digits shown.
    if half <= abs(centre) * 1e-4:
        return number(centre / scale, 4) + tail
    if high > HOPELESS * max(low, 0):
        return f"about {number(centre / scale, 2)}{tail}"
    if half > WIDEST * abs(centre):
        return f"{number(low / scale, 2)} to {number(high / scale, 2)}{tail}"
    places = decimals(half / scale)
    printed_low = round(centre / scale, places) - round(half / scale, places)
    if apart is not None and low > apart and printed_low < apart + 1e-9:
        places += 1
    return f"{fixed(centre / scale, places)} ± {fixed(half / scale, places)}{tail}"


def duration(seconds: float, digits: int = 3) -> str:
    """Seconds as "12.3 ms"."""
    scale, unit = unit_for(seconds, SECONDS)
    return f"{number(seconds / scale, digits)} {unit}"


def size(byte_count: float, digits: int = 3) -> str:
    """Bytes as "1.5 MiB"."""
    scale, unit = unit_for(byte_count, BYTES)
    return f"{number(byte_count / scale, digits)} {unit}"
