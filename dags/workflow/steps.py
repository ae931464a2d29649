"""A Spark job as an EMR step, as a pure function of its arguments."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from workflow.environment import Environment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from penstock.arguments import JobArgs
    from penstock.layout import Code

NONE = Environment()


def spark_step(
    args: JobArgs, *, code: Code, conf: Mapping[str, str], label: str, environment: Environment = NONE
) -> dict[str, Any]:
    """The step that runs a job; `label` tells two steps of one script apart.

    Client mode, so that the driver's log is the step's log. A failed step leaves the cluster to Airflow, which knows
    whether another task still needs it.
    """
    chosen = environment.of(conf)
    return {
        "Name": f"{PurePosixPath(args.script).stem} {label}",
        "ActionOnFailure": "CONTINUE",
        "HadoopJarStep": {
            "Jar": "command-runner.jar",
            "Args": [
                *("spark-submit", "--deploy-mode", "client", "--py-files", code.jobs_zip),
                *chosen.submit_options(conf),
                *chosen.launcher(code),
                code.script(args.script),
                *args.to_argv(),
            ],
        },
    }
