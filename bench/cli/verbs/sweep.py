"""``bench sweep``: one comparison over the values of one parameter: laws, the knee, the largest value that fits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.cli import INTERRUPTED, completion, kept, runs_folder
from bench.cli.output import stderr, stdout
from bench.errors import BenchError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.analysis.largest import Largest
    from bench.catalogue import Listing
    from bench.cli.progress import Lines
    from bench.cli.reporting import Reporters
    from bench.execute.executors.local import LocalExecutor
    from bench.execute.sweeping import Aim
    from bench.model import Plan, Profile, Run
    from bench.report.swept import Swept


@click.command("sweep")
@click.argument("name", metavar="EX.PART", shell_complete=completion.exercises)
@click.option(
    "--param",
    "params",
    multiple=True,
    required=True,
    metavar="NAME=RANGE",
    help="What varies: 8,16,32 or 1..64*2 or 10..100+10 or 2^0..2^14. Others are given one value.",
)
@click.option("--until-oom", is_flag=True, help="Find the largest value of the range that fits into memory.")
@click.option("--memory", metavar="SIZE", help="What to fit into, as 500MB or 2GiB; else what is free.")
@click.option("--device", default="auto", show_default=True, type=click.Choice(["auto", "cpu", "cuda"]), help="Where.")
@click.option(
    "--profile",
    default="quick",
    show_default=True,
    type=click.Choice(["smoke", "quick", "full"]),
    help="How much work.",
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="The seed.")
@click.option("--threads", default=1, show_default=True, type=click.IntRange(1), help="Threads of each process.")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), metavar="SECONDS", help="Kill a case after this.")
@runs_folder.option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of the tables.")
def command(**options: Any) -> int:
    """Run one comparison over a range of values: time, throughput and memory of each, their laws, the knee.

    With --until-oom the range is searched first, in children that may die, for the largest value that fits into memory;
    what fits is then measured. The exit code is that of the run: 0 also where everything fits.
    """
    from bench import catalogue, masking
    from bench.cli.verbs.run import command_line, progress
    from bench.execute import parameters
    from bench.execute.executors.local import LocalExecutor

    asked = Options(**options)
    limit, secrets = asked.limit(), masking.hidden(parameters.parse(asked.params))
    who = f"`{' '.join(command_line())}`"
    with (
        progress() as listener,
        LocalExecutor(threads=asked.threads, slots=1, who=who, say=listener.say, secrets=secrets) as executor,
    ):
        return Sweep(asked=asked, limit=limit, listener=listener, executor=executor).run(catalogue.listings())


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The command line, as it was typed."""

    name: str
    params: tuple[str, ...]
    until_oom: bool
    memory: str | None
    device: str
    profile: Profile
    seed: int
    threads: int
    timeout: float | None
    root: Path
    as_json: bool

    def limit(self) -> int | None:
        """Bytes that were given as the most. Raises ``UsageError`` for no size, and where nothing is searched."""
        from bench.cli import sizes

        if self.memory is None:
            return None
        if not self.until_oom:
            raise UsageError("--memory is what values have to fit into: it goes with --until-oom")
        return sizes.parse("--memory", self.memory)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One call of the verb: what was asked, and who does it."""

    asked: Options
    limit: int | None
    listener: Lines
    executor: LocalExecutor

    def run(self, listings: Sequence[Listing]) -> int:
        """Plan, search if that is asked for, measure, print. Raises ``BenchError`` where not even the least fits."""
        from bench.cli.reporting import Reporters
        from bench.execute import fitting, parameters, sweeping
        from bench.report.swept import Swept

        asked = self.asked
        self.listener.say("looking at the exercise …")
        aim = sweeping.aim(asked.name, parameters.parse(asked.params), listings, self.executor, asked.profile)
        plan = self.bounded(aim.narrowed(self.planned(aim, listings)))
        found = self.searched(aim, plan) if asked.until_oom else {}
        into = self.into(plan) if asked.until_oom else ""
        if asked.until_oom:
            plan = aim.narrowed(plan, fitting.most(found, aim.parameter, into))
        reporters = Reporters()
        folder, run = self.measured(plan, aim, reporters)
        return self.finish(folder, Swept(run=run, parameter=aim.parameter, largest=found, into=into), reporters)

    def planned(self, aim: Aim, listings: Sequence[Listing]) -> Plan:
        """The plan of a run over all values; its folder is made when something will be measured."""
        from bench.cli.verbs.run import command_line
        from bench.execute.plan import Request, make_plan

        request = Request(
            names=[aim.name],
            command=command_line(),
            device=self.asked.device,
            profile=self.asked.profile,
            seeds=(self.asked.seed,),
            given=aim.given,
            threads=self.asked.threads,
            timeout=self.asked.timeout,
            only="comparison",
        )
        return make_plan(self.executor, listings, request)

    def bounded(self, plan: Plan) -> Plan:
        """A search on the CPU leaves the machine what others have: no case takes more than is free now. What is asked
        for as the most holds in the search alone: proofs and timings need more than what they are about."""
        if not self.asked.until_oom or plan.devices != ("cpu",):
            return plan
        from bench.results import environment

        return replace(plan, memory=environment.memory_left())

    def into(self, plan: Plan) -> str:
        """What values are to fit into, in words."""
        from bench.execute import fitting

        if self.asked.memory is not None:
            return " ".join(self.asked.memory.split())
        return fitting.room(plan)

    def searched(self, aim: Aim, plan: Plan) -> dict[str, Largest]:
        from bench.execute import fitting

        first, last = aim.values[0], aim.values[-1]
        self.listener.say(f"which {aim.parameter} from {first} to {last} fits into {self.into(plan)}?")
        bounded = plan if self.limit is None else replace(plan, memory=self.limit)
        return fitting.of_plan(bounded, aim.parameter, aim.candidates, executor=self.executor, say=self.listener.say)

    def measured(self, plan: Plan, aim: Aim, reporters: Reporters) -> tuple[Path, Run]:
        """An ordinary run of the values that fit, and its folder."""
        from bench.execute import session
        from bench.results import folders

        reporters.load(plan.files, {broken.exercise for broken in plan.broken})
        id = folders.new_id(self.asked.root, aim.name, "+".join(plan.devices), datetime.now(UTC))
        begun = session.begin(
            replace(plan, id=id),
            folders.place(self.asked.root, id),
            executor=self.executor,
            listener=self.listener,
            measured=reporters.tell,
        )
        return begun.folder, begun.run()

    def finish(self, folder: Path, swept: Swept, reporters: Reporters) -> int:
        """Keep the document, draw the reports, print, and say how it ended."""
        from bench.cli.output import print_json
        from bench.report.swept import DOCUMENT, document, show

        told = document(swept)
        with kept.written(lambda: write(told, folder / DOCUMENT)):
            reporters.draw(swept.run, folder)  # after the document, of which the pages show something
            if self.asked.as_json:
                print_json(told)
            else:
                show(swept, stdout())
        if reporters.has_pages and not self.asked.as_json:
            stdout().print(f"report    {folder / 'index.html'}", markup=False, soft_wrap=True)
        if not swept.run.finished:
            stderr().print(f"stopped; what finished is kept: bench run --resume {folder}", markup=False, soft_wrap=True)
            return INTERRUPTED
        return code(swept, reporters.code)


def write(document: dict[str, Any], path: Path) -> None:
    """Raises ``StoreError`` where the disk refuses."""
    import json

    from bench.results import store

    try:
        store.replace_file(path, json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n")
    except OSError as error:
        raise store.refusal(error, path, "then sweep again") from error


def code(swept: Swept, drawing: int = 0) -> int:
    """That of the run. Of a search for what does not fit, a case that does not fit is no failure: it is the answer; a
    search that something else ended is one."""
    from bench.cli import exits

    if not swept.largest:
        return exits.code(swept.run, drawing)
    records = tuple(record for record in swept.run.records if record.outcome != "oom")
    if any(each.stopped for each in swept.largest.values()):
        return BenchError.exit_code
    return exits.code(replace(swept.run, records=records), drawing)
