"""MathML as one line of text, for a terminal: "½ ∑ⱼ (oⱼ − tⱼ)²" and "∂L/∂W = (W x)/‖x‖".

Close to UnicodeMath (M. Sargent, Unicode Technical Note 28): a script is a Unicode sub- or superscript where all its
characters have one, and otherwise stands behind _ or ^, in brackets if it is more than one symbol.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple
from xml.etree.ElementTree import Element

from bench.report.answers.operators import PRIMES, is_name

SUPERSCRIPTS = dict(
    zip(
        "0123456789+−-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW×⊤∘′″*",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂˣᵀ°′″*",
        strict=True,
    )
)
SUBSCRIPTS = dict(zip("0123456789+−-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
VULGAR = {"1/2": "½", "1/3": "⅓", "2/3": "⅔", "1/4": "¼", "3/4": "¾", "1/5": "⅕", "1/6": "⅙", "1/8": "⅛"}
ACCENTS = {"¯": "\u0304", "‾": "\u0304", "^": "\u0302", "~": "\u0303", "˘": "\u0306", "˙": "\u0307", "→": "\u20d7"}
OPENING, CLOSING, BARS = frozenset("([{⌊⌈⟨"), frozenset(")]}⌋⌉⟩"), frozenset("|‖∣∥")
PRODUCTS = frozenset("·×*∘⊙⊗⋆")
ROWS = frozenset(("math", "mrow", "mstyle", "mpadded", "mtd"))
SCRIPTS = frozenset(("msub", "msup", "msubsup", "munder", "mover", "munderover"))
LETTERS = 3
"""What a script in Unicode may have of them in a row: "ₜᵣₐᵢₙ" is harder to read than "_train"."""

SUM, FRACTION, PRODUCT, ATOM = range(4)
"""How firmly a piece of a formula holds together: a + b, then a/b, then a b, then what needs no brackets anywhere."""
Role = Literal["operand", "fraction", "name", "big", "open", "close", "infix", "sign", "comma", "tight", "space"]
Placed = tuple[Element, Role]
WIDE = "    "


class Piece(NamedTuple):
    text: str
    firmness: int = ATOM

    def bracketed(self, least: int) -> str:
        return self.text if self.firmness >= least else f"({self.text})"


def line(math: Element) -> str:
    """A ``<math>`` element as text; the rows of ``align*`` become lines."""
    return re.sub(r" +(?=[,.;]|$)", "", row([math]).text, flags=re.MULTILINE).strip()


def piece(element: Element) -> Piece:
    """One element with all that it holds."""
    inside = [*element]
    match element.tag:
        case "mfrac":
            return fraction(*map(piece, inside))
        case "msqrt":
            return Piece("√" + row(inside).bracketed(ATOM))
        case "mroot":
            return Piece(f"{script(piece(inside[1]), SUPERSCRIPTS, '')}√{piece(inside[0]).bracketed(ATOM)}")
        case "msub" | "munder":
            return scripted(inside[0], under=inside[1])
        case "msup" | "mover":
            return scripted(inside[0], over=inside[1])
        case "msubsup" | "munderover":
            return scripted(*inside)
        case "mtable":
            return Piece("\n".join(" ".join(cells(line)).strip() for line in inside), SUM)
        case tag if tag in ROWS:
            return row(inside)
    return Piece((element.text or "").replace("|", "∣").replace("\u00a0", " "))


def fraction(top: Piece, bottom: Piece) -> Piece:
    plain = f"{top.text}/{bottom.text}"
    if plain in VULGAR:
        return Piece(VULGAR[plain])
    # ∂L/∂W is read as one: brackets around ∂W would be noise.
    differential = re.fullmatch(r"[d∂][\w∂\u0300-\u036f]*(_?\([^()]*\))?", bottom.text)
    return Piece(f"{top.bracketed(PRODUCT)}/{bottom.text if differential else bottom.bracketed(ATOM)}", FRACTION)


def scripted(base: Element, under: Element | None = None, over: Element | None = None) -> Piece:
    """A base with its accents, limits or scripts."""
    below, above = (None if part is None else piece(part) for part in (under, over))
    body = piece(base)
    if above and above.text in ACCENTS and base.tag != "mo":
        letter = body.text if len(body.text) == 1 else f"({body.text})"
        return Piece(unicodedata.normalize("NFC", letter + ACCENTS[above.text]))
    if below and below.text == "⏟":
        return Piece(body.bracketed(ATOM))
    if below and base.tag == "munder" and base[1].text == "⏟":
        return Piece(f"{body.text} [{below.text}]", SUM)
    low, high = script(below, SUBSCRIPTS, "_"), script(above, SUPERSCRIPTS, "^")
    if _is_big(base) and low[:1] == "_" and high[:1] not in ("^", ""):
        high = script(above, {}, "^")  # "∑_(c=1)²" would be a square
    return Piece(body.bracketed(ATOM) + low + high)


def script(part: Piece | None, known: dict[str, str], mark: str) -> str:
    if part is None:
        return ""
    text = re.sub(r" ?([^\w\s]) ?", r"\1", part.text)
    if all(letter in known for letter in text) and not re.search(rf"[A-Za-z]{{{LETTERS + 1}}}", text):
        return "".join(known[letter] for letter in text)
    simple = re.fullmatch(r"\w+|.", text) and not set(text) & {*SUBSCRIPTS.values(), *SUPERSCRIPTS.values()}
    return mark + (text if simple else f"({text})")


def row(elements: Sequence[Element]) -> Piece:
    """Neighbours, with spaces around what stands between two operands."""
    flat = [*_flattened(elements)]
    kinds = roles(flat)
    text, last = "", None
    for number, placed in enumerate(zip(flat, kinds, strict=True)):
        shown = _text_in_row(*placed, flat[number - 1] if number else None)
        text += (_between(last, placed) if last else "") + shown
        if placed[1] != "space":
            last = placed
        elif shown == WIDE:
            last = None
    text = re.sub(" {2,}", lambda match: "   " if len(match[0]) >= len(WIDE) else " ", text)
    return Piece(text.strip(" "), _firmness(flat, kinds))


def _flattened(elements: Sequence[Element]) -> Iterator[Element]:
    for element in elements:
        if element.tag in ROWS and not _is_grouped_comma(element):
            yield from _flattened([*element])
        else:
            yield element


def _is_grouped_comma(element: Element) -> bool:
    """The comma of 1{,}024, which separates nothing."""
    return element.tag == "mrow" and len(element) == 1 and element[0].text == ","


def roles(flat: Sequence[Element]) -> list[Role]:
    """What each element of a row does there; a bar opens and closes by turns."""
    assigned: list[Role] = []
    bars: set[str] = set()
    for element in flat:
        role = _role(element, assigned[-1] if assigned else "open")
        text = _innermost(element).text or ""
        if role == "tight" and text in BARS:
            role = "close" if text in bars else "open"
            # A bar looks the same on both sides: the first opens, the next of its kind closes.
            bars ^= {text}
        assigned.append(role)
    return assigned


def _role(element: Element, before: Role) -> Role:
    sign = _innermost(element)
    text = sign.text or ""
    if element.tag == "mspace" or (element.tag == "mtext" and not piece(element).text.strip()):
        return "space"
    if element.tag == "mfrac":
        return "operand" if piece(element).text in VULGAR.values() else "fraction"
    if is_name(sign) or (element.tag == "mtext" and len(text) > 1):
        return "name"
    if text in (",", ";", ":"):
        return "comma"
    if text in ("∑", "∏", "∫"):
        return "big"
    if text in OPENING:
        return "open"
    if text in CLOSING or text in PRIMES:
        return "close"
    if sign.tag != "mo":
        return "operand"
    if text in BARS or text in "/.!∂∇…":
        return "tight"
    return "sign" if before in ("open", "infix", "comma", "sign", "big") else "infix"


def _innermost(element: Element) -> Element:
    """The base of what may have scripts; what is accented is itself."""
    while element.tag in SCRIPTS and len(element):
        element = element[0]
    return element


def _is_big(element: Element) -> bool:
    return (_innermost(element).text or "") in ("∑", "∏", "∫")


def _text_in_row(element: Element, role: Role, before: Element | None) -> str:
    """The text of one element of a row."""
    if element.tag == "mspace":
        return WIDE if element.get("width", "").startswith(("1em", "2em")) else " "
    if element.tag == "mtable" and before is not None and (before.text or " ") in OPENING | BARS:
        return matrix(element)
    text = piece(element).text
    return {"infix": f" {text} ", "comma": f"{text} "}.get(role, text)


def _between(before: Placed, after: Placed) -> str:
    """A space, or a dot, where two operands would run into each other."""
    (left, role), (right, next_role) = before, after
    ends = role in ("operand", "fraction", "name", "close")
    begins = next_role in ("operand", "fraction", "name", "open")
    if role == "big" or (ends and next_role == "big"):
        return " "
    if "name" in (role, next_role) and ends and begins:
        return "" if next_role == "open" or role != "name" else " "
    if "fraction" in (role, next_role) and ends and begins:
        return " · "
    vulgar = ends and begins and piece(left).text in VULGAR.values()
    return " " if vulgar or left.tag == right.tag == "mn" else ""


def _firmness(flat: Sequence[Element], kinds: Sequence[Role]) -> int:
    """How firmly a row holds together: as its loosest joint outside brackets."""
    if len(flat) == 1:
        return piece(flat[0]).firmness
    if _holds_together(flat, kinds):
        return ATOM
    depth, loosest = 0, PRODUCT
    for element, role in zip(flat, kinds, strict=True):
        depth -= role == "close"
        if depth == 0:
            loosest = min(loosest, _joint(element, role))
        depth += role == "open"
    return loosest


def _joint(element: Element, role: Role) -> int:
    text, firmness = piece(element)
    if role == "infix":
        return PRODUCT if text[0] in PRODUCTS else SUM
    if role in ("sign", "comma"):
        return SUM
    return FRACTION if role == "big" or text == "/" else firmness


def _holds_together(flat: Sequence[Element], kinds: Sequence[Role]) -> bool:
    """A word set upright, or what is between one pair of brackets."""
    if all(element.get("mathvariant") == "normal" for element in flat):
        return True
    depth = 0
    for role in kinds[:-1]:
        depth += (role == "open") - (role == "close")
        if depth == 0:
            return False
    return bool(kinds) and kinds[-1] == "close" and depth == 1


def matrix(table: Element) -> str:
    """ "a b; c d"; a comma between cells that hold spaces themselves."""
    rows = [cells(line) for line in table]
    between = ", " if any(" " in cell for line in rows for cell in line) else " "
    return "; ".join(between.join(line) for line in rows)


def cells(table_row: Element) -> list[str]:
    return [row([cell]).text for cell in table_row]
