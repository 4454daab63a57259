"""No source lets a file or a message run code: what looks like it is listed, each with the reason why it does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import safety

ROOT = Path(__file__).parents[1]
EXAMPLES = "the examples of our own manual are run as a reader would run them"
PLANTED = "it plants a pickle that must not be loaded"
OWN_XML = "it parses what this very test has had written"
ALLOWED = {
    ("bench/kit/data/cifar.py", "unpickling"): "torchvision's files have no other form: a canonical one, arrays alone",
    ("bench/report/answers/formulas.py", "xml"): "the MathML of latex2mathml, without a document type",
    ("bench/report/page/drawings.py", "markup"): "SVG that vl-convert drew, from a specification that is JSON",
    ("bench/report/page/setting.py", "markup"): "the one function that marks what templates set as it stands",
    ("bench/tensor_file.py", "unpickling"): "pickletools lists what stands in an archive, and runs none of it",
    ("bench/report/side_by_side.py", "unpickling"): "processes that draw pages, which load no exercise",
    ("bench/selftest/page.py", "markup"): "style, script and policy of our own files",
    ("tests/cli/verbs/test_continue.py", "unpickling"): PLANTED,
    ("tests/docs/test_cluster.py", "code"): EXAMPLES,
    ("tests/docs/test_formats.py", "code"): EXAMPLES,
    ("tests/docs/test_pages.py", "code"): EXAMPLES,
    ("tests/docs/test_testing_it.py", "code"): EXAMPLES,
    ("tests/execute/executors/light.py", "code"): "it stands for the forking server, with functions in place of torch",
    ("tests/execute/test_lines.py", "code"): "tracebacks of a text that stands in the test",
    ("tests/formats/test_junit.py", "xml"): OWN_XML,
    ("tests/kit/data/conftest.py", "hash"): "the digests that the readers of CIFAR ask for are MD5",
    ("tests/kit/data/test_cifar.py", "unpickling"): PLANTED,
    ("tests/kit/training/test_checkpoint.py", "unpickling"): PLANTED,
    ("tests/report/charts/test_figures.py", "xml"): OWN_XML,
    ("tests/report/charts/test_interactive.py", "xml"): OWN_XML,
    ("tests/report/test_hostile.py", "xml"): OWN_XML,
    ("tests/results/test_index.py", "unpickling"): "several processes write one index at once",
    ("tests/test_shared.py", "unpickling"): PLANTED,
}
"""Files, and what they do that looks like it."""
ESCAPED = {("bench/report/page/templates/tables.html.j2", 5): "a class name that stands in the template"}

RISKY = {
    "eval('1')": "code",
    "exec(text)": "code",
    "compile(text, 'x', 'exec')": "code",
    "frame.eval('a + b')": "code",
    "import pickle": "unpickling",
    "from pickle import loads": "unpickling",
    "import marshal as m": "unpickling",
    "import shelve": "unpickling",
    "import dill": "unpickling",
    "from joblib import load": "unpickling",
    "from concurrent.futures import ProcessPoolExecutor": "unpickling",
    "import multiprocessing.connection, multiprocessing": "unpickling",
    "from torch import multiprocessing": "unpickling",
    "import torch\ntorch.load(path)": "unpickling",
    "import torch\ntorch.load(path, weights_only=False)": "unpickling",
    "from torch import load\nload(path, weights_only=chosen)": "unpickling",
    "import numpy as np\nnp.load(path, allow_pickle=True)": "unpickling",
    "import numpy as np\nnp.load(path, **options)": "unpickling",
    "import pandas as pd\npd.read_pickle(path)": "unpickling",
    "import subprocess\nsubprocess.run(words, shell=True)": "shell",
    "from subprocess import Popen as start\nstart('ls -l')": "shell",
    "import subprocess\nsubprocess.run(args=f'ls {folder}')": "shell",
    "import asyncio\nasyncio.create_subprocess_shell(text)": "shell",
    "import os\nos.system(text)": "shell",
    "from os import popen\npopen(text)": "shell",
    "import yaml": "yaml",
    "from ruamel import yaml": "yaml",
    "from tempfile import mktemp\nmktemp()": "temporary name",
    "import xml.dom.minidom": "xml",
    "from xml.etree import ElementTree as tree\ntree.fromstring(text)": "xml",
    "archive.extractall(folder)": "archive",
    "import shutil\nshutil.unpack_archive(file)": "archive",
    "import hashlib\nhashlib.md5(data)": "hash",
    "from hashlib import sha1\nsha1(data)": "hash",
    "from markupsafe import Markup\nMarkup(text)": "markup",
    "import jinja2\njinja2.Environment()": "markup",
    "import requests\nrequests.get(address, verify=False)": "network",
}
HARMLESS = """
import hashlib, re, subprocess, tarfile, torch
import numpy as np
re.compile("x")
model.eval()
subprocess.run(["git", "status"])
torch.load(path, weights_only=True)
np.load(path, allow_pickle=False)
tar.extractall(folder, filter="data")
hashlib.md5(data, usedforsecurity=False)
hashlib.sha256(data)
from xml.etree.ElementTree import Element, tostring
"""


def found() -> Iterator[tuple[str, str, int]]:
    for top in ("bench", "plugins", "tests"):
        for path in sorted((ROOT / top).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            yield from ((name, kind, line) for line, kind in safety.risks(path.read_text("utf-8")))


def test_no_source_runs_what_it_reads() -> None:
    places = list(found())
    assert [f"{name}:{line}: {kind}" for name, kind, line in places if (name, kind) not in ALLOWED] == []
    assert set(ALLOWED) == {(name, kind) for name, kind, _ in places}, "an entry of ALLOWED is of nothing any more"


def test_templates_set_nothing_that_was_not_escaped() -> None:
    lines = {
        (path.relative_to(ROOT).as_posix(), line)
        for path in (ROOT / "bench").rglob("*.j2")
        for line in safety.unescaped(path.read_text("utf-8"))
    }
    assert lines == set(ESCAPED)


@pytest.mark.parametrize(("source", "kind"), RISKY.items())
def test_what_is_planted_is_found(source: str, kind: str) -> None:
    assert [each for _, each in safety.risks(source)] == [kind]


def test_what_is_done_with_care_is_left_alone() -> None:
    assert list(safety.risks(HARMLESS)) == []


@pytest.mark.parametrize("line", ["{{ title | safe }}", "{{title|safe}}", "{% autoescape false %}", "{{ Markup(x) }}"])
def test_a_template_that_does_not_escape_is_found(line: str) -> None:
    assert list(safety.unescaped(f"<p>\n{line}\n{{{{ unsafe }}}}")) == [2]
