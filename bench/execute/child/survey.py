"""What one source of variants has to offer: asked before anything runs, in a process that loads this source alone."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bench import plugins
from bench.errors import BenchError
from bench.execute.child import sources
from bench.execute.guests.fence import enclose
from bench.execute.lines import with_line
from bench.execute.messages import Channel, Offer, Order, Progress, Question, Surveyed
from bench.execute.outcomes import is_a, one_line, print_traced
from bench.model import Broken
from bench.texts import kind_of

if TYPE_CHECKING:
    import pluggy

LONGEST = 80
"""Characters of a variant's name: more do not fit beside its numbers."""
ASKED = "bench_variants"
Hook = Callable[..., Any]


def answer(order: Order, channel: Channel) -> Surveyed | Broken:
    """In a child of its own, which can harm no file from here on."""
    enclose(order.folder)
    return survey(order, channel)


def survey(order: Order, channel: Channel) -> Surveyed | Broken:
    """Load the source and ask its hook about every comparison. Whatever it raises is the reason why it is broken."""
    before = set(sys.modules)
    try:
        module, manager = plugins.source(order.source, order.files[0] if order.files else None)
        read = sources.read_since(before, module.__name__)
    except BaseException as error:
        return Broken(order.source, said(error, "while it was loaded", order.source))
    channel.send(Progress(variant=ASKED))  # to be blamed if this process dies now
    try:
        asked = [question for question in order.questions if question.selected]
        offers, problems = zip(*(offer_to(question, manager) for question in asked), strict=True) if asked else ((), ())
    except BaseException as error:
        return Broken(order.source, said(error, f"in {ASKED}", order.source))
    found = tuple(offer for offer in offers if offer.names)
    hooks = tuple(sorted(caller.name for caller in manager.get_hookcallers(module) or ()))
    return Surveyed(
        offers=found,
        problems=tuple(problem for each in problems for problem in each),
        elsewhere=() if found else tuple(elsewhere(order, manager)),
        hooks=hooks,
        undecorated=tuple(name for name in named_like_hooks(module) if name not in hooks),
        read=read,
    )


def said(error: BaseException, when: str, source: str) -> str:
    """Why a source is broken, in one line that can be sent, with the line of its own that did it."""
    if is_a(error, SystemExit):
        return f"{plugins.exit_in_words(error)} {when}"
    if is_a(error, BenchError):
        return sendable(str(error))
    print_traced(error)
    return sendable(with_line(one_line(error), error, source))


def sendable(text: str) -> str:
    """Without what has no place in UTF-8."""
    return text.encode(errors="backslashreplace").decode()


def offer_to(question: Question, manager: pluggy.PluginManager) -> tuple[Offer, tuple[str, ...]]:
    """The names that a comparison is offered, and why others cannot be taken."""
    names, problems = [], []
    for name, set_up in answered(question, manager):
        if problem := refusal(question) or wrong_name(name) or wrong_set_up(set_up, question):
            problems.append(sendable(f"the variant {shown(name)} for {question.exercise}.{question.part} {problem}"))
        else:
            names.append(name)
    return Offer(question.exercise, question.part, tuple(names)), tuple(problems)


def answered(question: Question, manager: pluggy.PluginManager) -> Iterator[tuple[Any, Any]]:
    for given in manager.hook.bench_variants(exercise=question.exercise, part=question.part):
        if not isinstance(given, Mapping):
            raise BenchError(f"{ASKED} gave {kind_of(given)}, not a dict of set-ups")
        yield from given.items()


def refusal(question: Question) -> str:
    return f"cannot be taken: {question.closed}" if question.closed else ""


def wrong_name(name: object) -> str:
    if isinstance(name, str) and 1 <= len(name) <= LONGEST and name.isprintable() and name.strip():
        return ""
    return f"has no name that can be shown: 1 to {LONGEST} printable characters"


def shown(name: object) -> str:
    text = repr(name)
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]}… ({len(text)} characters)"


def wrong_set_up(set_up: object, question: Question) -> str:
    """Why a set-up cannot be called as the comparison's is."""
    if not callable(set_up):
        return f"is {kind_of(set_up)}, not a set-up"
    try:
        signature = inspect.signature(set_up)
    except (ValueError, TypeError):  # built-in functions may have none
        return ""
    try:
        signature.bind(None, **dict.fromkeys(question.parameters))
    except TypeError as error:
        return f"has a set-up that cannot be called with ({', '.join(['lab', *question.parameters])}): {error}"
    return ""


def elsewhere(order: Order, manager: pluggy.PluginManager) -> Iterator[str]:
    """Comparisons that were not selected, and that the source has something for. It was not asked for these: what goes
    wrong there is no harm."""
    for question in order.questions:
        try:
            if not question.selected and any(True for _ in answered(question, manager)):
                yield f"{question.exercise}.{question.part}"
        except Exception as error:
            print_traced(error)


def named_like_hooks(module: object) -> list[str]:
    return sorted(
        name
        for name, value in getattr(module, "__dict__", {}).items()
        if name.startswith("bench_") and inspect.isfunction(value)
    )
