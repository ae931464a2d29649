"""The service runs on its own packages, without those of its tests."""

import sys
from pathlib import Path

from tests.boundaries.importing import import_all

REPOSITORY = Path(__file__).parents[2]
FORBIDDEN = (
    "airflow,mlflow,pandas,pyspark,spark_jobs,glue_scripts,workflow,tools,local_aws,"
    "httpx,hypothesis,pytest,requests,schemathesis"
)


def test_the_service_runs_without_spark_airflow_and_the_packages_of_its_tests(tmp_path: Path) -> None:
    for folder in ("penstock", "serving"):
        (tmp_path / folder).symlink_to(REPOSITORY / folder)
    modules = import_all([sys.executable, "-I"], tmp_path, "penstock,serving", FORBIDDEN, tmp_path)
    assert {"penstock.bundle", "serving.bundle", "serving.ranking"} <= set(modules)
