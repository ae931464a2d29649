"""The notebook: stored without outputs, it tells what a run has, and says what it has not."""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.notebooks.runs import FILMS, NOTEBOOK, RUN, cells, make_recommender_run, make_run, sources

SETTINGS = ("spark.master", "spark.driver.", "spark.ui.", "spark.sql.", "spark.hadoop.fs.")


@pytest.fixture(scope="module")
def folder(spark: Any) -> Path:
    path = Path(spark.conf.get("spark.penstock.bucket"))
    make_run(spark, path)
    return path


@pytest.fixture(scope="module")
def executed(spark: Any, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The cells after papermill has executed them, by a kernel with a Spark of its own on the same bucket."""
    home = tmp_path_factory.mktemp("kernel")
    settings = [(name, value) for name, value in spark.sparkContext.getConf().getAll() if name.startswith(SETTINGS)]
    (home / "spark-defaults.conf").write_text("".join(f"{name} {value}\n" for name, value in settings))
    variables = {**os.environ, "SPARK_CONF_DIR": str(home), "IPYTHONDIR": str(home), "MPLCONFIGDIR": str(home)}
    argv = [sys.executable, "-m", "papermill", "-k", "python3", str(NOTEBOOK), str(home / "out.ipynb")]
    argv += ["-p", "run_uri", RUN.uri, "-p", "sample_rows", "100", "--no-progress-bar"]
    done = subprocess.run(argv, env=variables, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    found = json.loads((home / "out.ipynb").read_text())["cells"]
    return [each for each in found if each["cell_type"] == "code"]


def test_it_is_stored_without_outputs_and_in_one_way_only() -> None:
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert [(each["outputs"], each["execution_count"]) for each in cells() if each["cell_type"] == "code"] == (
        [([], None)] * (len(sources()) + 1)
    )


def test_one_cell_takes_the_parameters() -> None:
    tagged = [each for each in cells() if "parameters" in each["metadata"].get("tags", [])]
    values: dict[str, Any] = {}
    exec("".join(tagged[0]["source"]), values)
    assert len(tagged) == 1
    assert {name: values[name] for name in values if name != "__builtins__"} == {
        "run_uri": "",
        "model": "",
        "sample_rows": 5000,
    }


def test_the_names_of_its_cells_are_unique() -> None:
    ids = [each["id"] for each in cells()]
    assert len(set(ids)) == len(ids)


def test_a_kernel_executes_all_of_it_and_draws(executed: list[dict[str, Any]]) -> None:
    printed = "".join("".join(out["text"]) for each in executed for out in each["outputs"] if "text" in out)
    pictures = [out for each in executed for out in each["outputs"] if "image/png" in out.get("data", {})]
    assert "people: 120 rows, 8 columns" in printed
    assert "people: 123 rows were read: 120 are good, 3 quarantined, 0 superseded" in printed
    assert "country: empty" in printed
    assert "Model: income" in printed
    assert "DecisionTreeClassificationModel DecisionTreeClassifier_" in printed
    assert "24 rows of clean/people, column: part" in printed
    assert "If (age <= " in printed
    assert "people.weight: 1 in all 100 rows" in printed
    assert len(pictures) == 11  # the seven other columns, the reasons, two predicted columns, the importances


def told(spark: Any, **parameters: Any) -> str:
    """What the cells print in a kernel that draws nothing, as one behind Livy."""
    space: dict[str, Any] = {"spark": spark, "run_uri": "", "model": "", "sample_rows": "1000", **parameters}
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        for source in sources():
            exec(source, space)
    return said.getvalue()


def test_where_nothing_can_be_drawn_charts_are_text(spark: Any, folder: Path) -> None:
    said = told(spark, run_uri=RUN.uri + "/")
    assert "Quarantined rows by reason\n  country: empty    ######################################## 2\n" in said
    assert "  age: not a number #################### 1\n" in said
    assert "people.income, 2 values\n  rich ######################################## 78\n" in said
    assert "predicted_label on held-out rows, 2 values\n" in said


def test_a_recommender_is_told_with_the_rows_that_it_cannot_predict(spark: Any, folder: Path) -> None:
    """A film whose only rating is held out is unknown to ALS, which predicts NaN."""
    make_recommender_run(spark)
    said = told(spark, run_uri=FILMS.uri)
    cold = re.search(r"prediction on held-out rows, (\d+) of (\d+) unknown\n", said)
    assert cold
    assert 0 < int(cold.group(1)) < int(cold.group(2))
    assert f"{cold.group(2)} rows of checked/ratings, random: test 0.2, validation 0.1 of the rest, seed 42" in said
    assert "ALSModel ALS_" in said


def test_without_the_jobs_code_it_says_that_the_rows_may_be_known(spark: Any, folder: Path) -> None:
    jobs = folder / "explored/code/c0ffee/jobs.zip"
    kept = jobs.read_bytes()
    jobs.unlink()
    try:
        said = told(spark, run_uri=RUN.uri)
    finally:
        jobs.write_bytes(kept)
    assert (
        "The job code that chose the held-out rows is not there: the model may have learnt from the rows below." in said
    )
    assert "120 rows of clean/people, column: part" in said


def test_a_run_that_has_come_no_further_than_a_folder_is_told_in_sentences(spark: Any, folder: Path) -> None:
    (folder / "explored/runs/income/early/report").mkdir(parents=True)
    said = told(spark, run_uri=RUN.uri.replace("manual", "early"))
    assert said.splitlines()[1:] == [
        "This run has no clean tables.",
        "There is no report/data.json in this run.",
        "There are no rows in quarantine.",
        "There are no rows in checked/quarantine.",
        "Model: none in this run",
        "This run has no evaluation of the model.",
        "There is no model, or no table that it can be applied to.",
        "The documents of this model name no weights of features.",
        "The model is no single tree.",
    ]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"run_uri": ""}, "run_uri is empty. Give the folder of a run: s3://bucket/.../runs/<dag>/<run>"),
        ({"run_uri": "s3://penstock-test/no"}, "Nothing lies in s3://penstock-test/no. Is it the folder of a run?"),
        ({"run_uri": RUN.uri, "model": "incom"}, f"{RUN.uri} has no model 'incom'; it has income"),
    ],
)
def test_what_does_not_exist_is_an_error(spark: Any, folder: Path, parameters: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=r".+") as raised:
        told(spark, **parameters)
    assert str(raised.value) == message
