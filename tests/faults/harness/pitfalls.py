"""What the provider's operators do (9.39.0, with Airflow 3.3.2), and where the suite shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Pitfall:
    """One thing that a user of the provider's operators would not expect."""

    story: str
    faults: tuple[str, ...] = ()
    """Faults of the matrix, in whose plain column it is seen."""
    tests: tuple[str, ...] = ()
    """Tests in tests/faults/pitfalls."""


PITFALLS = (
    Pitfall(
        story="`dagrun_timeout` skips every unfinished task, teardowns too: the cluster stays",
        faults=("dagrun_timeout",),
    ),
    Pitfall(
        story="a teardown runs only if its setup succeeded: a create task that fails after RunJobFlow leaks a cluster",
        faults=("DescribeCluster_denied",),
    ),
    Pitfall(
        story="EmrTerminateJobFlowOperator describes the cluster first, and does not terminate it if that is refused",
        faults=("DescribeCluster_denied",),
    ),
    Pitfall(
        story="it does not lift termination protection",
        faults=("termination_protection",),
    ),
    Pitfall(
        story="it does not wait until the cluster has ended",
        tests=("test_terminating_does_not_wait_for_the_end",),
    ),
    Pitfall(
        story="EmrCreateJobFlowOperator makes another cluster on every attempt, and the first one is forgotten",
        faults=("worker_killed_after_run_job_flow", "create_cleared"),
    ),
    Pitfall(
        story="it cleans up only if its wait fails, after no other error",
        tests=("test_a_refused_call_after_run_job_flow_leaves_the_cluster_up",),
    ),
    Pitfall(
        story="it takes a cluster that was terminated for ready",
        tests=("test_a_cluster_that_was_terminated_counts_as_ready",),
    ),
    Pitfall(
        story="its `on_kill` raises AttributeError before the cluster is created",
        tests=("test_being_killed_before_the_creation_is_an_error",),
    ),
    Pitfall(
        story="EmrAddStepsOperator adds its step again on every attempt, beside the one that runs",
        faults=("worker_killed_after_add_steps", "worker_killed_in_step"),
        tests=("test_a_second_attempt_adds_the_step_again",),
    ),
    Pitfall(
        story="it leaves its step running when it is killed",
        faults=("step_cleared",),
        tests=("test_a_killed_task_leaves_its_step_running",),
    ),
    Pitfall(
        story="it gives up waiting after half an hour",
        tests=("test_waiting_for_a_step_is_given_up_after_half_an_hour",),
    ),
    Pitfall(
        story="its `execution_timeout` does not end it while it is deferred",
        faults=("execution_timeout", "step_hang"),
    ),
    Pitfall(
        story="it does not say what the driver's log says",
        tests=("test_a_failed_step_does_not_say_what_the_driver_said",),
    ),
    Pitfall(
        story="EMR's triggers end nothing when a user ends the deferred task",
        tests=("test_a_killed_trigger_ends_nothing",),
    ),
    Pitfall(
        story="each poke of EmrStepSensor is two calls",
        tests=("test_each_poke_of_a_step_is_two_calls",),
    ),
    Pitfall(
        story="the wait for a Glue job run, and GlueJobSensor, do not know ERROR and EXPIRED and wait for ever",
        tests=("test_some_ends_are_waited_for_for_ever",),
    ),
    Pitfall(
        story="GlueJobOperator uploads scripts of one name to one place",
        tests=("test_two_scripts_of_one_name_are_one_object",),
    ),
    Pitfall(
        story="it does not update a job that is there, and does not stop its run when it is killed, unless told to",
        tests=("test_an_existing_job_keeps_its_old_configuration_and_its_run_outlives_the_task",),
    ),
    Pitfall(
        story="`airflow standalone` leaves its children running when it is told to stop",
        tests=("test_standalone_leaves_its_children_running",),
    ),
)
