"""ex08.a: every mistake of the table "Break it" fails the claim that it names, and a planted one fails its own."""

from bench.mistakes import TABLE
from bench.testing import failed, lab, run_part
from bench_exercises.ex08_normalisation import a_layer, exercise


def test_twelve_mistakes_are_seen():
    found = run_part(exercise, "a", lab())
    (table,) = (table for table in found.tables if table.name == TABLE)
    assert len(table.rows) == 12
    assert failed(found) == {}


def test_a_gradient_without_a_factor_fails(monkeypatch):
    right = a_layer.backward
    monkeypatch.setattr(a_layer, "backward", lambda dy, saved: (right(dy, saved)[0] * 0.999, *right(dy, saved)[1:]))
    assert "batch norm: gradients by hand = autograd" in failed(run_part(exercise, "a"))
