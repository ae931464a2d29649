"""Glue."""

from local_aws.coverage.tables import Coverage

EXECUTED = {
    "StartJobRun": (
        "STARTING, RUNNING, SUCCEEDED, FAILED, STOPPING, STOPPED, TIMEOUT with ErrorMessage and times; "
        "`--conf`, `--extra-py-files`, `--extra-files` carried out; `--additional-python-modules` and "
        "`--python-modules-installer-option` by pip, for the run alone; `--extra-jars` fails the run with a message"
    ),
    "ResetJobBookmark": "RunId is ignored: everything is forgotten",
    "BatchStopJobRun": "",
}
EMULATED = {
    "UpdateJob": "",
    "GetJobBookmark": "",
}
TOPICS = {
    "Arguments": "defaults, overrides and non-overridable ones",
    "MaxConcurrentRuns, Timeout": "yes",
    "MaxRetries": "yes: runs `<run>_attempt_<n>`, at once",
    "Triggers and workflows that start runs": "no",
    "Logs": (
        "CloudWatch Logs groups `/aws-glue/jobs/output` and `/aws-glue/jobs/error`, stream named like the run, "
        "written every second while the run goes on"
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
