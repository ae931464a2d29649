"""Execute one notebook with the interpreter that runs this: a script of its own, not a module to import.

``driver.py NOTEBOOK OUTPUT PARAMETERS RUNTIME``: papermill puts the parameters behind the cell tagged ``parameters``,
runs the cells in order and saves the notebook after each, so that what came before a failure or a kill is kept. Client
and kernel speak through sockets in the folder RUNTIME, which is its owner's alone: on TCP ports any user of the machine
could read what the cells print.
"""

import json
import sys
from pathlib import Path

import papermill  # type: ignore[import-not-found, unused-ignore]
from jupyter_client.manager import AsyncKernelManager  # type: ignore[import-not-found, unused-ignore]
from papermill.exceptions import PapermillExecutionError  # type: ignore[import-not-found, unused-ignore]

START_SECONDS = 120


class SocketKernelManager(AsyncKernelManager):  # type: ignore[misc, unused-ignore]
    """Starts the kernel of this interpreter behind sockets."""

    transport = "ipc"
    runtime = ""

    def __init__(self, **given: object) -> None:
        super().__init__(**given)
        self.connection_file = f"{self.runtime}/kernel.json"
        self.ip = f"{self.runtime}/kernel"


def main(notebook: str, output: str, parameters: str, runtime: str) -> int:
    """Execute the notebook and return 1 if a cell has failed, whose error is the last line of standard error."""
    SocketKernelManager.runtime = runtime
    try:
        papermill.execute_notebook(
            notebook,
            output,
            json.loads(Path(parameters).read_text(encoding="utf-8")),
            kernel_name="python3",
            language="python",
            kernel_manager_class=SocketKernelManager,
            progress_bar=False,
            start_timeout=START_SECONDS,
            stdout_file=sys.stdout,
            stderr_file=sys.stderr,
        )
    except PapermillExecutionError as error:
        sys.stderr.write(f"\nCell {error.exec_count}: {error.ename}: {error.evalue}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
