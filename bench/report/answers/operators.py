"""Named operators in MathML as TeX sets them: a thin space to ordinary neighbours, limits below in displays.

latex2mathml writes ``\\tanh z`` as two identifiers without a space, and ``\\max(`` as an operator with one. The spacing
is that of Knuth, "The TeXbook", chapter 18: Op beside Ord is thin, Op before Open is none.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

ROWS = frozenset(("math", "mrow", "mtd", "mstyle"))
SCRIPTS = frozenset(("msub", "msup", "msubsup", "munder", "mover", "munderover"))
BELOW = {"msub": "munder", "msubsup": "munderover"}
LIMITS = frozenset(("max", "min", "lim", "sup", "inf", "argmax", "argmin"))
CLOSING = frozenset(")]}|‖⟩")
THIN = "0.1667em"
BARS = ("|", "‖")
PRIMES = frozenset("′″‴⁗")
DIGITS = {"bold": 0x1D7CE, "double-struck": 0x1D7D8}
"""Where Unicode has the ten digits of an alphabet; browsers take the attribute for letters alone."""


def tidy(tree: Element, display: bool) -> None:
    """Set the named operators of a formula, in place."""
    for element in tree.iter():
        if element.tag == "mo" and is_name(element):
            element.tag = "mi"
        if element.tag == "mi" and element.text == "~":  # \sim, which latex2mathml takes for a letter
            element.tag, element.text = "mo", "∼"
        if element.tag in ("msup", "msubsup") and element[-1].text in PRIMES:
            _set_prime(element)
        if element.tag == "mn" and element.get("mathvariant") in DIGITS:
            zero = DIGITS[element.attrib.pop("mathvariant")]
            element.text = "".join(chr(zero + int(digit)) for digit in element.text or "")
        if display and element.tag in BELOW and element[0].text in LIMITS:
            element.tag = BELOW[element.tag]
    # A list, for spaces are put in on the way.
    for element in list(tree.iter()):
        if element.tag in ROWS:
            element[:] = _spaced(list(element))
            _pair_bars(list(element))


def _set_prime(element: Element) -> None:
    """Beside its letter: its glyph is small and high by itself, and as a superscript would be so twice."""
    *base, prime = element
    prime.tag, prime.attrib = "mo", {"lspace": "0em", "rspace": "0em"}
    if len(base) == 2:
        below = Element("msub")
        below[:] = base
        base = [below]
    element.tag = "mrow"
    element[:] = [*base, prime]


def _pair_bars(children: list[Element]) -> None:
    """Of every two bars of a row the first opens and the second closes: by itself a browser sets each as an infix."""
    for kind in BARS:
        cores = [core for core in map(_core, children) if core.tag == "mo" and core.text == kind]
        if len(cores) % 2 or any("form" in core.attrib for core in cores):
            continue
        for number, core in enumerate(cores):
            core.attrib |= {"form": "postfix" if number % 2 else "prefix", "stretchy": "false"}


def _core(element: Element) -> Element:
    """What carries the scripts of an element; the element itself where it has none."""
    while element.tag in SCRIPTS and len(element):
        element = element[0]
    return element


def is_name(element: Element) -> bool:
    """Whether an element is the name of an operator: "sin", "max"."""
    text = element.text or ""
    return element.tag in ("mi", "mo") and len(text) > 1 and text.isalpha()


def _is_operator(element: Element) -> bool:
    return is_name(_core(element))


def _spaced(children: list[Element]) -> list[Element]:
    spaced: list[Element] = []
    for number, child in enumerate(children):
        before = children[number - 1] if number else None
        if before is not None and _meet(before, child):
            spaced.append(Element("mspace", {"width": THIN}))
        spaced.append(child)
    return spaced


def _meet(left: Element, right: Element) -> bool:
    """Whether two neighbours are an operator and something ordinary."""
    if _is_operator(left):
        return _is_operator(right) or _edge(right, 0).tag not in ("mo", "mspace", "mtext")
    if not _is_operator(right):
        return False
    end = _edge(left, -1)
    return end.text in CLOSING if end.tag == "mo" else end.tag not in ("mspace", "mtext")


def _edge(element: Element, side: int) -> Element:
    """The outermost element of a row on one side."""
    while element.tag == "mrow" and len(element):
        element = element[side]
    return element
