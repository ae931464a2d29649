"""moto's server with EMR and Glue replaced by services that execute."""

from typing import Any

import moto.emr.models
import moto.emr.responses
import moto.glue.models
import moto.glue.responses
from moto.core.base_backend import BackendDict

from local_aws.emr.backend import EmrBackend
from local_aws.emr.responses import EmrResponse
from local_aws.glue.backend import ExecutingGlueBackend
from local_aws.glue.responses import ExecutingGlueResponse
from local_aws.runtime import Runtime


def install(runtime: Runtime) -> None:
    """Let moto find the executing back ends where it looks for its own, and give them what they run commands with."""
    EmrBackend.runtime = runtime
    ExecutingGlueBackend.runtime = runtime
    emr: Any = BackendDict(EmrBackend, "emr")
    glue: Any = BackendDict(ExecutingGlueBackend, "glue")
    EmrResponse.backends = emr
    ExecutingGlueResponse.backends = glue
    modules: Any = (moto.emr, moto.emr.models, moto.emr.responses)
    for module in modules:
        module.emr_backends = emr
    modules = (moto.glue, moto.glue.models, moto.glue.responses)
    for module in modules:
        module.glue_backends = glue
