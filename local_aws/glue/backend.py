"""moto's Glue with job runs that run."""

from types import SimpleNamespace
from typing import Any

import moto.glue.urls
from moto.core.utils import utcnow
from moto.glue.exceptions import (
    CrawlerAlreadyExistsException,
    CrawlerRunningException,
    EntityNotFoundException,
    GlueClientError,
)
from moto.glue.models import GlueBackend
from moto.logs.models import logs_backends

from local_aws.glue.bookmarks import Bookmark
from local_aws.glue.crawlers.crawler import Crawl, Crawler
from local_aws.glue.crawlers.execution import CrawlExecution
from local_aws.glue.execution import RunExecution
from local_aws.glue.jobs import Job, JobRun
from local_aws.glue.persistence import Persistence
from local_aws.runtime import Runtime


class ExecutingGlueBackend(GlueBackend):
    """One region of one account."""

    runtime: Runtime

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.persistence = Persistence(self, self.runtime.documents)

    @property
    def _url_module(self) -> Any:
        from local_aws.glue.responses import ExecutingGlueResponse  # noqa: PLC0415 - it needs this module

        paths = dict.fromkeys(moto.glue.urls.url_paths, ExecutingGlueResponse.dispatch)
        return SimpleNamespace(url_bases=moto.glue.urls.url_bases, url_paths=paths)

    def create_job(self, **definition: Any) -> None:  # type: ignore[override]
        """Keep a job; raise the API's error if there is one of that name."""
        name = definition["name"]
        if name in self.jobs:
            raise GlueClientError("AlreadyExistsException", f"Job with name: {name} already submitted")
        self.jobs[name] = self._job(definition)

    def update_job(self, name: str, definition: dict[str, Any]) -> None:
        """Replace a job's whole definition, as Glue does; its runs and its creation time stay."""
        old = self.get_job(name)
        new = self._job(definition | {"name": name, "tags": None})
        new.created_on, new.job_runs, new.bookmark = old.created_on, old.job_runs, old.bookmark  # type: ignore
        self.jobs[name] = new

    def _job(self, definition: dict[str, Any]) -> Job:
        return Job(**definition, backend=self, run=self._launch, keep=self._keep_run)

    def _keep_run(self, run: JobRun) -> None:
        self.persistence.save("glue-job-run", run.job_name, run.job_run_id)
        if run.ended:  # it may have moved the bookmark
            self.persistence.save("glue-job", run.job_name)

    def _launch(self, run: JobRun) -> None:
        RunExecution(run, self.runtime, logs_backends[self.account_id][self.region_name]).launch()

    def batch_stop_job_run(self, name: str, run_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
        """Stop runs and say of each whether it was stopped."""
        job = self.get_job(name)
        stopped, errors = [], []
        for run_id in run_ids:
            found = next((run for run in job.job_runs if run.job_run_id == run_id), None)
            answer = {"JobName": name, "JobRunId": run_id}
            if isinstance(found, JobRun) and found.stop():
                stopped.append(answer)
            else:
                errors.append(answer | {"ErrorDetail": _why_not(found)})
        return {"SuccessfulSubmissions": stopped, "Errors": errors}

    def create_crawler(self, **definition: Any) -> None:  # type: ignore[override]
        """Keep a crawler; raise the API's error if there is one of that name."""
        if definition["name"] in self.crawlers:
            raise CrawlerAlreadyExistsException
        self.crawlers[definition["name"]] = self._crawler(definition)

    def update_crawler(self, name: str, changes: dict[str, Any]) -> None:
        """Change the parts of a crawler that are given; raise CrawlerRunningException while it runs."""
        crawler = self.get_crawler(name)
        if crawler.status != "READY":
            raise CrawlerRunningException(f"Crawler with name {name} is running")
        for part, value in changes.items():
            setattr(crawler, part, value)
        crawler.version += 1
        crawler.last_updated = utcnow()

    def _crawler(self, definition: dict[str, Any]) -> Crawler:
        return Crawler(**definition, backend=self, run=self._crawl, keep=self._keep_crawler)

    def _keep_crawler(self, crawler: Crawler) -> None:
        self.persistence.save_database(crawler.database_name)
        self.persistence.save("glue-crawler", crawler.name)

    def _crawl(self, crawler: Crawler, crawl: Crawl) -> None:
        logs = logs_backends[self.account_id][self.region_name]
        CrawlExecution(crawler, crawl, self.runtime, backend=self, logs_backend=logs).launch()

    def crawler_metrics(self, names: list[str]) -> list[dict[str, Any]]:
        """Return the metrics of the named crawlers, or of all."""
        found: list[Any] = [self.get_crawler(name) for name in names] if names else list(self.crawlers.values())
        return [crawler.metrics() for crawler in found]

    def job_bookmark(self, name: str) -> Bookmark:
        """Return a job's bookmark; raise EntityNotFoundException if no run has made one."""
        job = self.jobs.get(name)
        if not isinstance(job, Job) or not job.bookmark.version:
            raise EntityNotFoundException(f"Continuation for job {name} not found.")
        return job.bookmark

    def reset(self) -> None:
        """Forget everything, as moto's own reset does; what runs is stopped first."""
        for name in list(self.jobs):
            self.delete_job(name)
        for crawler in list(self.crawlers.values()):
            if isinstance(crawler, Crawler):
                crawler.give_up()
        super().reset()
        self.persistence.drop_missing()

    def delete_job(self, name: str) -> None:
        """Delete a job; its unfinished runs are stopped."""
        job = self.jobs.pop(name, None)
        for run in job.job_runs if job else []:
            if isinstance(run, JobRun):
                run.stop()


def _why_not(run: Any) -> dict[str, str]:
    if run is None:
        return {"ErrorCode": "EntityNotFoundException", "ErrorMessage": "Job run not found."}
    return {"ErrorCode": "InvalidInputException", "ErrorMessage": f"Job run cannot be stopped in state {run.state}."}
