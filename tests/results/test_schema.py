import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from bench.model import Run
from bench.results import schema, store


def test_the_committed_schema_is_that_of_the_model() -> None:
    committed = json.loads(schema.PATH.read_text(encoding="utf-8"))
    assert committed == schema.document(), "run `python -m bench.results.schema` and commit the file"
    assert schema.PATH.read_text(encoding="utf-8") == schema.text()


def test_a_run_fits_the_schema_and_a_broken_one_does_not(run: Run, tmp_path: Path) -> None:
    committed = json.loads(schema.PATH.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(committed)
    document = json.loads(store.write(run, tmp_path).read_text())
    jsonschema.validate(document, committed)
    document["records"][0]["outcome"] = "fine"
    with pytest.raises(jsonschema.ValidationError, match="'fine' is not one of"):
        jsonschema.validate(document, committed)


def test_the_results_cost_no_heavy_import() -> None:
    code = (
        "import sys, bench.results.store, bench.results.journal, bench.results.environment, bench.results.folders\n"
        "print([m for m in ('torch', 'numpy', 'msgspec', 'psutil', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
