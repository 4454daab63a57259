"""The line of a user's file that an error came from, though the file is known by its text alone."""

import pytest

from bench.execute.lines import LONGEST, line_of, with_line
from bench.model import SourceFile
from bench.with_files import load_file

CODE = """import torch

def forward(x, w):
    return x @ w

def own():
    raise ValueError("mine")

def library():
    torch.ones(2, 3).reshape(4)
"""
PATH = "/not/here/mine.py"


def raised(code: str) -> BaseException:
    with pytest.raises(Exception) as info:  # noqa: PT011 - whatever it raises is what is looked at
        exec(code, {"mine": load_file(SourceFile(PATH, CODE)), "torch": __import__("torch")})
    return info.value


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("mine.own()", 'mine.py:7: raise ValueError("mine")'),
        ("mine.library()", "mine.py:10: torch.ones(2, 3).reshape(4)"),
        ("mine.forward(torch.ones(2, 3), torch.ones(2, 3))", "mine.py:4: return x @ w"),
        ("1 / 0", ""),
    ],
)
def test_the_innermost_line_of_hers_is_named(code: str, says: str) -> None:
    error = raised(code)
    assert line_of(error, PATH) == says
    assert line_of(error, "a plugin") == ""
    assert with_line("E: why", error, PATH) == (f"E: why, at {says}" if says else "E: why")


def test_a_file_that_cannot_be_parsed_has_its_line() -> None:
    with pytest.raises(SyntaxError) as info:
        load_file(SourceFile(PATH, "x = 1\ny = = 2\n"))
    assert line_of(info.value, PATH) == "mine.py:2: y = = 2"
    said = with_line(f"SyntaxError: {info.value}", info.value, PATH)
    assert said == "SyntaxError: invalid syntax, at mine.py:2: y = = 2"


def test_what_is_shown_is_bounded_and_moves_no_cursor() -> None:
    code = "x = 1 #" + "\x1b[2J" + "y" * 500 + "\n1 / 0  # \x1b[2J" + "z" * 500
    with pytest.raises(ZeroDivisionError) as info:
        load_file(SourceFile("/not/here/other.py", code))
    line = line_of(info.value, "/not/here/other.py")
    assert "\x1b" not in line
    assert len(line) <= LONGEST + len("other.py:2: ")
