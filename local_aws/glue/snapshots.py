"""What is kept of each thing in Glue, and how it is made again of that."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.core.utils import utcnow
from moto.glue.models import FakeDatabase, FakePartition, FakeTable

from local_aws.documents import Name
from local_aws.glue import states
from local_aws.glue.crawlers.crawler import LAST, Crawl
from local_aws.glue.jobs import JobRun

LOST = "The local AWS was stopped while the job was running"
LOST_CRAWL = "The local AWS was stopped while the crawler was running"
OF_JOB = (
    *("role", "command", "description", "log_uri", "execution_property", "default_arguments", "connections"),
    *("non_overridable_arguments", "max_retries", "allocated_capacity", "timeout", "max_capacity"),
    *("security_configuration", "notification_property", "glue_version", "number_of_workers", "worker_type"),
    *("code_gen_configuration_nodes", "execution_class", "source_control_details"),
)
OF_RUN = (
    *("job_run_id", "previous_run_id", "attempt", "state", "error", "started_on", "modified_on", "began", "ended"),
)
OF_CRAWLER = (
    *("role", "database_name", "description", "targets", "schedule", "classifiers", "table_prefix"),
    *("schema_change_policy", "recrawl_policy", "lineage_configuration", "configuration"),
    "crawler_security_configuration",
)
OF_CRAWL = ("crawl_id", "message_prefix", "state", "cancelled", "error", "start_time", "end_time", "counts")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of thing: ``describe`` returns a thing's document, or nothing if it is not there."""

    describe: Callable[[Any, Name], dict[str, Any] | None]
    restore: Callable[[Any, Name, dict[str, Any]], None]


def _members(thing: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}


def _set(thing: Any, members: dict[str, Any]) -> None:
    for name, value in members.items():
        setattr(thing, name, value)


def _arn(backend: Any, kind: str, name: str) -> str:
    return f"arn:{backend.partition}:glue:{backend.region_name}:{backend.account_id}:{kind}/{name}"


def _tags(backend: Any, kind: str, name: str) -> dict[str, str]:
    return dict(backend.tagger.get_tag_dict_for_resource(_arn(backend, kind, name)))


def describe_database(backend: Any, name: Name) -> dict[str, Any] | None:
    """Describe a database without its tables."""
    found = backend.databases.get(name[0])
    if found is None:
        return None
    return {"input": found.input, "created": found.created_time, "tags": _tags(backend, "database", name[0])}


def restore_database(backend: Any, name: Name, value: dict[str, Any]) -> None:
    """Make a database again."""
    found: FakeDatabase = backend.create_database(name[0], value["input"], value["tags"])
    found.created_time = value["created"]


def describe_table(backend: Any, name: Name) -> dict[str, Any] | None:
    """Describe a table with its versions and partitions."""
    database = backend.databases.get(name[0])
    found = database.tables.get(name[1]) if database else None
    if found is None:
        return None
    partitions = [[each.creation_time, each.partition_input] for each in list(found.partitions.values())]
    return {
        "versions": dict(found.versions),
        "current": found._current_version,  # noqa: SLF001 - moto has no other name for it
        "created": found.created_time,
        "updated": found.updated_time,
        "partitions": partitions,
    }


def restore_table(backend: Any, name: Name, value: dict[str, Any]) -> None:
    """Make a table again."""
    database, table = name
    found: FakeTable = backend.create_table(database, table, {})
    found.versions = value["versions"]
    found._current_version = value["current"]  # noqa: SLF001 - as above
    found.created_time, found.updated_time = value["created"], value["updated"]
    for created, definition in value["partitions"]:
        partition = FakePartition(database, table, definition)
        partition.creation_time = created
        found.partitions[str(partition.values)] = partition


def describe_job(backend: Any, name: Name) -> dict[str, Any] | None:
    """Describe a job with its bookmark, without its runs."""
    job = backend.jobs.get(name[0])
    if job is None:
        return None
    return {
        "definition": _members(job, OF_JOB) | {"tags": _tags(backend, "job", name[0])},
        "created": job.created_on,
        "modified": job.last_modified_on,
        "bookmark": vars(job.bookmark),
    }


def restore_job(backend: Any, name: Name, value: dict[str, Any]) -> None:
    """Make a job again."""
    backend.create_job(name=name[0], **value["definition"])
    job = backend.jobs[name[0]]
    job.created_on, job.last_modified_on = value["created"], value["modified"]
    _set(job.bookmark, value["bookmark"])


def describe_run(backend: Any, name: Name) -> dict[str, Any] | None:
    """Describe a job run."""
    job = backend.jobs.get(name[0])
    for run in reversed(job.job_runs if job else []):
        if run.job_run_id == name[1]:
            return {"request": run.request, **_members(run, OF_RUN)}
    return None


def restore_run(backend: Any, name: Name, value: dict[str, Any]) -> None:
    """Make a job run again; one that had not ended has failed."""
    job = backend.jobs.get(name[0])
    if job is None:
        return
    run = JobRun(job, **value["request"])
    _set(run, {member: value[member] for member in OF_RUN})
    if run.state in states.UNFINISHED:
        run.state, run.error = ("STOPPED", None) if run.state == "STOPPING" else ("FAILED", LOST)
        run.ended = run.modified_on = utcnow()
    job.job_runs.append(run)


def describe_crawler(backend: Any, name: Name) -> dict[str, Any] | None:
    """Describe a crawler with its crawls."""
    crawler = backend.crawlers.get(name[0])
    if crawler is None:
        return None
    return {
        "definition": _members(crawler, OF_CRAWLER) | {"tags": _tags(backend, "crawler", name[0])},
        "created": crawler.creation_time,
        "updated": crawler.last_updated,
        "version": crawler.version,
        "crawls": [_members(crawl, OF_CRAWL) for crawl in crawler.crawls if isinstance(crawl, Crawl)],
    }


def restore_crawler(backend: Any, name: Name, value: dict[str, Any]) -> None:
    """Make a crawler again; a crawl that had not ended has failed."""
    backend.create_crawler(name=name[0], **value["definition"])
    crawler = backend.crawlers[name[0]]
    crawler.creation_time, crawler.last_updated = value["created"], value["updated"]
    crawler.version = value["version"]
    for members in value["crawls"]:
        crawl = Crawl(name[0])
        _set(crawl, members)
        if crawl.state not in LAST:
            crawl.state, crawl.error, crawl.end_time = "FAILED", LOST_CRAWL, utcnow()
        crawler.crawls.append(crawl)


# In the order in which things are made again: tables need their database, runs their job.
KINDS = {
    "glue-database": Kind(describe=describe_database, restore=restore_database),
    "glue-table": Kind(describe=describe_table, restore=restore_table),
    "glue-job": Kind(describe=describe_job, restore=restore_job),
    "glue-job-run": Kind(describe=describe_run, restore=restore_run),
    "glue-crawler": Kind(describe=describe_crawler, restore=restore_crawler),
}
