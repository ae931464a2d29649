"""EMR requests that several clients' tests make, as short as they need them."""

from typing import Any


def command_step(command: str, *, name: str = "", on_failure: str = "CONTINUE") -> dict[str, Any]:
    """Return a step that runs a command of the shell."""
    jar = {"Jar": "command-runner.jar", "Args": ["bash", "-c", command]}
    return {"Name": name or command, "ActionOnFailure": on_failure, "HadoopJarStep": jar}


def small_cluster(*steps: dict[str, Any], keep: bool = True, name: str = "small") -> dict[str, Any]:
    """Return the request for a cluster of one machine; ``keep`` keeps it when it has no more steps."""
    return {
        "Name": name,
        "ReleaseLabel": "emr-7.13.0",
        "LogUri": "s3://lake/logs",
        "ServiceRole": "service",
        "JobFlowRole": "instance",
        "Instances": {
            "InstanceGroups": [{"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}],
            "KeepJobFlowAliveWhenNoSteps": keep,
        },
        "Steps": list(steps),
    }
