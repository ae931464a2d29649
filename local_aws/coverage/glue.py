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
    "StartCrawler": "",
    "StopCrawler": "",
}
EMULATED = {
    "UpdateJob": "",
    "GetJobBookmark": "",
    "UpdateCrawler": "",
    "GetCrawlerMetrics": "TimeLeftSeconds is 0",
}
TOPICS = {
    "Arguments": "defaults, overrides and non-overridable ones",
    "MaxConcurrentRuns, Timeout": "yes",
    "MaxRetries": "yes: runs `<run>_attempt_<n>`, at once",
    "Crawlers": (
        "S3 targets; Parquet, ORC, CSV (five delimiters, headers by AWS's rule) and JSON, also gzipped; Hive-style "
        "partitions, and sibling folders that are alike, as partitions; exclusions, prefix, SchemaChangePolicy; "
        "states RUNNING, STOPPING, READY; other targets fail the crawl; schedules, custom classifiers, Configuration "
        "and RecrawlPolicy are kept and ignored; JSON integers are bigint; partitions that are gone stay"
    ),
    "Triggers and workflows that start runs": "no",
    "Logs": (
        "CloudWatch Logs groups `/aws-glue/jobs/output` and `/aws-glue/jobs/error`, stream named like the run, "
        "written every second while the run goes on"
    ),
    "Job types": "`glueetl` in Python; `pythonshell` and `gluestreaming` fail with a message",
    "Job bookmarks": (
        "by file, with its time of change, for S3 sources with a transformation_ctx; `job-bookmark-from` and `-to` are "
        "accepted and ignored"
    ),
    "The `awsglue` library": (
        "code of this package, over plain Spark: getResolvedOptions, Job, GlueContext, DynamicFrame, ApplyMapping, "
        "SelectFields, DropFields, RenameField, ResolveChoice, DropNullFields, Filter, Map, Join, "
        "SelectFromCollection; other transforms, streaming and JDBC sources fail when they are used; an error in a "
        "record ends the job"
    ),
    "Choices": (
        "only in CSV and JSON tables of the Data Catalog, where text is not of the column's type; files read by "
        "from_options have the types that Spark infers, and CSV has strings"
    ),
    "Sinks": (
        "S3 as parquet, glueparquet, csv, json, orc with partitionKeys; enableUpdateCatalog and write to a catalogue "
        "table; files have Spark's names"
    ),
    "Restart": (
        "jobs, bookmarks, crawlers and the Data Catalog's databases, tables, versions and partitions are as they were; "
        "unfinished runs and crawls FAILED with ErrorMessage, and are not retried; everything else is lost, CloudWatch "
        "Logs too"
    ),
    "Data Catalog": (
        "moto's; from_catalog reads it over HTTP; with `--enable-glue-datacatalog` its tables and partitions are put "
        "into Spark's own catalogue once, when the session starts: what SQL creates stays in the session"
    ),
}
COVERAGE = Coverage(
    service="glue",
    title="Glue",
    responses="local_aws.glue.responses:ExecutingGlueResponse",
    executed=EXECUTED,
    emulated=EMULATED,
    topics=TOPICS,
)
