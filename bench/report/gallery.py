"""The page of ``bench try --picture``: a row a variant, and of a wrong one each tensor beside the reference's."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from math import prod

from bench.analysis import quantities
from bench.model import Gallery, Key, Portrait, Record, Run
from bench.model.portrait import Pixels
from bench.report import attempts, pixels, summary
from bench.texts import escaped

Galleries = Mapping[tuple[Key, str], Gallery]
"""What was seen of a wrong variant, by its case and its name."""
CELL, WIDEST, LEAST = 18, 264, 12
"""Screen pixels: of a value, of a matrix at most, of a row at least."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""There is no script, and none that escaping missed may run."""
STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1a; --soft: #5c5a56; --line: #d9d6d0; --paper: #fff; --good: #00704f;
  --bad: #b3261e; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
@media (prefers-color-scheme: dark) { :root { --ink: #ecebe8; --soft: #aaa69f; --line: #43413d; --paper: #161615;
  --good: #4cc38a; --bad: #ff8a80 } }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin: 2rem 0 .3rem } h3 { font-size: 1rem; margin: 1.2rem 0 .2rem }
h4 { font-size: .95rem; margin: .9rem 0 .2rem; break-after: avoid }
p { margin: .3rem 0; overflow-wrap: anywhere } .good { color: var(--good) } .bad { color: var(--bad) }
.soft, figcaption { color: var(--soft); font-size: .85rem }
section { border-top: 1px solid var(--line); break-inside: auto }
.tensor { display: flex; flex-wrap: wrap; gap: .6rem 1.6rem; align-items: flex-end; break-inside: avoid }
h3 { break-after: avoid } figure { margin: 0; max-width: 100% }
img { image-rendering: pixelated; border: 1px solid var(--line); display: block; max-width: 100% }
@media print { body { max-width: none; margin: 0 } img { print-color-adjust: exact; -webkit-print-color-adjust: exact }
  :root { --ink: #000; --paper: #fff; --soft: #444; --good: #00704f; --bad: #b3261e } }
"""


def page(run: Run, galleries: Galleries) -> str:
    """One file that needs no other."""
    title = f"{', '.join(exercise.id for exercise in run.exercises)}: {attempts.verdict(run)}"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>\n<h1>{escape(title)}</h1>\n"
        f'<p class="soft">{escape(made_by(run))}</p>\n{"".join(broken(run))}{"".join(parts(run, galleries))}'
        "</body></html>\n"
    )


def escape(text: str) -> str:
    """As text of a page, control characters as ``\\x1b``."""
    return html.escape(escaped(text, keep="\n\t"))


def made_by(run: Run) -> str:
    return f"{run.created[:16].replace('T', ' ')} UTC, torch {run.environment.torch}; nothing was timed"


def broken(run: Run) -> Iterator[str]:
    for each in run.broken:
        yield f'<p><b class="bad">✗ {escape(each.exercise)}</b> {escape(each.reason)}</p>\n'


def parts(run: Run, galleries: Galleries) -> Iterator[str]:
    for exercise in summary.exercises(run):
        for part in summary.parts(run, exercise):
            title = f"{exercise.id}.{part.id}  {part.title} (against {part.reference})"
            yield f"<h2>{escape(title)}</h2>\n"
            rows = attempts.by_variant(summary.records_of(run, exercise.id, part.id))
            for name, records in rows.items():
                yield row(name, records, galleries)


def row(name: str, records: Sequence[Record], galleries: Galleries) -> str:
    """Of a variant that is wrong in several cases the first one is shown."""
    wrong = next((record for record in records if not record.passed), None)
    mark, style = ("✓", "good") if wrong is None else ("✗", "bad")
    head = f'<h3 class="{style}">{mark} {escape(name)}</h3><p>{escape(attempts.in_words(records))}</p>\n'
    if wrong is None:
        return f"<section>{head}</section>\n"
    where = f"{summary.parameters(wrong, {})}: " if len(records) > 1 and wrong.case.parameters else ""
    seen = galleries.get((wrong.case.whole.key, name))
    shown = "".join(pictures(seen)) if seen else ""
    return f"<section>{head}<p>{escape(where + wrong.reason)}</p>\n{shown}</section>\n"


def pictures(gallery: Gallery) -> Iterator[str]:
    """Of what agrees the names alone: the difference is rounding, and would look like a pattern."""
    for portrait in gallery.portraits:
        if portrait.wrong:
            yield f'<h4>{escape(portrait.name)} <span class="soft">{escape(shapes(portrait))}</span></h4>\n'
            yield f'<div class="tensor">{"".join(matrices(portrait))}</div>\n'
    if right := [portrait.name for portrait in gallery.portraits if not portrait.wrong]:
        yield f'<p class="soft">not drawn, since they agree: {escape(", ".join(right))}</p>\n'
    if gallery.left_out:
        yield f'<p class="soft">not drawn, since there are so many: {summary.plural(gallery.left_out, "tensor")}</p>\n'


def shapes(portrait: Portrait) -> str:
    """ "(5, 4)", "(5, 4), given (4, 5)"."""
    other = f", given {portrait.other}" if portrait.other is not None else ""
    return f"{portrait.shape}{other}"


def matrices(portrait: Portrait) -> Iterator[str]:
    """Each on a scale of its own: a factor leaves the pattern, and changes the numbers below it."""
    yield matrix("reference", portrait.expected, portrait.shape)
    yield matrix("given", portrait.given, portrait.shape if portrait.other is None else portrait.other)
    if portrait.difference:
        yield matrix("given − reference", portrait.difference, portrait.shape)


def matrix(label: str, rows: Pixels, shape: tuple[int, ...]) -> str:
    if not rows:
        return f"<figure><figcaption>{label}: nothing to draw</figcaption></figure>"
    across, down = len(rows[0]), len(rows)
    cell = min(CELL, WIDEST / across, WIDEST / down)
    width, height = round(cell * across), max(LEAST, round(cell * down))
    count, size, top = across * down, prod(shape), largest(rows)
    binned = f"<br>{size:,} values in {count:,} fields: each shows the one furthest from zero" if size > count else ""
    scale = f"−{quantities.number(top, 2)} (blue) to {quantities.number(top, 2)} (red)" if top else "zero everywhere"
    return (
        f'<figure><img src="{pixels.data_uri(rows, top)}" width="{width}" height="{height}" alt="{label}">'
        f"<figcaption>{label}<br>{scale}{binned}</figcaption></figure>"
    )


def largest(rows: Pixels) -> float:
    return max((abs(value) for row in rows for value in row if value is not None), default=0.0)
