"""Exercises that were broken when a run was planned, described anew when it is gone on with.

What can be planned by now joins the run, under what it was asked for; what cannot stays a broken row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bench import masking
from bench.catalogue import Listing
from bench.errors import BenchError
from bench.execute import provenance
from bench.execute.executors.base import Executor
from bench.execute.outcomes import sized
from bench.execute.plan import Asked, Request, chosen, first_tasks, look_at, offered, questions, select
from bench.model import Broken, Plan, Scope


def broken(plan: Plan, listings: Iterable[Listing]) -> list[str]:
    """The ids of the broken exercises that can be looked at again: not those that are gone, nor any of a plan that does
    not know what it was asked for."""
    here, places = {listing.id for listing in listings}, places_of(plan.scope)
    return [row.exercise for row in plan.broken if row.exercise in here and row.exercise in places]


def places_of(scope: Scope | None) -> dict[str, int]:
    """The place of each exercise among all that were asked for."""
    names = scope.names if scope else ()
    return {id: place for place, id in enumerate(dict.fromkeys(map(exercise_of, names)))}


def exercise_of(name: str) -> str:
    return name.partition(".")[0]


def looked_at_again(plan: Plan, listings: Sequence[Listing], executor: Executor, secrets: Mapping[str, str]) -> Plan:
    """The plan with every exercise that is not broken any more, each where it would have stood; the rows of the others
    say what is wrong by now. ``secrets`` are those that were given again (``masking.hidden``)."""
    again = broken(plan, listings)
    if not again or plan.scope is None:
        return plan
    scope = replace(plan.scope, given=masking.revealed(plan.scope.given, secrets))
    names = [name for name in scope.names if exercise_of(name) in again]
    asked, still = look_at(select(names, listings), executor, scope.import_seconds)
    now, rows = plan, {row.exercise: row for row in still}
    for exercise in asked:
        try:
            now = joined(now, exercise, request_of(plan, scope, exercise, asked), executor)
        except BenchError as error:  # it was asked for in vain, and the rest of the run is as good as it was
            rows[exercise.listing.id] = Broken(exercise.listing.id, sized(str(error)))
    left = [rows.get(row.exercise, row) for row in now.broken if row.exercise not in again or row.exercise in rows]
    return in_order(replace(now, broken=tuple(left)))


def parameters_of(asked: Iterable[Asked]) -> set[str]:
    return {name for each in asked for part in each.description.parts for name in part.parameters}


def request_of(plan: Plan, scope: Scope, exercise: Asked, beside: Iterable[Asked]) -> Request:
    """What was asked of one exercise: without the parameters that only others of the run have."""
    others = parameters_of(beside) | {name for task in plan.tasks for name in task.case.parameters}
    foreign = others - parameters_of([exercise])
    return Request(
        names=scope.names,
        command=plan.command,
        profile=plan.profile,
        seeds=plan.seeds,
        given={name: texts for name, texts in scope.given.items() if name not in foreign},
        threads=plan.threads,
        timeout=plan.timeout,
        data=plan.data,
        files=plan.files,
        only=scope.only,
    )


def joined(plan: Plan, exercise: Asked, request: Request, executor: Executor) -> Plan:
    """The plan with one exercise more. Raises ``BenchError`` where what was asked of it cannot be done."""
    wanted = chosen([exercise], request.only, request.given)
    if not wanted:
        return plan
    tasks = first_tasks(wanted, request, plan.devices)
    outside = offered(request, questions([exercise], tasks), executor, plan.broken)
    return replace(
        plan,
        exercises=(*plan.exercises, exercise.info(plan.profile)),
        tasks=(*plan.tasks, *tasks),
        broken=tuple(dict.fromkeys((*plan.broken, *outside.broken))),
        guests=(*plan.guests, *outside.guests),
        modules=plan.modules | {exercise.listing.id: exercise.listing.module},
        code=plan.code | provenance.of_exercises([exercise.listing]) | outside.read,
    )


def in_order(plan: Plan) -> Plan:
    """As if nothing had been broken."""
    places = places_of(plan.scope)
    return replace(
        plan,
        exercises=tuple(sorted(plan.exercises, key=lambda each: places[each.id])),
        tasks=tuple(sorted(plan.tasks, key=lambda task: places[task.case.exercise])),
    )
