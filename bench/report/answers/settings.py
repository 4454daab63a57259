"""One phrase for a value that was measured in several settings: "33.6 / 41.2 % (epochs 5 / 9)"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

MOST = 3
"""So many settings are told one by one; of more a reader is told the ends."""


def phrase(labels: Sequence[str], texts: Sequence[str]) -> str:
    """The ``texts`` of the settings that ``labels`` name ("epochs=5", "cuda"), in their order; one text where all are
    alike. More than ``MOST`` are told by the first and the last."""
    if len(set(texts)) == 1:
        return texts[0]
    if len(texts) <= MOST:
        return f"{_factored(texts, ' / ')} ({_named(labels, ' / ')})"
    ends = _factored((texts[0], texts[-1]), " to ")
    simple = f"{_named((labels[0], labels[-1]), ' to ')}" if _name(labels) else f"first and last of {len(texts)}"
    return f"{ends} ({simple})"


def over(labels: Sequence[str]) -> str:
    """ "over 5 values of epochs", "over 12 settings"."""
    name = _name(labels)
    return f"over {len(labels)} values of {name}" if name else f"over {len(labels)} settings"


def listed(labels: Sequence[str], texts: Sequence[str]) -> str:
    """ "epochs=5: 33.6 %; epochs=9: 41.2 %"; nothing where there is one."""
    return "; ".join(f"{label}: {text}" for label, text in zip(labels, texts, strict=True)) if len(texts) > 1 else ""


def _name(labels: Sequence[str]) -> str:
    """The one parameter in which the settings differ; empty where it is not one."""
    names = {label.partition("=")[0] for label in labels}
    return names.pop() if len(names) == 1 and all("=" in label and ", " not in label for label in labels) else ""


def _named(labels: Sequence[str], between: str) -> str:
    name = _name(labels)
    if name:
        return f"{name} {between.join(label.partition('=')[2] for label in labels)}"
    return between.join(label.replace("=", " ") for label in labels)


def _factored(texts: Sequence[str], between: str) -> str:
    """ "2.00 / 3.10 times faster": the words in which all end are told once."""
    backwards = [text.split()[::-1] for text in texts]
    # Something of each text stays.
    alike = takewhile(lambda words: len(set(words)) == 1, zip(*(words[:-1] for words in backwards), strict=False))
    shared = [words[0] for words in alike]
    kept = [" ".join(words[len(shared) :][::-1]) for words in backwards]
    return " ".join([between.join(kept), *shared[::-1]])
