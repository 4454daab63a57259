"""A history as JSON."""

import json

from bench.analysis.trend import Confirmation
from bench.model.history import Unread
from bench.report.trend.document import document
from bench.report.trend.words import Telling
from tests import histories


def test_it_has_every_point_and_every_change() -> None:
    trend = histories.told(histories.stepped(30, 20, 1.2), subjects={histories.commit(0): "First"})
    again = Confirmation(before=trend.visits[19].run, after=trend.visits[20].run, worse=None, words="no uv")
    told = document(Telling(trend=trend, notes=("N",), unread=(Unread("x", "cut"),), confirmations=(again,)))
    told = json.loads(json.dumps(told, allow_nan=False))
    (series,) = told["series"]
    assert series["case"]["variant"] == "a"
    assert series["setting"] == {"cpu": "EPYC", "gpu": "", "torch": "2.14.1"}
    assert series["points"] == list(range(30))
    assert len(series["values"]) == len(series["lowest"]) == len(series["highest"]) == 30
    (change,) = series["changes"]
    assert (change["before"], change["after"], change["points"]) == (19, 20, 10)
    assert change["low"] < change["ratio"] < change["high"]
    assert (told["runs"][0]["subject"], told["runs"][1]["commit"]) == ("First", histories.commit(1))
    assert told["confirmations"] == [{"before": "run-19", "after": "run-20", "worse": None, "words": "no uv"}]
    assert (told["notes"], told["unread"]) == (["N"], [{"folder": "x", "reason": "cut"}])
