"""The command line. Every verb is a module of its own, imported when it is called."""

from __future__ import annotations

import faulthandler
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

import click

from bench.cli import interrupts
from bench.cli.output import open_streams
from bench.ctrl_c import INTERRUPTED as INTERRUPTED
from bench.errors import BenchError, UsageError, did_you_mean
from bench.texts import uncommanded

VERBS = {
    "list": "Show every exercise: id, title, tags.",
    "show": "Print an exercise's questions, parts and written answer.",
    "try": "Hold your own files against a reference: right or wrong, in seconds.",
    "run": "Run exercises: prove them right, time them, weigh them.",
    "sweep": "Run a part over a range of values: laws, the knee, what fits into memory.",
    "check": "Hold exercises against the contract of a plugin.",
    "report": "Draw the reports of a run again.",
    "compare": "Hold runs against a base: slower, faster, the same, lost.",
    "baseline": "Name a run that later ones are held against, or show such runs.",
    "trend": "Show how an exercise went over all runs, and where it changed.",
    "ab": "Time two revisions, or two environments, against each other.",
    "export": "Write a run as other tools read it: pyperf, JUnit, CSV and more.",
    "work": "Do one shard of a run, as an engine of `run --on` starts it.",
    "keep": "Keep a run's numbers with the answer that names them.",
    "data": "Say which data sets are here, or fetch one.",
    "doctor": "Say what works on this machine, and how to mend what does not.",
    "selftest": "Try what is measured on this machine against what is known.",
    "new": "Write a new exercise: code, answer, test.",
}
"""Every verb with its line in ``bench --help``: said here, so that the help and the completion import none of them."""
MODULES = {"try": "attempt"}
"""Verbs whose name no module can have, as it is a word of Python's, and the module that has them."""


class ReaderGone(Exception):
    """Nobody reads stdout any more, as after ``bench list | head``."""


@contextmanager
def watched() -> Iterator[None]:
    """Names a closed pipe by an error of ours: click would end the process as if it had failed."""
    try:
        yield
        sys.stdout.flush()  # a short output comes to the pipe only here
    except BrokenPipeError as error:
        raise ReaderGone from error


class Verbs(click.Group):
    """Knows its verbs by name, and imports one when it is asked for."""

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:
        with watched():  # the help is printed here
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: click.Context) -> Any:
        with watched():
            return super().invoke(ctx)

    def list_commands(self, ctx: Any) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in VERBS:
            return None
        return import_module(f"bench.cli.verbs.{MODULES.get(cmd_name, cmd_name)}").command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        verbs = [CompletionItem(verb, help=line) for verb, line in VERBS.items() if verb.startswith(incomplete)]
        return [*verbs, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] not in VERBS:
            hint = did_you_mean(args[0], VERBS) or f"; the verbs are {', '.join(VERBS)}"
            raise click.UsageError(f"there is no verb {args[0]!r}{hint}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=Verbs,
    subcommand_metavar="VERB [ARGS]...",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="dl-exercise-bench", prog_name="bench")
@click.pass_context
def cli(ctx: click.Context) -> int:
    """Deep-learning exercises as benchmarks: proved right, timed, weighed.

    `bench run ex10` runs one, `bench list` shows them all. Results are printed on stdout, progress on stderr.

    Exit codes: 0 done, 1 a claim, an agreement or a case failed, 2 usage, 3 a device, data or a package is missing,
    4 a plugin is broken, 5 nothing matched, 130 interrupted.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
        return UsageError.exit_code
    return 0


def main() -> None:
    """Run the command line: a user's mistake is one line on stderr, and anything else keeps its traceback."""
    open_streams()
    with suppress(OSError, ValueError):  # where stderr is no file
        faulthandler.enable()  # a library that ends the process by a signal is named by the line that called it
    # Where OpenBLAS can start no thread it sends its own process a Ctrl-C, and this process computes nothing.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    code = INTERRUPTED
    try:
        interrupts.heed()
        code = status()
    except KeyboardInterrupt:  # once more, while the first was being attended to
        pass
    finally:
        interrupts.end_at_once()
    sys.exit(code)


def status() -> int:
    """The exit status of the command line."""
    try:
        return cli(standalone_mode=False) or 0
    except click.UsageError as error:
        where = f"; see `{error.ctx.command_path} --help`" if error.ctx else ""
        return fail(f"{error.format_message().rstrip('.')}{where}", error.exit_code)
    except click.ClickException as error:
        return fail(error.format_message(), error.exit_code)
    except BenchError as error:
        from bench.cli import machine_trouble

        # Of a process that could not even start, its last words are all that is known.
        if words := machine_trouble.in_words(error):
            return fail(words, UsageError.exit_code)
        return fail(str(error), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return fail("interrupted", INTERRUPTED)
    except ReaderGone:
        forget_stdout()
        return 0
    except (OSError, ImportError, MemoryError, RuntimeError) as error:
        if isinstance(error.__cause__, KeyboardInterrupt):  # while a class was made: Python 3.11 says it so
            return fail("interrupted", INTERRUPTED)
        from bench.cli import machine_trouble

        words = machine_trouble.in_words(error)
        if not words:
            raise
        forget_stdout()
        return fail(words, UsageError.exit_code)


def forget_stdout() -> None:
    """The interpreter flushes stdout once more as it ends: what is left there goes nowhere, without a complaint."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        return
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def fail(message: str, code: int) -> int:
    line = " ".join(message.split())
    # A message may quote a file of others: nothing in it moves the cursor, or commands a runner of builds.
    line = "".join(sign if sign.isprintable() else "�" for sign in line)
    print(f"bench: {uncommanded(line)}", file=sys.stderr)  # noqa: T201 - before any console exists
    return code
