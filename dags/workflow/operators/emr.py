"""The provider's EMR operators, with what the workflow cannot do without.

They take every templated string that ends in `.json` for the name of a template file, in nested lists too, so that a
step with `--report_uri=s3://.../training.json` fails with TemplateNotFound; and they add a step again on every attempt,
beside the one of an attempt that lost sight of it (provider 9.39.0).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from airflow.providers.amazon.aws.hooks.emr import EmrHook
from airflow.providers.amazon.aws.operators.emr import EmrAddStepsOperator, EmrCreateJobFlowOperator
from airflow.providers.amazon.aws.utils.waiter_with_logging import wait

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

UNFINISHED = ["PENDING", "RUNNING"]
Step = dict[str, Any]


class StepHook(EmrHook):
    """Adds a step only if the cluster is not at it already."""

    def add_job_flow_steps(  # noqa: PLR0917 - the provider's signature
        self,
        job_flow_id: str,
        steps: list[Step] | str | None = None,
        wait_for_completion: bool = False,  # noqa: FBT001, FBT002
        waiter_delay: int | None = None,
        waiter_max_attempts: int | None = None,
        execution_role_arn: str | None = None,
    ) -> list[str]:
        """Ids of the steps, found or added, once they are there or, on demand, completed.

        A step of the same name with other arguments is of an attempt before a correction: it is cancelled first, so
        that two steps never write to one place.
        """
        wanted = steps if isinstance(steps, list) else []
        ids = [self._find(job_flow_id, step) or self._add(job_flow_id, step, execution_role_arn) for step in wanted]
        for step_id in ids if wait_for_completion else ():
            wait(
                waiter=self.get_conn().get_waiter("step_complete"),
                waiter_delay=waiter_delay or 30,
                waiter_max_attempts=waiter_max_attempts or 60,
                args={"ClusterId": job_flow_id, "StepId": step_id},
                failure_message=f"EMR Steps failed: {step_id}",
                status_message="EMR Step status is",
                status_args=["Step.Status.State", "Step.Status.FailureDetails"],
            )
        return ids

    def cancel_unfinished(self, job_flow_id: str, name: str) -> list[str]:
        """Cancel every unfinished step of this name and return their ids."""
        ids = [step["Id"] for step in self._unfinished(job_flow_id, name)]
        if ids:
            self.get_conn().cancel_steps(ClusterId=job_flow_id, StepIds=ids, StepCancellationOption="TERMINATE_PROCESS")
            self.log.info("Cancelled %s of %s", ", ".join(ids), job_flow_id)
        return ids

    def _find(self, job_flow_id: str, step: Step) -> str | None:
        for found in self._unfinished(job_flow_id, step["Name"]):
            if found["Config"]["Args"] == step["HadoopJarStep"]["Args"]:
                self.log.info("Step %s of %s is at this already: waiting for it", found["Id"], job_flow_id)
                return str(found["Id"])
        return None

    def _add(self, job_flow_id: str, step: Step, role: str | None) -> str:
        self.cancel_unfinished(job_flow_id, step["Name"])
        (added,) = super().add_job_flow_steps(job_flow_id, steps=[step], execution_role_arn=role)
        return str(added)

    def _unfinished(self, job_flow_id: str, name: str) -> Iterator[Step]:
        pages = self.get_conn().get_paginator("list_steps").paginate(ClusterId=job_flow_id, StepStates=UNFINISHED)
        return (step for page in pages for step in page["Steps"] if step["Name"] == name)


class EmrStepOperator(EmrAddStepsOperator):
    """EmrAddStepsOperator that opens no files, re-attaches on retry and cancels on kill."""

    template_ext: Sequence[str] = ()
    aws_hook_class = StepHook

    def on_kill(self) -> None:
        """Cancel what this task has the cluster do."""
        for step in cast("list[Step]", self.steps):
            cast("StepHook", self.hook).cancel_unfinished(str(self.job_flow_id), step["Name"])


class EmrClusterOperator(EmrCreateJobFlowOperator):
    """EmrCreateJobFlowOperator that renders its request and opens no files."""

    template_ext: Sequence[str] = ()
