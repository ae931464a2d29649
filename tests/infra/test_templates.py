"""What is deployed on the local AWS, and what it puts out."""

import json
import re
from dataclasses import fields
from typing import Any

import pytest

from penstock.deployment import Deployment
from tests.infra.conftest import Deployed
from tests.infra.stacks import GIVEN, INFRA, NOT_CARRIED, ORDER, REPOSITORY, template

ELSEWHERE = {
    *("Name", "CodeSha", "PackagesSha", "EnvironmentSha", "AwsConnId", "SqlConnId"),
    *("Services", "PollSeconds", "Approvers"),
}
"""Fields of deployment.json that no stack decides."""
MAX_INLINE, MAX_MANAGED = 10_240, 6_144
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: characters without white space."""


def test_every_template_has_its_place_in_the_order() -> None:
    assert {str(each.relative_to(INFRA).with_suffix("")) for each in INFRA.rglob("*.yaml")} == set(ORDER)


def test_every_parameter_is_an_output_of_an_earlier_stack_or_given_or_has_a_default() -> None:
    known, missing = set(GIVEN), []
    for name in ORDER:
        found = template(name)
        missing += [
            (name, key) for key, each in found["Parameters"].items() if "Default" not in each and key not in known
        ]
        known |= set(found.get("Outputs", {}))
    assert missing == []


def test_every_output_is_exported_by_the_deployments_name_and_its_own() -> None:
    for name in ORDER:
        for key, each in template(name).get("Outputs", {}).items():
            assert each["Export"] == {"Name": {"Fn::Sub": f"penstock-${{Deployment}}-{key}"}}, (name, key)
            assert each["Description"]


def test_the_stacks_put_out_the_deployment() -> None:
    outputs = {key for name in ORDER for key in template(name).get("Outputs", {})}
    wanted = {"".join(part.title() for part in each.name.split("_")) for each in fields(Deployment)}
    assert wanted - outputs == ELSEWHERE


def test_what_is_deployed_makes_a_deployment(deployed: Deployed) -> None:
    out = deployed.outputs
    assert Deployment(
        name="dev",
        root=out["Root"],
        code_sha="abc",
        region=out["Region"],
        mlflow_tracking_uri=out["MlflowTrackingUri"],
        emr_service_role=out["EmrServiceRole"],
        emr_instance_profile=out["EmrInstanceProfile"],
        emr_serverless_role=out["EmrServerlessRole"],
        emr_security_configuration=out["EmrSecurityConfiguration"],
        emr_security_groups=out["EmrSecurityGroups"].split(","),
        glue_role=out["GlueRole"],
        glue_database=out["GlueDatabase"],
        subnet_ids=out["SubnetIds"].split(","),
        notify=[out["Notify"]],
    ) == Deployment(
        name="dev",
        root="s3://penstock-dev-123456789012-us-east-1",
        code_sha="abc",
        region="us-east-1",
        mlflow_tracking_uri="no-Server",
        emr_service_role="arn:aws:iam::123456789012:role/penstock-dev-emr",
        emr_instance_profile="penstock-dev-node",
        emr_serverless_role="arn:aws:iam::123456789012:role/penstock-dev-serverless",
        emr_security_configuration="penstock-dev",
        emr_security_groups=out["EmrSecurityGroups"].split(","),
        glue_role="arn:aws:iam::123456789012:role/penstock-dev-glue",
        glue_database="no-Tables",
        subnet_ids=out["SubnetIds"].split(","),
        notify=["sns:arn:aws:sns:us-east-1:123456789012:penstock-dev"],
    )
    assert re.fullmatch(r"sg-\w+,sg-\w+,sg-\w+", out["EmrSecurityGroups"])
    assert re.fullmatch(r"subnet-\w+,subnet-\w+", out["SubnetIds"])


@pytest.mark.parametrize("name", ORDER)
def test_every_resource_is_there_but_those_of_types_that_are_not_carried(deployed: Deployed, name: str) -> None:
    found = template(name)
    off = {"HasNat", "HasMlflow", "HasEmail"}
    wanted = {each["Type"] for each in found["Resources"].values() if each.get("Condition") not in off}
    assert deployed.types[name] == wanted - NOT_CARRIED


def test_the_readme_lists_what_is_not_carried() -> None:
    text = (INFRA / "README.md").read_text(encoding="utf-8")
    listed = re.findall(
        r"`(AWS::\w+::\w+)`", text.partition("## What the local AWS does not carry")[2].partition("\n## ")[0]
    )
    assert listed == sorted(NOT_CARRIED)


def test_the_page_hands_every_path_of_the_service_on() -> None:
    source = "\n".join(each.read_text(encoding="utf-8") for each in (REPOSITORY / "serving" / "api").glob("*.py"))
    distribution = template("page")["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    patterns = {each["PathPattern"] for each in distribution["CacheBehaviors"]}
    assert patterns == {f"/{each}/*" for each in re.findall(r'"/(?!assets/)(\w+)/', source)} == {"/v1/*", "/classic/*"}


def test_policies_are_within_the_limits_of_iam(deployed: Deployed) -> None:
    iam = deployed.client("iam")
    roles = {each["RoleName"] for each in iam.list_roles()["Roles"] if each["RoleName"].startswith("penstock-")}
    assert roles >= {"penstock-dev-airflow", "penstock-dev-emr", "penstock-dev-node"}
    for role in roles:
        assert sum(map(size, deployed.inline(role))) <= MAX_INLINE, role
    for arn in [each["Arn"] for each in iam.list_policies(Scope="Local")["Policies"]]:
        assert size(deployed.managed(arn)) <= MAX_MANAGED, arn


def size(document: dict[str, Any]) -> int:
    return len(re.sub(r"\s", "", json.dumps(document)))
