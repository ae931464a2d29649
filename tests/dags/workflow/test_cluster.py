"""RunJobFlow's request: valid by botocore's own model, and exactly this."""

import dataclasses
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from penstock.deployment import Deployment
from penstock.errors import DeploymentError
from workflow.cluster import job_flow
from workflow.compute.spec import BootstrapAction, NodeGroup
from workflow.glue import job_definition
from workflow.recommender.flow import RecommenderFlow
from workflow.recommender.tasks import score_args
from workflow.steps import spark_step


def _problems(service: str, operation: str, request: dict[str, Any]) -> str:
    model = botocore.session.get_session().get_service_model(service).operation_model(operation)
    return ParamValidator().validate(request, model.input_shape).generate_report()


def _request(flow: RecommenderFlow, **changes: Any) -> dict[str, Any]:
    cluster = flow.spec.cluster_of_run.model_copy(update=changes)
    return job_flow(cluster, deployment=flow.deployment)


def test_the_request_is_exactly_this(flow: RecommenderFlow) -> None:
    assert _request(flow) == {
        "Name": "test",
        "LogUri": "s3://bucket/prefix/logs/",
        "ReleaseLabel": "emr-7.13.0",
        "Applications": [{"Name": "Spark"}],
        "Instances": {
            "InstanceGroups": [
                {
                    "Name": "master",
                    "InstanceRole": "MASTER",
                    "InstanceType": "m7g.xlarge",
                    "InstanceCount": 1,
                    "Market": "ON_DEMAND",
                },
                {
                    "Name": "core",
                    "InstanceRole": "CORE",
                    "InstanceType": "r7g.xlarge",
                    "InstanceCount": 2,
                    "Market": "ON_DEMAND",
                },
            ],
            "KeepJobFlowAliveWhenNoSteps": True,
            "TerminationProtected": False,
            "Ec2SubnetId": "subnet-0a",
        },
        "Configurations": [
            {"Classification": "spark-defaults", "Properties": {"spark.pyspark.python": "/usr/bin/python3.11"}}
        ],
        "BootstrapActions": [],
        "StepConcurrencyLevel": 2,
        "AutoTerminationPolicy": {"IdleTimeout": 1800},
        "JobFlowRole": "EMR_EC2_DefaultRole",
        "ServiceRole": "EMR_DefaultRole",
        "VisibleToAllUsers": True,
        "Tags": [{"Key": "cost-centre", "Value": "recommendations"}],
    }


def test_every_option_is_valid_by_the_service_model(flow: RecommenderFlow) -> None:
    request = _request(
        flow,
        task=NodeGroup(instance_type="r7g.xlarge", count=4, market="spot"),
        bootstrap_actions=[BootstrapAction(name="packages", path="bootstrap/packages.sh", args=["numpy"])],
    )
    assert _problems("emr", "RunJobFlow", request) == ""
    assert request["Instances"]["InstanceGroups"][2]["Market"] == "SPOT"
    assert request["BootstrapActions"][0]["ScriptBootstrapAction"] == {
        "Path": "s3://bucket/prefix/code/c0ffee/bootstrap/packages.sh",
        "Args": ["numpy"],
    }


def test_no_subnet_leaves_the_choice_to_emr(flow: RecommenderFlow, deployment: Deployment) -> None:
    request = job_flow(flow.spec.cluster_of_run, deployment=dataclasses.replace(deployment, subnet_ids=[]))
    assert "Ec2SubnetId" not in request["Instances"]


def test_steps_are_valid_by_the_service_model(flow: RecommenderFlow) -> None:
    step = spark_step(score_args(flow), code=flow.code, conf={"spark.a": "b"}, label="m")
    assert _problems("emr", "AddJobFlowSteps", {"JobFlowId": "j-1", "Steps": [step]}) == ""
    assert (step["Name"], step["ActionOnFailure"]) == ("score m", "CONTINUE")


def test_the_glue_job_is_valid_by_the_service_model(flow: RecommenderFlow) -> None:
    definition = job_definition(flow.spec.glue, script="s3://b/clean.py", minutes=60)
    assert _problems("glue", "CreateJob", {"Name": "n", "Role": "r", **definition}) == ""


def test_the_validator_notices_a_wrong_key(flow: RecommenderFlow) -> None:
    assert 'Unknown parameter in input: "IdleTimeout"' in _problems(
        "emr", "RunJobFlow", {"Name": "n", "IdleTimeout": 1}
    )


def test_the_deployments_security_goes_into_the_request(flow: RecommenderFlow) -> None:
    deployment = dataclasses.replace(
        flow.deployment,
        emr_security_configuration="penstock-dev",
        emr_security_groups=["sg-primary", "sg-core", "sg-service"],
    )
    request = job_flow(flow.spec.cluster_of_run, deployment=deployment)
    plain = _request(flow)
    groups = {
        "EmrManagedMasterSecurityGroup": "sg-primary",
        "EmrManagedSlaveSecurityGroup": "sg-core",
        "ServiceAccessSecurityGroup": "sg-service",
    }
    assert request == {
        **plain,
        "SecurityConfiguration": "penstock-dev",
        "Instances": {**plain["Instances"], **groups},
    }
    assert not _problems("emr", "RunJobFlow", request)


def test_two_security_groups_are_refused_with_what_is_expected(flow: RecommenderFlow) -> None:
    deployment = dataclasses.replace(flow.deployment, emr_security_groups=["sg-1", "sg-2"])
    with pytest.raises(DeploymentError) as refused:
        job_flow(flow.spec.cluster_of_run, deployment=deployment)
    assert str(refused.value) == (
        "emr_security_groups has 2 groups: sg-1, sg-2. Expected three, of primary nodes, of the others and of EMR "
        "itself, or none for EMR's default groups."
    )
