"""EMR on EC2."""

from local_aws.coverage.tables import Coverage

EXECUTED = {
    "RunJobFlow": "bootstrap actions run once, for the master, in order; AdditionalInfo, SupportedProducts ignored",
    "TerminateJobFlows": "running steps become CANCELLED",
    "AddJobFlowSteps": "`command-runner.jar` and `script-runner.jar`; ExecutionRoleArn is ignored",
    "CancelSteps": "",
    "ModifyCluster": "StepConcurrencyLevel; ExtendedSupport is ignored",
    "PutAutoTerminationPolicy": "an idle cluster is terminated",
    "StartNotebookExecution": (
        "EditorId is a folder of that name in any bucket; roles, security groups and OutputNotebookFormat are ignored"
    ),
    "StopNotebookExecution": "refused once the execution is ending, where AWS documents nothing",
}
EMULATED = {
    "GetAutoTerminationPolicy": "",
    "RemoveAutoTerminationPolicy": "",
    "PutManagedScalingPolicy": "remembered; nothing scales by itself",
    "AddInstanceFleet": "filled at once with the first instance type that it names; OnDemand and Spot alike",
    "AddInstanceGroups": "instances are there at once",
    "ListInstanceFleets": "",
    "ListInstanceGroups": "no RESIZING: a resize is over when the request is answered",
    "ListInstances": "instances have their cluster's state until they are taken away",
    "ListSecurityConfigurations": "",
    "ModifyInstanceFleet": "at once",
    "ModifyInstanceGroups": "at once; Configurations and ShrinkPolicy's timeouts are ignored",
    "SetKeepJobFlowAliveWhenNoSteps": "",
    "SetUnhealthyNodeReplacement": "remembered; nodes do not get unhealthy",
    "GetManagedScalingPolicy": "",
    "DescribeNotebookExecution": "",
    "ListNotebookExecutions": "",
    "RemoveManagedScalingPolicy": "",
}
TOPICS = {
    "States": (
        "STARTING, BOOTSTRAPPING, RUNNING, WAITING, TERMINATING, TERMINATED, TERMINATED_WITH_ERRORS with reason and "
        "timeline; steps PENDING, RUNNING, CANCEL_PENDING, COMPLETED, FAILED, CANCELLED"
    ),
    "Rejected requests": (
        "each request is checked against botocore's model (lengths, values, patterns) with AWS's message; "
        "release labels are those moto lists; instance types, roles, subnets and keys are not checked"
    ),
    "Bootstrap actions": "the first failure ends the cluster with BOOTSTRAP_FAILURE",
    "`command-runner.jar`": (
        "`spark-submit` and any command of this machine; `s3-dist-cp`, `hive`, `pig`, `hadoop` only if the machine "
        "has them"
    ),
    "`script-runner.jar`": "scripts from `s3://`",
    "Other JARs": "no: the step fails and says so",
    "Configurations": (
        "`spark-defaults` and `spark-env`/`export` are applied; every other classification is accepted and ignored"
    ),
    "Termination protection": "a protected cluster outlives TERMINATE_CLUSTER and cancels its pending steps instead",
    "LogUri": (
        "`<cluster>/steps/<step>/{controller,stdout,stderr}.gz` and "
        "`<cluster>/node/<instance>/bootstrap-actions/<n>/...` when the command has ended, those of steps "
        "`--log-delay` seconds later (0); no YARN container logs, no Spark history"
    ),
    "FailureDetails": (
        'Reason is "Unknown Error."; Message is the exception or last line of stderr of the driver, '
        "where EMR often has none"
    ),
    "Spark": (
        "one process that is driver and executors (`local[N]`), or with the engine `standalone` a Spark cluster of a "
        "master and a worker process for each core and task instance, up to a cap; `--master`, `--deploy-mode` and "
        "interpreters of AWS's machines are replaced, an archive's is started where AWS starts "
        "it; one Spark version whatever the release label; YARN settings are ignored"
    ),
    "Lost instances": (
        "a core or task instance that is lost to the fault `worker-killed`, or whose standalone worker ends, is "
        "replaced at once by one of the same type and market, in groups and fleets; losing the master ends the cluster"
    ),
    "A running step's writes": "listed by S3 within two seconds, and when the step has ended",
    "Restart": "ended clusters are as they were, with their steps; the others TERMINATED_WITH_ERRORS, INTERNAL_ERROR",
    "Clusters made by CloudFormation": "stay STARTING, as nothing runs on them, until they are terminated",
    "Notebook executions": (
        "START_PENDING, STARTING, RUNNING, FINISHING, FINISHED, FAILING, FAILED, STOP_PENDING, STOPPING, STOPPED with "
        "reason; kernels `python3` and `pysparkkernel`, whose cells find `spark` and `sc`, in the Spark interpreter, "
        "which needs papermill and ipykernel; the notebook goes to `<prefix>/<its name>` or the workspace's "
        "`executions/<execution>/`, also as far as it came; its cluster is not idle meanwhile; AWS's reasons and "
        "messages where it shows them, others are made up; after a restart as they were, unfinished ones FAILED"
    ),
    "EMR on EKS, Studio": "no",
}
COVERAGE = Coverage(
    service="emr",
    title="EMR",
    responses="local_aws.emr.responses:EmrResponse",
    executed=EXECUTED,
    emulated=EMULATED,
    topics=TOPICS,
)
