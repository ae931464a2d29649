"""What happens to a cluster from its start to its end: one thread for the cluster and one per running step."""

import contextlib
import logging
import threading
import time

from local_aws.emr import states
from local_aws.emr.bootstrap import Bootstrap
from local_aws.emr.cluster import RunningCluster
from local_aws.emr.commands import NOT_EXECUTABLE, exported_variables, spark_defaults, step_argv
from local_aws.emr.logs import log_address, publish
from local_aws.emr.step import RunningStep
from local_aws.engine.base import STANDALONE, TAG, EngineError
from local_aws.engine.standalone import StandaloneEngine
from local_aws.failure import failure_message
from local_aws.faults.clusters import strike
from local_aws.processes import Process, ShuttingDownError
from local_aws.runtime import Runtime, Workspace
from local_aws.spark import NoSparkError

UNKNOWN = "Unknown Error."
log = logging.getLogger(__name__)


class ClusterRun:
    """Executes one cluster. Nothing polls: threads wait for processes and for the cluster's ``changed``."""

    def __init__(self, cluster: RunningCluster, runtime: Runtime) -> None:
        self._cluster = cluster
        self._runtime = runtime
        self._defaults = spark_defaults(cluster.plain_configurations)
        self._exported = exported_variables(cluster.plain_configurations)

    def launch(self) -> None:
        """Begin; returns at once."""
        cluster, runtime = self._cluster, self._runtime
        cluster.launched = True
        if (cluster.tag(TAG) or runtime.settings.engine) == STANDALONE:
            cluster.engine = StandaloneEngine(runtime, cluster.id, cluster.worker_ids, cluster.lose_worker)
        threading.Thread(target=self._run, daemon=True, name=self._cluster.id).start()

    def _run(self) -> None:
        cluster = self._cluster
        try:
            if self._wait_for_machines() and Bootstrap(cluster, self._runtime, self._defaults, self._finish).run():
                strike(self._runtime.faults, cluster)
                self._serve_steps()
        except ShuttingDownError:
            return
        except Exception:
            log.exception("cluster %s broke", cluster.id)
            cluster.end("INTERNAL_ERROR", message="The local AWS failed", state="TERMINATED_WITH_ERRORS")
        cluster.engine.close()
        cluster.release_instances()
        with cluster.changed:
            cluster.changed.wait_for(lambda: not cluster.busy)
            if cluster.ending:
                reason = {"Code": cluster.ending.code, "Message": cluster.ending.message}
                cluster.move(cluster.ending.state, reason)

    def _wait_for_machines(self) -> bool:
        cluster = self._cluster
        with cluster.changed:
            if cluster.changed.wait_for(lambda: cluster.ending, self._runtime.settings.startup_delay):
                return False
        try:
            cluster.engine.start()
        except (EngineError, NoSparkError) as error:
            cluster.end("INTERNAL_ERROR", message=str(error), state="TERMINATED_WITH_ERRORS")
        with cluster.changed:
            if cluster.ending:
                return False
            cluster.move("BOOTSTRAPPING")
            return True

    def _serve_steps(self) -> None:
        """Start steps as they come and slots get free, until the cluster ends."""
        cluster = self._cluster
        with cluster.changed:
            while not cluster.ending:
                self._start_steps()
                if any(step.state in states.UNFINISHED_STEP for step in cluster.steps):
                    cluster.move("RUNNING")
                    cluster.changed.wait()
                elif not cluster.keep_job_flow_alive_when_no_steps:
                    cluster.move("RUNNING")  # a cluster without steps was ready, too
                    failed = any(step.state == "FAILED" for step in cluster.steps)
                    cluster.end("ALL_STEPS_COMPLETED", message="Steps completed with errors" if failed else None)
                else:
                    cluster.move("WAITING")
                    self._idle()

    def _idle(self) -> None:
        """Wait for a change; end the cluster when its policy's idle time is over."""
        cluster = self._cluster
        policy = cluster.auto_termination_policy
        if policy is None or cluster.explored:
            cluster.changed.wait()
            return
        allowed = policy["IdleTimeout"] * self._runtime.settings.seconds_per_minute / 60
        left = cluster.idle_since + allowed - time.monotonic()
        if left <= 0:
            cluster.end("AUTO_TERMINATION")
        else:
            cluster.changed.wait(left)

    def _start_steps(self) -> None:
        cluster = self._cluster
        running = sum(step.state in states.STARTED for step in cluster.steps)
        pending = [step for step in cluster.steps if step.state == "PENDING"]
        for step in pending[: max(0, cluster.step_concurrency_level - running)]:
            step.move("RUNNING")
            threading.Thread(target=self._run_step, args=(step,), daemon=True, name=step.id).start()

    def _run_step(self, step: RunningStep) -> None:
        runtime, cluster = self._runtime, self._cluster
        workspace = runtime.workspace("emr", cluster.id, "steps", step.id, role=cluster.job_flow_role)
        address = log_address(cluster.log_uri, cluster.id, "steps", step.id)
        delay = runtime.settings.log_delay
        try:
            failure = self._execute(step, workspace)
            if not delay:
                publish(runtime.store, address, workspace)
            runtime.store.forget()
        except ShuttingDownError:
            return
        except Exception as error:
            log.exception("step %s broke", step.id)
            failure = {"Reason": "The local AWS failed", "Message": repr(error)}
        workspace.tidy()
        if failure and address:
            failure["LogFile"] = f"{address}/stderr.gz"
        self._settle(step, failure)
        if delay:
            time.sleep(delay)  # this thread has nothing else to do
            self._publish_late(address, workspace)

    def _publish_late(self, address: str | None, workspace: Workspace) -> None:
        """Leave the logs of a step that has ended some time ago."""
        with contextlib.suppress(ShuttingDownError):
            self._runtime.processes.check_open()
            publish(self._runtime.store, address, workspace)
            self._runtime.store.forget()

    def _execute(self, step: RunningStep, workspace: Workspace) -> dict[str, str] | None:
        """Run the step's command to its end and return its FailureDetails, if it failed."""
        workspace.note(f"INFO step {step.id} {step.name!r}: {step.jar} {step.args}")
        try:
            argv = step_argv(
                step.jar,
                step.args,
                runtime=self._runtime,
                workspace=workspace,
                defaults=self._defaults,
                engine=self._cluster.engine.properties(),
            )
            code = self._finish(argv, workspace, step)
        except NOT_EXECUTABLE as error:
            workspace.note(f"ERROR {error}")
            return {"Reason": "The step could not be started", "Message": str(error)}
        if code == 0:
            return None
        return {"Reason": UNKNOWN, "Message": failure_message(workspace.read(workspace.stderr), code)}

    def _finish(self, argv: list[str], workspace: Workspace, step: RunningStep | None = None) -> int:
        """Start a command and return its exit code; a cancelled step's or an ended cluster's is killed."""
        cluster = self._cluster
        process = self._runtime.start(argv, workspace, self._environment(step, workspace))
        with cluster.changed:
            if step:
                step.process = process
            else:
                cluster.bootstrap_process = process
            if cluster.ending or (step and step.state == "CANCEL_PENDING"):
                process.kill()
        code = self._sabotage(step, process) if step else process.wait()
        self._runtime.processes.forget(process)
        self._runtime.processes.check_open()
        workspace.note(f"INFO waitProcessCompletion ended with exit code {code}")
        return code

    def _sabotage(self, step: RunningStep, process: Process) -> int:
        """Let the fault that is ordered for a step happen to it, and return its exit code."""
        cluster = self._cluster
        subject = {"cluster": (cluster.id, cluster.name), "step": (step.id, step.name)}
        fault = self._runtime.faults.take("step-crash", "step-hang", **subject)
        if fault:
            with contextlib.suppress(TimeoutError):
                return process.wait(fault.after)
            process.kill() if fault.kind == "step-crash" else process.freeze()
        return process.wait()

    def _environment(self, step: RunningStep | None, workspace: Workspace) -> dict[str, str]:
        return {
            **self._exported,
            "EMR_CLUSTER_ID": self._cluster.id,
            **({"EMR_STEP_ID": step.id} if step else {}),
        }

    def _settle(self, step: RunningStep, failure: dict[str, str] | None) -> None:
        """Give the step its last state and do what its ActionOnFailure says."""
        cluster = self._cluster
        with cluster.changed:
            if step.state == "CANCEL_PENDING":
                step.move("CANCELLED")
            elif failure is None:
                step.move("COMPLETED")
            else:
                step.failure = failure
                step.move("FAILED")
                self._after_failure(states.ON_FAILURE.get(step.action_on_failure, "terminate"))
            cluster.changed.notify_all()

    def _after_failure(self, action: str) -> None:
        cluster = self._cluster
        if action == "terminate" and not cluster.termination_protected:
            cluster.end("STEP_FAILURE", state="TERMINATED_WITH_ERRORS")
        elif action in {"terminate", "cancel"}:
            pending = [step for step in cluster.steps if step.state == "PENDING"]
            cluster.cancel(pending, kill=False, reason="A step before it failed")
