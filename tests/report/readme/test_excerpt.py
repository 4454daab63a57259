"""The excerpt is what the terminal shows, shortened."""

from bench.model import Run
from bench.report.readme.excerpt import LEFT_OUT, printed, summary


def test_it_is_the_command_the_chosen_parts_and_the_end(run: Run) -> None:
    lines = summary(run, "ex10", ["ex10.a.speed"]).splitlines()
    assert lines[:3] == ["```console", "$ bench run ex10 --seeds 3", "ex10  Batch sizes on MNIST"]
    assert lines[-1] == "```"
    assert [line for line in lines if line.startswith("✓ ex10.a.speed")]
    assert any(" × faster" in line for line in lines)
    assert lines.count(LEFT_OUT) == 2
    assert not [line for line in lines if "ex10.b " in line or "ex10.a " in line]
    # Every line but the first and those that stand for gaps is one of the summary.
    assert set(lines[2:-1]) - {LEFT_OUT} <= set(printed(run))
    assert lines[-2] == "again     bench run ex10 --seeds 3"


def test_no_text_ends_the_block(hostile_run: Run) -> None:
    text = summary(hostile_run, "ex10", ["ex10.a", "ex10.b"])
    assert text.count("```") == 2
