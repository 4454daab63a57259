"""Shell completion of exercise names."""

from __future__ import annotations

from typing import Any


def exercises(ctx: Any, param: Any, incomplete: str) -> list[Any]:
    """The ids that begin like what is typed; a broken installation completes nothing."""
    from click.shell_completion import CompletionItem

    from bench import catalogue
    from bench.errors import BenchError

    try:
        listings = catalogue.listings()
    except BenchError:
        return []
    return [CompletionItem(listing.id, help=listing.title) for listing in listings if listing.id.startswith(incomplete)]
