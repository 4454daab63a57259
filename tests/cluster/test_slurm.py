"""The engine against programs that answer as Slurm's do; against a real Slurm it is in test_on_slurm.py."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.cluster import slurm
from bench.cluster.shards import Needs
from bench.cluster.slurm import Slurm
from bench.cluster.slurm_programs import PATIENCE, Silent
from bench.errors import BenchError, Missing, UsageError

Fake = Callable[[str, str], Path]
STUDY = Needs(device="cpu", threads=2, alone=False)
TIMED = Needs(device="cpu", threads=1, alone=True)
CUDA = Needs(device="cuda", threads=1, alone=True)
SBATCH = 'n=$(cat "$0.n" 2>/dev/null || echo 7)\necho $((n + 1)) >"$0.n"\necho $n'
"""Gives jobs the numbers 7, 8, ..."""


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """Makes a program of Slurm's that does a few lines of shell; gives the file that has a line for every call."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def make(name: str, body: str) -> Path:
        calls = folder / f"{name}.calls"
        calls.touch()
        program = folder / name
        program.write_text(f'#!/bin/sh\necho "$*" >>"$0.calls"\n{body}\n')
        program.chmod(0o755)
        return calls

    return make


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "a run"
    folder.mkdir()
    return folder


def commands(run: Path, count: int) -> list[list[str]]:
    return [["bench", "work", str(run), str(number)] for number in range(count)]


def options_of(calls: Path) -> list[set[str]]:
    """Of every call, its words but for those that have the run's folder."""
    return [set(line.split()) for line in calls.read_text().splitlines()]


def test_one_command_is_a_job_that_slurm_does_not_start_again(fake: Fake, run: Path) -> None:
    calls = fake("sbatch", SBATCH)
    assert Slurm().start(commands(run, 1), STUDY) == ("7",)
    (words,) = options_of(calls)
    assert {"--parsable", "--no-requeue", "--nodes=1", "--ntasks=1", "--cpus-per-task=2"} <= words
    assert not [word for word in words if word.startswith(("--array", "--exclusive", "--gres", "--time"))]
    assert f"--output={run}/output/%j.out" in calls.read_text()
    assert (run / "output").is_dir()


def test_many_are_arrays_of_as_many_as_the_cluster_takes(fake: Fake, run: Path) -> None:
    calls = fake("sbatch", SBATCH + '\ncat >"$0.script.$n"')
    assert Slurm(array=3).start(commands(run, 7), STUDY) == ("7_0", "7_1", "7_2", "8_0", "8_1", "8_2", "9")
    arrays = [{word for word in words if word.startswith("--array")} for words in options_of(calls)]
    assert arrays == [{"--array=0-2"}, {"--array=0-2"}, set()]
    assert calls.read_text().count("%A_%a.out") == 2
    assert f"2) exec bench work '{run}' 5 ;;" in calls.with_name("sbatch.script.8").read_text()


def test_a_cluster_without_arrays_is_given_jobs(fake: Fake, run: Path) -> None:
    fake("sbatch", SBATCH)
    assert Slurm(array=0).start(commands(run, 2), STUDY) == ("7", "8")


def test_a_percent_sign_in_the_folder_is_no_placeholder(fake: Fake, tmp_path: Path) -> None:
    calls = fake("sbatch", SBATCH)
    (tmp_path / "at 100%j").mkdir()
    Slurm().start(commands(tmp_path / "at 100%j", 1), STUDY)
    assert f"--output={tmp_path}/at 100%%j/output/%j.out" in calls.read_text()


def test_what_is_timed_has_its_node_alone_and_cuda_a_card(fake: Fake, run: Path) -> None:
    calls = fake("sbatch", SBATCH)
    Slurm().start(commands(run, 1), TIMED)
    Slurm(options={"partition": "gpu", "time": "2:00:00"}).start(commands(run, 1), CUDA)
    Slurm(options={"gres": "gpu:a100:2"}).start(commands(run, 1), CUDA)
    timed, cuda, chosen = options_of(calls)
    assert "--exclusive" in timed
    assert "--gres=gpu:1" not in timed
    assert {"--exclusive", "--gres=gpu:1", "--partition=gpu", "--time=2:00:00"} <= cuda
    assert {word for word in chosen if "gres" in word} == {"--gres=gpu:a100:2"}


def test_a_job_knows_nothing_of_the_job_that_submits_it(fake: Fake, run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake("sbatch", 'env | grep "^SLURM" | sort >"$0.environment"\necho 7')
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "3")
    monkeypatch.setenv("SLURM_CONF", "/etc/own.conf")
    Slurm().start(commands(run, 1), STUDY)
    assert (run.parent / "programs" / "sbatch.environment").read_text() == "SLURM_CONF=/etc/own.conf\n"


def test_all_commands_are_taken_or_none(fake: Fake, run: Path) -> None:
    refuse = 'if [ "$n" = 8 ]; then echo "sbatch: error: QOSMaxSubmitJobPerUserLimit" >&2; exit 1; fi'
    fake("sbatch", SBATCH.replace("echo $n", f"{refuse}\necho $n"))
    cancelled = fake("scancel", "")
    with pytest.raises(BenchError, match=r"^Slurm takes no such job; .*: sbatch: QOSMaxSubmitJobPerUserLimit$"):
        Slurm(array=2).start(commands(run, 4), STUDY)
    assert cancelled.read_text() == "--quiet 7_[0,1]\n"


def test_what_can_never_be_taken_is_the_command_line_s_fault(fake: Fake, run: Path) -> None:
    fake("sbatch", "echo 'sbatch: error: Batch job submission failed: Invalid partition name specified' >&2; exit 1")
    with pytest.raises(UsageError, match="sbatch: Batch job submission failed: Invalid partition name specified"):
        Slurm().start(commands(run, 1), STUDY)


def test_an_answer_without_a_number_is_none(fake: Fake, run: Path) -> None:
    fake("sbatch", "echo welcome")
    with pytest.raises(BenchError, match="no job's number, but 'welcome'"):
        Slurm().start(commands(run, 1), STUDY)


def test_the_name_of_a_cluster_is_no_part_of_a_handle(fake: Fake, run: Path) -> None:
    fake("sbatch", "echo '12;west'")
    assert Slurm().start(commands(run, 2), STUDY) == ("12_0", "12_1")


STATES = {
    "PENDING": "waiting",
    "CONFIGURING": "waiting",
    "RUNNING": "running",
    "SUSPENDED": "running",
    "COMPLETING": "running",
    "COMPLETED": "ended",
    "FAILED": "ended",
    "CANCELLED": "ended",
    "TIMEOUT": "ended",
    "NODE_FAIL": "ended",
    "OUT_OF_MEMORY": "ended",
    "PREEMPTED": "ended",
}


def test_one_question_tells_of_all_jobs_and_one_that_is_not_shown_has_ended(fake: Fake) -> None:
    lines = "\n".join(f"5_{number}|{state}|None" for number, state in enumerate(STATES))
    calls = fake("squeue", f"cat <<'END'\n{lines}\n6|RUNNING|None\nEND")
    handles = [*(f"5_{number}" for number in range(len(STATES))), "6", "5_99", "4"]
    shown = Slurm().look(handles)
    assert shown == {
        **{f"5_{number}": state for number, state in enumerate(STATES.values())},
        **{"6": "running", "5_99": "ended", "4": "ended"},
    }
    (words,) = options_of(calls)
    assert {"--array", "--states=all", "--jobs=5,6,4"} <= words


def test_jobs_that_slurm_has_forgotten_have_ended(fake: Fake) -> None:
    fake("squeue", "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1")
    assert Slurm().look(["3_1"]) == {"3_1": "ended"}
    assert Slurm().look([]) == {}


def test_any_other_complaint_says_nothing_of_the_jobs(fake: Fake) -> None:
    fake("squeue", "echo 'slurm_load_jobs error: Access/permission denied' >&2; exit 1")
    with pytest.raises(BenchError, match="squeue: slurm_load_jobs error: Access/permission denied"):
        Slurm().look(["3_1"])


def test_a_busy_controller_is_asked_again_and_no_job_is_lost(fake: Fake) -> None:
    busy = "slurm_load_jobs error: Socket timed out on send/recv operation"
    counted = f'[ $(wc -l <"$0.calls") -gt 2 ] || {{ echo "{busy}" >&2; exit 1; }}'
    fake("squeue", f"{counted}\necho '3|RUNNING|None'")
    waited: list[float] = []
    assert Slurm(pause=waited.append).look(["3"]) == {"3": "running"}
    assert waited == list(PATIENCE[:2])


def test_a_silent_controller_ends_the_watching_in_a_line(fake: Fake) -> None:
    fake("squeue", "echo 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)' >&2; exit 1")
    waited: list[float] = []
    with pytest.raises(Silent, match=r"does not answer.*what it was given goes on.*connect failure"):
        Slurm(pause=waited.append).look(["3"])
    assert waited == list(PATIENCE)


def test_a_job_that_can_never_start_is_not_waited_for(fake: Fake) -> None:
    fake("squeue", "echo '3|PENDING|PartitionTimeLimit'")
    with pytest.raises(UsageError, match=r"never start job 3 \(PartitionTimeLimit\)"):
        Slurm().look(["3"])


def test_of_an_array_all_tasks_are_cancelled_in_one_word(fake: Fake) -> None:
    calls = fake("scancel", "")
    Slurm().cancel(["5_0", "6", "5_2"])
    Slurm().cancel([])
    assert calls.read_text() == "--quiet 5_[0,2] 6\n"


def test_jobs_that_have_ended_are_cancelled_without_a_word(fake: Fake) -> None:
    fake("scancel", "echo 'scancel: error: Kill job error on job id 5: Invalid job id specified' >&2; exit 1")
    Slurm().cancel(["5"])
    fake("scancel", "echo 'scancel: error: Kill job error on job id 5: Access/permission denied' >&2; exit 1")
    with pytest.raises(BenchError, match="permission denied"):
        Slurm().cancel(["5"])


def test_make_asks_how_long_an_array_may_be(fake: Fake) -> None:
    for name in ("sbatch", "squeue", "scancel"):
        fake(name, "exit 1")
    fake("scontrol", "echo 'MaxArraySize            = 20'")
    assert slurm.make("", {"partition": "gpu"}).array == 20
    assert slurm.array_size("nothing of the kind") == slurm.ARRAY


def test_a_machine_without_slurm_is_told_so(fake: Fake) -> None:
    with pytest.raises(Missing, match="sbatch is not on PATH") as raised:
        slurm.make("", {}, find=lambda name: None if name == "sbatch" else name)
    assert raised.value.exit_code == 3


def test_a_controller_that_is_not_there_is_not_waited_for(fake: Fake) -> None:
    fake(
        "scontrol", "echo 'slurm_load_ctl_conf error: Unable to contact slurm controller (connect failure)' >&2; exit 1"
    )
    with pytest.raises(Silent, match=r"does not answer.*scontrol: .*connect failure"):
        slurm.make("", {}, find=lambda name: name)


@pytest.mark.parametrize(
    ("address", "options", "words"),
    [
        ("gpu", {}, "write slurm:partition=gpu"),
        ("", {"partitions": "gpu"}, "no option partitions; did you mean partition?"),
        ("", {"wrap": "x"}, "no option wrap; there are partition, account"),
        ("", {"partition": "a b"}, "not one word"),
        ("", {"partition": "a;b"}, "not one word"),
        ("", {"account": "$(id)"}, "not one word"),
        ("", {"account": "--uid=0"}, "not one word"),
        ("", {"account": ""}, "not one word"),
        ("", {"account": "a\nb"}, "not one word"),
    ],
)
def test_options_that_are_none(address: str, options: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words.replace("?", r"\?")):
        slurm.check(address, options)


def test_options_as_clusters_have_them() -> None:
    slurm.check(
        "", {"constraint": "[a100*2&ib|h100]", "nodelist": "n[01-04,07]", "time": "1-12:00:00", "gres": "gpu:2"}
    )
