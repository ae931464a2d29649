"""The stacks of infra/ in the order in which they are made, each with what the stacks before it put out."""

import json
import re
from pathlib import Path
from typing import Any

from cfnlint.decode import cfn_yaml

REPOSITORY = Path(__file__).resolve().parents[2]
INFRA = REPOSITORY / "infra"
ORDER = (
    "key",
    "storage",
    "network",
    "endpoints",
    "catalog",
    "emr",
    "roles/spark",
    "roles/emr",
    "roles/glue",
    "roles/notebooks",
    "roles/workflows",
    "roles/documents",
    "roles/airflow",
    "roles/serving",
    "airflow",
    "mlflow",
    "users",
    "serving",
    "page",
    "alarms",
    "budget",
    "github",
)
GIVEN = {
    "Deployment": "dev",
    "CodeKey": "code/abc/serving.zip",
    "Repository": "organisation/penstock",
    "CloudFormationRole": "arn:aws:iam::123456789012:role/cloudformation",
    "Source": "test",
    "Bundle": "s3://penstock-dev/bundles/movie_recommender/1",
}
"""What no stack puts out and no default says: what a person or the deploy tool decides."""
NOT_CARRIED = {
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Authorizer",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Stage",
    "AWS::Budgets::Budget",
    "AWS::CloudFront::Distribution",
    "AWS::CloudFront::OriginAccessControl",
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::CloudWatch::Alarm",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::Cognito::UserPoolDomain",
    "AWS::Cognito::UserPoolGroup",
    "AWS::Glue::Database",
    "AWS::IAM::OIDCProvider",
    "AWS::MWAA::Environment",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SageMaker::MlflowTrackingServer",
}
"""Types that moto's CloudFormation passes over in silence; infra/README.md lists them."""
REFUSED = {("AWS::KMS::Key", "Tags")}
"""Properties over which moto's CloudFormation stumbles."""
BLOCKS = ["10.40.0.0/20", "10.40.16.0/20", "10.40.32.0/20"]
"""What the network's Fn::Cidr makes, a function that moto's CloudFormation does not have."""


def template(name: str) -> dict[str, Any]:
    """A template with its functions in their long forms."""
    loaded: dict[str, Any] = json.loads(json.dumps(cfn_yaml.load(str(INFRA / f"{name}.yaml"))))
    return loaded


def for_moto(name: str) -> dict[str, Any]:
    """The template without what moto refuses, with names for what it passes over."""
    found = template(name)
    resources = found["Resources"]
    for each in resources.values():
        for type_, value in REFUSED:
            if each["Type"] == type_:
                each["Properties"].pop(value, None)
    absent = {key for key, each in resources.items() if each["Type"] in NOT_CARRIED}
    return {**found, **{part: _named(found.get(part, {}), absent) for part in ("Resources", "Outputs")}}


def _named(node: Any, absent: set[str]) -> Any:
    """References to absent resources as plain names."""
    if isinstance(node, list):
        return [_named(each, absent) for each in node]
    if not isinstance(node, dict):
        return node
    if "Fn::Cidr" in node:
        return BLOCKS
    target = node.get("Ref") or (node.get("Fn::GetAtt") or [""])[0]
    if target in absent:
        return f"no-{target}"
    if isinstance(text := node.get("Fn::Sub"), str):
        return {"Fn::Sub": _named_within(text, absent)}
    return {key: _named(each, absent) for key, each in node.items()}


def _named_within(text: str, absent: set[str]) -> str:
    """The same in a text with ${...}, of a resource or of an attribute of it."""
    for each in absent:
        text = re.sub(rf"\$\{{{each}(\.\w+)?\}}", f"no-{each}", text)
    return text


def parameters(name: str, outputs: dict[str, str]) -> dict[str, str]:
    """What a stack is made with: outputs of the stacks before it by the same name, or what is given."""
    wanted = template(name)["Parameters"]
    return {key: value for key, value in {**GIVEN, **outputs}.items() if key in wanted}
