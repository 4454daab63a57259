from dataclasses import replace

from bench.model import Run
from bench.report import facts, noise, places
from tests import places as made
from tests.report import sample


def run(devices: tuple[str, ...] = ("cpu", "cuda")) -> Run:
    return made.spread(sample.build(hostile=False, devices=devices), made.by_device, gpu="NVIDIA H200", torch="2.12.0")


def test_a_run_of_one_place_has_no_table() -> None:
    assert places.table(sample.build(hostile=False)) == ()
    assert places.of_records(sample.build(), sample.build().records) == ""


def test_a_row_says_what_a_place_is_and_what_was_done_there() -> None:
    first, second = places.table(run())
    assert (first.name, first.processor, first.cores, first.gpu) == ("node-1", "AMD EPYC 7B13", "2", "")
    assert (second.name, second.memory, second.gpu, second.torch) == ("node-2", "32 GiB", "NVIDIA H200", "2.12.0")
    assert (first.noise, second.noise) == ("± 0.4 %", "± 3.1 %")
    # Three seeds of the study and four batches; on the first place what went wrong too, but for a case left out.
    assert (first.done, second.done) == ("10 cases on cpu", "7 cases on cuda")


def test_a_floor_that_nobody_measured_is_left_open() -> None:
    spread = made.spread(sample.build(hostile=False), made.by_seed)
    assert [row.noise for row in places.table(spread)] == ["± 0.4 %", "± 3.1 %", ""]


def test_records_of_one_place_name_its_machine_and_those_of_several_their_places() -> None:
    spread = made.spread(sample.build(hostile=False), made.by_seed)
    assert places.of_records(spread, spread.records[:1]) == "node-1 (AMD EPYC 7B13)"
    assert places.of_records(spread, spread.records) == "node-1, node-2 and node-3"


def test_facts_say_once_what_all_places_share_and_with_their_places_what_they_do_not() -> None:
    spread = run()
    second = spread.elsewhere["node-2"]
    other = replace(second, environment=replace(second.environment, python="3.12.1"))
    told = dict(facts.facts(replace(spread, elsewhere={"node-2": other})))
    assert told["Python"] == "3.11.7 on node-1; 3.12.1 on node-2"
    assert told["threads per process"] == "1"
    assert "processor" not in told
    assert list(told)[-1] == "run"
    assert facts.machine(spread) == "2 places: node-1 and node-2, PyTorch 2.11.0 and 2.12.0"


def test_every_place_has_its_own_noise() -> None:
    words = noise.of_run(run())
    assert words.startswith("on node-1: noise floor of this machine: ± 0.4 %")
    assert "; on node-2: noise floor of this machine: ± 3.1 %" in words


def test_many_places_are_counted_rather_than_named() -> None:
    assert places.listed(f"n{number}" for number in range(8)).endswith("n6 and n7")
    assert places.listed(f"n{number}" for number in range(200)) == "n0, n1, n2, n3, n4, n5, n6, n7 and 192 more"


def test_the_noise_of_many_places_is_one_phrase() -> None:
    spread = run()
    many = spread.elsewhere | {f"node-{number}": spread.elsewhere["node-2"] for number in range(3, 9)}
    many["node-9"] = replace(spread.elsewhere["node-2"], floor=None)
    words = noise.of_run(replace(spread, elsewhere=many))
    assert words == "noise floors of 8 of 9 places: ± 0.4 % to ± 3.1 %"
