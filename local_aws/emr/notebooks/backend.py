"""The notebook executions of one account and region."""

from typing import TYPE_CHECKING, Any

from moto.emr.exceptions import InvalidRequestException
from moto.emr.models import ElasticMapReduceBackend

from local_aws.documents import Scope
from local_aws.emr.notebooks import persistence, requests, states
from local_aws.emr.notebooks.execution import NotebookRun
from local_aws.emr.notebooks.notebook import NotebookExecution, new_execution_id
from local_aws.runtime import Runtime

if TYPE_CHECKING:
    from local_aws.emr.cluster import RunningCluster


class NotebookBackend(ElasticMapReduceBackend):
    """moto's EMR with notebook executions that run."""

    runtime: Runtime

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.notebooks: dict[str, NotebookExecution] = {}

    @property
    def _scope(self) -> Scope:
        return Scope(account=self.account_id, region=self.region_name)

    def start_notebook(self, request: dict[str, Any]) -> NotebookExecution:
        """Start an execution; raise InvalidRequestException for one that cannot even begin."""
        cluster: RunningCluster = self.clusters[request["ExecutionEngine"]["Id"]]  # type: ignore[assignment]
        execution_id = new_execution_id()
        requests.parameters(request)
        source = requests.source(request, self.runtime.store)
        folder = requests.output_folder(request, source, execution_id)
        execution = NotebookExecution(
            execution_id,
            request,
            arn=f"arn:aws:elasticmapreduce:{self.region_name}:{self.account_id}:notebook-execution/{execution_id}",
            changed=cluster.changed,
            keep=self.keep_notebook,
        )
        with cluster.changed:
            requests.check_cluster_state(cluster.id, str(cluster.state))
            cluster.notebooks.append(execution)
        self.notebooks[execution_id] = execution
        self.keep_notebook(execution)
        NotebookRun(execution, cluster, self.runtime, source=source, folder=folder).launch()
        return execution

    def notebook(self, execution_id: str) -> NotebookExecution:
        """Return an execution; raise InvalidRequestException if there is none of that id."""
        if execution_id not in self.notebooks:
            raise InvalidRequestException(f"Notebook execution id '{execution_id}' is not valid.")
        return self.notebooks[execution_id]

    def stop_notebook(self, execution_id: str) -> None:
        """Stop an execution; raise InvalidRequestException if it is over or is ending already."""
        execution = self.notebook(execution_id)
        if not execution.stop():
            raise InvalidRequestException(
                f"Notebook execution {execution_id} is in status {execution.state}. "
                f"Only one in {', '.join(sorted(states.STOPPABLE))} can be stopped."
            )

    def keep_notebook(self, execution: NotebookExecution) -> None:
        """Write an execution down as it is now."""
        if execution.id in self.notebooks:
            persistence.keep(self.runtime.documents, self._scope, execution)

    def forget_notebooks(self) -> None:
        """Forget all executions; their clusters end them."""
        self.notebooks.clear()
        persistence.forget_all(self.runtime.documents, self._scope)
