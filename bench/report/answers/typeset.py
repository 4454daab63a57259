"""Text that is well set: numbers with powers of ten, units that stay with them, formulas with their punctuation."""

from __future__ import annotations

import re
from html import escape

from bench.texts import escaped

SHOWN = (
    r'<span class="math inline">(?:(?!</math>).)*</math></span>'
    r'|<span class="live together"[^>]*>(?:(?!<span|</span>).)*(?:<span class="(?:yes|no)">.</span>)?</span>'
)
CLINGING = re.compile(rf"([(\[“]?)({SHOWN})([.,;:!?)\]”]*)", re.DOTALL)
NUMBER = re.compile(r"(?<![\w.-])(-?)(\d[\d,]*(?:\.\d+)?)(?:e(-?)\+?0*(\d+))?(?!\w)")
UNIT = re.compile(r"(?<=\d) (?=(?:%|[nµm]?s|(?:[KMG]i)?B)(?!\w))")


def keep_together(html: str) -> str:
    """Keeps a formula or a live number on one line with the brackets and marks at it: browsers may break there."""
    return CLINGING.sub(_joined, html)


def _joined(match: re.Match[str]) -> str:
    before, shown, after = match.groups()
    return f'<span class="together">{before}{shown}{after}</span>' if before or after else str(shown)


def powers(text: str) -> str:
    """Escaped text with numbers well set: "-3e-16" as −3 × 10⁻¹⁶, and no line break before a unit."""
    return UNIT.sub("\u00a0", NUMBER.sub(_number, escape(escaped(text, keep="\n\t"))))


def _number(match: re.Match[str]) -> str:
    sign, mantissa, power_sign, power = ("−" if group == "-" else group for group in match.groups())
    return f"{sign}{mantissa}\u202f×\u202f10<sup>{power_sign}{power}</sup>" if power else f"{sign}{mantissa}"
