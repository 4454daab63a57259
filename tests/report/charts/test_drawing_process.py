"""The process that draws answers lines with lines."""

from __future__ import annotations

import json
import subprocess
import sys

from bench.report.charts import drawing_process, engine


def test_a_line_for_a_line_and_an_error_is_an_answer() -> None:
    asked = [["bundle", []], ["nothing", []], ["png", ["no picture", 1]]]
    lines = "".join(f"{json.dumps(each)}\n" for each in asked)
    done = subprocess.run([sys.executable, "-P", str(engine.SCRIPT)], input=lines, capture_output=True, text=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [[*answer] for answer in answers] == [["error"]] * 3
    assert answers[0]["error"].startswith("TypeError: ")
    assert answers[1]["error"] == "KeyError: 'nothing'"


def test_what_is_drawn_is_text() -> None:
    picture = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'
    assert drawing_process.answer(json.dumps(["png", [picture, 1]]))["drawn"].startswith("iVBORw0")
