"""Where data sets that do not ship with a package are looked for."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "BENCH_DATA"


def data_folders() -> tuple[Path, ...]:
    """Where to look, in order: ``$BENCH_DATA`` when it is set, then the user's own data folder."""
    import platformdirs

    given = os.environ.get(VARIABLE)
    try:
        own = platformdirs.user_data_path("dl-exercise-bench", appauthor=False)
    except RuntimeError:  # a number without a name has no home, as in a container: nothing can be there
        own = Path(os.devnull, "dl-exercise-bench")
    # Path.expanduser raises where nobody has the name after the ~.
    return (Path(os.path.expanduser(given)), own) if given else (own,)  # noqa: PTH111
