"""Each folder works in the runtime it ships to, with what it must not need made unimportable."""

import sys
import zipfile
from pathlib import Path

import pytest

from tests.boundaries.importing import import_all
from tools.bundle import build_bundle
from tools.settings import Settings

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def jobs_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "jobs.zip"
    path.write_bytes(build_bundle(REPOSITORY).jobs_zip)
    return path


def test_the_contract_runs_on_the_standard_library_alone(jobs_zip: Path, tmp_path: Path) -> None:
    without_site_packages = [sys.executable, "-I", "-S"]
    modules = import_all(without_site_packages, jobs_zip, "penstock", "numpy", tmp_path)
    assert {"penstock.jobs", "penstock.bundle", "penstock.documents", "penstock.gate", "penstock.layout"} <= set(
        modules
    )


def test_the_jobs_run_from_their_bundle_without_airflow_boto3_or_pydantic(jobs_zip: Path, tmp_path: Path) -> None:
    forbidden = "airflow,boto3,botocore,mlflow,pydantic,tools,local_aws,workflow,serving"
    spark = [str(Settings.from_environment().spark_python), "-I"]
    modules = import_all(spark, jobs_zip, "spark_jobs,glue_scripts", forbidden, tmp_path)
    assert {
        "spark_jobs.train",
        "spark_jobs.evaluate",
        "spark_jobs.score",
        "spark_jobs.fit",
        "spark_jobs.assess",
        "spark_jobs.predict",
        "glue_scripts.check_table",
        "glue_scripts.clean_adult",
        "glue_scripts.clean_libsvm",
        "glue_scripts.clean_ratings",
        "glue_scripts.clean_viewers",
    } <= set(modules)


def test_the_airflow_side_runs_without_spark_and_without_the_jobs(tmp_path: Path) -> None:
    forbidden = "pyspark,numpy,spark_jobs,glue_scripts,tools,local_aws,serving"
    airflow = [str(Settings.from_environment().airflow_python), "-I"]
    (tmp_path / "penstock").symlink_to(REPOSITORY / "penstock")
    (tmp_path / "workflow").symlink_to(REPOSITORY / "dags" / "workflow")
    for library in ("penstock_waits", "penstock_ui"):
        (tmp_path / library).symlink_to(REPOSITORY / "plugins" / library)
    modules = import_all(airflow, tmp_path, "penstock,penstock_waits,workflow", forbidden, tmp_path)
    assert {"penstock_waits.trigger", "workflow.spec"} <= set(modules)


def test_the_bundle_holds_the_jobs_and_nothing_else(jobs_zip: Path) -> None:
    names = zipfile.ZipFile(jobs_zip).namelist()
    assert {name.split("/")[0] for name in names} == {"penstock", "spark_jobs", "glue_scripts"}
    assert all(name.endswith(".py") for name in names)
