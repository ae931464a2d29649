import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import yaml

from tools.bench import bench
from tools.datasets.movielens import MOVIELENS
from tools.settings import REPOSITORY, Settings

INTERPRETER = """#!{python}
import json, pathlib, sys
pathlib.Path({record!r}).write_text(json.dumps(sys.argv[1:]))
sys.exit(3)
"""


def test_it_names_the_source_and_passes_the_status_on(settings: Settings, tmp_path: Path) -> None:
    folder, record, python = tmp_path / "a folder", tmp_path / "argv.json", tmp_path / "python"
    folder.mkdir()
    for name in MOVIELENS.files:
        (folder / name).touch()
    python.write_text(INTERPRETER.format(python=sys.executable, record=str(record)))
    python.chmod(0o755)
    ours = replace(settings, data=folder, spark_python=python, local_python=python, airflow_python=python)
    assert bench(ours) == 3
    script = str(REPOSITORY / "benchmarks" / "quality.py")
    source = f"the folder {folder}"
    assert json.loads(record.read_text()) == [script, "--data", str(folder), "--source", source]


def test_the_benchmark_measures_the_models_that_ship() -> None:
    """Read as text: the script belongs to another environment."""
    script = (REPOSITORY / "benchmarks" / "quality.py").read_text()
    spec = yaml.safe_load((REPOSITORY / "dags" / "specs" / "movie_recommender.yaml").read_text())
    measured = {
        name.lower(): json.loads(grid)
        for name, grid in re.findall(r"^(RANKING|RATING)_GRID = '(.*)'$", script, re.MULTILINE)
    }
    assert measured == {model["objective"]: model["grid"] for model in spec["models"].values()}
