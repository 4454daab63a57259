"""LaTeX to native MathML, held against a list of what MathML may hold; and to text."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from bench.errors import BenchError

if TYPE_CHECKING:
    from xml.etree import ElementTree

MATHML = "{http://www.w3.org/1998/Math/MathML}"
ELEMENTS = frozenset(
    """math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts
    mprescripts none mtable mtr mtd mstyle mpadded mphantom merror menclose mfenced""".split()  # noqa: SIM905
)
ATTRIBUTES = frozenset(
    """display stretchy fence form separator accent accentunder mathvariant mathsize mathcolor displaystyle scriptlevel
    linethickness lspace rspace width height depth voffset minsize maxsize columnalign rowspacing columnspacing
    columnlines rowlines frame movablelimits symmetric largeop notation open close separators align rowalign
    columnspan rowspan bevelled""".split()  # noqa: SIM905
)


BARE_NORM = re.compile(r"(?<!\\left)(?<!\\right)\\[lr]Vert(?![A-Za-z])")
"""A norm's bar without \\left or \\right: as it stands, the browser would stretch one and shrink the other."""

BARE_ALPHABET = re.compile(r"\\(mathbb|mathcal|mathbf|mathfrak)\s+([A-Za-z])")
"""``\\mathbb E``: only with braces does latex2mathml write the letter that browsers show."""


ONE_UPRIGHT = re.compile(r"\\mathrm\s*\{\s*([A-Za-z])\s*\}")
"""``\\mathrm{d}``: of a single letter latex2mathml forgets that it stands upright."""


class ReportError(BenchError):
    """Something in a written answer cannot be shown; the message names it."""


@lru_cache(maxsize=4096)
def mathml(latex: str, display: bool) -> str:
    """One formula as a ``<math>`` element. Raises ``ReportError`` that names the formula."""
    from xml.etree import ElementTree

    return ElementTree.tostring(tree(latex, display), encoding="unicode")


def text(latex: str, display: bool) -> str:
    """One formula as text for a terminal; several lines only where it has several. Raises ``ReportError``."""
    from bench.report.answers import unicodemath

    return unicodemath.line(tree(latex, display))


def basis() -> str:
    """What the text of every formula depends on: the code that makes it, and the package that reads LaTeX."""
    package = Path(str(find_spec("latex2mathml").origin)).parent  # type: ignore[union-attr]  # it is required
    sources = (
        Path(__file__).with_name(name).read_bytes() for name in ("formulas.py", "operators.py", "unicodemath.py")
    )
    return sha256(b"".join(sources)).hexdigest() + str(package.stat().st_mtime_ns)


def tree(latex: str, display: bool) -> ElementTree.Element:
    """One formula as an element. Raises ``ReportError`` that names the formula."""
    from xml.etree import ElementTree

    from latex2mathml.converter import convert

    from bench.report.answers.operators import tidy

    # latex2mathml would print it as a letter, and say nothing.
    if _stray_ampersand(latex):
        raise ReportError(f"a raw & outside an environment in the formula {latex.strip()!r}; write \\& or align*")
    # latex2mathml does not know aligned, and sets all its rows on one line.
    source = re.sub(r"\\(begin|end)\{aligned\}", r"\\\1{align*}", latex).strip()
    source = BARE_NORM.sub(r"\\|", source)
    source = BARE_ALPHABET.sub(r"\\\1{\2}", source)
    source = ONE_UPRIGHT.sub(r"\\text{\1}", source)
    try:
        math = ElementTree.fromstring(convert(source, display="block" if display else "inline"))
    except Exception as error:  # latex2mathml has a dozen classes, and passes bad text on to the parser
        why = str(error) or type(error).__name__
        raise ReportError(f"the formula {latex.strip()!r} cannot be converted: {why}") from error
    _check(math, latex.strip())
    tidy(math, display)
    return math


def _stray_ampersand(latex: str) -> bool:
    """Whether an & stands outside every \\begin … \\end; the innermost environments are taken away until none is."""
    rest, before = latex.replace(r"\&", ""), ""
    while rest != before:
        before = rest
        rest = re.sub(r"\\begin\{([a-zA-Z]+\*?)\}(?:(?!\\begin\{).)*?\\end\{\1\}", "", rest, flags=re.DOTALL)
    return "&" in rest


def _check(math: ElementTree.Element, latex: str) -> None:
    """Refuse what does not belong; names lose their namespace, which HTML does without."""
    for element in math.iter():
        element.tag = name = element.tag.removeprefix(MATHML)
        strange = [attribute for attribute in element.attrib if attribute not in ATTRIBUTES]
        if name not in ELEMENTS or strange:
            raise ReportError(f"the formula {latex!r} gives <{' '.join([name, *strange])}>, which is not allowed here")
        # What latex2mathml does not know it hands through as an identifier, backslash and all.
        unknown = re.search(r"\\[a-zA-Z]+|[{}]", element.text or "") if name == "mi" else None
        if unknown:
            raise ReportError(f"the formula {latex!r} holds {unknown.group()}, which is not understood")
