"""The Glue requests that moto lacks."""

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.glue.models import glue_backends as motos_backends
from moto.glue.responses import GlueResponse

from local_aws.glue.backend import ExecutingGlueBackend

# The parts of a job's definition, as CreateJob and JobUpdate name them.
DEFINITION = (
    *("Role", "Command", "Description", "LogUri", "ExecutionProperty", "DefaultArguments", "NonOverridableArguments"),
    *("Connections", "MaxRetries", "AllocatedCapacity", "Timeout", "MaxCapacity", "SecurityConfiguration"),
    *("NotificationProperty", "GlueVersion", "NumberOfWorkers", "WorkerType", "CodeGenConfigurationNodes"),
    *("ExecutionClass", "SourceControlDetails"),
)

# The parts of a crawler that UpdateCrawler changes; Targets and so on are named alike in CreateCrawler.
OF_CRAWLER = (
    *("Role", "DatabaseName", "Description", "Targets", "Schedule", "Classifiers", "TablePrefix"),
    *("SchemaChangePolicy", "RecrawlPolicy", "LineageConfiguration", "Configuration", "CrawlerSecurityConfiguration"),
)


class ExecutingGlueResponse(GlueResponse):
    """Answers Glue requests."""

    backends: Any = motos_backends

    @property
    def glue_backend(self) -> ExecutingGlueBackend:
        """The back end of the request's account and region."""
        found: ExecutingGlueBackend = self.backends[self.current_account][self.region]
        return found

    def call_action(self) -> tuple[int, dict[str, str], str | bytes]:
        """Answer a request once what it has changed is written down."""
        answer = super().call_action()
        self.glue_backend.persistence.after(self._get_action(), self.parameters)
        return answer

    def update_job(self) -> ActionResult:
        """Replace a job's definition."""
        name, update = self.parameters["JobName"], self.parameters["JobUpdate"]
        definition = {camelcase_to_underscores(part): update.get(part) for part in DEFINITION}
        self.glue_backend.update_job(name, definition)
        return ActionResult({"JobName": name})

    def batch_stop_job_run(self) -> ActionResult:
        """Stop runs."""
        name, run_ids = self.parameters["JobName"], self.parameters["JobRunIds"]
        return ActionResult(self.glue_backend.batch_stop_job_run(name, run_ids))

    def get_job_bookmark(self) -> ActionResult:
        """Return a job's bookmark."""
        return ActionResult({"JobBookmarkEntry": self.glue_backend.job_bookmark(self.parameters["JobName"]).as_dict()})

    def reset_job_bookmark(self) -> ActionResult:
        """Let the job read everything again."""
        bookmark = self.glue_backend.job_bookmark(self.parameters["JobName"])
        bookmark.reset()
        return ActionResult({"JobBookmarkEntry": bookmark.as_dict()})

    def update_crawler(self) -> ActionResult:
        """Change a crawler."""
        given = self.parameters
        changes = {camelcase_to_underscores(part): given[part] for part in OF_CRAWLER if part in given}
        self.glue_backend.update_crawler(given["Name"], changes)
        return ActionResult({})

    def get_crawler_metrics(self) -> ActionResult:
        """Return what crawlers have done."""
        names = self.parameters.get("CrawlerNameList") or []
        return ActionResult({"CrawlerMetricsList": self.glue_backend.crawler_metrics(names)})
