"""``bench try``: right or wrong without a clock, a row a file, and why."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

HOOK = """from bench import hookimpl
import torch

@hookimpl
def bench_variants(exercise, part):
    if (exercise, part) == ("ex90", "a.speed"):
        return {"mine": mine}

def mine(lab, n):
    x = torch.randn(n, 16, generator=lab.generator()).to(lab.device, lab.dtype)
    return lambda: """
RIGHT, SIGN = "x.sum(1)", "-x.sum(1)"
SMALL = ("--param", "n=8")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., None]:
    def write(**calls: str) -> None:
        for name, call in calls.items():
            (tmp_path / f"{name}.py").write_text(f"{HOOK}{call}\n")

    return write


def test_one_that_agrees_is_told_with_its_error_and_nothing_is_kept(
    bench: Callable, write: Callable, tmp_path: Path
) -> None:
    write(mine=RIGHT)
    done = bench("try", "ex90.a", "mine.py")
    assert done.returncode == 0, done.stderr
    title, row, _, end = done.stdout.splitlines()
    assert title == "ex90.a.speed  Two ways to add (against sum)"
    assert row.startswith("✓ mine (mine.py)  error ")
    assert row.endswith(" ≤ 3.8e-6, the worst of 2 cases")
    assert end == "1 variant agrees; nothing was timed"
    assert done.stderr == ""
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


@pytest.mark.parametrize("files", [("alice.py", "bob.py"), ("bob.py", "alice.py")])
def test_of_two_files_with_one_name_each_has_its_row_in_any_order(
    bench: Callable, write: Callable, files: tuple[str, str]
) -> None:
    write(alice=RIGHT, bob=SIGN)
    done = bench("try", "ex90.a.speed", *files, *SMALL)
    assert done.returncode == 1
    rows = [line.split("  ")[0] for line in done.stdout.splitlines() if line[:1] in "✓✗" and line.strip()]
    assert sorted(rows) == ["✓ mine (alice.py)", "✗ mine (bob.py)"]
    assert "it is −1 × the reference's: the sign is turned round" in " ".join(done.stdout.split())
    assert done.stdout.endswith("1 of 2 variants is wrong\n")


def test_an_error_of_hers_has_her_line_and_its_traceback_on_request(bench: Callable, write: Callable) -> None:
    write(mine="x @ torch.ones(3)")
    done = bench("try", "ex90.a.speed", "mine.py", *SMALL)
    text = " ".join(done.stdout.split())
    assert done.returncode == 1
    assert "✗ mine (mine.py) failed RuntimeError: size mismatch" in text
    assert ", at mine.py:11: return lambda: x @ torch.ones(3)" in text
    assert "Traceback" not in done.stdout + done.stderr
    assert "Traceback (most recent call last)" in bench("try", "ex90.a.speed", "mine.py", *SMALL, "-v").stdout


def test_one_that_adds_nothing_is_a_row_beside_the_others(bench: Callable, write: Callable, tmp_path: Path) -> None:
    write(alice=RIGHT)
    (tmp_path / "bob.py").write_text("x = 1\n")
    done = bench("try", "ex90.a.speed", "alice.py", "bob.py", *SMALL)
    assert done.returncode == 4
    assert "✓ mine (alice.py)" in done.stdout
    assert done.stdout.startswith("✗ bob.py  adds nothing to ex90.a.speed: it has no hook")
    assert done.stdout.endswith("1 variant agrees; bob.py was not tried\n")


def test_a_picture_is_one_page_without_any_other_file(bench: Callable, write: Callable, tmp_path: Path) -> None:
    write(alice=RIGHT, bob=SIGN)
    done = bench("try", "ex90.a.speed", "alice.py", "bob.py", *SMALL, "--picture", "seen.html")
    page = (tmp_path / "seen.html").read_text()
    assert (done.returncode, done.stderr) == (1, "picture   seen.html\n")
    assert page.count('<img src="data:image/png;base64,') == 3
    assert "http" not in page.replace("http-equiv", "")
    done = bench("try", "ex90.a.speed", "bob.py", *SMALL, "--picture", "nowhere/seen.html")
    assert (done.returncode, "nowhere/seen.html cannot be written" in done.stderr) == (2, True)


def test_json_says_it_to_programs(bench: Callable, write: Callable) -> None:
    write(mine="x.mean(1)")
    done = bench("try", "ex90.a.speed", "mine.py", *SMALL, "--json")
    (case,) = json.loads(done.stdout)["cases"]
    assert (done.returncode, case["variant"], case["outcome"], case["parameters"]) == (
        1,
        "mine (mine.py)",
        "disagrees",
        {"n": 8},
    )
    assert case["error"] > case["allowed"]
    assert case["reason"].startswith(
        "it is 1/16 × the reference's, and axis 1 of a tensor of the problem, (8, 16), has 16"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["ex90.a"], 2, "FILE"),
        (["ex90.a", "nowhere.py"], 2, "there is no such file"),
        (["ex90.a", "mine.py", "--param", "m=1"], 2, "no selected part has a parameter 'm'"),
        (["ex90.z", "mine.py"], 5, "has no part 'z'"),
        (["ex95", "mine.py"], 5, "mine.py adds nothing to ex95: its bench_variants offers no variant of ex95"),
        (["ex90.a", "none.py"], 5, "none.py adds nothing to ex90.a: it has no hook"),
        (["ex90.a", "bad.py"], 4, "bad.py: ZeroDivisionError: division by zero, at bad.py:2: 1 / 0"),
    ],
)
def test_a_mistake_is_one_line(
    bench: Callable, one_line: Callable, write: Callable, tmp_path: Path, arguments: list[str], code: int, says: str
) -> None:
    write(mine=RIGHT)
    (tmp_path / "none.py").write_text("x = 1\n")
    (tmp_path / "bad.py").write_text("x = 1\n1 / 0\n")
    assert says in one_line(bench("try", *arguments), code)


def test_a_process_that_dies_is_a_row_and_the_others_are_held(bench: Callable, write: Callable) -> None:
    write(good=RIGHT, dies="__import__('os')._exit(3)")
    done = bench("try", "ex90.a.speed", "dies.py", "good.py", *SMALL)
    assert done.returncode == 1
    assert "✓ mine (good.py)" in done.stdout
    assert "ended its process with exit status 3" in " ".join(done.stdout.split())
