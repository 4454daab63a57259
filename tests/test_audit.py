"""What is said of pip-audit's answers: that nobody could be asked is never taken for a clean bill."""

from __future__ import annotations

import json

from tests import audit

SOUND = {"name": "numpy", "version": "2.4", "vulns": []}
SKIPPED = {"name": "torch", "skip_reason": "Dependency not found on PyPI and could not be audited: torch (2.14)"}
FLAWED = {"name": "pillow", "version": "9.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["9.1"], "aliases": []}]}
OURS = {"name": audit.OURS, "skip_reason": "distribution marked as editable"}


def told(*dependencies: object) -> tuple[int, list[str]]:
    return audit.told(json.dumps({"dependencies": dependencies, "fixes": []}), "")


def test_a_known_vulnerability_is_red_and_named_with_what_mends_it() -> None:
    code, lines = told(SOUND, FLAWED, OURS)
    assert code == 1
    assert lines == ["pillow 9.0: PYSEC-1, mended in 9.1", "2 packages, 1 known vulnerabilities"]


def test_a_service_that_knows_no_package_has_audited_nothing() -> None:
    assert told(SKIPPED, OURS) == (3, ["not audited: of 1 packages the service knows none, as behind a mirror"])


def test_packages_that_were_passed_over_are_named() -> None:
    code, lines = told(SOUND, SKIPPED)
    assert code == 0
    assert "not audited: torch" in lines[0]


def test_no_network_is_one_line() -> None:
    code, lines = audit.told("", "Traceback …\nConnectionError: pypi.org")
    assert (code, lines) == (3, ["not audited: nobody answers: ConnectionError: pypi.org"])
    assert audit.told("", "")[1] == ["not audited: nobody answers: it says nothing"]
