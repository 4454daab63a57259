"""Pictures of pages: how Chromium is asked, and what is said when it makes none."""

from pathlib import Path

import pytest
from PIL import Image

from bench.errors import BenchError, Missing
from bench.report.readme import screenshots

SHOOTS = """#!/bin/sh
for word; do case $word in --screenshot=*) target=${word#*=};; *Scheme=*) scheme=${word##*=};; esac; done
cp "$(dirname "$0")/$scheme.png" "$target"
"""


def chromium(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "chromium"
    path.write_text(text)
    path.chmod(0o755)
    monkeypatch.setenv("BENCH_CHROMIUM", str(path))


def test_each_theme_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chromium(tmp_path, SHOOTS, monkeypatch)
    for name, colour in (("1", "white"), ("0", "black")):
        Image.new("RGB", (4, 3), colour).save(tmp_path / f"{name}.png")
    taken = (tmp_path / "pictures" / "light.png", tmp_path / "pictures" / "dark.png")
    screenshots.take(tmp_path / "ex10.html", taken)
    colours = [Image.open(path).convert("RGB").getpixel((0, 0)) for path in taken]
    assert colours == [(255, 255, 255), (0, 0, 0)]


def test_without_one_it_is_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CHROMIUM", "/no/such")
    with pytest.raises(Missing, match="a screenshot needs Chromium, and BENCH_CHROMIUM=/no/such is no program"):
        screenshots.take(tmp_path / "a.html", (tmp_path / "l.png", tmp_path / "d.png"))
    chromium(tmp_path, "#!/bin/sh\necho no display >&2; exit 7\n", monkeypatch)
    with pytest.raises(BenchError, match=r"made no picture of a.html \(exit code 7\): no display"):
        screenshots.take(tmp_path / "a.html", (tmp_path / "l.png", tmp_path / "d.png"))
