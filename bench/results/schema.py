"""The committed JSON Schema of run.json: ``python -m bench.results.schema`` writes it anew after a change of model."""

import json
from inspect import cleandoc
from pathlib import Path
from typing import Any

from bench.results.store import json_schema, replace_file

PATH = Path(__file__).with_name("run.schema.json")


def text() -> str:
    return json.dumps(document(), indent=2) + "\n"


def document() -> Any:
    return _of_any_msgspec(json_schema())


def _of_any_msgspec(part: Any) -> Any:
    """One form of what msgspec makes: before 0.23 it leaves docstrings indented, and is silent of an empty default."""
    match part:
        case dict():
            kept = {name: _of_any_msgspec(value) for name, value in part.items() if (name, value) != ("default", {})}
            if isinstance(text := kept.get("description"), str):
                kept["description"] = cleandoc(text)
            return kept
        case list():
            return [_of_any_msgspec(each) for each in part]
    return part


if __name__ == "__main__":
    replace_file(PATH, text().encode())
