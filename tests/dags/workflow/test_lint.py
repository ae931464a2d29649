"""What is wrong with a cluster, said when the DAG is parsed."""

from copy import deepcopy
from typing import Any

import pytest

from penstock.errors import SpecError
from workflow.compute.transient import request
from workflow.lint import RULES, refuse_flawed, sense_problems, shape_problems
from workflow.recommender.flow import RecommenderFlow


def _flawed(flow: RecommenderFlow, role: int = 0, **group: Any) -> dict[str, Any]:
    flawed = deepcopy(request(flow))
    flawed["Instances"]["InstanceGroups"][role] |= group
    return flawed


def test_the_shipped_cluster_has_no_flaw(flow: RecommenderFlow) -> None:
    assert (shape_problems(request(flow)), sense_problems(request(flow))) == ([], [])


@pytest.mark.parametrize(
    ("role", "group", "problem"),
    [
        (
            0,
            {"InstanceType": "m4.large"},
            (
                "MASTER m4.large is of a previous generation: a current one (m7g, r7g, c7g, m7i) does more for less "
                "[outdated_instance]"
            ),
        ),
        (
            1,
            {"InstanceType": "t3.xlarge"},
            (
                "CORE t3.xlarge is burstable: EMR does not offer it, and Spark would use up its credits "
                "[outdated_instance]"
            ),
        ),
        (
            0,
            {"Market": "SPOT"},
            (
                "MASTER m7g.xlarge is a spot instance: AWS takes it back with two minutes' notice, and with it "
                "the cluster [spot_primary_or_core]"
            ),
        ),
        (
            1,
            {"Market": "SPOT"},
            (
                "CORE r7g.xlarge is a spot instance: AWS takes it back with two minutes' notice, and with it HDFS "
                "blocks and shuffle files [spot_primary_or_core]"
            ),
        ),
    ],
)
def test_a_node_that_nobody_wants(flow: RecommenderFlow, role: int, group: dict[str, str], problem: str) -> None:
    flawed = _flawed(flow, role, **group)
    assert sense_problems(flawed) == [problem]
    assert sense_problems(flawed, waived=list(RULES)) == []


def test_spot_task_nodes_are_fine(flow: RecommenderFlow) -> None:
    wanted = deepcopy(request(flow))
    wanted["Instances"]["InstanceGroups"].append(
        {"InstanceRole": "TASK", "InstanceType": "r7g.xlarge", "Market": "SPOT"}
    )
    assert sense_problems(wanted) == []


def test_a_fleet_is_held_to_the_same(flow: RecommenderFlow) -> None:
    fleet = {
        "InstanceFleetType": "CORE",
        "TargetSpotCapacity": 4,
        "InstanceTypeConfigs": [{"InstanceType": "r4.xlarge"}],
    }
    rules = [
        each.rpartition(" ")[2] for each in sense_problems({**request(flow), "Instances": {"InstanceFleets": [fleet]}})
    ]
    assert rules == ["[outdated_instance]", "[spot_primary_or_core]"]


def test_a_cluster_without_logs_and_end_is_refused_in_one_message(flow: RecommenderFlow) -> None:
    flawed = {key: value for key, value in request(flow).items() if key not in {"LogUri", "AutoTerminationPolicy"}}
    with pytest.raises(SpecError) as caught:
        refuse_flawed({**flawed, "Colour": "red"}, where="specs/x.yaml: cluster")
    assert str(caught.value).splitlines()[0] == "specs/x.yaml: cluster: this is no cluster to ask for"
    assert 'Unknown parameter in input: "Colour"' in str(caught.value)
    assert "LogUri is missing: nobody could say why a step failed [log_uri]" in str(caught.value)
    assert "a cluster that Airflow loses sight of would run for ever [auto_termination]" in str(caught.value)


@pytest.mark.parametrize("seconds", [59, 604_801])
def test_an_idle_timeout_that_emr_refuses(flow: RecommenderFlow, seconds: int) -> None:
    flawed = {**request(flow), "AutoTerminationPolicy": {"IdleTimeout": seconds}}
    assert sense_problems(flawed) == [
        f"AutoTerminationPolicy.IdleTimeout is {seconds} s; EMR takes 60 to 604,800 [auto_termination]"
    ]
