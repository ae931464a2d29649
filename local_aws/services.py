"""moto's server with EMR, EMR Serverless and Glue replaced by services that execute."""

from importlib import import_module
from typing import Any

from moto.core.base_backend import BackendDict

from local_aws.documents import Documents
from local_aws.emr.backend import EmrBackend
from local_aws.emr.cluster import RunningCluster
from local_aws.emr.notebooks import persistence as emr_notebooks
from local_aws.emr.responses import EmrResponse
from local_aws.emr_serverless import persistence as emr_serverless
from local_aws.emr_serverless.backend import ExecutingServerlessBackend
from local_aws.emr_serverless.responses import ServerlessResponse
from local_aws.glue import persistence as glue
from local_aws.glue.backend import ExecutingGlueBackend
from local_aws.glue.responses import ExecutingGlueResponse
from local_aws.runtime import Runtime

# moto's package, the service's name, and what replaces moto's back end and responses.
REPLACED: tuple[tuple[str, str, Any, Any], ...] = (
    ("emr", "emr", EmrBackend, EmrResponse),
    ("emrserverless", "emr-serverless", ExecutingServerlessBackend, ServerlessResponse),
    ("glue", "glue", ExecutingGlueBackend, ExecutingGlueResponse),
)


def all_clusters() -> list[RunningCluster]:
    """Return the clusters of every account and region."""
    return [cluster for backend in all_backends(EmrResponse) for cluster in list(backend.clusters.values())]


def all_backends(responses: Any) -> list[Any]:
    """Return the back ends that a class of responses has used, of every account and region."""
    return [backend for regions in list(responses.backends.values()) for backend in list(regions.values())]


def tags_of(resource: str) -> dict[str, str]:
    """Return the tags of an EMR cluster or an application of EMR Serverless by its id; none of anything else."""
    for backend in all_backends(EmrResponse):
        if resource in backend.clusters:
            return {each["Key"]: each["Value"] for each in backend.clusters[resource].tags}
    for backend in all_backends(ServerlessResponse):
        if resource in backend.applications:
            return dict(backend.applications[resource].tags or {})
    return {}


def install(runtime: Runtime) -> None:
    """Let moto find the executing back ends where it looks for its own, and give them what they run commands with."""
    for package, service, backend, responses in REPLACED:
        backend.runtime = runtime
        backends: Any = BackendDict(backend, service)
        responses.backends = backends
        for module in (f"moto.{package}", f"moto.{package}.models", f"moto.{package}.responses"):
            setattr(import_module(module), f"{package}_backends", backends)


def restore(documents: Documents) -> None:
    """Bring back what Glue, EMR Serverless and EMR's notebook executions held in earlier servers."""
    emr_notebooks.restore(documents, EmrResponse.backends)
    emr_serverless.restore(documents, ServerlessResponse.backends)
    glue.restore(documents, ExecutingGlueResponse.backends)
