"""Whether anything that bench is installed with has a known vulnerability: ``python -m tests.audit [FOLDER]``.

pip-audit ends well where it could ask nobody, as behind a mirror of the registry: that is told here, with exit code 3.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

OURS = "dl-exercise-bench"
FOUND, UNASKED = 1, 3


def told(output: str, complaint: str) -> tuple[int, list[str]]:
    """The exit code and the lines for what pip-audit wrote to stdout and stderr."""
    try:
        listed: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        lines = complaint.strip().splitlines() or ["it says nothing"]
        return UNASKED, [f"not audited: nobody answers: {lines[-1]}"]
    packages = [each for each in listed if each["name"] != OURS]
    asked = [each for each in packages if "vulns" in each]
    if not asked:
        return UNASKED, [f"not audited: of {len(packages)} packages the service knows none, as behind a mirror"]
    found = [
        f"{each['name']} {each['version']}: {flaw['id']}, mended in {' or '.join(flaw['fix_versions']) or 'no version'}"
        for each in asked
        for flaw in each["vulns"]
    ]
    unknown = [each["name"] for each in packages if "vulns" not in each]
    rest = [f"not known to the service, and so not audited: {', '.join(unknown)}"] if unknown else []
    return (FOUND if found else 0), [*found, *rest, f"{len(asked)} packages, {len(found)} known vulnerabilities"]


def main(folders: Sequence[str]) -> int:
    where = [word for folder in folders for word in ("--path", folder)] or ["--local"]
    command = ["pip-audit", "--format", "json", "--progress-spinner", "off", *where]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    except FileNotFoundError:
        code, lines = UNASKED, ["not audited: pip-audit is not here: `tox -e audit` brings it"]
    except subprocess.TimeoutExpired:
        code, lines = UNASKED, ["not audited: no answer within ten minutes"]
    else:
        code, lines = told(done.stdout, done.stderr)
    print("\n".join(lines))  # noqa: T201 - what the script is for
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
