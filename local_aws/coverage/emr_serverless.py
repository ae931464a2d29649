"""EMR Serverless."""

from local_aws.coverage.tables import Coverage

EXECUTED = {
    "StartJobRun": (
        "`sparkSubmit` runs; `hive` fails the run with a message; retryPolicy is ignored: one attempt; "
        "networkConfiguration and roles are kept and not used"
    ),
    "CancelJobRun": "kills the run's processes; a run that has ended stays as it is",
}
EMULATED = {
    "CreateApplication": "one per client token; CREATED at once; workers and images are kept and not used",
    "UpdateApplication": "",
    "StartApplication": "STARTING for the server's start-up delay",
    "StopApplication": "refused while job runs are unfinished",
    "DeleteApplication": "",
    "GetApplication": "",
    "ListApplications": "",
    "GetJobRun": "no resource utilization",
    "ListJobRuns": "",
}
TOPICS = {
    "States": (
        "applications CREATED, STARTING, STARTED, STOPPED, TERMINATED; job runs SUBMITTED, PENDING, QUEUED, SCHEDULED, "
        "RUNNING, SUCCESS, FAILED, CANCELLING, CANCELLED with stateDetails"
    ),
    "Automatic start and stop": "yes; the idle timeout is looked at when somebody asks for the application",
    "schedulerConfiguration": "maxConcurrentRuns (15) and queueTimeoutMinutes",
    "maximumCapacity": "a job that has no room for its driver and one executor fails; capacity is not shared out",
    "Time limit": "executionTimeoutMinutes (720; 0 is none) ends in CANCELLED",
    "Configuration": (
        "`spark-defaults` of application and job run, `spark.emr-serverless.driverEnv.*`; other classifications are "
        "ignored"
    ),
    "Logs": (
        "`applications/<application>/jobs/<run>/SPARK_DRIVER/{stdout,stderr}.gz` below logUri at the end of the run; "
        "no executor logs, no CloudWatch, no dashboards"
    ),
    "Restart": ("applications and job runs are as they were; runs that were unfinished are FAILED, with stateDetails"),
    "Spark": "as in EMR: `local[N]`, one version whatever the release label",
}
COVERAGE = Coverage(
    service="emr-serverless",
    title="EMR Serverless",
    responses="local_aws.emr_serverless.responses:ServerlessResponse",
    executed=EXECUTED,
    emulated=EMULATED,
    topics=TOPICS,
)
