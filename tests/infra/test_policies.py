"""What each role may do and may not, decided by AWS's evaluation logic on the policies that are deployed.

Each case names one call as the code makes it, or one that it must never make. `+` is allowed, `-` is not.
"""

from functools import cache
from typing import Any

import pytest

from tests.infra.conftest import Deployed
from tests.infra.simulator import ACCOUNT, Request, decide

BUCKET = f"arn:aws:s3:::penstock-dev-{ACCOUNT}-us-east-1"
AIRFLOW_BUCKET = f"arn:aws:s3:::penstock-dev-airflow-{ACCOUNT}-us-east-1"
SOURCE_BUCKET = f"arn:aws:s3:::penstock-test-{ACCOUNT}-us-east-1"
STACK = f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack"
CLUSTER = f"arn:aws:elasticmapreduce:us-east-1:{ACCOUNT}:cluster/j-1"
APPLICATION = f"arn:aws:emr-serverless:us-east-1:{ACCOUNT}:/applications/a1"
INSTANCE = f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-1"
GLUE = f"arn:aws:glue:us-east-1:{ACCOUNT}"
TAG = "penstock:deployment"
OWN, OTHER, NONE = {f"aws:ResourceTag/{TAG}": "dev"}, {f"aws:ResourceTag/{TAG}": "prod"}, {}
ASKED = {f"aws:RequestTag/{TAG}": "dev", "aws:TagKeys": [TAG]}
Context = dict[str, str | list[str]]
Case = tuple[str, str, str, str, Context]


def role(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/penstock-dev-{name}"


def passed_to(service: str) -> Context:
    return {"iam:PassedToService": f"{service}.amazonaws.com"}


CASES: list[Case] = [
    # Airflow: clusters.
    ("airflow", "+", "elasticmapreduce:RunJobFlow", "*", {**ASKED}),
    ("airflow", "-", "elasticmapreduce:RunJobFlow", "*", {}),
    ("airflow", "-", "elasticmapreduce:RunJobFlow", "*", {f"aws:RequestTag/{TAG}": "prod", "aws:TagKeys": [TAG]}),
    ("airflow", "+", "elasticmapreduce:AddTags", CLUSTER, {**ASKED}),
    ("airflow", "-", "elasticmapreduce:AddTags", CLUSTER, {**ASKED, **OTHER}),
    ("airflow", "+", "elasticmapreduce:PutAutoTerminationPolicy", CLUSTER, {}),
    ("airflow", "-", "elasticmapreduce:PutAutoTerminationPolicy", CLUSTER, {**OTHER}),
    *(
        case
        for action in (
            "AddJobFlowSteps",
            "CancelSteps",
            "DescribeCluster",
            "DescribeStep",
            "ListInstances",
            "ListSteps",
            "SetTerminationProtection",
            "StartNotebookExecution",
            "TerminateJobFlows",
        )
        for case in (
            ("airflow", "+", f"elasticmapreduce:{action}", CLUSTER, {**OWN}),
            ("airflow", "-", f"elasticmapreduce:{action}", CLUSTER, {**NONE}),
            ("airflow", "-", f"elasticmapreduce:{action}", CLUSTER, {**OTHER}),
        )
    ),
    ("airflow", "+", "elasticmapreduce:ListClusters", "*", {}),
    ("airflow", "-", "elasticmapreduce:ModifyCluster", CLUSTER, {**OWN}),
    ("airflow", "-", "elasticmapreduce:RemoveTags", CLUSTER, {**OWN}),
    # Airflow: EMR Serverless.
    ("airflow", "+", "emr-serverless:CreateApplication", "*", {**ASKED}),
    ("airflow", "-", "emr-serverless:CreateApplication", "*", {}),
    ("airflow", "+", "emr-serverless:StartJobRun", APPLICATION, {**OWN}),
    ("airflow", "-", "emr-serverless:StartJobRun", APPLICATION, {}),
    ("airflow", "+", "emr-serverless:CancelJobRun", f"{APPLICATION}/jobruns/r1", {}),
    ("airflow", "-", "emr-serverless:DeleteApplication", APPLICATION, {**OWN}),
    # Airflow: Glue, whose jobs begin with the deployment's name, and its catalog.
    ("airflow", "+", "glue:StartJobRun", f"{GLUE}:job/dev-movie_recommender-clean_ratings", {}),
    ("airflow", "+", "glue:CreateJob", f"{GLUE}:job/dev-movie_recommender-clean_ratings", {}),
    ("airflow", "-", "glue:StartJobRun", f"{GLUE}:job/prod-movie_recommender-clean_ratings", {}),
    ("airflow", "-", "glue:DeleteJob", f"{GLUE}:job/dev-movie_recommender-clean_ratings", {}),
    ("airflow", "+", "glue:UpdateTable", f"{GLUE}:table/no-Tables/ratings", {}),
    ("airflow", "-", "glue:UpdateTable", f"{GLUE}:table/finance/ledger", {}),
    ("airflow", "-", "glue:DeleteTable", f"{GLUE}:table/no-Tables/ratings", {}),
    # Airflow: roles go to the service that they are for, and to no other.
    ("airflow", "+", "iam:PassRole", role("emr"), passed_to("elasticmapreduce")),
    ("airflow", "+", "iam:PassRole", role("notebooks"), passed_to("elasticmapreduce")),
    ("airflow", "+", "iam:PassRole", role("node"), passed_to("ec2")),
    ("airflow", "+", "iam:PassRole", role("glue"), passed_to("glue")),
    ("airflow", "+", "iam:PassRole", role("serverless"), passed_to("emr-serverless")),
    ("airflow", "-", "iam:PassRole", role("glue"), passed_to("lambda")),
    ("airflow", "-", "iam:PassRole", role("node"), passed_to("elasticmapreduce")),
    ("airflow", "-", "iam:PassRole", role("airflow"), passed_to("airflow")),
    ("airflow", "-", "iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/Admin", passed_to("ec2")),
    # Airflow: objects by the layout.
    ("airflow", "+", "s3:GetObject", f"{BUCKET}/runs/d/r/report/data.json", {}),
    ("airflow", "+", "s3:GetObject", f"{BUCKET}/logs/j-1/steps/s-1/stderr.gz", {}),
    ("airflow", "+", "s3:PutObject", f"{BUCKET}/models/m/1/MLmodel", {}),
    ("airflow", "-", "s3:PutObject", f"{BUCKET}/code/abc/jobs.zip", {}),
    ("airflow", "-", "s3:PutObject", f"{BUCKET}/raw/movielens/ratings.csv", {}),
    ("airflow", "+", "s3:DeleteObject", f"{BUCKET}/runs/d/r/report/data.json", {}),
    ("airflow", "-", "s3:DeleteObject", f"{BUCKET}/raw/movielens/ratings.csv", {}),
    ("airflow", "-", "s3:DeleteObjectVersion", f"{BUCKET}/runs/d/r/report/data.json", {}),
    ("airflow", "+", "s3:ListBucket", BUCKET, {}),
    ("airflow", "-", "s3:GetObject", "arn:aws:s3:::somebody-elses/runs/d/r/report/data.json", {}),
    ("airflow", "-", "s3:ListBucket", "arn:aws:s3:::somebody-elses", {}),
    # Airflow: the rest.
    ("airflow", "+", "sns:Publish", f"arn:aws:sns:us-east-1:{ACCOUNT}:penstock-dev", {}),
    ("airflow", "-", "sns:Publish", f"arn:aws:sns:us-east-1:{ACCOUNT}:penstock-prod", {}),
    ("airflow", "+", "pricing:GetProducts", "*", {}),
    ("airflow", "+", "airflow:PublishMetrics", f"arn:aws:airflow:us-east-1:{ACCOUNT}:environment/dev", {}),
    ("airflow", "-", "airflow:CreateWebLoginToken", f"arn:aws:airflow:us-east-1:{ACCOUNT}:role/dev/Admin", {}),
    # EMR ends and changes only what carries the tag.
    ("emr", "+", "ec2:RunInstances", INSTANCE, {**ASKED}),
    ("emr", "-", "ec2:RunInstances", INSTANCE, {}),
    ("emr", "+", "ec2:TerminateInstances", INSTANCE, {**OWN}),
    ("emr", "-", "ec2:TerminateInstances", INSTANCE, {}),
    ("emr", "-", "ec2:TerminateInstances", INSTANCE, {**OTHER}),
    ("emr", "+", "iam:PassRole", role("node"), passed_to("ec2")),
    ("emr", "-", "iam:PassRole", role("airflow"), passed_to("ec2")),
    # Spark, as nodes do it and as EMR Serverless does.
    *(
        case
        for name in ("node", "step", "serverless")
        for case in (
            (name, "+", "s3:GetObject", f"{BUCKET}/raw/movielens/ratings.csv", {}),
            (name, "+", "s3:PutObject", f"{BUCKET}/runs/d/r/model/m/_SUCCESS", {}),
            (name, "+", "s3:DeleteObject", f"{BUCKET}/streams/d/checkpoint/offsets/0", {}),
            (name, "-", "s3:PutObject", f"{BUCKET}/models/m/1/MLmodel", {}),
            (name, "-", "s3:PutObject", f"{BUCKET}/code/abc/jobs.zip", {}),
            (name, "-", "s3:GetObject", "arn:aws:s3:::somebody-elses/raw/movielens/ratings.csv", {}),
            (name, "-", "elasticmapreduce:TerminateJobFlows", CLUSTER, {**OWN}),
        )
    ),
    ("node", "+", "s3:PutObject", f"{BUCKET}/logs/j-1/steps/s-1/stderr.gz", {}),
    ("node", "+", "sts:AssumeRole", role("step"), {}),
    ("node", "-", "sts:AssumeRole", role("airflow"), {}),
    # Glue.
    ("glue", "+", "s3:GetObject", f"{BUCKET}/raw/movielens/ratings.csv", {}),
    ("glue", "+", "s3:PutObject", f"{BUCKET}/runs/d/r/clean/ratings/part-0", {}),
    ("glue", "-", "s3:PutObject", f"{BUCKET}/raw/movielens/ratings.csv", {}),
    ("glue", "-", "s3:GetObject", "arn:aws:s3:::somebody-elses/raw/movielens/ratings.csv", {}),
    ("glue", "-", "glue:StartJobRun", f"{GLUE}:job/dev-movie_recommender-clean_ratings", {}),
    # Serving reads bundles, and nothing else.
    ("serving", "+", "s3:GetObject", f"{BUCKET}/bundles/m/1/manifest.json", {}),
    ("serving", "-", "s3:GetObject", f"{BUCKET}/raw/movielens/ratings.csv", {}),
    ("serving", "-", "s3:PutObject", f"{BUCKET}/bundles/m/1/manifest.json", {}),
    ("serving", "-", "s3:ListBucket", BUCKET, {"s3:prefix": "raw/"}),
    ("serving", "+", "s3:ListBucket", BUCKET, {"s3:prefix": "bundles/m/"}),
    # GitHub Actions: its own stacks, by CloudFormation's role; releases are added and never removed.
    ("deploy", "+", "cloudformation:CreateStack", f"{STACK}/penstock-dev-key/1", {}),
    ("deploy", "-", "cloudformation:CreateStack", f"{STACK}/penstock-prod-key/1", {}),
    ("deploy", "+", "cloudformation:DescribeStacks", f"{STACK}/penstock-test-storage/1", {}),
    ("deploy", "-", "cloudformation:DescribeStacks", f"{STACK}/penstock-test-key/1", {}),
    ("deploy", "+", "iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/cloudformation", passed_to("cloudformation")),
    ("deploy", "-", "iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/cloudformation", passed_to("lambda")),
    ("deploy", "-", "iam:CreateRole", role("airflow"), {}),
    ("deploy", "+", "s3:PutObject", f"{BUCKET}/code/abc/jobs.zip", {}),
    ("deploy", "-", "s3:DeleteObject", f"{BUCKET}/code/abc/jobs.zip", {}),
    ("deploy", "+", "s3:PutObject", f"{BUCKET}/environments/abc/environment.tar.gz", {}),
    ("deploy", "-", "s3:DeleteObject", f"{BUCKET}/environments/abc/environment.tar.gz", {}),
    ("deploy", "-", "s3:GetObject", f"{BUCKET}/raw/movielens/ratings.csv", {}),
    ("deploy", "+", "s3:DeleteObject", f"{AIRFLOW_BUCKET}/dags/old.py", {}),
    ("deploy", "-", "s3:DeleteObject", f"{AIRFLOW_BUCKET}/plugins.zip", {}),
    ("deploy", "+", "s3:GetObject", f"{SOURCE_BUCKET}/releases/abc/dags.zip", {}),
    ("deploy", "+", "s3:GetObject", f"{SOURCE_BUCKET}/environments/abc/environment.tar.gz", {}),
    ("deploy", "-", "s3:PutObject", f"{SOURCE_BUCKET}/releases/abc/dags.zip", {}),
    ("deploy", "-", "s3:DeleteBucket", BUCKET, {}),
    # The watch counts, and ends nothing.
    ("watch", "+", "elasticmapreduce:ListClusters", "*", {}),
    ("watch", "+", "cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "Penstock"}),
    ("watch", "-", "cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "AWS/EC2"}),
    ("watch", "-", "elasticmapreduce:TerminateJobFlows", CLUSTER, {**OWN}),
]


@pytest.fixture(scope="session")
def decisions(deployed: Deployed) -> dict[int, str]:
    """The answer to each case, asked in one call for each role."""
    policies: Any = cache(lambda name: deployed.policies(f"penstock-dev-{name}"))
    found: dict[int, str] = {}
    for name in sorted({each[0] for each in CASES}):
        numbers = [number for number, each in enumerate(CASES) if each[0] == name]
        asked = [Request(action=CASES[n][2], resource=CASES[n][3], context=CASES[n][4]) for n in numbers]
        found |= dict(zip(numbers, decide(f"penstock-dev-{name}", policies(name), asked), strict=True))
    return found


def shown(case: Case) -> str:
    name, sign, action, resource, context = case
    return f"{name} {sign}{action} {resource.rpartition(':')[2]} {','.join(str(each) for each in context.values())}"


@pytest.mark.parametrize("number", range(len(CASES)), ids=[shown(each) for each in CASES])
def test_the_role_may_do_what_the_code_calls_and_no_more(decisions: dict[int, str], number: int) -> None:
    assert decisions[number] == {"+": "Allowed", "-": "ImplicitlyDenied"}[CASES[number][1]]


def test_the_simulator_knows_no_call_that_aws_does_not(deployed: Deployed) -> None:
    asked = [Request(action="elasticmapreduce:EndCluster", resource=CLUSTER)]
    with pytest.raises(AssertionError, match="EndCluster"):
        decide("penstock-dev-airflow", deployed.policies("penstock-dev-airflow"), asked)


@pytest.mark.parametrize(
    "name", ["airflow", "emr", "node", "step", "serverless", "glue", "notebooks", "serving", "deploy", "watch"]
)
def test_a_wildcard_resource_is_only_there_where_aws_takes_no_other(deployed: Deployed, name: str) -> None:
    statements = [s for each in deployed.policies(f"penstock-dev-{name}") for s in each["Statement"]]
    wild = {action for s in statements if s["Resource"] in ("*", ["*"]) for action in as_list(s["Action"])}
    assert {each for each in wild if not each.startswith("ec2:Describe")} <= {
        "cloudwatch:PutMetricData",
        "elasticmapreduce:ListClusters",
        "elasticmapreduce:ListNotebookExecutions",
        "elasticmapreduce:RunJobFlow",
        "emr-serverless:CreateApplication",
        "emr-serverless:ListApplications",
        "logs:DescribeLogGroups",
        "pricing:GetProducts",
        "s3:GetAccountPublicAccessBlock",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }
    assert not any("*" in action for s in statements for action in as_list(s["Action"]))


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
