"""Shell completion of exercise names."""

from __future__ import annotations

from typing import Any


def exercises(ctx: Any, param: Any, incomplete: str) -> list[Any]:
    """The ids that begin like what is typed; a broken installation completes nothing."""
    from click.shell_completion import CompletionItem

    from bench import catalogue
    from bench.errors import BenchError

    try:
        found = catalogue.listings()
    except BenchError:
        return []
    return [CompletionItem(one.id, help=one.title) for one in found if one.id.startswith(incomplete)]
