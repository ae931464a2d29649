"""Glue."""

from local_aws.coverage.tables import Coverage

EXECUTED = {
    "StartJobRun": (
        "STARTING, RUNNING, SUCCEEDED, FAILED, STOPPING, STOPPED, TIMEOUT with ErrorMessage and times; "
        "`--conf`, `--extra-py-files`, `--extra-files` carried out; `--additional-python-modules` and `--extra-jars` "
        "fail the run with a message"
    ),
    "BatchStopJobRun": "",
}
EMULATED = {
    "UpdateJob": "",
}
TOPICS = {
    "Arguments": "defaults, overrides and non-overridable ones",
    "MaxConcurrentRuns, Timeout": "yes",
    "MaxRetries, triggers and workflows that start runs, job bookmarks": "no",
    "Logs": (
        "CloudWatch Logs groups `/aws-glue/jobs/output` and `/aws-glue/jobs/error`, stream named like the run, "
        "written at the end of the run"
    ),
    "Job types": "`glueetl` in Python; `pythonshell` and `gluestreaming` fail with a message",
    "The `awsglue` library, DynamicFrames, crawlers that crawl": "no",
    "Data Catalog": "moto's; not connected to Spark's catalog",
}
COVERAGE = Coverage(
    service="glue",
    title="Glue",
    responses="local_aws.glue.responses:ExecutingGlueResponse",
    executed=EXECUTED,
    emulated=EMULATED,
    topics=TOPICS,
)
