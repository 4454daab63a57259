"""The pages hang together: links lead somewhere, decisions keep their form, results.md describes run.json as it is."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from bench.model import SCHEMA, Case, Environment, Record, Run, Sample
from bench.results import store

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "results" / "README.md"])
DECISIONS = sorted(ROOT.glob("docs/decisions/*.md"))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = link.partition("#")
        if link.startswith("http"):
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name} links to {link}"
        assert not anchor or anchor in anchors(target), f"{page.name} links to {link}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_sources_that_a_page_names_are_there(page: Path) -> None:
    for name in re.findall(r"`((?:bench|docs|plugins)/[\w/.-]+)`", page.read_text(encoding="utf-8")):
        assert (ROOT / name).exists(), f"{page.name} names {name}"


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_is_half_a_page_with_its_three_parts(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# {page.name[:3]}: ")
    assert re.findall(r"^\*\*(\w+)\.\*\* ", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert len(text.split()) < 300


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(page.name[:3]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def results() -> str:
    return (ROOT / "docs" / "results.md").read_text(encoding="utf-8")


def a_run() -> Run:
    samples = tuple(Sample(round=round, calls=10, seconds=0.02) for round in range(2))
    record = Record(
        case=Case(exercise="ex90", part="a", device="cpu", seed=0, variant="sum"), outcome="ok", samples=samples
    )
    where = Environment(
        python="3.11", torch="2.11", platform="Linux", cpu="a processor", cores=2, memory=2**34, threads=1
    )
    return Run(
        schema=SCHEMA,
        id="x",
        created="now",
        command=("bench",),
        profile="smoke",
        devices=("cpu",),
        seeds=(0,),
        data="embedded",
        environment=where,
        records=(record,),
    )


def test_every_field_of_a_run_is_described() -> None:
    rows = re.findall(r"^\| (`.*?) \| \S", results()[results().index("## run.json") :], re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == {field.name for field in fields(Run)}
    assert f"at present {SCHEMA}" in results()


def test_the_example_reads_a_run(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```python\n(.*?)^```$", results(), re.MULTILINE | re.DOTALL)
    names: dict = {}
    exec(example, names)
    store.write(a_run(), tmp_path)
    assert json.loads((tmp_path / "run.json").read_text())["schema"] == SCHEMA
    assert names["table"](tmp_path) == ["a sum: 2 ms"]
