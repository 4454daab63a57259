"""The faulty distribution, with the files that no repository can keep as they are: made anew, byte by byte."""

from __future__ import annotations

import shutil
from pathlib import Path

HERE = Path(__file__).parent
SOURCES = {
    "f30_syntax": b"def (:\n",
    "f31_latin": '"""f31: déjà vu."""\n'.encode("latin-1"),
    "f32_nul": b'"""f32"""\n\0\n',
    "f33_nested": b'"""f33"""\nx = ' + b"(" * 5_000 + b"1" + b")" * 5_000 + b"\n",
    "f34_minus": b'"""f34"""\nx = ' + b"-" * 50_000 + b"1\n",
    "f35_empty": b"",
}
"""What is no Python, or more than its parser bears."""
ANSWERS = {
    "f20_answer": b"# x\n\nd\xe9j\xe0 vu\n",
    "f21_long": b"# x\n\n" + b"- one of many lines\n" * 40_000,
    "f22_braces": b"# x\n\n" + b"{{" * 50_000 + b"\n\n{{ claim({[]: 1}) }} {{ claim(" + b"(" * 400 + b") }}\n",
}


def plant(site: Path) -> Path:
    """The distribution in a folder that can be put on the path."""
    shutil.copytree(HERE / "faulty_exercises", site / "faulty_exercises", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(HERE / "faulty-0.1.dist-info", site / "faulty-0.1.dist-info")
    for name, source in SOURCES.items():
        (site / "faulty_exercises" / f"{name}.py").write_bytes(source)
    for name, answer in ANSWERS.items():
        (site / "faulty_exercises" / f"{name}.md").write_bytes(answer)
    return site
