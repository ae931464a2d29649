"""Public and private subnets of moto's EC2."""

from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook

from penstock.errors import DeploymentError
from workflow.network import internet_gateway, refuse_public


@pytest.fixture
def ec2(aws: dict[str, str]) -> Any:
    return AwsGenericHook(client_type="ec2", **aws).conn


class Network:
    """A VPC with an internet gateway and one subnet, which has no route to it."""

    def __init__(self, ec2: Any) -> None:
        self.ec2 = ec2
        self.vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=self.gateway, VpcId=self.vpc)
        self.subnet = ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]

    def main(self) -> str:
        filters = [{"Name": "vpc-id", "Values": [self.vpc]}, {"Name": "association.main", "Values": ["true"]}]
        (table,) = self.ec2.describe_route_tables(Filters=filters)["RouteTables"]
        return str(table["RouteTableId"])

    def own(self) -> str:
        table = str(self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"])
        self.ec2.associate_route_table(RouteTableId=table, SubnetId=self.subnet)
        return table

    def lead_out(self, table: str) -> None:
        self.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=self.gateway)


def test_a_subnet_without_a_route_out_is_private(ec2: Any) -> None:
    network = Network(ec2)
    assert internet_gateway(ec2, network.subnet) is None
    refuse_public(ec2, [network.subnet])


@pytest.mark.parametrize("by", ["own", "main"])
def test_a_subnet_whose_table_leads_out_is_refused(ec2: Any, by: str) -> None:
    network = Network(ec2)
    network.lead_out(getattr(network, by)())
    with pytest.raises(DeploymentError) as raised:
        refuse_public(ec2, [Network(ec2).subnet, network.subnet])
    assert str(raised.value) == (
        f"Subnet {network.subnet} is public: its routes lead to {network.gateway}. Put a private subnet with endpoints "
        "for S3 and EMR into the deployment's subnet_ids, or waive the rule in the spec: cluster.waive: [public_subnet]"
    )


def test_a_table_of_its_own_counts_and_not_the_main_one(ec2: Any) -> None:
    network = Network(ec2)
    network.own()
    network.lead_out(network.main())
    assert internet_gateway(ec2, network.subnet) is None


def test_tables_of_other_subnets_do_not_count(ec2: Any) -> None:
    network = Network(ec2)
    network.lead_out(str(ec2.create_route_table(VpcId=network.vpc)["RouteTable"]["RouteTableId"]))
    assert internet_gateway(ec2, network.subnet) is None


def test_what_cannot_be_asked_is_only_told(ec2: Any, caplog: pytest.LogCaptureFixture) -> None:
    refuse_public(ec2, ["subnet-00000000"])
    assert caplog.messages[0].startswith(
        "Whether subnet-00000000 is a public subnet cannot be asked: An error occurred"
    )


def test_a_refused_question_is_only_told(fault: Any, emr: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    fault("deny", service="ec2", operation="DescribeRouteTables", times=0)
    refuse_public(AwsGenericHook(client_type="ec2", **emr).conn, ["subnet-1"])
    assert "not authorized to perform: ec2:DescribeRouteTables" in caplog.text
