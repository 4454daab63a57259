"""The committed JSON Schema of run.json: ``python -m bench.results.schema`` writes it anew after a change of model."""

import json
from pathlib import Path

from bench.results.store import json_schema, replace_file

PATH = Path(__file__).with_name("run.schema.json")


def text() -> str:
    return json.dumps(json_schema(), indent=2) + "\n"


if __name__ == "__main__":
    replace_file(PATH, text().encode())
