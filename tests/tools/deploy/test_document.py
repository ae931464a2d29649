"""deployment.json from the outputs of stacks."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from penstock.deployment import Deployment, Service
from tools.bundle import stored_zip
from tools.deploy.airflow import with_document
from tools.deploy.document import deployment, output
from tools.deploy.environment import Environment, Fields
from tools.deploy.release import Release
from tools.errors import ToolError

OUTPUTS = {
    "Root": "s3://data",
    "Region": "eu-central-1",
    "MlflowTrackingUri": "arn:mlflow",
    "EmrServiceRole": "emr",
    "EmrInstanceProfile": "node",
    "GlueRole": "glue",
    "GlueDatabase": "tables",
}
RELEASE = Release(sha="r", code_sha="c", packages_sha="p", files={"environment.tar.gz": "e"})
SERVICE = Service(name="api", model="movie_recommender", conn_id="service")


def environment(**fields: object) -> Environment:
    return Environment(name="dev", region="eu-central-1", deployment=Fields(**fields))


def test_the_names_of_outputs() -> None:
    assert output("root") == "Root"
    assert output("emr_service_role") == "EmrServiceRole"


def test_the_least_that_makes_a_deployment() -> None:
    assert deployment(environment(), OUTPUTS, RELEASE) == Deployment(
        name="dev",
        root="s3://data",
        code_sha="c",
        packages_sha="p",
        environment_sha="e",
        region="eu-central-1",
        mlflow_tracking_uri="arn:mlflow",
        emr_service_role="emr",
        emr_instance_profile="node",
        glue_role="glue",
        glue_database="tables",
    )


def test_lists_come_with_commas_and_the_topic_before_what_the_file_adds() -> None:
    outputs = {**OUTPUTS, "SubnetIds": "a,b", "EmrSecurityGroups": "x,y,z", "Notify": "sns:arn", "VpcId": "not a field"}
    extra = environment(notify=["slack:ops"], poll_seconds=5, services=[SERVICE], approvers=["3", "7"])
    found = deployment(extra, outputs, RELEASE)
    assert found.subnet_ids == ["a", "b"]
    assert found.emr_security_groups == ["x", "y", "z"]
    assert found.notify == ["sns:arn", "slack:ops"]
    assert found.poll_seconds == 5
    assert found.services == [SERVICE]
    assert found.approvers == ["3", "7"]
    assert Deployment.from_json(found.to_json(), "here") == found


def test_what_nobody_gives_is_named() -> None:
    with pytest.raises(ToolError) as caught:
        deployment(environment(), {key: value for key, value in OUTPUTS.items() if not key.startswith("Glue")}, RELEASE)
    assert str(caught.value) == (
        "deployment.json needs GlueDatabase, GlueRole, which no stack of dev puts out. "
        "Give it in environments/dev.yaml under `given:`"
    )


def test_plugins_do_not_change_with_the_code() -> None:
    plain = stored_zip({"pages.py": b"1"})
    one = deployment(environment(approvers=["3"]), OUTPUTS, RELEASE)
    other = deployment(environment(approvers=["3"]), OUTPUTS, Release(sha="s", code_sha="d"))
    assert with_document(plain, one) == with_document(plain, other)
    with ZipFile(BytesIO(with_document(plain, one))) as packed:
        assert packed.namelist() == ["deployment.json", "pages.py"]
        found = Deployment.from_json(packed.read("deployment.json").decode(), "zip")
    assert (found.code_sha, found.packages_sha, found.environment_sha) == ("", "", "")
    assert found.approvers == ["3"]
