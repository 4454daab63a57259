"""Files of the user's own: read once, loaded from their text, with their folder within reach."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from bench import with_files
from bench.errors import PluginError, UsageError
from bench.model import SourceFile


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The path and the modules of this process."""
    modules = dict(sys.modules)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(with_files, "_REACH", [])
    yield
    for name in sys.modules.keys() - modules.keys():
        del sys.modules[name]


def loaded(folder: Path, code: str, **beside: str) -> ModuleType:
    folder.mkdir(exist_ok=True)
    for name, text in {"mine": code, **beside}.items():
        (folder / f"{name}.py").write_text(text)
    (file,) = with_files.read_files([folder / "mine.py"])
    return with_files.load_file(file)


def test_a_file_is_read_once_however_it_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.py").write_text("x = 1\r\n")
    (tmp_path / "link.py").symlink_to("mine.py")
    monkeypatch.chdir(tmp_path)
    files = with_files.read_files(map(Path, ["mine.py", str(tmp_path / "mine.py"), "link.py"]))
    assert files == (SourceFile(str(tmp_path / "mine.py"), "x = 1\n"),)


def test_what_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file"):
        with_files.read_files([tmp_path / "mine.py"])
    with pytest.raises(UsageError, match="Is a directory"):
        with_files.read_files([tmp_path])
    with pytest.raises(UsageError, match=r"m\\udcffne.py': its path is not Unicode"):
        with_files.read_files([tmp_path / "m\udcffne.py"])
    (tmp_path / "mine.py").write_bytes(b"\xff")
    with pytest.raises(PluginError, match="cannot be read as Python"):
        with_files.read_files([tmp_path / "mine.py"])
    with pytest.raises(PluginError, match="cannot be read as Python"):
        with_files.functions(SourceFile("mine.py", "def"))


def test_what_lies_beside_a_file_can_be_imported_then_and_later(tmp_path: Path) -> None:
    code = "import with_helper\ndef later():\n    import with_other\n    return with_other.x\n"
    module = loaded(tmp_path, code, with_helper="x = 1", with_other="x = 2")
    assert (module.with_helper.x, module.later()) == (1, 2)


def test_it_takes_no_librarys_place(tmp_path: Path) -> None:
    module = loaded(tmp_path, "import wave", wave="x = 1")
    assert not hasattr(module.wave, "x")
    assert sys.path[-1] == str(tmp_path)


def test_two_students_helpers_are_two_modules(tmp_path: Path) -> None:
    code = "import with_helper\ndef later():\n    import with_helper as again\n    return again.x\n"
    alice = loaded(tmp_path / "alice", code, with_helper="x = 'alice'")
    bob = loaded(tmp_path / "bob", code, with_helper="x = 'bob'")
    assert (alice.with_helper.x, bob.with_helper.x, bob.later()) == ("alice", "bob", "bob")
    carol = loaded(tmp_path / "carol", "import wave")
    assert carol.wave
    assert sys.modules["with_helper"] is bob.with_helper, "nothing is forgotten that is in nobody's way"
